"""
Which of a finding's exchanges shows what was observed.

A scenario judges a requirement on several exchanges, the sound twin among them; the one that a
reader wants to see and repeat is the one that the explanation speaks of. The explanation names
a status or a place: the first exchange that has it is meant, since oracles go through exchanges
in their order. Of what we sent, the place is in the answer; of what software under test sent, in
its request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from conformance.model.exchange import Exchange, Initiator
from conformance.model.finding import Explanation
from conformance.model.json import Json, at
from conformance.oracles.body import shown

_STATUS: Final = re.compile(r"([1-5][0-9]{2})\b")
#: An id under which a message was sent (RFC 9562).
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Where neither status nor place tells, the refusal stands first and its accepted twin last.
_OF_REFUSALS: Final = frozenset({"not-refused", "wrong-refusal"})


def judged(explanation: Explanation, exchanges: Sequence[Exchange]) -> Exchange | None:
    """The exchange that `explanation` speaks of; None when there are no exchanges."""
    if not exchanges:
        return None
    for test in _tests(explanation):
        meant = next((exchange for exchange in exchanges if test(exchange)), None)
        if meant is not None:
            return meant
    return exchanges[0] if explanation.code in _OF_REFUSALS else exchanges[-1]


def _tests(explanation: Explanation) -> Iterator[Callable[[Exchange], bool]]:
    """What tells the one that is meant, the surest first."""
    test = _test(explanation)
    if test is not None:
        yield test
    observed, pointer = explanation.details.get("observed", ""), explanation.pointer
    ids = [found[0].encode() for found in _ID.finditer(observed)]
    yield lambda exchange: _sent(exchange) and any(i in (exchange.request.body or b"") for i in ids)
    if pointer and explanation.code != "missing-member":
        yield (
            lambda exchange: (
                observed in exchange.facts.values() and _found(exchange, pointer) is not None
            )
        )
        yield lambda exchange: _sent(exchange) and _found(exchange, pointer) is not None


def _sent(exchange: Exchange) -> bool:
    return exchange.initiator is Initiator.TARGET


def _test(explanation: Explanation) -> Callable[[Exchange], bool] | None:
    observed, pointer = explanation.details.get("observed", ""), explanation.pointer
    status = _STATUS.match(observed)
    if status is not None:
        stated = int(status[1])
        return lambda exchange: exchange.response.status == stated
    if not pointer:
        return None
    if explanation.code == "missing-member":
        return lambda exchange: _found(exchange, pointer) is None
    return lambda exchange: (
        bool(observed) and observed.startswith(_found(exchange, pointer) or "\0")
    )


def _found(exchange: Exchange, pointer: str) -> str | None:
    """What stands at `pointer` of what was judged, as oracles say it; None where nothing does."""
    body = (exchange.request.body or b"") if _sent(exchange) else exchange.response.body
    try:
        held: Json = json.loads(body)
        return shown(at(held, pointer))
    except (ValueError, RecursionError, KeyError):
        return None
