"""
Judgements over who approved what an agency sent, and over what its messages say of themselves.

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
from conformance.packs.vn_cbccvc.content_assignments import Told
from conformance.packs.vn_cbccvc.content_reading import Posted, body_of
from conformance.packs.vn_cbccvc.missions import in_vain, mapping, objects, text
from conformance.packs.vn_cbccvc.sending_work_oracles import changed_people, moment
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
#: Operations that ask; a message with records is judged by its own requirements.
QUESTIONS: Final = frozenset({"matchPopulation", "askHeldFields", "reconcile"})
RECEIVER: Final = "G09"
#: A time of signing may be cut to whole seconds.
_SECOND: Final = timedelta(seconds=1)
_APPROVAL: Final = frozenset({"signer", "authority"})
_CERTIFICATE: Final = frozenset({"expired", "revoked", "untrusted"})


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
    _signatures(told, frozenset({"invalid"}), "a signature over the canonical record")


def changes_were_signed_after_they_happened(told: Told) -> None:
    """
    The time of signing is not before the time of the change.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: no signature said when it was made.
    """
    judged = False
    for person in changed_people(told):
        signed, changed = _signed_at(person), moment(person.record.get("changedAt"))
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


def questions_have_ids_of_their_own(exchanges: Sequence[Exchange]) -> None:
    """
    No question bears the id of another one, or of a message with records.

    Raises:
        Deviation: `message-id-reused`.
        TargetTimeout: nothing was asked.
    """
    seen: dict[tuple[str, str], tuple[str, Json]] = {}
    asked = 0
    for exchange in exchanges:
        operation = exchange.request.operation
        if operation not in CODES:
            continue
        asked += operation in QUESTIONS
        body = body_of(exchange, asked=True)
        identifier = text(mapping(body.get("header")), "messageId")
        content = (operation, _without_signatures(body))
        first = seen.setdefault((exchange.scenario, identifier), content)
        if first != content and QUESTIONS & {operation, first[0]}:
            raise Deviation(
                "message-id-reused",
                observed=f"message id {identifier} for two messages",
                required="a new id for every message",
                pointer="/header/messageId",
            )
    if not asked:
        raise in_vain("nothing was asked")


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


def _signatures(told: Told, faults: frozenset[str], required: str) -> None:
    posted = changed_people(told)
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
    return moment(header.get("sigT")) if isinstance(header, dict) else None
