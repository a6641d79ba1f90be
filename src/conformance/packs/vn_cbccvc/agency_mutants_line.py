"""
Agencies that mistake what comes, or does not come, from the line; see `agency_mutants`.

Who comes back too soon is `agency_mutants_pace`'s, what is wrong in the queue itself
`agency_mutants_queue`'s.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from conformance.model.json import Json
from conformance.packs.vn_cbccvc.agency_delivering import Meaning
from conformance.packs.vn_cbccvc.agency_line import Line, Trouble
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant, Renames
from conformance.packs.vn_cbccvc.agency_outbox import Kind, OutgoingMessage

_PATIENCE: Final = timedelta(seconds=1)
_RECEIPT: Final = frozenset(
    {
        "messageId",
        "messageCode",
        "receivedAt",
        "received",
        "accepted",
        "rejected",
        "results",
    }
)


class _Misreads(AgencyMutant):
    def taken_for(self, trouble: Trouble) -> Meaning | None:
        """What trouble is wrongly taken for, None where it is taken rightly."""
        raise NotImplementedError

    def meaning(self, message: OutgoingMessage, trouble: Trouble, attempt: int) -> Meaning:
        wrong = self.taken_for(trouble)
        return super().meaning(message, trouble, attempt) if wrong is None else wrong


# -- retries ---------------------------------------------------------------------


class NewMessageIdForUnits(Renames):
    """Sends units again under a new message id when their acknowledgement was lost."""

    breaks = ("VN-CLIN-013",)

    def renames(self, message: OutgoingMessage, trouble: Trouble) -> bool:
        return not trouble.answered and message.kind is Kind.UNITS


class TakesAResetForDelivery(_Misreads):
    """Books a message as delivered when the connection was reset after it was sent."""

    breaks = ("VN-CLIN-014",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.DELIVERED if trouble.reset else None


class TakesAResetForARefusal(_Misreads):
    """Gives people up when the connection was reset by the other side."""

    breaks = ("VN-CLIN-014",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.REFUSED if trouble.reset else None


class TakesHalfAnAnswerForDelivery(_Misreads):
    """Is content with an answer that has begun."""

    breaks = ("VN-CLIN-015",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.DELIVERED if trouble.begun else None


class NewMessageIdAfterHalfAnAnswer(Renames):
    """Sends a message again under a new id when its answer broke off."""

    breaks = ("VN-CLIN-015",)

    def renames(self, message: OutgoingMessage, trouble: Trouble) -> bool:  # noqa: ARG002
        return trouble.begun


class TakesAGatewayPageForARefusal(_Misreads):
    """Gives people up when a gateway answers 502 or 504."""

    breaks = ("VN-CLIN-016",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.REFUSED if trouble.status in {502, 504} else None


class TakesA500ForARefusal(_Misreads):
    """Gives people up when the server fails inside."""

    breaks = ("VN-CLIN-016",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.REFUSED if trouble.status == 500 else None


class TakesAGatewayPageForDelivery(_Misreads):
    """Looks whether somebody answered, and not what."""

    breaks = ("VN-CLIN-016",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.DELIVERED if trouble.status in {500, 502, 504} else None


async def _late(answer: asyncio.Task[httpx.Response], line: Line) -> bool:
    """Whether an answer is still due when patience has ended."""
    # Whoever is ended meanwhile leaves nobody to hear of the line's own end.
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    began = line.clock.now()
    # The clock may be virtual: no timer would ring.
    while not answer.done() and line.clock.now() - began <= _PATIENCE:  # noqa: ASYNC110
        await asyncio.sleep(0)
    return not answer.done()


class _SendsACopy(Line):
    async def transmit(self, request: httpx.Request) -> httpx.Response:
        first = asyncio.create_task(super().transmit(request))
        if await _late(first, self):
            await super().transmit(request)
        return await first


class SendsACopyWhileItWaits(AgencyMutant):
    """Sends a message on a second connection when the first has not answered in a second."""

    breaks = ("VN-CLIN-017",)
    line_kind = _SendsACopy


class _HangsUp(Line):
    async def transmit(self, request: httpx.Request) -> httpx.Response:
        answer = asyncio.create_task(super().transmit(request))
        if await _late(answer, self):
            answer.cancel()
            raise httpx.ReadTimeout("no answer in a second")
        return await answer


class HangsUpAfterASecond(AgencyMutant):
    """Hangs up on an answer that takes more than a second, and sends again."""

    breaks = ("VN-CLIN-017",)
    line_kind = _HangsUp


class GivesUpAtTheSecondBreak(AgencyMutant):
    """Throws a message away when the line has broken twice over it."""

    breaks = ("VN-CLIN-018",)

    def meaning(self, message: OutgoingMessage, trouble: Trouble, attempt: int) -> Meaning:
        if trouble.unsent and attempt == 2:
            return Meaning.REFUSED
        return super().meaning(message, trouble, attempt)


# -- redirects, and answers that say more ---------------------------------------------


class _FollowsWithItsToken(Line):
    async def redirected(self, request: httpx.Request, answer: httpx.Response) -> Trouble:
        token = {"Authorization": request.headers["authorization"]}
        with suppress(httpx.TransportError):
            await self.client.get(answer.headers["location"], headers=token)
        return await super().redirected(request, answer)


class CarriesItsTokenElsewhere(AgencyMutant):
    """Looks with its token what there is at the address of a redirect."""

    breaks = ("VN-CLIN-019", "VN-CTLS-008")
    line_kind = _FollowsWithItsToken


class _FollowsWithRecords(Line):
    async def redirected(self, request: httpx.Request, answer: httpx.Response) -> Trouble:
        with suppress(httpx.TransportError):
            await self.client.post(answer.headers["location"], content=request.content)
        return await super().redirected(request, answer)


class CarriesRecordsElsewhere(AgencyMutant):
    """Follows a redirect as HTTP libraries do: without the token, and with the people."""

    breaks = ("VN-CLIN-019", "VN-CTLS-008")
    line_kind = _FollowsWithRecords


class TakesARedirectForDelivery(_Misreads):
    """Takes every answer below 400 for a success."""

    breaks = ("VN-CLIN-020",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.DELIVERED if 300 <= trouble.status < 400 else None


class TakesARedirectForARefusal(_Misreads):
    """Gives people up when they are sent elsewhere."""

    breaks = ("VN-CLIN-020",)

    def taken_for(self, trouble: Trouble) -> Meaning | None:
        return Meaning.REFUSED if 300 <= trouble.status < 400 else None


class StopsAtAWordItDoesNotKnow(AgencyMutant):
    """Takes a receipt for none that says more than the contract of the day it was written."""

    breaks = ("VN-CLIN-021",)

    def receipt(self, answer: httpx.Response) -> Json:
        held = super().receipt(answer)
        return held if isinstance(held, dict) and set(held) <= _RECEIPT else None


class _KeepsTheServersTime(Line):
    behind = timedelta()

    async def transmit(self, request: httpx.Request) -> httpx.Response:
        answer = await super().transmit(request)
        if stated := answer.headers.get("date"):
            self.behind = self.clock.now() - parsedate_to_datetime(stated)
        return answer


class TakesTheTimeFromAnswers(AgencyMutant):
    """Sets its clock by the Date header of the last answer."""

    breaks = ("VN-CLIN-022",)
    line_kind = _KeepsTheServersTime

    def time_of_sending(self) -> datetime:
        now = super().time_of_sending()
        return now - self._line.behind if isinstance(self._line, _KeepsTheServersTime) else now


class _MindsAClose(Line):
    async def transmit(self, request: httpx.Request) -> httpx.Response:
        answer = await super().transmit(request)
        if answer.headers.get("connection") == "close":
            raise httpx.RemoteProtocolError("the connection was closed")
        return answer


class TakesACloseForALoss(AgencyMutant):
    """Sends a message again when its connection was closed after the answer."""

    breaks = ("VN-CLIN-023",)
    line_kind = _MindsAClose


LINE_MUTANTS: tuple[type[AgencyMutant], ...] = (
    NewMessageIdForUnits,
    TakesAResetForDelivery,
    TakesAResetForARefusal,
    TakesHalfAnAnswerForDelivery,
    NewMessageIdAfterHalfAnAnswer,
    TakesAGatewayPageForARefusal,
    TakesA500ForARefusal,
    TakesAGatewayPageForDelivery,
    SendsACopyWhileItWaits,
    HangsUpAfterASecond,
    GivesUpAtTheSecondBreak,
    CarriesItsTokenElsewhere,
    CarriesRecordsElsewhere,
    TakesARedirectForDelivery,
    TakesARedirectForARefusal,
    StopsAtAWordItDoesNotKnow,
    TakesTheTimeFromAnswers,
    TakesACloseForALoss,
)
