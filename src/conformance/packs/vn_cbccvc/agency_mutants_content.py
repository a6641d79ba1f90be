"""Every agency that breaks a requirement of the class `consumer-content`."""

from __future__ import annotations

from typing import Final

from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant
from conformance.packs.vn_cbccvc.agency_mutants_asking import ASKING_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_returning import RETURNING_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_sending import SENDING_MUTANTS

CONTENT_MUTANTS: Final[tuple[type[AgencyMutant], ...]] = (
    *SENDING_MUTANTS,
    *RETURNING_MUTANTS,
    *ASKING_MUTANTS,
)
