"""Judgements over this contract's answers: what a receipt says of a record, and what is stored."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from conformance.errors import Deviation
from conformance.model.dialect import Refused
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, at
from conformance.oracles.body import equal_json, json_body, member, shown
from conformance.oracles.paging import count_is
from conformance.oracles.status import outline, status_is
from conformance.packs.vn_cbccvc.records import composed

ACCEPTED: Final = "ACCEPTED"
REJECTED: Final = "REJECTED"


def accepted(receipt: Exchange, *numbers: int) -> None:
    """
    The records of these numbers (from 1) were accepted.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`, or `wrong-value` with
            what the receipt complains of.
    """
    for number in numbers:
        pointer, result = result_of(receipt, number)
        if result.get("status") != ACCEPTED:
            raise Deviation(
                "wrong-value",
                observed=f"{shown(result.get('status'))} {complaints_of(result)}".strip(),
                required=f"record {number} {ACCEPTED}",
                pointer=f"{pointer}/status",
            )


def rejected(receipt: Exchange, number: int, *, rule: str, pointer: str | Collection[str]) -> None:
    """
    The record was rejected, and rightly: an error names its number, the place and the rule.

    Args:
        rule: a rule id, or one of the contract's fault words.
        pointer: into the request body; several where the contract leaves a choice.

    Raises:
        Deviation: `not-refused` when it was accepted, `wrong-refusal` when no error fits,
            else as `accepted`.
    """
    places = {pointer} if isinstance(pointer, str) else set(pointer)
    required = f"record {number} {REJECTED} as {rule} at {' or '.join(sorted(places))}"
    where, result = result_of(receipt, number)
    _not_accepted(result, where, required)
    for error in errors_of(result):
        named = error.get("recordNo"), error.get("rule")
        if named == (number, rule) and error.get("pointer") in places:
            return
    raise Deviation(
        "wrong-refusal",
        observed=complaints_of(result) or "no errors",
        required=required,
        pointer=f"{where}/errors",
    )


def _not_accepted(result: JsonObject, where: str, required: str) -> None:
    if result.get("status") != REJECTED:
        raise Deviation(
            "not-refused",
            observed=f"{shown(result.get('status'))} {complaints_of(result)}".strip(),
            required=required,
            pointer=f"{where}/status",
        )


def refused_at(refusal: Refused, pointer: str) -> None:
    """
    A message was refused for what stands at `pointer`.

    Raises:
        Deviation: `wrong-refusal` when no error of the problem names the place.
    """
    places = [fault.pointer for fault in refusal.faults]
    if pointer not in places:
        raise Deviation(
            "wrong-refusal",
            observed=", ".join(place or "the whole message" for place in places) or "no errors",
            required=f"an error at {pointer}",
        )


def rejected_by_rule(receipt: Exchange, number: int, broken: Mapping[str, str]) -> None:
    """
    The record was rejected for one at least of the rules that it breaks, and for nothing else.

    Args:
        broken: rule id -> pointer into the request body.

    Raises:
        Deviation: as `rejected`.
    """
    where, result = result_of(receipt, number)
    required = (
        f"record {number} {REJECTED} as {' or '.join(f'{r} at {p}' for r, p in broken.items())}"
    )
    _not_accepted(result, where, required)
    errors = list(errors_of(result))
    named = {
        (str(error.get("rule")), str(error.get("pointer")))
        for error in errors
        if error.get("recordNo") == number
    }
    if not named or not named <= set(broken.items()) or len(errors) > len(broken):
        raise Deviation(
            "wrong-refusal",
            observed=complaints_of(result) or "no errors",
            required=required,
            pointer=f"{where}/errors",
        )


def counts(receipt: Exchange, *, accepted: int, rejected: int) -> None:
    """
    The receipt's counters agree with what was sent and with each other.

    Raises:
        Deviation: `count-differs` or `missing-member`.
    """
    for name, required in (
        ("received", accepted + rejected),
        ("accepted", accepted),
        ("rejected", rejected),
    ):
        observed = member(receipt, f"/{name}")
        if isinstance(observed, bool) or not isinstance(observed, int):
            raise Deviation(
                "wrong-value", observed=shown(observed), required="a count", pointer=f"/{name}"
            )
        count_is(f"records {name}", observed, required, pointer=f"/{name}")


def result_of(receipt: Exchange, number: int) -> tuple[str, JsonObject]:
    """
    The result of the record of that number, with its pointer.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`.
    """
    status_is(receipt, 200)
    results = member(receipt, "/results")
    for index, result in enumerate(results if isinstance(results, list) else ()):
        if isinstance(result, dict) and result.get("recordNo") == number:
            return f"/results/{index}", result
    raise Deviation(
        "missing-member",
        observed=shown(results),
        required=f"a result for record {number}",
        pointer="/results",
    )


def stored(answer: Exchange, person: JsonObject) -> None:
    """
    What was read is about this person, by the name that only we could have told.

    Reading back *equal* is a requirement of its own; this one only asks whether there is anybody.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `wrong-value`.
    """
    status_is(answer, 200)
    for name in ("profileId", "birthFullName"):
        seen = composed(member(answer, f"/profile/{name}"))
        equal_json(seen, composed(person[name]), pointer=f"/profile/{name}")


def not_stored(answer: Exchange, person: JsonObject, *, mark: str) -> None:
    """
    What was read is not this version of the person: nobody is there, or somebody else.

    Args:
        mark: pointer to the member of the profile that sets this version apart from
            every other one that the scenario sends.

    Raises:
        Deviation: `wrong-value` when this version came back, `unexpected-status` when the
            answer tells neither that nobody is there nor who is.
    """
    if answer.response.status == 404:
        return
    status_is(answer, 200, 404)
    seen = (_within(answer, "/profile/birthFullName"), _within(answer, f"/profile{mark}"))
    if seen == (person["birthFullName"], _at(person, mark)):
        raise Deviation(
            "wrong-value",
            observed=f"the refused record is stored: {shown(seen[1])}",
            required="404, nothing stored",
            pointer=f"/profile{mark}",
        )


def reads_back(answer: Exchange, person: JsonObject) -> None:
    """
    The profile comes back as it was sent, member for member.

    Which form of Unicode its texts have and in which order the rows of its sub-tables stand are
    requirements of their own, and do not count here.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`, or `wrong-value` with
            the pointer of the first difference.
    """
    status_is(answer, 200)
    seen = _in_any_order(composed(member(answer, "/profile")))
    equal_json(seen, _in_any_order(composed(person)), pointer="/profile")


def unit_codes(page: Exchange) -> Sequence[str]:
    """
    The codes of the units on one page.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`.
    """
    status_is(page, 200)
    items = member(page, "/items")
    if not isinstance(items, list):
        raise Deviation("wrong-value", observed=shown(items), required="an array", pointer="/items")
    return [str(member(page, f"/items/{index}/unitCode")) for index in range(len(items))]


def speaks_of_a_fault(receipt: Exchange) -> None:
    """
    The answer lists at least one error: it had occasion to name somebody.

    Raises:
        Deviation: `missing-member`, or outline of an answer that is no receipt.
    """
    results = member(receipt, "/results")
    if not any(
        isinstance(result, dict) and errors_of(result)
        for result in (results if isinstance(results, list) else ())
    ):
        raise Deviation(
            "missing-member", observed=outline(receipt), required="errors", pointer="/results"
        )


def _in_any_order(profile: Json) -> Json:
    """A profile whose sub-tables are sorted, so that the order of their rows does not tell."""
    if not isinstance(profile, dict):
        return profile
    return {
        name: sorted(value, key=lambda row: json.dumps(row, sort_keys=True))
        if isinstance(value, list)
        else value
        for name, value in profile.items()
    }


def _within(answer: Exchange, pointer: str) -> Json:
    return _at(json_body(answer), pointer)


def _at(value: Json, pointer: str) -> Json:
    try:
        return at(value, pointer)
    except KeyError:
        return None


def errors_of(result: JsonObject) -> Sequence[JsonObject]:
    errors = result.get("errors")
    return [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []


def complaints_of(result: JsonObject) -> str:
    return ", ".join(
        f"{error.get('rule')} at {error.get('pointer')}" for error in errors_of(result)
    )
