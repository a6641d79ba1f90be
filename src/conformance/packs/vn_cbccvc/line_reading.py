"""How judgements over a disturbed line read traffic: what befell it, and what repeats what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.missions import SUBMIT_UNITS, Sent, Work, in_vain, mapping, text

#: Timers may ring a little early (15 ms on Windows); nobody is accused of less than this.
EARLY: Final = timedelta(seconds=0.1)


def befallen(exchanges: Iterable[Exchange], what: str) -> Iterator[Exchange]:
    """The exchanges that a disturbance of this name met; `lost` is an acknowledgement."""
    fact = "acknowledgement" if what == "lost" else "disturbance"
    return (e for e in exchanges if e.facts.get(fact) == what)


def met(work: Work, befell: str) -> Exchange:
    found = next(befallen(work.exchanges, befell), None)
    if found is None:
        raise in_vain("nothing came that could be disturbed")
    return found


def following_call(exchanges: Sequence[Exchange], before: Exchange) -> Exchange | None:
    """The following call of the same operation."""
    operation = before.request.operation
    return next(
        (e for e in exchanges if e.number > before.number and e.request.operation == operation),
        None,
    )


def subjects(sent: Sent) -> set[str]:
    """Whom or what a message is about."""
    if sent.exchange.request.operation == SUBMIT_UNITS:
        return {text(unit, "unitCode") for unit in sent.records.values()} - {""}
    return {text(profile, "profileId") for profile in sent.profiles.values()} - {""}


def same_records(later: Sent, earlier: Sent) -> bool:
    """Whether one message repeats the other, under whatever id."""
    if later.exchange.request.operation != earlier.exchange.request.operation:
        return False
    if ours := subjects(earlier):
        return bool(subjects(later) & ours)
    return later.id == earlier.id


def content(sent: Sent) -> tuple[JsonObject, list[JsonObject], int]:
    """What the contract compares: neither the time of sending nor signatures."""
    header = {name: value for name, value in sent.header.items() if name != "sentAt"}
    records = [
        {name: value for name, value in mapping(record).items() if name != "signature"}
        for record in sent.records.values()
    ]
    return header, records, sent.length
