"""
Judgements over what an agency chose to send: its tree, the changes of a day, and who approved.

Pure: an assignment and its traffic in, nothing or a Deviation out; TargetTimeout where there is
nothing to judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from conformance.errors import Deviation
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.content_assignments import Told
from conformance.packs.vn_cbccvc.content_reading import Posted, body_of, people_posted, units_posted
from conformance.packs.vn_cbccvc.missions import in_vain, mapping, objects, text
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT

# -- the tree ------------------------------------------------------------------------------


def parents_come_first(told: Told) -> None:
    """
    No unit stands in a message before its parent was accepted, or stands earlier in the message.

    Raises:
        Deviation: `parent-not-first`.
        TargetTimeout: no unit came.
    """
    posted = units_posted(told.exchanges)
    own = {text(unit, "unitCode") for unit in told.units}
    known: set[str] = set()
    for unit in posted:
        above = text(unit.subject, "parentCode")
        if above in own and above not in known:
            raise Deviation(
                "parent-not-first",
                observed=f"unit {unit.key} before unit {above}",
                required=f"unit {above} sent before unit {unit.key}",
                pointer=f"{unit.pointer}/parentCode",
            )
        # A parent that the national side refused is none; in the same message it may still come.
        if not unit.rejected:
            known.add(unit.key)
    if not posted:
        raise in_vain("no unit came")


def codes_are_our_own(told: Told) -> None:
    """
    Every unit that was sent stands in the agency's own code space.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: no unit came.
    """
    posted = units_posted(told.exchanges)
    for unit in posted:
        if not _is_ours(unit.key):
            raise Deviation(
                "sent-unasked",
                observed=f"unit {unit.key}",
                required=f"units of {ROOT_UNIT} and below it",
                pointer=f"{unit.pointer}/unitCode",
            )
    if not posted:
        raise in_vain("no unit came")


def the_whole_tree_arrived(told: Told) -> None:
    """
    Every unit of the agency's own was accepted.

    Raises:
        Deviation: `item-missing`.
        TargetTimeout: no unit came.
    """
    posted = units_posted(told.exchanges)
    if not posted:
        raise in_vain("no unit came")
    arrived = {unit.key for unit in posted if unit.accepted}
    own = [code for unit in told.units if _is_ours(code := text(unit, "unitCode"))]
    missing = [code for code in own if code not in arrived]
    if missing:
        raise Deviation(
            "item-missing",
            observed=f"{len(own) - len(missing)} of {len(own)} units arrived",
            required=f"unit {missing[0]} accepted as well",
        )


# -- the changes of a day -------------------------------------------------------------------


def only_what_changed_was_sent(told: Told) -> None:
    """
    Whoever did not change does not come again once accepted.

    Raises:
        Deviation: `sent-unasked`, naming who came again unchanged.
        TargetTimeout: nobody who changed came.
    """
    changed = _changes(told, "profileId")
    taken: dict[str, str] = {}
    for person in people_posted(told.exchanges):
        if person.key not in changed and taken.get(person.key, person.message) != person.message:
            raise Deviation(
                "sent-unasked",
                observed=f"profile {person.key} in two messages",
                required="only the records that changed",
                pointer=person.pointer,
            )
        if person.accepted:
            taken.setdefault(person.key, person.message)
    if not changed_people(told):
        raise in_vain("nobody who changed came")


def changes_bear_their_time(told: Told) -> None:
    """
    A changed record says when and where its change was born, as the agency was told.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: nobody who changed came.
    """
    posted = changed_people(told)
    for person in posted:
        change = _changes(told, "profileId")[person.key]
        if moment(person.record.get("changedAt")) != moment(change["changedAt"]):
            _wrong(person, "changedAt", change["changedAt"])
        if person.record.get("origin", "OTHER") != change["origin"]:
            _wrong(person, "origin", change["origin"])
    if not posted:
        raise in_vain("nobody who changed came")


def changes_are_in_time(told: Told, origin: str) -> None:
    """
    The changes of one origin were sent within their term.

    Counted by the national side from the times in the messages.

    Raises:
        Deviation: `late-change`.
        TargetTimeout: no change of that origin was accepted.
    """
    changes = _changes(told, "profileId")
    posted = [
        person
        for person in changed_people(told)
        if changes[person.key]["origin"] == origin and "timeliness" in person.result
    ]
    for person in posted:
        if person.result["timeliness"] != "IN_TIME":
            header = mapping(body_of(person.exchange, asked=True).get("header"))
            raise Deviation(
                "late-change",
                observed=f"sent at {text(header, 'sentAt')}",
                required=f"within the term after {text(person.record, 'changedAt')}",
                pointer=f"{person.pointer.removesuffix('/profile')}/changedAt",
            )
    if not posted:
        raise in_vain("no such change came")


def a_changed_unit_is_sent_alone_with_its_decision(told: Told) -> None:
    """
    A unit that changed comes again with the decision that changed it; the others do not.

    Raises:
        Deviation: `sent-unasked`, `wrong-value`.
        TargetTimeout: the changed unit did not come.
    """
    changes = _changes(told, "unitCode")
    taken: dict[str, str] = {}
    came = False
    for unit in units_posted(told.exchanges):
        if unit.key not in changes:
            first = taken.get(unit.key, unit.message)
            if unit.accepted:
                taken.setdefault(unit.key, unit.message)
            if first != unit.message:
                raise Deviation(
                    "sent-unasked",
                    observed=f"unit {unit.key} in two messages",
                    required="only the units that changed",
                    pointer=unit.pointer,
                )
            continue
        fields = mapping(changes[unit.key].get("fields"))
        if unit.subject.get("name") != fields.get("name"):
            continue
        came = True
        for name, value in fields.items():
            if unit.subject.get(name) != value:
                raise Deviation(
                    "wrong-value",
                    observed=unit.subject.get(name, "absent"),
                    required=value,
                    pointer=f"{unit.pointer}/{name}",
                )
    if not came:
        raise in_vain("the changed unit did not come")


# -- what is never sent, and what was asked back ----------------------------------------------


def secrets_stay_at_home(told: Told) -> None:
    """
    Nobody whose profile bears the mark of a state secret was sent.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: nobody came at all.
    """
    marked = {text(p, "profileId") for p in told.people if p.get("stateSecret") is True}
    posted = people_posted(told.exchanges)
    for person in posted:
        if person.key in marked:
            raise Deviation(
                "sent-unasked",
                observed=f"profile {person.key}",
                required="a state secret handled apart",
                pointer=person.pointer,
            )
    if not posted:
        raise in_vain("nobody came")


def whom_was_asked_back_was_withdrawn(told: Told) -> None:
    """
    Everybody who was asked back was withdrawn, and did not come again.

    Raises:
        Deviation: `item-missing`, `sent-unasked`.
        TargetTimeout: nobody came at all.
    """
    posted = people_posted(told.exchanges)
    if not posted:
        raise in_vain("nobody came")
    withdrawn = _withdrawals(told)
    for key in _asked_back(told):
        if key not in withdrawn:
            raise Deviation(
                "item-missing", observed="not withdrawn", required=f"profile {key} withdrawn"
            )
        again = next((p for p in posted if p.key == key and p.number > withdrawn[key]), None)
        if again is not None:
            raise Deviation(
                "sent-unasked",
                observed=f"profile {key} after its withdrawal",
                required="nobody again who was asked back",
                pointer=again.pointer,
            )


def nobody_else_was_withdrawn(told: Told) -> None:
    """
    Nobody was withdrawn who was not asked back.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: nobody came at all.
    """
    withdrawn = _withdrawals(told)
    for key in withdrawn:
        if key not in _asked_back(told):
            raise Deviation(
                "sent-unasked",
                observed=f"the withdrawal of profile {key}",
                required="only those withdrawn who were asked back",
            )
    if not people_posted(told.exchanges):
        raise in_vain("nobody came")


def _is_ours(code: str) -> bool:
    return f"{code}.".startswith(f"{ROOT_UNIT}.")


def _changes(told: Told, key: str) -> Mapping[str, JsonObject]:
    return {
        str(change[key]): change
        for change in objects(told.material.get("changes"))
        if key in change
    }


def changed_people(told: Told) -> Sequence[Posted]:
    """The records that hold what a change brought."""
    changes = _changes(told, "profileId")
    return [
        person
        for person in people_posted(told.exchanges)
        if person.key in changes
        and all(
            person.subject.get(name) == value
            for name, value in mapping(changes[person.key].get("fields")).items()
        )
    ]


def moment(value: Json) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _wrong(person: Posted, name: str, required: Json) -> None:
    raise Deviation(
        "wrong-value",
        observed=person.record.get(name, "absent"),
        required=required,
        pointer=f"{person.pointer.removesuffix('/profile')}/{name}",
    )


def _asked_back(told: Told) -> Sequence[str]:
    asked = told.material.get("withdraw")
    return [str(key) for key in asked] if isinstance(asked, list) else []


def _withdrawals(told: Told) -> Mapping[str, int]:
    """Who was withdrawn, and by which exchange."""
    return {
        exchange.request.target.partition("?")[0].rpartition("/")[2]: exchange.number
        for exchange in told.exchanges
        if exchange.request.operation == "withdrawProfile"
    }
