"""
The intermediate platform between the software and the national side, as far as it shows.

It demands headers of its own, adds others that are nobody's business, and bounds what stands
in memory at once; what it refuses is recorded like every other exchange.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.model.pack import AsgiApp
from conformance.testbed.interference import Message, Receive, Scope, Send

#: A body that grows beyond so many bytes waits until few others do.
SMALL: Final = 2**17
#: So many large bodies are taken in at once.
LARGE_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """
    What stands before the national side.

    Attributes:
        required: header in lower case -> its value, "" for any.
        ignored: headers in lower case that neither the national side nor a judge gets to see.
    """

    required: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    def before(self, app: AsgiApp) -> AsgiApp:
        """`app`, reached only with what is required."""
        if not self.required:
            return app

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            missing = self._missing(scope)
            if missing is None:
                await app(scope, receive, send)
                return
            body = (
                '{"type":"about:blank","title":"Refused by the intermediate platform",'
                f'"status":403,"detail":"the header {missing} is missing or wrong"}}'
            ).encode()
            headers = [
                (b"content-type", b"application/problem+json"),
                (b"content-length", str(len(body)).encode()),
            ]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return guarded

    def without_ignored(self, scope: Scope) -> Scope:
        """The scope without the headers that are nobody's business."""
        if not self.ignored:
            return scope
        kept = [(k, v) for k, v in scope["headers"] if k.decode("latin-1") not in self.ignored]
        return {**scope, "headers": kept}

    def _missing(self, scope: Scope) -> str | None:
        held: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            held.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        for name, wanted in self.required.items():
            found = held.get(name, [])
            if not found or (wanted and wanted not in found):
                return name
        return None


class Intake:
    """
    Lets few large bodies in at once; the others wait their turn on their own machines.

    It belongs to one event loop: the one that serves the bed.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app: Any = app
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = 0
        held = False

        async def counted() -> Message:
            nonlocal seen, held
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > SMALL and not held:
                await self._large.acquire()
                held = True
            return message

        try:
            await self._app(scope, counted, send)
        finally:
            if held:
                self._large.release()
