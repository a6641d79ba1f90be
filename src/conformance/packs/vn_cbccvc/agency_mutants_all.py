"""Every mutant of the bundled agency, in catalogue order of what they break."""

from __future__ import annotations

from typing import Final

from conformance.packs.vn_cbccvc.agency_mutants import SYNC_MUTANTS, AgencyMutant
from conformance.packs.vn_cbccvc.agency_mutants_content import CONTENT_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_line import LINE_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_pace import PACE_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_queue import QUEUE_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_trust import TRUST_MUTANTS
from conformance.packs.vn_cbccvc.agency_mutants_two_way import TWO_WAY_MUTANTS

CONSUMER_MUTANTS: tuple[type[AgencyMutant], ...] = (
    *SYNC_MUTANTS,
    *PACE_MUTANTS,
    *LINE_MUTANTS,
    *QUEUE_MUTANTS,
    *TRUST_MUTANTS,
    *CONTENT_MUTANTS,
)

#: Seen only where one run judges both faces of the software.
__all__: Final = ("CONSUMER_MUTANTS", "TWO_WAY_MUTANTS")
