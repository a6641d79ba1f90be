"""Judgements over what is given back: sound, without remains, and the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.contract.rules import RuleBook
from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack
from conformance.oracles.body import member, shown
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import stored
from conformance.packs.vn_cbccvc.records import composed, text
from conformance.packs.vn_cbccvc.rules_context import rule_context
from conformance.packs.vn_cbccvc.vocabulary import day_of_list

_PROFILE = "/profile"


def is_sound(answer: Exchange, sent: JsonObject, pack: LoadedPack, as_of: date) -> None:
    """
    What was read is about this person, and keeps the schema, the code lists and the rules.

    In which order rows come back, and in which form of Unicode, are requirements of their own.

    Raises:
        Deviation: `schema-mismatch`, `code-not-in-list` or `rule-broken`, else as `stored`.
    """
    stored(answer, sent)
    profile = _as_sent(composed(member(answer, _PROFILE)), composed(sent))
    contract, lists = Contract.load(pack), CodeLists.load(pack)
    for problem in contract.problems("Profile", profile):
        raise Deviation(
            "schema-mismatch",
            observed=problem.excerpt,
            required=problem.message,
            pointer=f"{_PROFILE}{problem.pointer}",
            keyword=problem.keyword,
        )
    assert isinstance(profile, dict)
    for pointer, name, code in contract.codes_in("Profile", profile):
        day = day_of_list(profile, pointer, as_of)
        if lists.row(name, code, day) is None:
            raise Deviation(
                "code-not-in-list",
                observed=code,
                required=f"a code of {name} on {day.isoformat()}",
                pointer=f"{_PROFILE}{pointer}",
            )
    for rule in RuleBook.load(pack).broken(profile, rule_context(profile, lists, as_of), as_of):
        raise Deviation(
            "rule-broken",
            observed=f"{rule.id}: {rule.message.en}",
            required=rule.title.en,
            pointer=f"{_PROFILE}{rule.pointer}",
            rule=rule.id,
        )


def is_gone(before: Exchange, after: Exchange, sent: JsonObject, name: str) -> None:
    """
    A member of the first version was read after it, and is not read after the second.

    Raises:
        Deviation: `wrong-value` where it is still there, else as `stored` and `member`.
    """
    stored(before, sent)
    member(before, f"{_PROFILE}/{name}")
    stored(after, sent)
    held = member(after, _PROFILE)
    if isinstance(held, dict) and name in held:
        raise Deviation(
            "wrong-value",
            observed=shown(held[name]),
            required="absent, as in the version accepted last",
            pointer=f"{_PROFILE}/{name}",
        )


def says_the_same(
    pages: Sequence[Exchange], read: Exchange, history: Exchange, person: JsonObject
) -> None:
    """
    The list and the history say of somebody what the profile says: version, time and unit.

    Whether the person is listed at all, and the version in the history, are requirements of
    their own.

    Raises:
        Deviation: `wrong-value`, else as `stored` and `items_of`.
    """
    stored(read, person)
    version, moment = member(read, "/version"), member(read, "/updatedAt")
    unit = member(read, f"{_PROFILE}/employingUnitCode")
    for page in pages:
        for index, item in enumerate(items_of(page)):
            if item.get("profileId") == text(person, "profileId"):
                here = f"/items/{index}"
                _same(item.get("version"), version, f"{here}/version")
                _same(_moment(item.get("updatedAt")), _moment(moment), f"{here}/updatedAt")
                _same(item.get("employingUnitCode"), unit, f"{here}/employingUnitCode")
    for index, item in enumerate(items_of(history)):
        if item.get("version") == version:
            _same(_moment(item.get("updatedAt")), _moment(moment), f"/items/{index}/updatedAt")


def _same(seen: Json, required: Json, pointer: str) -> None:
    if seen != required:
        raise Deviation(
            "wrong-value",
            observed=shown(seen),
            required=f"{shown(required)}, as the profile says",
            pointer=pointer,
        )


def _moment(told: Json) -> Json:
    """A time in UTC, so that one moment in two zones is one; as it is where it is none."""
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return told


def _as_sent(seen: Json, sent: Json) -> Json:
    """A profile whose rows stand in the order in which they were sent; others behind them."""
    if not isinstance(seen, dict) or not isinstance(sent, dict):
        return seen
    return {name: _in_order(value, sent.get(name)) for name, value in seen.items()}


def _in_order(rows: Json, sent: Json) -> Json:
    if not isinstance(rows, list) or not isinstance(sent, list):
        return rows
    return sorted(rows, key=lambda row: sent.index(row) if row in sent else len(sent))
