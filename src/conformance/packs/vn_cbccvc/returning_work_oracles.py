"""
Judgements over what an agency did with what came back: jobs, rejections, closed units, new lists.

Pure: an assignment and its traffic in, nothing or a Deviation out; TargetTimeout where there is
nothing to judge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from conformance.crypto.jws import read_header
from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.remark import Remark
from conformance.packs.vn_cbccvc.content_assignments import Told
from conformance.packs.vn_cbccvc.content_reading import DONE, Posted, people_posted, questions
from conformance.packs.vn_cbccvc.line_reading import EARLY
from conformance.packs.vn_cbccvc.missions import (
    SUBMIT_BATCH,
    in_vain,
    mapping,
    messages,
    objects,
    text,
)
from conformance.packs.vn_cbccvc.traffic_oracles import answered

#: A certificate that was good once, and is no more.
_ENDED: Final = frozenset({"signature-expired", "signature-revoked"})
#: Faults of the record itself; a signature or a unit may be mended without touching it.
_CONTENT: Final = re.compile(r"schema|code-list|VN-R-[0-9]+")


# -- jobs -----------------------------------------------------------------------------------


def a_job_is_awaited(told: Told) -> None:
    """
    Whoever sent a batch asks after its job until it is done, and does not send it again before.

    Raises:
        Deviation: `job-given-up`, `sent-again-unchanged`.
        TargetTimeout: no batch was taken.
    """
    batches = [
        sent
        for sent in messages(told.exchanges)
        if sent.exchange.request.operation == SUBMIT_BATCH and sent.exchange.response.status == 202
    ]
    if not batches:
        raise in_vain("no batch came")
    ends = {
        text(job, "messageId"): exchange.number
        for exchange, _, job in questions(told.exchanges, "readJob")
        if job.get("status") == DONE
    }
    people = people_posted(told.exchanges)
    for sent in batches:
        end = ends.get(sent.id)
        keys = {text(profile, "profileId") for profile in sent.profiles.values()}
        for person in people:
            waiting = sent.exchange.number < person.number and (end is None or person.number < end)
            if waiting and person.message != sent.id and person.key in keys:
                raise Deviation(
                    "sent-again-unchanged",
                    observed=f"profile {person.key} again while its job ran",
                    required="the job awaited",
                    pointer=person.pointer,
                )
        if end is None:
            raise Deviation(
                "job-given-up",
                observed=f"the job of message {sent.id} was not read to its end",
                required="asked after until it is done",
            )


def a_job_is_asked_after_at_its_pace(told: Told) -> None:
    """
    A job is not read again before the time that its last answer asked for.

    Raises:
        Deviation: `sent-too-early`; times are those of the test bed.
        TargetTimeout: no job was read twice.
    """
    judged = False
    last: dict[str, Exchange] = {}
    for exchange in told.exchanges:
        if exchange.request.operation != "readJob":
            continue
        before = last.get(exchange.request.target)
        last[exchange.request.target] = exchange
        asked = before.response.header("retry-after") if before is not None else None
        if before is None or asked is None or not asked.isdecimal():
            continue
        judged = True
        waited = exchange.at - answered(before)
        if waited + EARLY < timedelta(seconds=float(asked)):
            raise Deviation(
                "sent-too-early",
                observed=f"{waited.total_seconds():.1f} s after the answer",
                required=f"{asked} s or more, as Retry-After asked",
            )
    if not judged:
        raise in_vain("no job was asked after twice")


# -- records that came back -------------------------------------------------------------------


def only_the_rejected_came_again(told: Told) -> None:
    """
    Whoever was accepted is not sent again.

    Raises:
        Deviation: `sent-unasked`.
        TargetTimeout: nobody was both accepted and beside somebody rejected.
    """
    posted = people_posted(told.exchanges)
    taken: dict[str, Posted] = {}
    for person in posted:
        first = taken.get(person.key)
        if first is not None and first.told < person.number and first.message != person.message:
            raise Deviation(
                "sent-unasked",
                observed=f"profile {person.key} again, in message {person.message}",
                required="only those again who were rejected",
                pointer=person.pointer,
            )
        if person.accepted:
            taken.setdefault(person.key, person)
    if not taken or not any(person.rejected for person in posted):
        raise in_vain("no message was accepted in part")


def what_a_job_refused_came_again_alone(told: Told) -> None:
    """
    Whom a job refused was put right and accepted; whom it took was not sent again.

    Raises:
        Deviation: `sent-unasked`, `not-corrected`.
        TargetTimeout: no job took some and refused others.
    """
    only_the_rejected_came_again(told)
    the_rejected_arrived_in_the_end(told)


def a_refused_certificate_signs_no_more(told: Told) -> None:
    """
    A record whose signer's certificate was refused does not come again under that certificate.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: nobody was refused for it, or the certificate could not be read.
    """
    posted = people_posted(told.exchanges)
    refused = [p for p in posted if any(text(e, "rule") in _ENDED for e in p.errors)]
    if not refused or not all(_certificate(person) for person in refused):
        raise in_vain("nobody was refused for a certificate that can be read")
    for first in refused:
        for later in posted:
            again = later.key == first.key and later.number > first.told
            if again and _certificate(later) == _certificate(first):
                raise Deviation(
                    "wrong-approval",
                    observed="the certificate that had been refused",
                    required="another certificate, or a person who sees to it",
                    pointer=f"{later.pointer.removesuffix('/profile')}/signature",
                )


def nothing_came_again_as_it_was(told: Told) -> None:
    """
    A record that was rejected for its content does not come again with the same content.

    Raises:
        Deviation: `sent-again-unchanged`.
        TargetTimeout: nobody was rejected.
    """
    posted = people_posted(told.exchanges)
    for first, later in _again(posted):
        if later.subject == first.subject:
            raise Deviation(
                "sent-again-unchanged",
                observed=f"profile {later.key} as it was rejected",
                required="the fault put right before the record comes again",
                pointer=later.pointer,
            )
    _rejected_some(posted)


def only_the_fault_was_put_right(told: Told) -> None:
    """
    What comes again differs from what was rejected at the places complained of, and nowhere else.

    Raises:
        Deviation: `changed-beyond-complaint`.
        TargetTimeout: nobody who was rejected came again.
    """
    judged = False
    for first, later in _again(people_posted(told.exchanges)):
        if later.subject == first.subject:
            continue
        judged = True
        named = {first.member_of(error) for error in first.errors}
        for name in sorted({*first.subject, *later.subject} - named):
            if first.subject.get(name) != later.subject.get(name):
                raise Deviation(
                    "changed-beyond-complaint",
                    observed=f"/{name} changed as well",
                    required=f"only a change of {', '.join(sorted(named))}",
                    pointer=f"{later.pointer}/{name}",
                )
    if not judged:
        raise in_vain("nobody who was rejected came again")


def a_correction_is_signed_anew(told: Told) -> None:
    """
    A record that was put right bears a signature over what it is now.

    Raises:
        Deviation: `wrong-approval`.
        TargetTimeout: nobody who was rejected came again.
    """
    judged = False
    for first, later in _again(people_posted(told.exchanges)):
        if later.subject == first.subject:
            continue
        judged = True
        same = later.record.get("signature") == first.record.get("signature")
        if same or later.signature != "valid":
            raise Deviation(
                "wrong-approval",
                observed="the signature of before" if same else later.signature,
                required="a signature over the corrected record",
                pointer=f"{later.pointer.removesuffix('/profile')}/signature",
            )
    if not judged:
        raise in_vain("nobody who was rejected came again")


def a_correction_comes_under_a_new_id(told: Told) -> None:
    """
    A record that was put right does not come under the id of the message that was answered.

    Raises:
        Deviation: `message-id-reused`.
        TargetTimeout: nobody who was rejected came again.
    """
    judged = False
    posted = people_posted(told.exchanges)
    for first in posted:
        for later in posted:
            if not first.rejected or later.key != first.key or later.number <= first.told:
                continue
            if later.subject == first.subject:
                continue
            judged = True
            if later.message == first.message:
                raise Deviation(
                    "message-id-reused",
                    observed=first.message,
                    required="a new message id for other content",
                    pointer="/header/messageId",
                )
    if not judged:
        raise in_vain("nobody who was rejected came again")


def the_rejected_arrived_in_the_end(told: Told) -> None:
    """
    Everybody whose correction the agency knew was accepted in the end, with it.

    Raises:
        Deviation: `not-corrected`.
        TargetTimeout: nobody was rejected.
    """
    posted = people_posted(told.exchanges)
    _rejected_some(posted)
    for correction in objects(told.material.get("corrections")):
        key, fields = text(correction, "profileId"), mapping(correction.get("fields"))
        if not any(
            person.accepted
            and person.key == key
            and all(person.subject.get(name) == value for name, value in fields.items())
            for person in posted
        ):
            raise Deviation(
                "not-corrected",
                observed=f"profile {key} was not accepted with its correction",
                required="put right, and sent again",
            )


def _again(posted: Sequence[Posted]) -> Sequence[tuple[Posted, Posted]]:
    """Each record rejected for its content, with the next one of the person in another message."""
    pairs = []
    for first in posted:
        if any(_CONTENT.fullmatch(text(error, "rule")) for error in first.errors):
            later = next(
                (
                    p
                    for p in posted
                    if p.key == first.key and p.number > first.told and p.message != first.message
                ),
                None,
            )
            if later is not None:
                pairs.append((first, later))
    return pairs


def _certificate(person: Posted) -> str:
    """The certificate under a record's signature; "" when there is none to read."""
    header = read_header(text(person.record, "signature"))
    chain = [] if isinstance(header, Remark) else header.get("x5c")
    return str(chain[0]) if isinstance(chain, list) and chain else ""


def _rejected_some(posted: Sequence[Posted]) -> None:
    if not any(person.rejected for person in posted):
        raise in_vain("nobody was rejected")
