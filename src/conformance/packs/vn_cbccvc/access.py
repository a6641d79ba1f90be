"""
Who may call the reference, and how it refuses: tokens (RFC 6749, 6750) and problems (RFC 9457).

One decision stands in one method; see `reference`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages, vocabulary
from conformance.packs.vn_cbccvc.messages import PROBLEM_TYPE, ProblemKind
from conformance.packs.vn_cbccvc.vocabulary import (
    CLIENT_ID,
    CLIENT_SECRET,
    NEIGHBOUR_ID,
    NEIGHBOUR_SECRET,
)
from conformance.reference.exchange import (
    BadParameter,
    Incoming,
    MalformedBody,
    Outgoing,
    Refusal,
    TooLarge,
    UnknownPath,
    WrongMediaType,
    WrongMethod,
)
from conformance.reference.freedoms import Freedoms
from conformance.reference.tokens import Standing, TokenDesk, bearer

TOKEN_OPERATION: Final = "issueToken"  # noqa: S105 - a name
_TOKEN_PARAMETERS: Final = ("grant_type", "client_id", "client_secret")


class Access:
    """The door: the first half of `conformance.reference.exchange.Behaviour`."""

    def __init__(self, clock: Clock, freedoms: Freedoms) -> None:
        self.clock: Final = clock
        self.freedoms: Final = freedoms
        clients = {CLIENT_ID: CLIENT_SECRET, NEIGHBOUR_ID: NEIGHBOUR_SECRET}
        self.desk: Final = TokenDesk(clients=clients, clock=clock)
        #: The client of the request at hand: from `admit` to its answer nothing else is answered.
        self.caller = ""

    def mask(self, text: str) -> str:
        """`text` as it may be told to a clerk: without anybody's personal id."""
        return vocabulary.mask(text)

    # -- who may call ------------------------------------------------------------

    def admit(self, incoming: Incoming) -> Outgoing | None:
        """Every call but the token request needs a token that lives."""
        if incoming.operation == TOKEN_OPERATION:
            return None
        token = bearer(incoming.headers.get("authorization"))
        self.caller = self.desk.client(token) if token else ""
        if token is None:
            return self.answer_without_token()
        if not self.token_is_good(token):
            return self.unauthorised("The token is unknown or has expired.", "invalid_token")
        return None

    def answer_without_token(self) -> Outgoing | None:
        """The refusal of a caller who offers no token."""
        return self.unauthorised("An access token is needed.", "")

    def token_is_good(self, token: str) -> bool:
        """Whether we issued it and it lives."""
        return self.desk.standing(token) is Standing.VALID

    def unauthorised(self, detail: str, error: str) -> Outgoing:
        """401 with the challenge of RFC 6750, section 3."""
        return self.problem(messages.UNAUTHORISED, detail, headers=self.challenge(error))

    def challenge(self, error: str) -> Mapping[str, str]:
        """The header that tells a client how to authorise."""
        return {"WWW-Authenticate": f'Bearer error="{error}"' if error else "Bearer"}

    def issue_token(self, incoming: Incoming) -> Outgoing:
        """The client-credentials grant, RFC 6749, section 4.4."""
        form = incoming.form
        grant, client_id, secret = (form.get(name, "") for name in _TOKEN_PARAMETERS)
        if missing := self.missing_parameters(form):
            return self.token_error(400, "invalid_request", f"missing: {', '.join(missing)}")
        if not self.grants(grant):
            return self.token_error(400, "unsupported_grant_type", "only client_credentials")
        if not self.credentials_are_good(client_id, secret):
            return self.token_error(401, "invalid_client", "unknown client or wrong secret")
        return Outgoing(status=200, json=self.token_answer(client_id), headers=self.token_headers())

    def missing_parameters(self, form: Mapping[str, str]) -> Sequence[str]:
        """What a token request lacks; an empty value is none (RFC 6749, section 3.2)."""
        return [name for name in _TOKEN_PARAMETERS if not form.get(name)]

    def grants(self, grant_type: str) -> bool:
        """Whether tokens are given for this type of grant."""
        return grant_type == "client_credentials"

    def token_headers(self) -> Mapping[str, str]:
        """What keeps a token out of caches (RFC 6749, section 5.1)."""
        return {"Cache-Control": "no-store"}

    def credentials_are_good(self, client_id: str, client_secret: str) -> bool:
        """Whether the client exists and this is its secret."""
        return self.desk.knows(client_id, client_secret)

    def token_answer(self, client_id: str) -> JsonObject:
        """A new token and its lifetime."""
        token = self.desk.issue(client_id, self.freedoms.token_lifetime())
        return {
            "access_token": token.value,
            "token_type": "Bearer",
            "expires_in": token.expires_in,
        }

    def token_error(self, status: int, error: str, description: str) -> Outgoing:
        """A refusal in the form of RFC 6749, section 5.2."""
        body: JsonObject = {"error": error}
        if self.freedoms.optional_text(description):
            body["error_description"] = description
        return Outgoing(status=status, json=body, headers={"Cache-Control": "no-store"})

    # -- what is not well-formed ---------------------------------------------------

    def refuse(self, refusal: Refusal, incoming: Incoming) -> Outgoing:
        """How this API says that a request is not well-formed."""
        token = incoming.operation == TOKEN_OPERATION
        match refusal:
            case UnknownPath():
                return self.problem(messages.NOT_FOUND, "There is no such path.")
            case WrongMethod(allowed=allowed):
                return self.problem(messages.WRONG_METHOD, "", headers=self.methods_named(allowed))
            case WrongMediaType() | MalformedBody() if token:
                return self.token_error(400, "invalid_request", "the body is not a form")
            case WrongMediaType(received=received):
                return self.answer_to_wrong_media_type(received)
            case MalformedBody(reason=reason):
                return self.answer_to_malformed_json(reason)
            case BadParameter():
                return self.answer_to_bad_parameter(refusal)
            case TooLarge(limit=limit):
                return self.problem(messages.TOO_LARGE, f"At most {limit} bytes are read.")

    def methods_named(self, allowed: Sequence[str]) -> Mapping[str, str]:
        """The header that tells which methods a path knows (RFC 9110, section 15.5.6)."""
        return {"Allow": ", ".join(allowed)}

    def answer_to_wrong_media_type(self, received: str) -> Outgoing:
        """415 for a body that is not sent as JSON."""
        return self.problem(messages.WRONG_MEDIA_TYPE, f"The body was sent as {received!r}.")

    def answer_to_malformed_json(self, reason: str) -> Outgoing:
        """400 for a body that is no JSON text."""
        return self.problem(messages.MALFORMED_JSON, reason)

    def answer_to_bad_parameter(self, bad: BadParameter) -> Outgoing:
        """400 for a parameter that breaks its schema."""
        return self.problem(messages.INVALID_PARAMETER, f"{bad.name}: {bad.reason}")

    def problem(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Json] = (),
    ) -> Outgoing:
        """A refusal as RFC 9457 writes it."""
        body: JsonObject = {
            "type": PROBLEM_TYPE + kind.name,
            "title": kind.title,
            "status": self.stated_status(kind),
        }
        if detail and self.freedoms.optional_text(detail):
            body["detail"] = self.mask(detail)
        if errors:
            body["errors"] = list(errors)
        return Outgoing(
            status=kind.status,
            json=body,
            media_type="application/problem+json",
            headers=headers or {},
        )

    def stated_status(self, kind: ProblemKind) -> int:
        """The status that a problem states in its body: the same (RFC 9457, section 3.1.2)."""
        return kind.status
