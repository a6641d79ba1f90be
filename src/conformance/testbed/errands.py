"""
What others do at the national side while the target works: calls of the bed's own.

A register states a value, a second office withdraws a record: the target learns of it only as
it would in life. The calls go to the pack's reference under the credentials of the mission and
are no traffic of the target.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.dialect import Dialect
from conformance.model.exchange import Request, Response
from conformance.testbed.alterations import Call, unmet

Carry = Callable[[Request], Awaitable[Response]]

#: A dialect that asks for more answers than this before it knows its headers asks in a circle.
_MOST_ASKINGS: Final = 8


class Undone(Exception):
    """An errand could not be done; the mission is not what it says, and nobody is judged by it."""


class _Ask(Exception):
    """A dialect wants one more answer before it can authorise."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.target)
        self.request = request


@dataclass(frozen=True, slots=True, kw_only=True)
class Errands:
    """Carries out calls."""

    dialect: Dialect
    credentials: Mapping[str, Mapping[str, str]]

    async def run(self, calls: Sequence[Call], carry: Carry) -> None:
        """
        Carry out `calls`, one after another.

        Raises:
            Undone: one was refused, or not answered as it expects: what it is about is not there.
            SuiteDefect: nobody lets us in.
        """
        headers_of: dict[str, Mapping[str, str]] = {}
        for call in calls:
            if call.identity not in headers_of:
                headers_of[call.identity] = await self._authorised(call.identity, carry)
            headers = headers_of[call.identity]
            given = () if call.content is None else (("Content-Type", "application/json"),)
            request = Request(
                method=call.method,
                target=call.target,
                headers=(*headers.items(), *given),
                body=call.content,
            )
            answer = await carry(request)
            if why := unmet(call, answer):
                raise Undone(f"{call.method} {call.target.partition('?')[0]}: {why}")

    async def _authorised(self, identity: str, carry: Carry) -> Mapping[str, str]:
        """
        The headers that a dialect makes of credentials.

        A dialect asks and goes on with the answer; it cannot wait, so it is begun again with
        every answer that it has been given so far.
        """
        secrets = self.credentials[identity]
        answers: list[Response] = []
        while len(answers) < _MOST_ASKINGS:
            left = iter(answers)

            def send(request: Request, left: Iterator[Response] = left) -> Response:
                for answer in left:
                    return answer
                raise _Ask(request)

            try:
                return self.dialect.authorise(send, secrets.__getitem__)
            except _Ask as asked:
                answers.append(await carry(asked.request))
        raise SuiteDefect(f"the dialect never authorises {identity!r}")
