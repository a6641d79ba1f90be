"""
Which of a finding's exchanges shows what was observed.

A scenario judges a requirement on several exchanges, the sound twin among them; the one that a
reader wants to see and repeat is the one that the explanation speaks of. The explanation names
a status or a place: the first exchange that has it is meant, since oracles go through exchanges
in their order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

from conformance.model.exchange import Exchange
from conformance.model.finding import Explanation
from conformance.model.json import Json, at
from conformance.oracles.body import shown

_STATUS: Final = re.compile(r"([1-5][0-9]{2})\b")
#: Where neither status nor place tells, the refusal stands first and its accepted twin last.
_OF_REFUSALS: Final = frozenset({"not-refused", "wrong-refusal"})


def judged(explanation: Explanation, exchanges: Sequence[Exchange]) -> Exchange | None:
    """The exchange that `explanation` speaks of; None when there are no exchanges."""
    if not exchanges:
        return None
    test = _test(explanation)
    meant = next((exchange for exchange in exchanges if test(exchange)), None) if test else None
    if meant is not None:
        return meant
    return exchanges[0] if explanation.code in _OF_REFUSALS else exchanges[-1]


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
    """What stands at `pointer` of the answer, as oracles say it; None where nothing does."""
    try:
        held: Json = json.loads(exchange.response.body)
        return shown(at(held, pointer))
    except (ValueError, RecursionError, KeyError):
        return None
