"""
When enough has been asked: nothing that a run of answers said had not been said before.

A budget says how much may be asked at most. Most operations have shown all that generated requests
can bring out of them long before; what is counted is requests and not seconds, so that the same
answers end the asking at the same place on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.model.dialect import Answer, Refused
from conformance.model.exchange import Exchange

#: So many answers in a row without news are enough ...
PATIENCE: Final = 8
#: ... or this share of what may be asked, where that is more: who allows more is looking for more.
_SHARE: Final = 4

#: Operation, status, reason of a refusal, and what it complains of (rules where it names them).
Sight = tuple[str, int, str, tuple[str, ...]]


class Saturation:
    """
    Looks for news in the answers of one scenario.

    Args:
        unwrap: a dialect's, which knows how its API says no.
        budget: how much may be asked at most.
    """

    def __init__(self, unwrap: Callable[[Exchange], Answer], *, budget: int) -> None:
        self._unwrap = unwrap
        self._seen: set[Sight] = set()
        self._without_news = 0
        self.patience: Final = max(PATIENCE, budget // _SHARE)

    def see(self, exchange: Exchange) -> None:
        """Take one answer into account."""
        sight = self._sight(exchange)
        self._without_news = self._without_news + 1 if sight in self._seen else 0
        self._seen.add(sight)

    @property
    def reached(self) -> bool:
        """Whether nothing new is to be expected."""
        return self._without_news >= self.patience

    def _sight(self, exchange: Exchange) -> Sight:
        answer = self._unwrap(exchange)
        operation, status = exchange.request.operation, exchange.response.status
        if not isinstance(answer, Refused):
            return operation, status, type(answer).__name__, ()
        faults = {fault.rule or fault.code for fault in answer.faults}
        return operation, status, answer.code, tuple(sorted(faults))
