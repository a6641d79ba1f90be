"""
Agencies with one named sin each: the proof that a consumer scenario can fail.

Each takes one decision of `agency.AgencySoftware` wrongly and recovers where the national
side tells it so, so that nothing else breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from conformance.model import seeds
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.agency import AgencySoftware
from conformance.packs.vn_cbccvc.agency_line import Trouble, member
from conformance.packs.vn_cbccvc.agency_office import Published, in_bytes
from conformance.packs.vn_cbccvc.agency_outbox import Item, Kind, OutgoingMessage


class AgencyMutant(AgencySoftware):
    """The agency with one sin; `breaks` names the requirements that it breaks, and only those."""

    breaks: ClassVar[tuple[str, ...]]


class Renames(AgencyMutant):
    """Sends some messages again under a new id."""

    def renamed(self, message: OutgoingMessage) -> OutgoingMessage:
        """The same records under a new message id, in the place of the first."""
        successor = under(seeds.derived_uuid(self._seed, "renamed", message.id), message)
        self.outbox.replace(message, successor)
        return successor

    def renames(self, message: OutgoingMessage, trouble: Trouble) -> bool:
        """Whether the message is sent again under a new id."""
        raise NotImplementedError

    def retry(self, message: OutgoingMessage, trouble: Trouble) -> OutgoingMessage:
        if self.renames(message, trouble):
            return self.renamed(message)
        return super().retry(message, trouble)


def under(identifier: str, message: OutgoingMessage) -> OutgoingMessage:
    """A message under another id; what the outbox knows it by is left to the caller."""
    content = message.content()
    header = member(content, "header")
    assert isinstance(content, dict)
    assert isinstance(header, dict)
    named: JsonObject = {**content, "header": {**header, "messageId": identifier}}
    return replace(message, id=identifier, body=in_bytes(named))


def asked_to_wait(trouble: Trouble) -> bool:
    """Whether a message was answered 503 with a number of seconds."""
    told = trouble.retry_after is not None and not trouble.dated
    return trouble.status == 503 and told and not trouble.at_token


class SendsPeopleFirst(AgencyMutant):
    """Sends people before the units that their profiles name."""

    breaks = ("VN-CSYN-001",)

    def order(self) -> Sequence[Kind]:
        # Rejected people are sent again once the tree stands: everybody arrives in the end.
        if self.outbox.messages() == 0:
            return (Kind.PEOPLE, Kind.UNITS)
        return super().order()


class SendsElevenAtOnce(AgencyMutant):
    """Puts up to eleven records into one trial message."""

    breaks = ("VN-CSYN-002",)

    def batch_limit(self) -> int:
        return 11


class SignsNothing(AgencyMutant):
    """Leaves the signature away until it is asked for."""

    breaks = ("VN-CSYN-003",)

    _asked = False

    def sealed(self, item: Item) -> JsonObject:
        sealed = super().sealed(item)
        if not self._asked:
            del sealed["signature"]
        return sealed

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        self._asked |= "signature-missing" in rules
        return super().worth_repairing(item_repairs, rules)


class SignsBeforeEditing(AgencyMutant):
    """Signs a record when it is queued and edits it before it is sent."""

    breaks = ("VN-CSYN-003",)

    _caught = False

    def sealed(self, item: Item) -> JsonObject:
        signed = super().sealed(item)
        if self._caught:
            return signed
        return {**signed, "profile": {**item.body, "phone": "0990000000"}}

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        self._caught |= "signature-invalid" in rules
        return super().worth_repairing(item_repairs, rules)


class NewMessageIdOnRetry(Renames):
    """Sends people again under a new message id when their acknowledgement was lost."""

    breaks = ("VN-CSYN-004",)

    def renames(self, message: OutgoingMessage, trouble: Trouble) -> bool:
        silent = not (trouble.answered or trouble.reset or trouble.begun)
        return silent and message.kind is Kind.PEOPLE


class HammersOn503(AgencyMutant):
    """Sends again at once, whatever Retry-After asks for."""

    breaks = ("VN-CSYN-005",)

    def pause(self, attempt: int, trouble: Trouble) -> float:
        return 0.0 if asked_to_wait(trouble) else super().pause(attempt, trouble)


class DropsTheQueueAfterAnError(AgencyMutant):
    """Repeats a message that was answered 503, but throws away everything that waits behind it."""

    breaks = ("VN-CSYN-006",)

    def after_trouble(self, trouble: Trouble) -> None:
        if asked_to_wait(trouble):
            self.outbox.drop_pending()


class SendsDistricts(AgencyMutant):
    """Still sends a district with the tree: a unit type that ended on 1 July 2025."""

    breaks = ("VN-CSYN-007",)

    def tree(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        ordered = list(super().tree(units))
        taken = {str(unit.get("unitCode")) for unit in ordered}
        code = next(c for n in range(999, 0, -1) if (c := f"H98.{n}") not in taken)
        district: JsonObject = {
            "unitCode": code,
            "parentCode": "H98",
            "name": "UBND huyện Thử Nghiệm",
            "unitType": "HUYEN",
            "provinceCode": str(ordered[0].get("provinceCode")) if ordered else "01",
            "effectiveFrom": "2016-01-01",
            "effectiveTo": None,
        }
        return [*ordered, district]


class ClaimsProduction(AgencyMutant):
    """Declares the environment `production` in the header of its first message."""

    breaks = ("VN-CSYN-008",)

    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        header = super().heading(code, identifier, published)
        first = code in {"M50", "M51", "M52"} and self.outbox.messages() == 0
        return {**header, "environment": "production"} if first else header


class PutsTheTokenInTheQuery(AgencyMutant):
    """Repeats the access token as a query parameter, where every proxy logs it."""

    breaks = ("VN-CACC-001",)

    def location(self, path: str, token: str) -> str:
        return f"{path}?access_token={token}"


SYNC_MUTANTS: tuple[type[AgencyMutant], ...] = (
    SendsPeopleFirst,
    SendsElevenAtOnce,
    SignsNothing,
    SignsBeforeEditing,
    NewMessageIdOnRetry,
    HammersOn503,
    DropsTheQueueAfterAnError,
    SendsDistricts,
    ClaimsProduction,
    PutsTheTokenInTheQuery,
)
