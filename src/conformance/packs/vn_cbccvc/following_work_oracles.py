"""
Judgements over the change feed and the reconciliation: what an agency read, and what it then holds.

The agency's own files cannot be seen: that something was applied is judged by what it sends
afterwards. Pure: an assignment and its traffic in, nothing or a Deviation out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qs

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.content_assignments import Told
from conformance.packs.vn_cbccvc.content_reading import people_posted, questions, units_posted
from conformance.packs.vn_cbccvc.missions import in_vain, objects, text
from conformance.packs.vn_cbccvc.reconciling import OFFICIALS, PEOPLE, POSITIONS, UNITS, Subject


def the_feed_is_read_to_its_end(told: Told) -> None:
    """
    Every page of the feed that says there is more is followed by the next one.

    Raises:
        Deviation: `feed-not-read-to-its-end`.
        TargetTimeout: the feed was not read, or had one page only.
    """
    pages = questions(told.exchanges, "readChanges")
    if not any(answer.get("more") is True for _, _, answer in pages):
        raise in_vain("the feed had no second page")
    for n, (exchange, _, answer) in enumerate(pages):
        if answer.get("more") is not True:
            continue
        following = text(answer, "nextCursor")
        if not any(_cursor(later) == following for later, _, _ in pages[n + 1 :]):
            raise Deviation(
                "feed-not-read-to-its-end",
                observed=f"no page after {exchange.request.target}",
                required="followed by its nextCursor while there is more",
            )


def the_cursor_is_kept(told: Told) -> None:
    """
    No page is asked for but where the page before ended, and the first one from the beginning.

    Raises:
        Deviation: `cursor-not-kept`.
        TargetTimeout: one page was read only.
    """
    pages = [e for e in told.exchanges if e.request.operation == "readChanges"]
    expected = ""
    for exchange in pages:
        asked = _cursor(exchange)
        if asked != expected:
            raise Deviation(
                "cursor-not-kept",
                observed=asked or "no cursor",
                required=expected or "no cursor on the first page",
            )
        if exchange.response.status == 200:
            found = questions([exchange], "readChanges")
            expected = text(found[0][2], "nextCursor") or expected
    if len(pages) < 2:
        raise in_vain("no second page was asked for")


def an_event_counts_once(told: Told) -> None:
    """
    Nobody stands twice among the rows that the agency holds, though the feed told twice.

    Raises:
        Deviation: `item-twice`.
        TargetTimeout: there was no reconciliation.
    """
    for key, times in Counter(text(row, "profileId") for row in _rows(told, PEOPLE)).items():
        if times > 1:
            raise Deviation("item-twice", observed=f"{key} {times} times", required="once")


def what_the_feed_added_is_held(told: Told) -> None:
    """
    Whoever another office sent stands among the agency's rows.

    Raises:
        Deviation: `item-missing`.
        TargetTimeout: there was no reconciliation.
    """
    added = told.hidden["added"]
    if added not in {text(row, "profileId") for row in _rows(told, PEOPLE)}:
        raise Deviation(
            "item-missing",
            observed=f"profile {added} is not held",
            required="held as the feed told",
        )


def what_the_feed_took_away_is_gone(told: Told) -> None:
    """
    Whoever was withdrawn stands no longer among the agency's rows.

    Raises:
        Deviation: `untrue-row`.
        TargetTimeout: there was no reconciliation.
    """
    gone = told.hidden["withdrawn"]
    if gone in {text(row, "profileId") for row in _rows(told, PEOPLE)}:
        raise Deviation(
            "untrue-row", observed=f"profile {gone} is still held", required="no longer held"
        )


def people_are_told_truly(told: Told) -> None:
    """The people of the reconciliation are those whom the agency was given. See `_told_truly`."""
    _told_truly(told, PEOPLE, told.people)


def positions_are_told_truly(told: Told) -> None:
    """The job positions are those that the agency was given. See `_told_truly`."""
    _told_truly(told, POSITIONS, told.people)


def officials_are_told_truly(told: Told) -> None:
    """The officials are those that the agency was given. See `_told_truly`."""
    _told_truly(told, OFFICIALS, told.people)


def units_are_told_truly(told: Told) -> None:
    """The units are those that the agency was given. See `_told_truly`."""
    _told_truly(told, UNITS, told.units)


def differences_are_settled(told: Told) -> None:
    """
    What the centre lacks, or holds otherwise, is sent again and accepted.

    Raises:
        Deviation: `not-corrected`.
        TargetTimeout: there was no reconciliation.
    """
    asked = questions(told.exchanges, "reconcile")
    if not asked:
        raise in_vain("there was no reconciliation")
    number = asked[0][0].number
    people = {p.key for p in people_posted(told.exchanges) if p.accepted and p.number > number}
    units = {u.key for u in units_posted(told.exchanges) if u.accepted and u.number > number}
    for what, key, arrived in (
        ("profile", told.hidden["withdrawn"], people),
        ("unit", told.hidden["renamed"], units),
    ):
        if key not in arrived:
            raise Deviation(
                "not-corrected",
                observed=f"the {what} {key} was not sent again",
                required="sent again, as the agency holds it",
            )


def _told_truly(told: Told, subject: Subject, records: Sequence[JsonObject]) -> None:
    """
    Raises:
        Deviation: `missing-member`, `untrue-row`.
        TargetTimeout: there was no reconciliation.
    """
    agency = str(told.material["agencyCode"])
    members = (subject.key, *subject.members)
    expected = {
        text(record, subject.key): {name: record[name] for name in members if name in record}
        for record in records
        if _below(record.get("managingAgencyCode", record.get("unitCode")), agency)
        and (not subject.marks or subject.marks in record)
    }
    rows = _rows(told, subject)
    for n, row in enumerate(rows):
        key = text(row, subject.key)
        if row != expected.get(key):
            raise Deviation(
                "untrue-row",
                observed=f"a row about {key} that the agency was not given",
                required="what the agency holds",
                pointer=f"/{subject.name}/{n}",
            )
    missing = sorted(set(expected) - {text(row, subject.key) for row in rows})
    if missing:
        raise Deviation(
            "untrue-row",
            observed=f"no row about {missing[0]}",
            required="everything that the agency holds",
            pointer=f"/{subject.name}",
        )


def _rows(told: Told, subject: Subject) -> Sequence[JsonObject]:
    asked = questions(told.exchanges, "reconcile")
    if not asked:
        raise in_vain("there was no reconciliation")
    rows: Json = asked[0][1].get(subject.name)
    if not isinstance(rows, list):
        raise Deviation(
            "missing-member",
            observed=f"no rows of {subject.name}",
            required=f"/{subject.name}, empty where there are none",
            pointer=f"/{subject.name}",
        )
    return objects(rows)


def _below(code: Json, agency: str) -> bool:
    return f"{code}.".startswith(f"{agency}.")


def _cursor(exchange: Exchange) -> str:
    query = exchange.request.target.partition("?")[2]
    return parse_qs(query).get("cursor", [""])[0]
