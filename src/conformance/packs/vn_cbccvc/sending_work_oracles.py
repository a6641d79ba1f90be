"""
Judgements over what an agency chose to send: its tree, the changes of a day, and who approved.

Pure: an assignment and its traffic in, nothing or a Deviation out; TargetTimeout where there is
nothing to judge.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.content_missions import Told
from conformance.packs.vn_cbccvc.content_reading import (
    Posted,
    body_of,
    in_vain,
    objects,
    people_posted,
    units_posted,
)
from conformance.packs.vn_cbccvc.missions import mapping, text
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT

#: Operation -> the code of its message.
CODES: Final[Mapping[str, str]] = {
    "submitUnits": "M50",
    "submitTrialSync": "M51",
    "submitProfileBatch": "M52",
    "matchPopulation": "M53",
    "reorganiseUnits": "M54",
    "submitOwnerEvents": "M61",
    "askHeldFields": "M62",
    "reconcile": "M63",
}
RECEIVER: Final = "G09"
#: A time of signing may be cut to whole seconds.
_SECOND: Final = timedelta(seconds=1)
_APPROVAL: Final = frozenset({"signer", "authority"})
_CERTIFICATE: Final = frozenset({"expired", "revoked", "untrusted"})


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
                observed=f"{unit.key} before {above}",
                required=f"{above} sent before {unit.key}",
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
    Whoever did not change stands in one message only.

    Raises:
        Deviation: `sent-unasked`, naming who came again unchanged.
        TargetTimeout: nobody who changed came.
    """
    changed = _changes(told, "profileId")
    carriers: dict[str, str] = {}
    for person in people_posted(told.exchanges):
        first = carriers.setdefault(person.key, person.message)
        if person.key not in changed and first != person.message:
            raise Deviation(
                "sent-unasked",
                observed=f"profile {person.key} in two messages",
                required="only the records that changed",
                pointer=person.pointer,
            )
    if not _changed_people(told):
        raise in_vain("nobody who changed came")


def changes_bear_their_time(told: Told) -> None:
    """
    A changed record says when and where its change was born, as the agency was told.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: nobody who changed came.
    """
    posted = _changed_people(told)
    for person in posted:
        change = _changes(told, "profileId")[person.key]
        if _moment(person.record.get("changedAt")) != _moment(change["changedAt"]):
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
        for person in _changed_people(told)
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
    seen: dict[str, str] = {}
    came = False
    for unit in units_posted(told.exchanges):
        first = seen.setdefault(unit.key, unit.message)
        if unit.key not in changes:
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


# -- who approved ---------------------------------------------------------------------------


def changes_were_approved(told: Told) -> None:
    """
    Whoever signed a change speaks for the agency and has the authority to approve.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: nobody who changed came.
    """
    _signatures(told, _APPROVAL, "an approver of the agency, or of one above it")


def certificates_were_good(told: Told) -> None:
    """
    Whoever signed a change had a certificate that was valid, not revoked, and of the authority.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: nobody who changed came.
    """
    _signatures(told, _CERTIFICATE, "a certificate that is valid on the day of sending")


def signatures_are_over_what_was_sent(told: Told) -> None:
    """
    The signature of a change is over the RFC 8785 form of the record as it was sent.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: nobody who changed came.
    """
    _signatures(told, frozenset({"invalid", "missing"}), "a signature over the canonical record")


def changes_were_signed_after_they_happened(told: Told) -> None:
    """
    The time of signing is not before the time of the change.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: no signature said when it was made.
    """
    judged = False
    for person in _changed_people(told):
        signed, changed = _signed_at(person), _moment(person.record.get("changedAt"))
        if signed is None or changed is None:
            continue
        judged = True
        if signed + _SECOND < changed:
            raise Deviation(
                "wrong-approval",
                observed=f"signed at {signed.isoformat()}",
                required=f"after the change at {changed.isoformat()}",
                pointer=f"{person.pointer.removesuffix('/profile')}/signature",
            )
    if not judged:
        raise in_vain("no signed change came")


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


# -- headers ----------------------------------------------------------------------------------


def messages_bear_their_code(exchanges: Sequence[Exchange]) -> None:
    """
    Every message bears the code of its kind.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: there was no message.
    """
    _headers(exchanges, lambda operation: {"messageCode": CODES[operation]})


def messages_name_both_ends(exchanges: Sequence[Exchange]) -> None:
    """
    Every message names the agency as its sender and the published receiver.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: there was no message.
    """
    _headers(exchanges, lambda _: {"senderCode": ROOT_UNIT, "receiverCode": RECEIVER})


def an_id_stands_for_one_message(exchanges: Sequence[Exchange]) -> None:
    """
    No two messages of different kinds or records bear one id.

    Raises:
        Deviation: `message-id-reused`.
        TargetTimeout: there was no message.
    """
    seen: dict[tuple[str, str], tuple[str, Json]] = {}
    for exchange in exchanges:
        if exchange.request.operation not in CODES:
            continue
        body = body_of(exchange, asked=True)
        identifier = text(mapping(body.get("header")), "messageId")
        content = (exchange.request.operation, _without_signatures(body))
        first = seen.setdefault((exchange.scenario, identifier), content)
        if first != content:
            raise Deviation(
                "message-id-reused",
                observed=f"{identifier} for two messages",
                required="a new id for every message",
                pointer="/header/messageId",
            )
    if not seen:
        raise in_vain("no message came")


def _is_ours(code: str) -> bool:
    return f"{code}.".startswith(f"{ROOT_UNIT}.")


def _headers(
    exchanges: Sequence[Exchange], required_of: Callable[[str], Mapping[str, str]]
) -> None:
    judged = 0
    for exchange in exchanges:
        operation = exchange.request.operation
        if operation not in CODES:
            continue
        judged += 1
        header = mapping(body_of(exchange, asked=True).get("header"))
        for name, value in required_of(operation).items():
            if header.get(name) != value:
                raise Deviation(
                    "wrong-value",
                    observed=header.get(name, "absent"),
                    required=value,
                    pointer=f"/header/{name}",
                )
    if not judged:
        raise in_vain("no message came")


def _without_signatures(body: JsonObject) -> Json:
    """The content that is compared when an id comes again: without times and signatures."""
    header = mapping(body.get("header"))
    kept: JsonObject = {**body, "header": {k: v for k, v in header.items() if k != "sentAt"}}
    if isinstance(body.get("records"), list):
        kept["records"] = [
            {k: v for k, v in record.items() if k != "signature"}
            for record in objects(body["records"])
        ]
    return kept


def _changes(told: Told, key: str) -> Mapping[str, JsonObject]:
    return {
        str(change[key]): change
        for change in objects(told.material.get("changes"))
        if key in change
    }


def _changed_people(told: Told) -> Sequence[Posted]:
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


def _signatures(told: Told, faults: frozenset[str], required: str) -> None:
    posted = _changed_people(told)
    for person in posted:
        if person.signature in faults:
            raise Deviation(
                "wrong-approval",
                observed=person.signature,
                required=required,
                pointer=f"{person.pointer.removesuffix('/profile')}/signature",
            )
    if not posted:
        raise in_vain("nobody who changed came")


def _signed_at(person: Posted) -> datetime | None:
    protected = text(person.record, "signature").partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    except (ValueError, binascii.Error):
        return None
    return _moment(header.get("sigT")) if isinstance(header, dict) else None


def _moment(value: Json) -> datetime | None:
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
