"""
Judgements over what software sends again, and what it does not; pure, as `traffic_oracles`.

Whoever waits longer than a mission lasts is accused of nothing: TargetTimeout.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Request
from conformance.packs.vn_cbccvc.line_reading import (
    EARLY,
    befallen,
    content,
    met,
    same_records,
    subjects,
)
from conformance.packs.vn_cbccvc.missions import (
    SUBMIT_PEOPLE,
    SUBMIT_UNITS,
    Sent,
    Work,
    in_vain,
    text,
)
from conformance.packs.vn_cbccvc.traffic_oracles import everybody_arrived_once, units_come_first

#: How far a clock may be wrong: what the contract allows a header.
_CLOCK: Final = timedelta(minutes=5)
#: Where the test bed's redirects lead.
ELSEWHERE: Final = "/elsewhere"


def the_same_message_came_again(
    work: Work, befell: str, *, of: str = SUBMIT_PEOPLE, or_never: bool = False
) -> None:
    """
    Each message that this befell came again under its own id, with the same content.

    Where the doubt is whether it was carried out, reading its receipt resolves it as well.

    Args:
        befell: the disturbance, or `lost` for an acknowledgement.
        or_never: whether a message that never came again is another requirement's matter.

    Raises:
        Deviation: `new-message-id`, `changed-on-retry` or `never-sent-again`.
        TargetTimeout: it befell nothing, or, with `or_never`, nothing came again.
    """
    disturbed = [e for e in befallen(work.exchanges, befell) if e.request.operation == of]
    if not disturbed:
        raise in_vain("no message came that could be disturbed")
    ours = {sent.exchange.number: sent for sent in work.messages}
    for exchange in disturbed:
        _came_again(work, ours[exchange.number], or_never=or_never)


def _came_again(work: Work, first: Sent, *, or_never: bool) -> None:
    later = [s for s in work.messages if s.exchange.number > first.exchange.number]
    again = next((s for s in later if s.id == first.id), None)
    if again is not None:
        if content(again) != content(first):
            raise Deviation(
                "changed-on-retry",
                observed=f"message {first.id} came again with other content",
                required="the same content under the same message id",
            )
        return
    for sent in later:
        if subjects(sent) & subjects(first):
            raise Deviation(
                "new-message-id",
                observed=sent.id or "no message id",
                required=first.id,
                pointer="/header/messageId",
            )
    if not any(
        e.request.operation == "readTrialReceipt"
        and e.number > first.exchange.number
        and e.request.target.endswith(f"/{first.id}")
        for e in work.exchanges
    ):
        if or_never:
            raise in_vain("the message did not come again")
        raise Deviation(
            "never-sent-again",
            observed=f"message {first.id} was not heard of again",
            required="the same message sent again",
        )


def everybody_arrived_in_spite_of(work: Work, befell: str) -> None:
    """
    This befell the work, and everybody was accepted, in one message only.

    Raises:
        Deviation: `item-missing` or `item-twice`.
        TargetTimeout: it befell nothing, or nobody was sent at all; after a power cut, nothing
            came any more, so that nobody can tell whether the software was started again.
    """
    exchange = met(work, befell)
    if befell == "power-cut" and all(e.number <= exchange.number for e in work.exchanges):
        raise in_vain("the software was not heard of after it had been ended")
    everybody_arrived_once(work)


def the_answer_was_awaited(work: Work, *, seconds: int) -> None:
    """
    While an answer took so long, nothing of its message was sent again.

    Raises:
        Deviation: `sent-before-answer`.
        TargetTimeout: no answer was slow.
    """
    slow = [s for s in work.messages if s.exchange.facts.get("disturbance") == "slow"]
    if not slow:
        raise in_vain("no message came that could be answered slowly")
    first = slow[0]
    began = first.exchange.at
    for sent in work.messages:
        early = sent.exchange.at + EARLY < began + timedelta(seconds=seconds)
        if sent.exchange.number > first.exchange.number and early and same_records(sent, first):
            raise Deviation(
                "sent-before-answer",
                observed=f"sent again after {(sent.exchange.at - began).total_seconds():.1f} s",
                required=f"an answer that takes {seconds} s is awaited",
            )


def an_answer_was_enough(work: Work, befell: str) -> None:
    """
    A message that was answered, though this befell its answer, was not sent again.

    Raises:
        Deviation: `sent-again-though-answered`.
        TargetTimeout: it befell no message that was accepted whole.
    """
    judged = 0
    for sent in work.messages:
        whole = len(sent.accepted()) == sent.length > 0
        if sent.exchange.facts.get("disturbance") != befell or not whole:
            continue
        judged += 1
        for later in work.messages:
            if later.exchange.number > sent.exchange.number and same_records(later, sent):
                raise Deviation(
                    "sent-again-though-answered",
                    observed=f"message {sent.id} and then {later.id} with the same records",
                    required="one message: its receipt had come",
                )
    if not judged:
        raise in_vain("no message was accepted under this disturbance")


def nothing_went_elsewhere(work: Work) -> None:
    """
    Neither a token nor a record followed a redirect to another address.

    Raises:
        Deviation: `secret-leaked` or `records-sent-elsewhere`.
        TargetTimeout: nobody was redirected.
    """
    met(work, "redirected")
    for exchange in work.exchanges:
        if not exchange.request.target.startswith(ELSEWHERE):
            continue
        if exchange.request.header("authorization") or exchange.facts.get("secret-in"):
            raise Deviation(
                "secret-leaked",
                observed=f"credentials in a {exchange.request.method} to another address",
                required="no credentials follow a redirect",
            )
        if length := _length(exchange.request):
            raise Deviation(
                "records-sent-elsewhere",
                observed=f"{length} bytes in a {exchange.request.method}",
                required="records go to the address of the contract only",
            )


def _length(request: Request) -> int:
    """How much a request brings; of one that came in plain to a TLS port only the head is sure."""
    stated = request.header("content-length") or ""
    return len(request.body or b"") or (int(stated) if stated.isdecimal() else 0)


def order_was_kept_after(work: Work, befell: str) -> None:
    """
    What was sent after the outage kept the order: units accepted before they are named.

    Raises:
        Deviation: `unit-not-accepted-first`.
        TargetTimeout: there was no outage, or no profile named a unit afterwards.
    """
    last = max((e.number for e in befallen(work.exchanges, befell)), default=0)
    if not last:
        raise in_vain("nothing was sent that an outage could meet")
    units_come_first(
        replace(
            work,
            exchanges=tuple(
                e for e in work.exchanges if e.number > last or e.request.operation == SUBMIT_UNITS
            ),
        )
    )


def times_are_those_of_a_right_clock(work: Work) -> None:
    """
    Every message that came for the first time was made within five minutes before or after.

    Raises:
        Deviation: `wrong-time`.
        TargetTimeout: no message came while the test bed's date was wrong.
    """
    met(work, "clock-skewed")
    seen: set[str] = set()
    for sent in work.messages:
        if sent.id in seen:
            continue
        seen.add(sent.id)
        stated = text(sent.header, "sentAt")
        made = _moment(stated)
        if made is None or abs(made - sent.exchange.at) > _CLOCK:
            raise Deviation(
                "wrong-time",
                observed=stated or "no time",
                required=f"within five minutes of {sent.exchange.at.isoformat()}",
                pointer="/header/sentAt",
            )
    if not seen:
        raise in_vain("no message came")


def _moment(stated: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
