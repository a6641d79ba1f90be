"""Judgements over the tree of units: what a decision came to, and who stands where on which day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.oracles.body import equal_json, json_body, member, member_is, shown
from conformance.oracles.paging import complete_walk, each_once
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.receipts import unit_codes
from conformance.packs.vn_cbccvc.records import text

#: Members of a unit that only the registry writes.
_ITS_OWN: Final = ("status",)


def reads_back_unit(answer: Exchange, sent: JsonObject) -> None:
    """
    The unit comes back as it was sent; the registry may say beside it whether it lives.

    Raises:
        Deviation: `unexpected-status`, `not-json`, or `wrong-value` with the first difference.
    """
    status_is(answer, 200)
    body = json_body(answer)
    equal_json(without_its_own(body, sent) if isinstance(body, dict) else body, sent)


def without_its_own(told: JsonObject, sent: JsonObject) -> JsonObject:
    """A unit as it was told, without what only the registry writes and nobody sent."""
    return {name: told[name] for name in told if name in sent or name not in _ITS_OWN}


def carried_out(answer: Exchange) -> None:
    """
    The decision was accepted.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`, or `wrong-value` with
            what the registry complains of.
    """
    status_is(answer, 200)
    status = member(answer, "/status")
    if status != "ACCEPTED":
        raise Deviation(
            "wrong-value",
            observed=f"{shown(status)} {_complaints(answer)}".strip(),
            required="ACCEPTED",
            pointer="/status",
        )


def declined(answer: Exchange, *, rule: str, pointer: str | Collection[str]) -> None:
    """
    The decision was rejected, and rightly: an error names the place and the rule.

    Raises:
        Deviation: `not-refused` when it was accepted, `wrong-refusal` when no error fits,
            else as `carried_out`.
    """
    places = {pointer} if isinstance(pointer, str) else set(pointer)
    required = f"REJECTED as {rule} at {' or '.join(sorted(places))}"
    status_is(answer, 200)
    status = member(answer, "/status")
    if status != "REJECTED":
        raise Deviation("not-refused", observed=shown(status), required=required, pointer="/status")
    errors = _errors(answer)
    if not any(error.get("rule") == rule and error.get("pointer") in places for error in errors):
        raise Deviation(
            "wrong-refusal",
            observed=_complaints(answer) or "no errors",
            required=required,
            pointer="/errors",
        )


def lives(answer: Exchange, unit: JsonObject, *names: str) -> None:
    """
    The unit was found, and these members of it are as in `unit`.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `wrong-value`.
    """
    status_is(answer, 200)
    for name in ("unitCode", *names):
        member_is(answer, f"/{name}", unit[name])


def told_as_living(answer: Exchange, pointer: str = "") -> None:
    """
    A unit that is told of a day on which it lived has, if any, the status of that day.

    Args:
        pointer: where in the answer the unit stands.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `wrong-value`.
    """
    status_is(answer, 200)
    told = member(answer, pointer) if pointer else json_body(answer)
    if isinstance(told, dict) and "status" in told:
        member_is(answer, f"{pointer}/status", "ACTIVE")


def listed(
    pages: Sequence[Exchange],
    present: Iterable[JsonObject],
    *,
    absent: Iterable[JsonObject] = (),
    once: bool = True,
) -> None:
    """
    A walk gave each of the units that are there once, and none of those that are not.

    Args:
        once: False where it is not asked whether pages repeat each other.

    Raises:
        Deviation: `item-missing`, `item-twice`, `item-unexpected`, or as `unit_codes`.
    """
    found = [unit_codes(page) for page in pages]
    walked = found if once else [list(dict.fromkeys(code for page in found for code in page))]
    complete_walk(walked, [text(unit, "unitCode") for unit in present])
    for unit in absent:
        code = text(unit, "unitCode")
        for number, page in enumerate(found, start=1):
            if code in page:
                raise Deviation(
                    "item-unexpected", observed=f"{code} on page {number}", required="on none"
                )


def linked(
    answer: Exchange,
    direction: str,
    units: Iterable[JsonObject],
    *,
    operation: str,
    day: str,
    number: str = "",
) -> None:
    """
    A lineage names each of `units` once in one direction, and nobody else.

    Args:
        direction: `predecessors` or `successors`.
        number: of the decision; "" where it is not asked for.

    Raises:
        Deviation: `item-missing`, `item-twice`, `item-unexpected`, `wrong-value`,
            or what an answer without a lineage deviates in.
    """
    status_is(answer, 200)
    links = member(answer, f"/{direction}")
    codes = [
        str(member(answer, f"/{direction}/{index}/unitCode")) for index in range(_length(links))
    ]
    expected = [text(unit, "unitCode") for unit in units]
    complete_walk([codes], expected)
    for index, code in enumerate(codes):
        if code not in expected:
            raise Deviation(
                "item-unexpected",
                observed=code,
                required=f"{direction} {', '.join(expected) or 'none'}",
                pointer=f"/{direction}/{index}",
            )
        member_is(answer, f"/{direction}/{index}/operation", operation)
        member_is(answer, f"/{direction}/{index}/effectiveOn", day)
        if number:
            member_is(answer, f"/{direction}/{index}/decisionNo", number)


def linked_once(answer: Exchange, direction: str) -> None:
    """
    A lineage names somebody in that direction, and nobody twice.

    Raises:
        Deviation: `item-missing`, `item-twice`, or what an answer without a lineage deviates in.
    """
    status_is(answer, 200)
    links = member(answer, f"/{direction}")
    codes = [
        str(member(answer, f"/{direction}/{index}/unitCode")) for index in range(_length(links))
    ]
    if not codes:
        raise Deviation(
            "item-missing", observed="none", required=direction, pointer=f"/{direction}"
        )
    each_once(codes)


def _length(links: Json) -> int:
    return len(links) if isinstance(links, list) else 0


def _errors(answer: Exchange) -> Sequence[JsonObject]:
    body = json_body(answer)
    errors = body.get("errors") if isinstance(body, dict) else None
    return [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []


def _complaints(answer: Exchange) -> str:
    return ", ".join(f"{e.get('rule')} at {e.get('pointer')}" for e in _errors(answer))
