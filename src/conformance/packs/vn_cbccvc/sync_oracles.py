"""Judgements over changes: in time, kept in their order, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, at, compact
from conformance.oracles.body import equal_json, member, shown
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.profile_oracles import Accepted, Change, items_of, tells_of_changes
from conformance.packs.vn_cbccvc.receipts import REJECTED, accepted, result_of, stored
from conformance.packs.vn_cbccvc.records import composed


def told_of_time(receipt: Exchange, number: int, word: str) -> None:
    """
    The record was accepted and is told as `word`, IN_TIME or LATE.

    Raises:
        Deviation: as `accepted`; `wrong-value` for another word or none.
    """
    accepted(receipt, number)
    pointer, result = result_of(receipt, number)
    if result.get("timeliness") != word:
        raise Deviation(
            "wrong-value",
            observed=shown(result.get("timeliness")),
            required=f"record {number} {word}",
            pointer=f"{pointer}/timeliness",
        )


def holds(answer: Exchange, person: JsonObject, *pointers: str) -> None:
    """
    What was read is about this person and holds these members as they were sent.

    In which order the rows of a table come back is a requirement of its own.

    Raises:
        Deviation: as `stored`; `missing-member` or `wrong-value` for a member.
    """
    stored(answer, person)
    for pointer in pointers:
        where = f"/profile{pointer}"
        equal_json(_settled(member(answer, where)), _settled(at(person, pointer)), pointer=where)


def has_version(receipt: Exchange, number: int, version: Json) -> None:
    """
    The record was accepted under that version.

    Raises:
        Deviation: as `Accepted.version`; `wrong-value` for another one.
    """
    seen = Accepted(receipt=receipt, number=number).version()
    if seen != version:
        pointer, _ = result_of(receipt, number)
        raise Deviation(
            "wrong-value",
            observed=shown(seen),
            required=f"version {shown(version)}",
            pointer=f"{pointer}/version",
        )


def remembers_rightly(history: Exchange, acceptance: Accepted, *pointers: str) -> None:
    """
    The version of an acceptance, where the history holds it, holds these members as sent.

    Whether it holds every version is a requirement of its own.

    Raises:
        Deviation: `missing-member` or `wrong-value`, else as `items_of`.
    """
    version = acceptance.version()
    for index, item in enumerate(items_of(history)):
        if item.get("version") != version:
            continue
        for pointer in pointers:
            where = f"/items/{index}/profile{pointer}"
            sent = _settled(at(acceptance.person, pointer))
            equal_json(_settled(member(history, where)), sent, pointer=where)


def history_lacks(history: Exchange, person: JsonObject, *, mark: str) -> None:
    """
    No version of the history holds this value at `mark`.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    unwanted = at(person, mark)
    for index in range(len(items_of(history))):
        pointer = f"/items/{index}/profile{mark}"
        if composed(member(history, pointer)) == composed(unwanted):
            raise Deviation(
                "wrong-value",
                observed=shown(unwanted),
                required="no version that was not accepted",
                pointer=pointer,
            )


def history_counts(history: Exchange, versions: int) -> None:
    """
    The history holds that many versions.

    Raises:
        Deviation: `count-differs`, else as `items_of`.
    """
    seen = len(items_of(history))
    if seen != versions:
        raise Deviation(
            "count-differs",
            observed=f"{seen} versions",
            required=f"{versions} versions",
            pointer="/items",
        )


def tells_each_once(pages: Sequence[Exchange], changes: Iterable[Change]) -> None:
    """
    The pages tell of each change, and of none of them twice.

    Raises:
        Deviation: `item-missing` or `item-twice`, else as `items_of`.
    """
    expected = list(changes)
    tells_of_changes(pages, expected)
    told = [item for page in pages for item in items_of(page)]
    for change in expected:
        times = sum(change.is_told_by(item) for item in told)
        if times > 1:
            raise Deviation(
                "item-twice",
                observed=f"{change}, {times} times",
                required="once",
                pointer="/items",
            )


def tells_of_nobody(pages: Sequence[Exchange], keys: Iterable[str]) -> None:
    """
    The pages of a feed name none of these profiles and units.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    hidden = set(keys)
    for page in pages:
        for index, item in enumerate(items_of(page)):
            if item.get("key") in hidden:
                raise Deviation(
                    "wrong-value",
                    observed=f"a change of {shown(item.get('kind'))}",
                    required="nothing about what must not be told",
                    pointer=f"/items/{index}/key",
                )


def told_times(pages: Sequence[Exchange], key: str, times: int) -> None:
    """
    The pages tell so many changes of one profile or unit.

    Raises:
        Deviation: `count-differs`, else as `items_of`.
    """
    seen = sum(item.get("key") == key for page in pages for item in items_of(page))
    if seen != times:
        raise Deviation(
            "count-differs",
            observed=f"{seen} changes",
            required=f"{times} changes",
            pointer="/items",
        )


def kept_out(receipt: Exchange, number: int) -> None:
    """
    The record was rejected, and the receipt complains of something.

    Raises:
        Deviation: `not-refused`, `missing-member`, else as `result_of`.
    """
    pointer, result = result_of(receipt, number)
    if result.get("status") != REJECTED:
        raise Deviation(
            "not-refused",
            observed=shown(result.get("status")),
            required=f"record {number} {REJECTED}",
            pointer=f"{pointer}/status",
        )
    if not result.get("errors"):
        raise Deviation(
            "missing-member",
            observed="no errors",
            required=f"{pointer}/errors",
            pointer=f"{pointer}/errors",
        )


def none_accepted(answer: Exchange) -> None:
    """
    The answer accepts nothing: no record, no unit, no decision. How it refuses is left open.

    Raises:
        Deviation: `not-refused`.
    """
    body = answer.response.json() if answer.response.body else None
    held = body if isinstance(body, dict) else {}
    results = held.get("results")
    words = [held.get("status")] + [
        result.get("status")
        for result in (results if isinstance(results, list) else ())
        if isinstance(result, dict)
    ]
    if "ACCEPTED" in words:
        raise Deviation(
            "not-refused",
            observed=f"{answer.response.status} ACCEPTED",
            required="nothing accepted",
            pointer="/status" if held.get("status") == "ACCEPTED" else "/results",
        )
    status_is(answer, 200, 403, 404, 409, 422)


def _settled(value: Json) -> Json:
    """A value in NFC; the rows of a table sorted, so that their order does not tell."""
    value = composed(value)
    return sorted(value, key=compact) if isinstance(value, list) else value
