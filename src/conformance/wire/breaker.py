"""The breaker: a target that finishes nothing, or lets nobody in, is not asked for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from conformance.errors import GrantUnmet, TargetUnreachable, WorldTrouble
from conformance.model.exchange import Request, Response

#: After so many troubles in a row nobody is there; the rest of the run must not wait for each.
BREAKER_LIMIT: Final = 5
#: After so many answers without an end in a row the next has none either. They accuse, and
#: what accuses is asked twice: hence more of them.
ENDLESS_LIMIT: Final = 14
#: All that a target may answer in a run, in bytes: some thirty times what the longest run was
#: seen to be answered. All of it is kept as evidence, and a disk has an end.
POURED_LIMIT: Final = 256 * 1024 * 1024
#: What a request finds that was not even sent.
CIRCUIT_OPEN: Final = "circuit-open"
#: What an identity finds that was turned away so often that it does not knock again.
NOT_LET_IN: Final = "not-let-in"


@dataclass(slots=True)
class Breaker:
    """
    Opens when a target has stopped answering, so that a run ends in minutes and not in hours.

    A token is often still issued where nothing behind it works: such an answer does not say that
    anything else will be answered.
    """

    _silent: int = 0
    _unserved: int = 0
    _endless: int = 0
    _poured: int = 0
    _turned_away: Counter[str] = field(default_factory=Counter)

    def check(self, request: Request) -> None:
        """Raise TargetUnreachable `circuit-open` at once when nothing would come of asking."""
        if self._endless >= ENDLESS_LIMIT:
            why = f"the last {self._endless} answers had no end"
        elif self._poured >= POURED_LIMIT:
            why = f"the answers so far have {self._poured:,} bytes"
        elif (vain := max(self._silent, self._unserved)) >= BREAKER_LIMIT:
            why = f"the last {vain} requests found nobody"
        else:
            return
        raise TargetUnreachable(CIRCUIT_OPEN, f"{request.method} {request.target}: not sent, {why}")

    def troubled(self, error: WorldTrouble, *, door: bool) -> None:
        """Count a request that had no answer; one that was not sent does not count."""
        if error.code != CIRCUIT_OPEN:
            self._silent += 1
            self._unserved += not door

    def answered(self, response: Response, *, door: bool) -> None:
        """Count an answer: whole, or cut at the limit."""
        self._silent = 0
        self._poured += len(response.body)
        if response.truncated:
            self._endless += 1
        elif not door:
            self._endless = 0
        if not door:
            self._unserved = 0

    def knock(self, identity: str) -> None:
        """Raise GrantUnmet `not-let-in` when `identity` was turned away again and again."""
        times = self._turned_away[identity]
        if times >= BREAKER_LIMIT:
            raise GrantUnmet(
                NOT_LET_IN,
                f"{identity!r} was turned away {times} times in a row, and did not knock again",
            )

    def turned_away(self, identity: str) -> None:
        """Count an authorisation that was answered, and not with a token."""
        self._turned_away[identity] += 1

    def let_in(self, identity: str) -> None:
        """`identity` was let in."""
        del self._turned_away[identity]
