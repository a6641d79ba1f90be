"""
Judgements over what an agency asked and was told: registers, owners, the feed, the reconciliation.

The agency's own files cannot be seen: that something was applied is judged by what it sends
afterwards. Pure: an assignment and its traffic in, nothing or a Deviation out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.content_missions import Told
from conformance.packs.vn_cbccvc.content_reading import (
    in_vain,
    objects,
    people_posted,
    questions,
    units_posted,
)
from conformance.packs.vn_cbccvc.matching import MATCHED, SOURCE_UNAVAILABLE
from conformance.packs.vn_cbccvc.missions import text
from conformance.packs.vn_cbccvc.reconciling import OFFICIALS, PEOPLE, POSITIONS, UNITS, Subject

_ASKED: Final = ("birthFullName", "birthDate", "gender")
_REFUSALS: Final = frozenset({"NOT_FOUND", "DECEASED", "DUPLICATE"})


# -- the population register ------------------------------------------------------------------


def everybody_was_matched_first(told: Told) -> None:
    """
    Nobody is sent of whom the register was not asked before.

    Raises:
        Deviation: `not-confirmed-first`.
        TargetTimeout: nobody came.
    """
    posted, answers = people_posted(told.exchanges), _answers(told)
    for person in posted:
        if not any(number < person.number for number, _, _ in answers.get(person.key, ())):
            raise Deviation(
                "not-confirmed-first",
                observed=f"profile {person.key} was sent unasked",
                required="asked about before the profile is sent",
                pointer=person.pointer,
            )
    if not posted:
        raise in_vain("nobody came")


def mismatches_were_put_right(told: Told) -> None:
    """
    Whoever was a mismatch is sent only after the corrected values were matched.

    Raises:
        Deviation: `not-confirmed-first`, `not-corrected`.
        TargetTimeout: nobody came.
    """
    posted = people_posted(told.exchanges)
    answers = _answers(told)
    for person in posted:
        said = [a for a in answers.get(person.key, ()) if a[0] < person.number]
        if not any(result.startswith("MISMATCH") for _, result, _ in said):
            continue
        values = {name: person.subject.get(name) for name in _ASKED}
        if not any(result == MATCHED and asked == values for _, result, asked in said):
            raise Deviation(
                "not-confirmed-first",
                observed=f"profile {person.key} was sent after {said[-1][1]}",
                required="corrected, matched again, then sent",
                pointer=person.pointer,
            )
    for correction in objects(told.material.get("corrections")):
        key = text(correction, "profileId")
        if not any(person.key == key for person in posted):
            raise Deviation(
                "not-corrected",
                observed=f"profile {key} was not sent",
                required="corrected, matched again, then sent",
            )
    if not posted:
        raise in_vain("nobody came")


def whom_nobody_knows_was_not_sent(told: Told) -> None:
    """
    Whoever the register does not know, or knows to be dead, is not sent.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: nobody was answered so.
    """
    answers = _answers(told)
    refused = {k for k, said in answers.items() if any(r in _REFUSALS for _, r, _ in said)}
    if not refused:
        raise in_vain("the register refused nobody")
    for person in people_posted(told.exchanges):
        if person.key in refused:
            raise Deviation(
                "sent-unasked",
                observed=f"profile {person.key}",
                required="a clerk first, where the register does not confirm somebody",
                pointer=person.pointer,
            )


def silence_is_no_answer(told: Told) -> None:
    """
    Whoever the register could not answer about is asked about again, and sent only then.

    Raises:
        Deviation: `not-confirmed-first`.
        TargetTimeout: the register answered at once.
    """
    answers = _answers(told)
    judged = False
    sent = {person.key: person for person in reversed(people_posted(told.exchanges))}
    for key, said in answers.items():
        silent = [number for number, result, _ in said if result == SOURCE_UNAVAILABLE]
        if not silent:
            continue
        judged = True
        person = sent.get(key)
        until = person.number if person is not None else None
        asked = [n for n, r, _ in said if r != SOURCE_UNAVAILABLE and n > silent[0]]
        if not any(until is None or number < until for number in asked):
            raise Deviation(
                "not-confirmed-first",
                observed=f"profile {key} was not asked about again",
                required="asked about again until the register answers",
            )
    if not judged:
        raise in_vain("the register answered at once")


# -- what others own ------------------------------------------------------------------------------


def what_is_held_is_not_sent(told: Told) -> None:
    """
    Whoever is to ask first asks about everybody, and leaves out what is held.

    Raises:
        Deviation: `not-confirmed-first`, `owner-overwritten`.
        TargetTimeout: nobody came.
    """
    held: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for exchange, question, answer in questions(told.exchanges, "askHeldFields"):
        persons = objects(question.get("persons"))
        for result in objects(answer.get("results")):
            number = result.get("recordNo")
            if isinstance(number, int) and 1 <= number <= len(persons):
                key = text(persons[number - 1], "profileId")
                pointers = {text(f, "pointer")[1:] for f in objects(result.get("fields"))}
                held.setdefault(key, set()).update(pointers)
                first.setdefault(key, exchange.number)
    posted = people_posted(told.exchanges)
    for person in posted:
        if first.get(person.key, person.number) >= person.number:
            raise Deviation(
                "not-confirmed-first",
                observed=f"profile {person.key} was sent unasked",
                required="asked first what is held",
                pointer=person.pointer,
            )
        for name in sorted(held[person.key] & set(person.subject)):
            raise Deviation(
                "owner-overwritten",
                observed=f"/{name} was sent, though it is held",
                required="left out",
                pointer=f"{person.pointer}/{name}",
            )
    if not posted:
        raise in_vain("nobody came")


def a_refused_field_is_given_up(told: Told) -> None:
    """
    A record that was refused as another owner's comes again without that value, and is accepted.

    Raises:
        Deviation: `owner-overwritten`, `not-corrected`.
        TargetTimeout: nothing was refused so.
    """
    posted = people_posted(told.exchanges)
    judged = False
    for first in posted:
        names = [first.member_of(e) for e in first.errors if e.get("rule") == "not-owner"]
        if not names:
            continue
        judged = True
        later = [p for p in posted if p.key == first.key and p.number > first.told]
        for person in later:
            for name in names:
                if name in person.subject and person.subject[name] == first.subject.get(name):
                    raise Deviation(
                        "owner-overwritten",
                        observed=f"/{name} came again as it was refused",
                        required="left out, or the owner's value",
                        pointer=f"{person.pointer}/{name}",
                    )
        if not any(person.accepted for person in later):
            raise Deviation(
                "not-corrected",
                observed=f"profile {first.key} did not come again",
                required="sent again without the field that is another's",
            )
    if not judged:
        raise in_vain("no field was refused")


def nobody_speaks_for_an_owner(exchanges: Sequence[Exchange]) -> None:
    """
    An agency states nothing in the name of an owner.

    Raises:
        Deviation: `spoke-for-owner`.
        TargetTimeout: nothing was submitted at all.
    """
    submitted = False
    for exchange in exchanges:
        if exchange.request.operation == "submitOwnerEvents":
            raise Deviation(
                "spoke-for-owner",
                observed="a message with an owner's events",
                required="only the agency's own data",
            )
        submitted |= exchange.request.operation.startswith("submit")
    if not submitted:
        raise in_vain("nothing was submitted")


def conflicts_are_settled(told: Told) -> None:
    """
    Every conflict that was listed is followed by an accepted record with the owner's value.

    A record without the field is right as well.

    Raises:
        Deviation: `not-corrected`.
        TargetTimeout: no conflict was listed.
    """
    listed = _conflicts(told)
    for (key, name), (number, value) in listed.items():
        if not any(
            person.accepted
            and person.key == key
            and person.number > number
            and person.subject.get(name, value) == value
            for person in people_posted(told.exchanges)
        ):
            raise Deviation(
                "not-corrected",
                observed=f"/{name} of profile {key} stands as it was",
                required="the owner's value sent, or the field left out",
            )


def the_owners_word_stands(told: Told) -> None:
    """
    No record sent after a conflict was listed brings back the agency's value.

    Raises:
        Deviation: `owner-overwritten`.
        TargetTimeout: no conflict was listed, or nobody came after it.
    """
    listed = _conflicts(told)
    judged = False
    for person in people_posted(told.exchanges):
        for (key, name), (number, value) in listed.items():
            if person.key == key and person.number > number:
                judged = True
                if person.subject.get(name, value) != value:
                    raise Deviation(
                        "owner-overwritten",
                        observed=f"/{name} as the agency had it",
                        required="the owner's value, or no value",
                        pointer=f"{person.pointer}/{name}",
                    )
    if not judged:
        raise in_vain("nobody came after the conflicts")


# -- the change feed ------------------------------------------------------------------------------


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


# -- reconciliation -----------------------------------------------------------------------------


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
                observed=f"{what} {key} was not sent again",
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
            observed=f"no {subject.name}",
            required=f"/{subject.name}, empty where there are none",
            pointer=f"/{subject.name}",
        )
    return objects(rows)


def _below(code: Json, agency: str) -> bool:
    return f"{code}.".startswith(f"{agency}.")


def _cursor(exchange: Exchange) -> str:
    query = exchange.request.target.partition("?")[2]
    return parse_qs(query).get("cursor", [""])[0]


def _conflicts(told: Told) -> Mapping[tuple[str, str], tuple[int, Json]]:
    """(profile id, member) -> when it was listed first, and the owner's value."""
    listed: dict[tuple[str, str], tuple[int, Json]] = {}
    for exchange, _, answer in questions(told.exchanges, "listConflicts"):
        for conflict in objects(answer.get("items")):
            place = (text(conflict, "profileId"), text(conflict, "pointer")[1:])
            listed.setdefault(place, (exchange.number, conflict.get("ownerValue")))
    if not listed:
        raise in_vain("no conflict was listed")
    return listed


def _answers(told: Told) -> Mapping[str, Sequence[tuple[int, str, JsonObject]]]:
    """Profile id -> exchange, result and the values asked about, in order."""
    found: dict[str, list[tuple[int, str, JsonObject]]] = {}
    for exchange, question, answer in questions(told.exchanges, "matchPopulation"):
        persons = objects(question.get("persons"))
        for result in objects(answer.get("results")):
            number = result.get("recordNo")
            if isinstance(number, int) and 1 <= number <= len(persons):
                person = persons[number - 1]
                values: JsonObject = {name: person.get(name) for name in _ASKED}
                said = (exchange.number, text(result, "result"), values)
                found.setdefault(text(person, "profileId"), []).append(said)
    return found
