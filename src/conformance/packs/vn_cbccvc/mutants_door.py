"""Faulty references: who may call, what the server says of itself, and the contract's form."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.batches import Batch
from conformance.packs.vn_cbccvc.messages import ProblemKind
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.reference.exchange import BadParameter, Outgoing

_UNAVAILABLE: Final = ProblemKind(name="unavailable", status=503, title="Try again later")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]*")


class TokenWithoutLifetime(ProviderMutant):
    """Does not say how long a token lives."""

    breaks = ("VN-ACC-001",)

    def token_answer(self, client_id: str) -> JsonObject:
        answer = super().token_answer(client_id)
        return {name: value for name, value in answer.items() if name != "expires_in"}


class AcceptsAnySecret(ProviderMutant):
    """Gives a token to whoever asks, whatever the secret."""

    breaks = ("VN-ACC-002",)

    def credentials_are_good(self, client_id: str, client_secret: str) -> bool:
        return True


class ServesWithoutToken(ProviderMutant):
    """Serves callers who offer no token."""

    breaks = ("VN-ACC-003",)

    def answer_without_token(self) -> Outgoing | None:
        return None


class AcceptsAnyToken(ProviderMutant):
    """Takes every token for its own."""

    breaks = ("VN-ACC-004",)

    def token_is_good(self, token: str) -> bool:
        return True


class HidesItsEnvironment(ProviderMutant):
    """Claims to be the production registry."""

    breaks = ("VN-ACC-005",)

    def environment(self) -> str:
        return "production"


class NamesNoScheme(ProviderMutant):
    """Refuses a caller without telling how to authorise."""

    breaks = ("VN-ACC-006",)

    def challenge(self, error: str) -> Mapping[str, str]:
        return {}


class CrashesOnOddInput(ProviderMutant):
    """Breaks down over a parameter with an unexpected character, and calls itself unavailable."""

    breaks = ("VN-CON-001",)

    def answer_to_bad_parameter(self, bad: BadParameter) -> Outgoing:
        # 503 is documented everywhere: the form of the answer is right, that it fails is not.
        if not _PLAIN.fullmatch(bad.value):
            return self.problem(_UNAVAILABLE, "", headers={"Retry-After": "1"})
        return super().answer_to_bad_parameter(bad)


class AnswersOutsideTheContract(ProviderMutant):
    """Refuses a bad parameter with a status and a media type that the contract does not know."""

    breaks = ("VN-CON-002",)

    def answer_to_bad_parameter(self, bad: BadParameter) -> Outgoing:
        return Outgoing(status=418, text="no", media_type="text/plain")


class SkipsMessageValidation(ProviderMutant):
    """Does not look whether a message header has the form that it must have."""

    breaks = ("VN-CON-003",)

    def message_faults(
        self, batch: Batch, message: Json, found: Sequence[SchemaProblem]
    ) -> Sequence[SchemaProblem]:
        faults = super().message_faults(batch, message, found)
        return [fault for fault in faults if not _about_the_header(fault)]


def _about_the_header(fault: SchemaProblem) -> bool:
    needed = ("messageId", "messageCode")
    if fault.pointer == "/header":
        return fault.keyword == "additionalProperties" or (
            fault.keyword == "required" and not any(name in fault.required for name in needed)
        )
    name = fault.pointer.removeprefix("/header/")
    # Which of the known words a member holds is judged by other requirements.
    return name != fault.pointer and name not in needed and fault.keyword not in ("const", "enum")


DOOR: Final = (
    TokenWithoutLifetime,
    AcceptsAnySecret,
    ServesWithoutToken,
    AcceptsAnyToken,
    HidesItsEnvironment,
    NamesNoScheme,
)
CONTRACT: Final = (CrashesOnOddInput, AnswersOutsideTheContract, SkipsMessageValidation)
