"""
What a scenario asks of the registry: one verb for each operation of the contract.

Nothing here judges, and nothing here fails on what a server answers: every verb returns
the exchange as it came, to be opened inside a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

from conformance.errors import Deviation
from conformance.model.exchange import Exchange, Request
from conformance.model.json import JsonObject
from conformance.model.pack import LoadedPack
from conformance.oracles.body import text_at
from conformance.packs.vn_cbccvc.records import Message, text
from conformance.wire.world import World

#: A walk that has not ended by then is cut; what it did not reach is missing.
PAGES_AT_MOST: Final = 30

_JSON: Final = (("Content-Type", "application/json"),)
_FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)


@dataclass(slots=True, kw_only=True)
class Registry:
    """
    The national side as a scenario asks it: one verb for each operation.

    Attributes:
        identity: the credentials used, "" for nobody.
        token: presented as bearer token instead of an identity's; "" for none.
    """

    world: World
    pack: LoadedPack
    identity: str = "primary"
    token: str = ""

    def for_a_stranger(self) -> Registry:
        """The same registry, called without a token."""
        return replace(self, identity="", token="")

    def for_bearer(self, token: str) -> Registry:
        """The same registry, called with `token`."""
        return replace(self, identity="", token=token)

    # -- access ---------------------------------------------------------------

    def ask_for_token(self, *, secret: str = "") -> Exchange:
        """Ask for a token, with the configured secret or with `secret`."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.world.secret("client_id"),
            "client_secret": secret or self.world.secret("client_secret"),
        }
        # `~` and `.` need no escape, so that the placeholders of secrets survive.
        request = Request(
            method="POST",
            target="/oauth2/token",
            headers=_FORM,
            body=urlencode(form).encode(),
            operation="issueToken",
        )
        return self.world.send(request, identity="")

    def token_for_us(self) -> str:
        """A token of our own, to be presented by hand; a made-up one when none was given."""
        try:
            return text_at(self.ask_for_token(), "/access_token")
        except Deviation:
            # Who was given no token is told so by the requirement on tokens.
            return "none-was-issued"

    def metadata(self) -> Exchange:
        """What the server says of itself."""
        return self._get("/v1/metadata", "getMetadata")

    # -- people ---------------------------------------------------------------

    def submit(self, message: Message) -> Exchange:
        """Send a trial message."""
        return self._post("/v1/trial-sync", message, "submitTrialSync")

    def receipt(self, message: Message) -> Exchange:
        """Read the receipt of a trial message again."""
        return self._get(f"/v1/trial-sync/{quote(message.id, safe='')}", "readTrialReceipt")

    def profile(self, person: JsonObject) -> Exchange:
        """Read what is stored about a person."""
        return self._get(f"/v1/profiles/{quote(text(person, 'profileId'), safe='')}", "readProfile")

    # -- units ----------------------------------------------------------------

    def submit_units(self, message: Message) -> Exchange:
        """Send a message with units."""
        return self._post("/v1/unit-batches", message, "submitUnits")

    def unit(self, unit: JsonObject) -> Exchange:
        """Read one unit."""
        return self._get(f"/v1/units/{quote(text(unit, 'unitCode'), safe='')}", "readUnit")

    def first_page(self, *, limit: int) -> Exchange:
        """The first page of all units."""
        return self._get(f"/v1/units?limit={limit}", "listUnits")

    def children(self, unit: JsonObject, *, limit: int) -> tuple[Exchange, ...]:
        """Walk the pages of a unit's direct children, to the end or to `PAGES_AT_MOST`."""
        query = urlencode({"limit": limit, "parentCode": text(unit, "unitCode")})
        target: str | None = f"/v1/units?{query}"
        pages: list[Exchange] = []
        while target is not None and len(pages) < PAGES_AT_MOST:
            page = self._get(target, "listUnits")
            pages.append(page)
            target = self._next(page)
        return tuple(pages)

    def _next(self, page: Exchange) -> str | None:
        if page.response.status != 200:
            return None
        try:
            return self.pack.plugin.dialect.next_page(page)
        except Deviation:
            # A page that cannot be read ends the walk; its judge will open it again.
            return None

    # -- sending --------------------------------------------------------------

    def _get(self, target: str, operation: str) -> Exchange:
        return self._send(Request(method="GET", target=target, operation=operation))

    def _post(self, target: str, message: Message, operation: str) -> Exchange:
        return self._send(
            Request(
                method="POST",
                target=target,
                headers=_JSON,
                body=message.body(),
                operation=operation,
            )
        )

    def _send(self, request: Request) -> Exchange:
        if self.token:
            bearer = ("Authorization", f"Bearer {self.token}")
            request = replace(request, headers=(*request.headers, bearer))
        return self.world.send(request, identity=self.identity)
