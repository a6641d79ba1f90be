"""
How a scenario's requests reach the registry: who asks, how pages are walked, what is left there.

Nothing here judges, and nothing here fails on what a server answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from conformance.errors import Deviation, WorldTrouble
from conformance.model.exchange import Exchange, Request
from conformance.model.json import JsonObject
from conformance.model.pack import LoadedPack
from conformance.oracles.body import json_body
from conformance.packs.vn_cbccvc.leftovers import PROFILE, leftovers, withdrawal
from conformance.packs.vn_cbccvc.records import Decision, Letter, Message
from conformance.wire.world import World

#: A walk that has not ended by then is cut; what it did not reach is missing.
PAGES_AT_MOST: Final = 30

#: Withdrawn now, or not there at all.
_GONE: Final = (204, 404)

_JSON: Final = (("Content-Type", "application/json"),)


@dataclass(slots=True, kw_only=True)
class Line:
    """
    The line to the national side.

    Attributes:
        identity: the credentials used, "" for nobody.
        token: presented as bearer token instead of an identity's; "" for none.
        left_there: kind and key of what this scenario created -> whether it is there still.
    """

    world: World
    pack: LoadedPack
    identity: str = "primary"
    token: str = ""
    left_there: dict[tuple[str, str], bool] = field(default_factory=dict)

    # -- what is left there ----------------------------------------------------

    def created(self, kind: str, key: str) -> None:
        """Remember what is on the server because of us."""
        if not self.left_there.get((kind, key)):
            self.left_there[kind, key] = True
            self.world.created(kind, key)

    def removed(self, kind: str, key: str) -> None:
        """Remember that it is there no longer."""
        if self.left_there.get((kind, key)):
            self.left_there[kind, key] = False
            self.world.removed(kind, key)

    def tidy(self) -> None:
        """
        Take away what this scenario created and the contract lets us take away.

        Called when everything is judged: whatever the server does now is nobody's verdict.
        """
        mine = [key for (kind, key), there in self.left_there.items() if there and kind == PROFILE]
        if not mine:
            return
        # What cannot be reached stays there; the manifest says so.
        with suppress(WorldTrouble, Deviation):
            requests = [withdrawal(key) for key in mine]
            for key, answer in zip(mine, self.world.together(requests), strict=True):
                if answer.response.status in _GONE:
                    self.removed(PROFILE, key)

    # -- sending ---------------------------------------------------------------

    def get(
        self, target: str, operation: str, *, headers: Sequence[tuple[str, str]] = ()
    ) -> Exchange:
        """Read something."""
        return self.send(
            Request(method="GET", target=target, headers=tuple(headers), operation=operation)
        )

    def post(self, target: str, message: Message | Decision | Letter, operation: str) -> Exchange:
        """Send a message."""
        return self.send(posting(target, message, operation))

    def send(self, request: Request) -> Exchange:
        """Perform one request as whoever this line belongs to."""
        if self.token:
            bearer = ("Authorization", f"Bearer {self.token}")
            request = replace(request, headers=(*request.headers, bearer))
        answer = self.world.send(request, identity=self.identity)
        for left in leftovers(answer):
            self.created(left.kind, left.key)
        return answer

    def send_together(self, requests: Sequence[Request]) -> tuple[Exchange, ...]:
        """Perform requests at the same time; answers in their order."""
        answers = self.world.together(requests, identity=self.identity)
        for answer in answers:
            for left in leftovers(answer):
                self.created(left.kind, left.key)
        return answers

    def walk(
        self, target: str, operation: str, *, pages: int = PAGES_AT_MOST
    ) -> tuple[Exchange, ...]:
        """All pages from `target` on, to the end or to so many."""
        walked: list[Exchange] = []
        following: str | None = target
        while following is not None and len(walked) < pages:
            page = self.get(following, operation)
            walked.append(page)
            following = self._next(page)
        return tuple(walked)

    def _next(self, page: Exchange) -> str | None:
        if page.response.status != 200:
            return None
        try:
            return self.pack.plugin.dialect.next_page(page)
        except Deviation:
            # A page that cannot be read ends the walk; its judge will open it again.
            return None


def posting(target: str, message: Message | Decision | Letter, operation: str) -> Request:
    """The request that sends a message."""
    return Request(
        method="POST", target=target, headers=_JSON, body=message.body(), operation=operation
    )


def answer_object(exchange: Exchange) -> JsonObject:
    """The answer's body where it is an object, an empty one otherwise; never raises."""
    try:
        body = json_body(exchange)
    except Deviation:
        return {}
    return body if isinstance(body, dict) else {}


def ids_on(*pages: Exchange) -> tuple[str, ...]:
    """The ids on pages of the list of profiles, as far as they can be read; never raises."""
    lists = [answer_object(page).get("items") for page in pages]
    return tuple(
        str(item.get("profileId"))
        for items in lists
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    )
