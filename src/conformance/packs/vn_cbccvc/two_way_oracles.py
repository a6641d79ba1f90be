"""
Judgements over both faces of one software: what it pushed, what it serves, and what it was told.

Pure: what a story brought in, nothing or a Deviation out; TargetTimeout where the story did not
come about, and nobody can tell.
"""

from __future__ import annotations

from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.oracles.paging import complete_walk
from conformance.packs.vn_cbccvc.content_assignments import STOPGAP, Told
from conformance.packs.vn_cbccvc.content_reading import (
    Posted,
    body_of,
    people_posted,
    units_posted,
)
from conformance.packs.vn_cbccvc.missions import in_vain, objects, text
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import not_stored, reads_back, rejected
from conformance.packs.vn_cbccvc.tree_oracles import reads_back_unit
from conformance.packs.vn_cbccvc.two_way_missions import NATIONS_DUTY, OWN_PHONE, Back, Pushed

_ONLY_OWN: Final = "only what the software changed itself"


# -- what is pushed is what is served ----------------------------------------------------------


def units_are_served_as_pushed(pushed: Pushed) -> None:
    """
    The software's own API answers each unit as it was accepted.

    Raises:
        Deviation: as `reads_back_unit`.
        TargetTimeout: no unit was accepted.
    """
    for key, unit in pushed.units.items():
        reads_back_unit(pushed.answers[key], unit)
    if not pushed.units:
        raise in_vain("no unit was accepted")


def people_are_served_as_pushed(pushed: Pushed) -> None:
    """
    The software's own API answers each person as accepted.

    Raises:
        Deviation: as `reads_back`.
        TargetTimeout: nobody was accepted.
    """
    for key, person in pushed.people.items():
        reads_back(pushed.answers[key], person)
    if not pushed.people:
        raise in_vain("nobody was accepted")


def nobody_is_listed_twice(pushed: Pushed) -> None:
    """
    In the lists of their units everybody who was accepted stands once.

    Raises:
        Deviation: `item-missing` or `item-twice`, else as `items_of`.
        TargetTimeout: nobody was accepted.
    """
    if not pushed.people:
        raise in_vain("nobody was accepted")
    found = [[text(item, "profileId") for item in items_of(page)] for page in pushed.lists]
    complete_walk(found, list(pushed.people))


def whom_it_took_back_is_gone(pushed: Pushed) -> None:
    """
    Whom the software took back from the nation, its own API knows no more.

    Raises:
        Deviation: as `not_stored`.
        TargetTimeout: nobody was taken back.
    """
    for key, answer in pushed.withdrawn.items():
        if answer.response.status == 200:
            raise Deviation(
                "item-unexpected",
                observed=f"profile {key} is served though it was taken back",
                required="404, as at the national side",
            )
        not_stored(answer, {"profileId": key}, mark="/profileId")
    if not pushed.withdrawn:
        raise in_vain("nobody was taken back")


# -- what the nation told ------------------------------------------------------------------------


def nothing_told_comes_back(back: Back) -> None:
    """
    What the nation told through the API is not pushed as a change of the software's own.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: the nation's change was not taken, or nothing was sent afterwards.
    """
    _told_and_answered(back)
    sent = back.next.exchanges
    for posted in (*people_posted(sent), *units_posted(sent)):
        if posted.key in (back.named["theirs"], back.named["renamed"]):
            raise Deviation(
                "sent-unasked",
                observed=f"{posted.key} pushed back to where it came from",
                required=_ONLY_OWN,
                pointer=posted.pointer,
            )


def nothing_read_comes_back(told: Told, held: JsonObject) -> None:
    """
    What the software read in the feed is not pushed as a change of its own.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: the feed was not read.
    """
    _feed_was_read(told)
    last = max(e.number for e in told.exchanges if e.request.operation == "readChanges")
    for posted in people_posted(told.exchanges):
        if posted.number > last and posted.key == held["profileId"]:
            raise Deviation(
                "sent-unasked",
                observed=f"{posted.key} pushed back to where it came from",
                required=_ONLY_OWN,
                pointer=posted.pointer,
            )


def the_next_change_builds_on_what_was_told(back: Back) -> None:
    """
    Who was changed by the nation and then by the software is pushed with both changes.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: the nation's change was not taken, or the software's own did not come.
    """
    _told_and_answered(back)
    for posted in _own_changes(back, "shared"):
        if posted.subject.get("mainDuty") != NATIONS_DUTY:
            raise Deviation(
                "wrong-value",
                observed=str(posted.subject.get("mainDuty")),
                required="the nation's value, told before the software's own change",
                pointer=f"{posted.pointer}/mainDuty",
            )


