"""
Judgements over pace: pauses, attempts, tokens; pure, as `traffic_oracles`.

Whoever waits longer than a mission lasts is accused of nothing: TargetTimeout.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.errors import Deviation
from conformance.packs.vn_cbccvc.line_missions import TOKEN
from conformance.packs.vn_cbccvc.line_reading import EARLY, befallen, following_call, met
from conformance.packs.vn_cbccvc.missions import SUBMIT_PEOPLE, Work, in_vain
from conformance.packs.vn_cbccvc.traffic_oracles import answered, everybody_arrived

#: Whoever waits so long from the start need not wait longer each time.
_LONG: Final = timedelta(seconds=10)
#: A pause that is as long as the first one but for the machine's own slowness did not grow.
_GROWN: Final = 1.1
_SLOWNESS: Final = timedelta(seconds=0.05)
#: Attempts in a minute that hammer on nobody.
_A_MINUTE: Final = timedelta(minutes=1)
ATTEMPTS_A_MINUTE: Final = 30
#: How often a refusal may be met with the same records.
REPETITIONS: Final = 5


def the_stated_time_was_kept(work: Work, *, status: int, of: str = SUBMIT_PEOPLE) -> None:
    """
    After each such answer the operation was not called again before its `Retry-After`.

    Raises:
        Deviation: `sent-too-early`; times are those of the test bed.
        TargetTimeout: nobody was asked to wait, or nothing was sent afterwards.
    """
    judged = 0
    for refused in befallen(work.exchanges, "unavailable"):
        if refused.response.status != status or refused.request.operation != of:
            continue
        following = following_call(work.exchanges, refused)
        stated = refused.response.header("retry-after") or ""
        ready = _ready(stated, answered(refused))
        if following is None or ready is None:
            continue
        judged += 1
        if following.at + EARLY < ready:
            waited = (following.at - answered(refused)).total_seconds()
            raise Deviation(
                "sent-too-early",
                observed=f"{waited:.1f} s after the {status}",
                required=f"not before Retry-After: {stated}",
            )
    if not judged:
        raise in_vain(f"nothing was sent again after a {status}")


def pauses_grew(work: Work) -> None:
    """
    From one 503 without `Retry-After` to the next the pauses grew, or were long from the start.

    One later pause that is longer than the first is enough: chance may shorten any of them.

    Raises:
        Deviation: `pauses-do-not-grow`.
        TargetTimeout: there were fewer than three attempts after a 503.
    """
    refused = list(befallen(work.exchanges, "unavailable"))
    pauses = [
        following.at - answered(each)
        for each in refused
        if (following := following_call(work.exchanges, each)) is not None
    ]
    if len(pauses) < 3:
        raise in_vain("the message was not sent often enough to tell its pauses")
    if pauses[0] >= _LONG or max(pauses[1:]) > pauses[0] * _GROWN + _SLOWNESS:
        return
    raise Deviation(
        "pauses-do-not-grow",
        observed="pauses of " + ", ".join(f"{p.total_seconds():.1f} s" for p in pauses),
        required="longer pauses from one failure to the next",
    )


def nobody_hammered(work: Work) -> None:
    """
    In an outage there were at most 30 attempts a minute.

    Raises:
        Deviation: `too-many-attempts`.
        TargetTimeout: the outage met nobody.
    """
    times = [each.at for each in befallen(work.exchanges, "outage")]
    if not times:
        raise in_vain("nothing was sent that an outage could meet")
    for first, last in zip(times, times[ATTEMPTS_A_MINUTE:], strict=False):
        if last - first < _A_MINUTE:
            raise Deviation(
                "too-many-attempts",
                observed=f"{ATTEMPTS_A_MINUTE + 1} in {(last - first).total_seconds():.1f} s",
                required=f"at most {ATTEMPTS_A_MINUTE} a minute",
            )


def a_refusal_was_taken_as_one(work: Work, *, of: str = SUBMIT_PEOPLE) -> None:
    """
    What was refused was not sent again and again.

    Raises:
        Deviation: `repeated-for-ever`.
        TargetTimeout: nothing was sent that could be refused.
    """
    refused = [e for e in befallen(work.exchanges, "refused") if e.request.operation == of]
    if not refused:
        raise in_vain("nothing came that could be refused")
    if len(refused) > REPETITIONS:
        raise Deviation(
            "repeated-for-ever",
            observed=f"{len(refused)} times, each answered {refused[0].response.status}",
            required=f"left to a person after {REPETITIONS} times at the latest",
        )


def work_went_on_with_a_new_token(work: Work) -> None:
    """
    After a token had ended everybody arrived all the same.

    Raises:
        Deviation: `item-missing`.
        TargetTimeout: no token was in use that could end.
    """
    met(work, "token-expired")
    everybody_arrived(work)


def few_tokens_were_asked_for(work: Work) -> None:
    """
    Between the 401 and the next attempt at most two tokens were asked for.

    Raises:
        Deviation: `too-many-tokens`.
        TargetTimeout: as `work_went_on_with_a_new_token`.
    """
    dead = met(work, "token-expired")
    following = next(
        (e for e in work.exchanges if e.number > dead.number and e.request.operation != TOKEN),
        None,
    )
    until = following.number if following else len(work.exchanges) + dead.number + 1
    asked = sum(
        e.request.operation == TOKEN for e in work.exchanges if dead.number < e.number < until
    )
    _at_most(asked, 2)


def one_token_served_many_calls(work: Work) -> None:
    """
    A whole synchronisation needed two tokens at most.

    Raises:
        Deviation: `too-many-tokens`.
        TargetTimeout: fewer than three calls were made.
    """
    asked = sum(e.request.operation == TOKEN for e in work.exchanges)
    if sum(bool(e.request.operation) for e in work.exchanges) - asked < 3:
        raise in_vain("too few calls were made to tell whether a token is used again")
    _at_most(asked, 2)


def _at_most(asked: int, most: int) -> None:
    if asked > most:
        raise Deviation(
            "too-many-tokens", observed=f"{asked} token requests", required=f"at most {most}"
        )


def _ready(stated: str, since: datetime) -> datetime | None:
    """When `Retry-After` allows the next attempt; None where it says nothing."""
    if stated.isdecimal():
        return since + timedelta(seconds=int(stated))
    try:
        when = parsedate_to_datetime(stated)
    except ValueError:
        return None
    return when.replace(tzinfo=when.tzinfo or UTC)
