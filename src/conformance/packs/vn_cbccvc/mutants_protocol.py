"""Faulty references: how a request is refused, and what a message header must say."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import TRIAL
from conformance.packs.vn_cbccvc.messages import ProblemKind
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.reference.exchange import Outgoing

#: The last day of the older list.
_BEFORE_THE_MERGER: Final = date(2025, 6, 30)


class TakesAnyGrantType(ProviderMutant):
    """Gives a token for every type of grant."""

    breaks = ("VN-ACC-007",)

    def grants(self, grant_type: str) -> bool:
        return True


class CallsWhatIsMissingWrong(ProviderMutant):
    """Answers a token request that lacks something as if what is missing were wrong."""

    breaks = ("VN-ACC-008",)

    def missing_parameters(self, form: Mapping[str, str]) -> Sequence[str]:
        return ()


class LetsTokensBeCached(ProviderMutant):
    """Says to no cache that a token must not be kept."""

    breaks = ("VN-ACC-009",)

    def token_headers(self) -> Mapping[str, str]:
        return {}


class StatesAnotherStatus(ProviderMutant):
    """Writes 500 into every problem, whatever the status of the answer."""

    breaks = ("VN-ACC-010",)

    def stated_status(self, kind: ProblemKind) -> int:
        return 500


class NamesNoMethod(ProviderMutant):
    """Refuses a method without telling which ones the path knows."""

    breaks = ("VN-ACC-011",)

    def methods_named(self, allowed: Sequence[str]) -> Mapping[str, str]:
        return {}


class CallsOtherMediaMalformed(ProviderMutant):
    """Reads every body as JSON, and calls what is not sent as JSON malformed."""

    breaks = ("VN-ACC-012",)

    def answer_to_wrong_media_type(self, received: str) -> Outgoing:
        return self.problem(messages.MALFORMED_JSON, "")


class CallsMalformedJsonInvalid(ProviderMutant):
    """Answers a body that is no JSON text as a message with faults."""

    breaks = ("VN-ACC-013",)

    def answer_to_malformed_json(self, reason: str) -> Outgoing:
        return self.problem(messages.MESSAGE_INVALID, "")


class TakesProduction(ProviderMutant):
    """Takes messages that are meant for the production registry."""

    breaks = ("VN-SYNC-017",)

    def header_counts(self, fault: SchemaProblem) -> bool:
        return not _another(fault, "environment")


class TakesForeignMail(ProviderMutant):
    """Takes messages that are addressed to somebody else."""

    breaks = ("VN-SYNC-018",)

    def header_counts(self, fault: SchemaProblem) -> bool:
        return not _another(fault, "receiverCode")


class TakesAnySchemaVersion(ProviderMutant):
    """Reads messages of every schema version by its own schema."""

    breaks = ("VN-SYNC-019",)

    def header_counts(self, fault: SchemaProblem) -> bool:
        return not _another(fault, "schemaVersion")


class TakesAnyCodeListVersion(ProviderMutant):
    """Reads messages under every version of the code lists by its own lists."""

    breaks = ("VN-SYNC-020",)

    def header_counts(self, fault: SchemaProblem) -> bool:
        return not _another(fault, "codeListVersion")


class TakesAnyMessageCode(ProviderMutant):
    """Takes messages of another kind for trial messages."""

    breaks = ("VN-SYNC-021",)

    def header_faults(
        self, code: str, message: Json, found: Sequence[SchemaProblem]
    ) -> Sequence[SchemaProblem]:
        faults = super().header_faults(code, message, found)
        return [f for f in faults if code != TRIAL.code or not _another(f, "messageCode")]


class TakesMessagesFromTheFuture(ProviderMutant):
    """Believes every clock."""

    breaks = ("VN-SYNC-022",)

    def is_ahead(self, sent_at: datetime) -> bool:
        return False


class MixesTheLists(ProviderMutant):
    """Takes a place of birth from the older list under the name of today's."""

    breaks = ("VN-SYNC-026",)

    def code_is_right(self, pointer: str, code_list: str, code: str, day: date) -> bool:
        return super().code_is_right(pointer, code_list, code, day) or (
            pointer.startswith("/birthPlace/")
            and self.code_is_in_force(code_list, code, _BEFORE_THE_MERGER)
        )


def _another(fault: SchemaProblem, name: str) -> bool:
    """Whether it is the right kind of value, and another than the contract's."""
    return fault.pointer == f"/header/{name}" and fault.keyword in ("const", "enum")


PROTOCOL: Final = (
    TakesAnyGrantType,
    CallsWhatIsMissingWrong,
    LetsTokensBeCached,
    StatesAnotherStatus,
    NamesNoMethod,
    CallsOtherMediaMalformed,
    CallsMalformedJsonInvalid,
)
HEADERS: Final = (
    TakesProduction,
    TakesForeignMail,
    TakesAnySchemaVersion,
    TakesAnyCodeListVersion,
    TakesAnyMessageCode,
    TakesMessagesFromTheFuture,
)
VERSIONS: Final = (MixesTheLists,)