def each_change_is_one_version(back: Back) -> None:
    """
    The nation's change and the software's own made one version each at its API.

    Raises:
        Deviation: `count-differs`, else as `items_of`.
        TargetTimeout: the nation's change was not taken, or the software's own did not come.
    """
    _told_and_answered(back)
    if not any(posted.accepted for posted in _own_changes(back, "shared")):
        raise in_vain("the software's own change was not accepted")
    before, after = (len(items_of(history)) for history in back.history)
    if after != before + 2:
        raise Deviation(
            "count-differs",
            observed=f"{after - before} versions more",
            required="2 versions more, one for each change",
            pointer="/items",
        )


def what_it_refused_it_does_not_push(back: Back) -> None:
    """
    A value that the software's API refused is in nothing that it sends.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: the nation's change was not refused, or the person was not sent again.
    """
    _told_and_answered(back)
    for posted in _own_changes(back, "refused"):
        if posted.subject.get("mainDuty") == STOPGAP:
            raise Deviation(
                "wrong-value",
                observed=f"{STOPGAP!r}, which its own API had refused",
                required="the value from before",
                pointer=f"{posted.pointer}/mainDuty",
            )


def whom_the_nation_withdrew_stays_away(back: Back) -> None:
    """
    Whom the nation withdrew through the API is not pushed again.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: the withdrawal was not taken, or nothing was sent afterwards.
    """
    _told_and_answered(back)
    for posted in people_posted(back.next.exchanges):
        if posted.key == back.named["leaving"]:
            raise Deviation(
                "sent-unasked",
                observed=f"{posted.key} pushed after the nation withdrew it",
                required=_ONLY_OWN,
                pointer=posted.pointer,
            )


def an_older_change_is_refused(back: Back) -> None:
    """
    A change from before the software's own, told through the API, is refused as outdated.

    Raises:
        Deviation: as `rejected`.
        TargetTimeout: the software's own change did not come, or nothing was told.
    """
    if not any(posted.accepted for posted in _own_changes(back, "shared")):
        raise in_vain("the software's own change was not accepted")
    if back.outdated is None:
        raise in_vain("no older change was told")
    rejected(back.outdated, 1, rule="change-outdated", pointer="/records/0/changedAt")


def people_follow_what_was_told(back: Back) -> None:
    """
    Who stood in a unit that the nation closed through the API is pushed in its heir.

    Raises:
        Deviation: `closed-unit-named`.
        TargetTimeout: the merger was not taken, or the person was not sent again.
    """
    if body_of(back.told[0]).get("status") != "ACCEPTED":
        raise in_vain("the merger was not taken")
    for posted in _own_changes(back, "mover"):
        if posted.subject.get("employingUnitCode") == back.named["closing"]:
            raise Deviation(
                "closed-unit-named",
                observed=back.named["closing"],
                required=back.named["heir"],
                pointer=f"{posted.pointer}/employingUnitCode",
            )


def what_was_read_is_served(told: Told, held: JsonObject, answer: Exchange) -> None:
    """
    The software's own API answers what it read in the feed.

    Raises:
        Deviation: as `reads_back`.
        TargetTimeout: the feed was not read.
    """
    _feed_was_read(told)
    reads_back(answer, held)


def _own_changes(back: Back, who: str) -> list[Posted]:
    """The records in which the software tells of its own change of somebody."""
    found = [
        posted
        for posted in people_posted(back.next.exchanges)
        if posted.key == back.named[who] and posted.subject.get("phone") == OWN_PHONE
    ]
    if not found:
        raise in_vain("the software's own change did not come")
    return found


def _told_and_answered(back: Back) -> None:
    """The API took two changes, refused one, renamed a unit and withdrew somebody."""
    trial, units, withdrawal = back.told
    said = [result.get("status") for result in objects(body_of(trial).get("results"))]
    if said != ["ACCEPTED", "ACCEPTED", "REJECTED"]:
        raise in_vain("the nation's changes were not taken as they should be")
    if [r.get("status") for r in objects(body_of(units).get("results"))] != ["ACCEPTED"]:
        raise in_vain("the nation's name of a unit was not taken")
    if withdrawal.response.status != 204:
        raise in_vain("the nation's withdrawal was not taken")
    if not people_posted(back.next.exchanges):
        raise in_vain("nobody was sent afterwards")


def _feed_was_read(told: Told) -> None:
    if not any(e.request.operation == "readChanges" for e in told.exchanges):
        raise in_vain("the feed was not read")
