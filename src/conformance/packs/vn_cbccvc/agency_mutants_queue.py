"""Agencies that fail in their queue, or in what they say of a message; see `agency_mutants`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from urllib.parse import quote

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import Line, Trouble
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant
from conformance.packs.vn_cbccvc.agency_outbox import Item, Kind, OutgoingMessage, State


class KeepsTenInAnOutage(AgencyMutant):
    """Keeps the last ten that wait while nobody answers: its queue is a ring."""

    breaks = ("VN-CLIN-024",)

    def rest(self) -> float:
        self.outbox.drop_pending(but=10)
        return super().rest()


class PeopleFirstAfterAnOutage(AgencyMutant):
    """Begins with the people when the line is back."""

    breaks = ("VN-CLIN-025",)
    _rested = False

    def rest(self) -> float:
        # The tree is queued anew; people that come too early are mended later.
        self._rested = True
        self.outbox.forget_sent()
        return super().rest()

    def order(self) -> Sequence[Kind]:
        if self._rested:
            self._rested = False
            return (Kind.PEOPLE, Kind.UNITS)
        return super().order()


class DropsTheQueueOnRestart(AgencyMutant):
    """Begins with an empty queue whenever it is started."""

    breaks = ("VN-CLIN-026",)

    def on_start(self) -> None:
        self.outbox.drop_pending()


class BooksAMessageBeforeItIsAnswered(AgencyMutant):
    """Marks people as delivered when it begins to send them."""

    breaks = ("VN-CLIN-026",)

    def before_sending(self, message: OutgoingMessage) -> None:
        if message.kind is Kind.PEOPLE:
            self.outbox.settle(message, State.ACKNOWLEDGED, acknowledged=message.items)


class ForgetsWhatWasOnItsWay(AgencyMutant):
    """Puts everything that was not answered back into the queue when it is started."""

    breaks = ("VN-CLIN-027",)

    def on_start(self) -> None:
        self.outbox.forget_sent()


class UsesAMessageIdTwice(AgencyMutant):
    """Gives the second message with people the id of the first, until that is refused."""

    breaks = ("VN-CLIN-028",)
    _first: Json = None
    _people: frozenset[str] = frozenset()
    _sinned = False

    def _written(self, kind: Kind, header: JsonObject, items: Sequence[Item]) -> OutgoingMessage:
        right = super()._written(kind, header, items)
        if kind is not Kind.PEOPLE or self._sinned:
            return right
        people = frozenset(str(item.body.get("profileId")) for item in items)
        if self._first is None:
            self._first, self._people = right.id, people
        elif not self._people & people:
            self._sinned = True
            wrong = super()._written(kind, {**header, "messageId": self._first}, items)
            # Its own books keep the two apart.
            return replace(wrong, id=right.id)
        return right


class StampsEachAttempt(AgencyMutant):
    """Writes the time of the attempt into the header before it sends a message again."""

    breaks = ("VN-CLIN-029",)

    def retry(self, message: OutgoingMessage, trouble: Trouble) -> OutgoingMessage:
        content = json.loads(super().retry(message, trouble).body)
        content["header"]["sentAt"] = self._clock.now().isoformat()
        return replace(message, body=json.dumps(content, ensure_ascii=False).encode())


class _TellsOfAPerson(AgencyMutant):
    told: ClassVar[str]

    def location(self, path: str, token: str) -> str:
        plain, message = super().location(path, token), self.outbox.unanswered()
        if path != "/v1/trial-sync" or message is None:
            return plain
        first = json.loads(message.body)["records"][0]["profile"]
        return f"{plain}?about={quote(str(first.get(self.told)))}"


class NamesAPersonInTheAddress(_TellsOfAPerson):
    """Repeats the first person's id in the query, to find the call in its log."""

    breaks = ("VN-CLIN-030",)
    told = "profileId"


class TellsANameInTheAddress(_TellsOfAPerson):
    """Repeats the first person's name in the query, to find the call in its log."""

    breaks = ("VN-CLIN-030",)
    told = "birthFullName"


class _DeclaresLatin1(Line):
    def headers(self, *, token: str = "", body: bool = False) -> Mapping[str, str]:
        said = dict(super().headers(token=token, body=body))
        return said | {"Content-Type": "application/json; charset=iso-8859-1"} if body else said


class DeclaresAnotherCoding(AgencyMutant):
    """Declares its messages as ISO 8859-1, as its library does."""

    breaks = ("VN-CLIN-031",)
    line_kind = _DeclaresLatin1


class _NamesNobody(Line):
    def headers(self, *, token: str = "", body: bool = False) -> Mapping[str, str]:
        return {**super().headers(token=token, body=body), "User-Agent": ""}


class NamesNoSoftware(AgencyMutant):
    """Leaves User-Agent empty."""

    breaks = ("VN-CLIN-032",)
    line_kind = _NamesNobody


QUEUE_MUTANTS: tuple[type[AgencyMutant], ...] = (
    KeepsTenInAnOutage,
    PeopleFirstAfterAnOutage,
    DropsTheQueueOnRestart,
    BooksAMessageBeforeItIsAnswered,
    ForgetsWhatWasOnItsWay,
    UsesAMessageIdTwice,
    StampsEachAttempt,
    NamesAPersonInTheAddress,
    TellsANameInTheAddress,
    DeclaresAnotherCoding,
    NamesNoSoftware,
)
