"""
Judgements over what an agency asked and was told: registers, owners, the feed, the reconciliation.

The agency's own files cannot be seen: that something was applied is judged by what it sends
afterwards. Pure: an assignment and its traffic in, nothing or a Deviation out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.content_assignments import Told
from conformance.packs.vn_cbccvc.content_reading import people_posted, questions
from conformance.packs.vn_cbccvc.matching import MATCHED, SOURCE_UNAVAILABLE
from conformance.packs.vn_cbccvc.missions import in_vain, objects, text

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
