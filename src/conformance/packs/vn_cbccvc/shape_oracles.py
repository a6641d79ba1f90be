"""Judgements over records that break one keyword each, many of them in one message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from conformance.contract.keyword_vectors import KeywordVectors
from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.oracles.body import member, shown
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.receipts import ACCEPTED, REJECTED, complaints_of, errors_of

#: How many of those that failed an explanation names.
_NAMED: Final = 6


def results(answer: Exchange, pointer: str = "") -> Mapping[int, JsonObject]:
    """
    The results of a receipt by the numbers of the records.

    Args:
        pointer: where in the answer the receipt stands.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `wrong-value`.
    """
    status_is(answer, 200)
    listed: Json = member(answer, f"{pointer}/results")
    if not isinstance(listed, list):
        raise Deviation(
            "wrong-value", observed=shown(listed), required="an array", pointer=f"{pointer}/results"
        )
    rows = [row for row in listed if isinstance(row, dict)]
    return {row["recordNo"]: row for row in rows if isinstance(row.get("recordNo"), int)}  # type: ignore[misc]


def keeps_every_keyword(
    found: KeywordVectors,
    of_twins: Mapping[int, JsonObject],
    of_vectors: Mapping[int, JsonObject],
    places: Sequence[str],
    *,
    rule: str = "schema",
) -> None:
    """
    Each twin was accepted, and each vector rejected under `rule` at the place of its fault.

    A vector whose twin was not accepted shows nothing, and is passed over; the twin is named.

    Args:
        places: for each vector, in order, where its subject stands in its message.

    Raises:
        Deviation: `not-refused` where a vector was accepted, else `wrong-refusal`; what failed
            is named, the first of it in full.
    """
    refused = {
        number: row
        for number in range(len(found.twins))
        if (row := of_twins.get(number + 1, {})).get("status") != ACCEPTED
    }
    told = [_refusal(number, row) for number, row in refused.items()]
    slips = list(_slips(found, refused, of_vectors, places, rule))
    told += [text for _, text in slips]
    if told:
        more = f"; and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
        raise Deviation(
            "not-refused" if any(taken for taken, _ in slips) else "wrong-refusal",
            observed="; ".join(told[:_NAMED]) + more,
            required=f"{len(found.vectors)} records {REJECTED} as {rule}, each where it is at "
            f"fault, and {len(found.twins)} without a fault {ACCEPTED}",
        )


def _refusal(number: int, row: JsonObject) -> str:
    return f"record {number + 1} that breaks nothing: {complaints_of(row) or 'no result'}"


def _slips(
    found: KeywordVectors,
    refused: Mapping[int, JsonObject],
    rows: Mapping[int, JsonObject],
    places: Sequence[str],
    rule: str,
) -> Iterator[tuple[bool, str]]:
    """What became of vectors that should have fared otherwise: whether accepted, and in words."""
    for number, (vector, place) in enumerate(zip(found.vectors, places, strict=True), start=1):
        row = rows.get(number, {})
        if vector.twin in refused:
            continue
        if row.get("status") != REJECTED:
            yield True, f"{vector.breaks}: {shown(row.get('status'))}"
            continue
        wanted = vector.breaks.places(f"{place}{vector.pointer}")
        named = {error.get("pointer") for error in errors_of(row) if error.get("rule") == rule}
        if not named & set(wanted):
            yield False, f"{vector.breaks}: {complaints_of(row) or 'no errors'}"
