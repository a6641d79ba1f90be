"""All faulty references, in catalogue order of what they break, and how several become one."""

from __future__ import annotations

import difflib
from typing import Final

from conformance.errors import UsageError
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.mutants_batches import BATCHES
from conformance.packs.vn_cbccvc.mutants_careless import (
    CARELESS_MESSAGES,
    CARELESS_PROFILES,
    CARELESS_SIGNATURES,
    CARELESS_UNITS,
)
from conformance.packs.vn_cbccvc.mutants_decisions import DECISIONS
from conformance.packs.vn_cbccvc.mutants_door import CONTRACT, DOOR
from conformance.packs.vn_cbccvc.mutants_kept import KEPT, UNITS_KEPT
from conformance.packs.vn_cbccvc.mutants_matching import POPULATION_MATCH
from conformance.packs.vn_cbccvc.mutants_near_letters import (
    ACCESS,
    DECISIONS_LET_PASS,
    MESSAGES_LET_PASS,
    UNITS_LET_PASS,
)
from conformance.packs.vn_cbccvc.mutants_near_messages import (
    NEAR_DOOR,
    NEAR_MESSAGES,
    NEAR_SHAPES,
)
from conformance.packs.vn_cbccvc.mutants_near_people import (
    NEAR_CODES,
    NEAR_MATCHES,
    NEAR_PROFILES,
    NEAR_SIGNATURES,
    NEAR_TRIALS,
)
from conformance.packs.vn_cbccvc.mutants_near_signatures import NEAR_SIGNERS
from conformance.packs.vn_cbccvc.mutants_owners import DATA_AUTHORITY, PARTY_LINK
from conformance.packs.vn_cbccvc.mutants_privacy import PRIVACY
from conformance.packs.vn_cbccvc.mutants_profiles import READING, TRIAL_RECORDS, TRIAL_SECRETS
from conformance.packs.vn_cbccvc.mutants_protocol import HEADERS, PROTOCOL, VERSIONS
from conformance.packs.vn_cbccvc.mutants_quality import DATA_QUALITY
from conformance.packs.vn_cbccvc.mutants_reads import PROFILE, UNIT_TREE
from conformance.packs.vn_cbccvc.mutants_reconciling import RECONCILIATION
from conformance.packs.vn_cbccvc.mutants_rules import AGES, RULES
from conformance.packs.vn_cbccvc.mutants_shapes import MESSAGES, SHAPES
from conformance.packs.vn_cbccvc.mutants_signatures import SIGNATURE
from conformance.packs.vn_cbccvc.mutants_stories import STORIES_OF_PEOPLE, STORIES_OF_UNITS
from conformance.packs.vn_cbccvc.mutants_sync import ORDER
from conformance.packs.vn_cbccvc.mutants_time import TIMELINESS
from conformance.packs.vn_cbccvc.mutants_tree import CLOSED_UNITS, CODE_LISTS, TREE
from conformance.packs.vn_cbccvc.mutants_two_tier import TWO_TIER
from conformance.packs.vn_cbccvc.mutants_values import PROFILE_VALUES, UNIT_VALUES
from conformance.packs.vn_cbccvc.reference import Reference
from conformance.packs.vn_cbccvc.two_way_faces import FACES


def _by_id(*mutants: type[ProviderMutant]) -> list[type[ProviderMutant]]:
    return sorted(mutants, key=lambda mutant: mutant.breaks[0])


_DECISIONS: Final = _by_id(*TWO_TIER, *DECISIONS, *DECISIONS_LET_PASS)
#: What any decision must be; the class of the unit tree judges it.
_OF_EVERY_TREE: Final = ("VN-TIER-010", "VN-TIER-011", "VN-TIER-012", "VN-TIER-013")

PROVIDER_MUTANTS: Final[tuple[type[ProviderMutant], ...]] = (
    *_by_id(*DOOR, *PROTOCOL, *CODE_LISTS, *ACCESS, *NEAR_DOOR),
    *_by_id(
        *PROFILE,
        *READING,
        *STORIES_OF_PEOPLE,
        *PROFILE_VALUES,
        *NEAR_PROFILES,
        *KEPT,
        *CARELESS_PROFILES,
    ),
    *_by_id(*RULES, *AGES),
    *_by_id(
        *UNIT_TREE,
        *TREE,
        *STORIES_OF_UNITS,
        *UNIT_VALUES,
        *UNITS_LET_PASS,
        *UNITS_KEPT,
        *CARELESS_UNITS,
    ),
    *(mutant for mutant in _DECISIONS if mutant.breaks[0] in _OF_EVERY_TREE),
    *(mutant for mutant in _DECISIONS if mutant.breaks[0] not in _OF_EVERY_TREE),
    *_by_id(
        *BATCHES,
        *HEADERS,
        *TRIAL_RECORDS,
        *VERSIONS,
        *TRIAL_SECRETS,
        *CLOSED_UNITS,
        *MESSAGES_LET_PASS,
        *NEAR_TRIALS,
        *NEAR_MESSAGES,
        *CARELESS_MESSAGES,
    ),
    *DATA_AUTHORITY,
    *PARTY_LINK,
    *RECONCILIATION,
    *DATA_QUALITY,
    *_by_id(*POPULATION_MATCH, *NEAR_MATCHES),
    *_by_id(*SIGNATURE, *NEAR_SIGNATURES, *NEAR_SIGNERS, *CARELESS_SIGNATURES),
    *TIMELINESS,
    *ORDER,
    *PRIVACY,
    *CONTRACT,
    *MESSAGES,
    *_by_id(*SHAPES, *NEAR_CODES, *NEAR_SHAPES),
)


def variant(names: str | None) -> type[Reference]:
    """
    The reference, or one or several mutants of it joined by "+".

    Raises:
        UsageError: no mutant of that name; the message lists the near ones.
    """
    known: dict[str, type[Reference]] = {m.__name__: m for m in PROVIDER_MUTANTS} | dict(FACES)
    chosen: list[type[Reference]] = []
    for name in dict.fromkeys(names.split("+")) if names else ():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)
            raise UsageError(
                "the reference has no such mutant", value=name, remedy=f"Try {', '.join(near)}."
            )
        # Of software with two faces the other one may be at fault.
        if known[name] is not Reference:
            chosen.append(known[name])
    match chosen:
        case []:
            return Reference
        case [one]:
            return one
        case _:
            return type("+".join(mutant.__name__ for mutant in chosen), tuple(chosen), {})
