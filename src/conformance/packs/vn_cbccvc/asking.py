"""
What a scenario asks of the registry: one verb for each operation of the contract.

Nothing here judges, and nothing here fails on what a server answers: every verb returns
the exchange as it came, to be opened inside a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from conformance.errors import Deviation
from conformance.model.exchange import Exchange, Request
from conformance.oracles.body import text_at
from conformance.packs.vn_cbccvc.asking_owners import OwnersDesk
from conformance.packs.vn_cbccvc.asking_people import PeopleDesk
from conformance.packs.vn_cbccvc.asking_units import UnitDesk

_FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)


@dataclass(slots=True, kw_only=True)
class Registry(PeopleDesk, UnitDesk, OwnersDesk):
    """The national side as a scenario asks it: one verb for each operation."""

    def for_a_stranger(self) -> Registry:
        """The same registry, called without a token."""
        return replace(self, identity="", token="")

    def for_bearer(self, token: str) -> Registry:
        """The same registry, called with `token`."""
        return replace(self, identity="", token=token)

    def for_the_neighbour(self) -> Registry:
        """
        The same registry, called by another agency: the identity `neighbour`.

        What it left there it takes away itself, because nobody else may.
        """
        return replace(self, identity="neighbour", token="")

    # -- access ---------------------------------------------------------------

    def ask_for_token(
        self,
        *,
        client_id: str = "",
        secret: str = "",
        grant_type: str = "client_credentials",
        leave_out: str = "",
        leave_empty: str = "",
        in_query: str = "",
    ) -> Exchange:
        """
        Ask for a token, with the configured id and secret or with others.

        Args:
            in_query: the parameter that stands in the query, and not in the form.
        """
        form = {
            "grant_type": grant_type,
            "client_id": client_id or self.world.secret("client_id"),
            "client_secret": secret or self.world.secret("client_secret"),
        }
        form.pop(leave_out, None)
        query = f"?{urlencode({in_query: form.pop(in_query)})}" if in_query else ""
        if leave_empty:
            form[leave_empty] = ""
        # `~` and `.` need no escape, so that the placeholders of secrets survive.
        request = Request(
            method="POST",
            target=f"/oauth2/token{query}",
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
        return self.get("/v1/metadata", "getMetadata")

    def by_method(self, method: str, target: str) -> Exchange:
        """Ask a path by a method of its own choice."""
        return self.send(Request(method=method, target=target))

    def submit_bytes(self, body: bytes, *, media_type: str = "application/json") -> Exchange:
        """Send bytes where a trial message is expected."""
        return self.send(
            Request(
                method="POST",
                target="/v1/trial-sync",
                headers=(("Content-Type", media_type),),
                body=body,
                operation="submitTrialSync",
            )
        )
