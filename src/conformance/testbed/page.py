"""
The live page: what the board holds, as HTML, and what changes, as server-sent events.

It is served on loopback alone, under a port of its own, and asks nothing of the network. An
event holds the part of the page that changed as it would be rendered now, so that a page which
was away catches up, and a reload shows the same.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from importlib import resources
from typing import Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from conformance.model.requirement import Language
from conformance.reporting.templating import template
from conformance.testbed.board import Board
from conformance.testbed.driver import Turn
from conformance.testbed.showing import Showing

#: Seconds after which a silent stream says that it is still there.
_BREATH: Final = 10.0
#: Nothing but our own style and script; no form or frame leads elsewhere.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Page:
    """
    The live page of one run.

    Args:
        showing: in which language a page is shown, unless it asks for another.
        turn: what the person says of his work; None where no person acts.
    """

    def __init__(
        self, board: Board, showing: Callable[[Language], Showing], usual: Language, turn: Turn
    ) -> None:
        self._board = board
        self._showing = showing
        self._usual = usual
        self._turn = turn
        # In the address that the buttons post to: another site's form cannot know it.
        self._word = secrets.token_urlsafe(16)
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/events", self._events),
                Route("/style.css", self._style),
                Route("/live.js", self._script),
                Route(f"/turn/{self._word}", self._turned, methods=["POST"]),
            ],
            # A name that somebody else's DNS points at loopback is not ours.
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])
            ],
        )

    async def _page(self, request: Request) -> Response:
        showing = self._chosen(request)
        html = template("live.html.j2").render(
            **showing.page(self._board.state()),
            action=self._action(showing.language),
        )
        return HTMLResponse(html, headers=_HEADERS)

    async def _events(self, request: Request) -> Response:
        showing = self._chosen(request)
        said = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        since = int(said) if said.isdecimal() else 0
        return StreamingResponse(
            self._stream(since, showing),
            media_type="text/event-stream",
            headers=_HEADERS,
        )

    async def _stream(self, since: int, showing: Showing) -> AsyncIterator[str]:
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(changed.set)

        self._board.follow(tell)
        try:
            yield "retry: 500\n\n"
            while True:
                changed.clear()
                state = self._board.state()
                action = self._action(showing.language)
                for part in self._board.changed_since(since):
                    held = json.dumps(showing.part(part, state, action), ensure_ascii=False)
                    # All parts of a burst bear the last number: cut off in between, all come again.
                    yield f"id: {since}\nevent: part\ndata: {held}\n\n"
                if state.number > since:
                    since = state.number
                    yield f"id: {since}\nevent: mark\ndata: {since}\n\n"
                if state.over:
                    yield "event: over\ndata: \n\n"
                    return
                try:
                    await asyncio.wait_for(changed.wait(), _BREATH)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._board.unfollow(tell)

    async def _turned(self, request: Request) -> Response:
        said = parse_qs((await request.body()).decode("utf-8", "replace")).get("do", [""])[0]
        match said:
            case "finish":
                self._turn.finished = True
            case "hold":
                self._turn.held = True
            case "release":
                self._turn.held = False
            case _:
                return Response(status_code=400, headers=_HEADERS)
        self._board.turned()
        where = f"/?lang={self._chosen(request).language.value}"
        return RedirectResponse(where, status_code=303, headers=_HEADERS)

    async def _style(self, _request: Request) -> Response:
        css = template("live.css.j2").render()
        return Response(css, media_type="text/css", headers=_HEADERS)

    async def _script(self, _request: Request) -> Response:
        held = resources.files("conformance.reporting").joinpath("templates/live.js")
        return Response(
            held.read_text(encoding="utf-8"), media_type="text/javascript", headers=_HEADERS
        )

    def _chosen(self, request: Request) -> Showing:
        asked = request.query_params.get("lang", "")
        known = {language.value: language for language in Language}
        return self._showing(known.get(asked, self._usual))

    def _action(self, language: Language) -> str:
        return f"/turn/{self._word}?lang={language.value}"
