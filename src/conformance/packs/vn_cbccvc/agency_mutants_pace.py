"""Agencies that come back too soon, too often, or with too many tokens; see `agency_mutants`."""

from __future__ import annotations

from typing import Final

import httpx

from conformance.packs.vn_cbccvc.agency_delivering import FIRST_PAUSE
from conformance.packs.vn_cbccvc.agency_line import GaveUp, Line, Trouble
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant, Renames
from conformance.packs.vn_cbccvc.agency_outbox import Kind, OutgoingMessage
from conformance.packs.vn_cbccvc.line_missions import STUBBORN

_FLOOD: Final = 60


class _Hurries(AgencyMutant):
    def hurried(self, trouble: Trouble) -> float | None:
        """The wrong pause, None where the right one is kept."""
        raise NotImplementedError

    def pause(self, attempt: int, trouble: Trouble) -> float:
        wrong = self.hurried(trouble)
        return super().pause(attempt, trouble) if wrong is None else wrong


# -- pauses ----------------------------------------------------------------------


class IgnoresRetryAfterOf429(_Hurries):
    """Waits after a 503, and not after a 429."""

    breaks = ("VN-CLIN-001",)

    def hurried(self, trouble: Trouble) -> float | None:
        return 0.0 if trouble.status == 429 else None


class ReadsRetryAfterInMilliseconds(_Hurries):
    """Takes the seconds of a 429 for milliseconds."""

    breaks = ("VN-CLIN-001",)

    def hurried(self, trouble: Trouble) -> float | None:
        return (trouble.retry_after or 0.0) / 1000 if trouble.status == 429 else None


class ReadsRetryAfterInSecondsOnly(_Hurries):
    """Takes a Retry-After that is a date for none, and comes back by its own pauses."""

    breaks = ("VN-CLIN-002",)

    def hurried(self, trouble: Trouble) -> float | None:
        return FIRST_PAUSE if trouble.dated else None


class PausesAlikeEachTime(_Hurries):
    """Comes back each second while the server stays busy."""

    breaks = ("VN-CLIN-003",)

    def hurried(self, trouble: Trouble) -> float | None:
        return 1.0 if trouble.status == 503 and trouble.retry_after is None else None


class PausesLessEachTime(AgencyMutant):
    """Becomes impatient: each pause is half of the one before."""

    breaks = ("VN-CLIN-003",)

    def pause(self, attempt: int, trouble: Trouble) -> float:
        if trouble.status == 503 and trouble.retry_after is None:
            return 4.0 / 2.0**attempt
        return super().pause(attempt, trouble)


class BeatsOnAClosedDoor(_Hurries):
    """Tries a hundred times a second while nobody answers at all."""

    breaks = ("VN-CLIN-004",)
    beats = 0

    def hurried(self, trouble: Trouble) -> float | None:
        if trouble.answered or trouble.reset or trouble.begun or self.beats > _FLOOD:
            return None
        self.beats += 1
        return 0.01

    def rest(self) -> float:
        return super().rest() if self.beats > _FLOOD else 0.01


class RepeatsARefusalForEver(AgencyMutant):
    """Composes what was refused anew, and anew, and anew."""

    breaks = ("VN-CLIN-005",)

    def gives_up_refused(self, repairs: int) -> bool:
        return repairs > STUBBORN


class NewMessageIdWhenBusy(Renames):
    """Sends people again under a new message id after a 429 or a 503."""

    breaks = ("VN-CLIN-006",)

    def renames(self, message: OutgoingMessage, trouble: Trouble) -> bool:
        busy = trouble.status in {429, 503} and not trouble.at_token
        return busy and message.kind is Kind.PEOPLE


# -- tokens ----------------------------------------------------------------------


class _StopsAt401(Line):
    async def token_refused(self) -> Trouble | None:
        raise GaveUp("the token has ended")


class StopsWhenATokenEnds(AgencyMutant):
    """Ends its night's work at the first 401."""

    breaks = ("VN-CLIN-007",)
    line_kind = _StopsAt401


class _KeepsItsToken(Line):
    async def authorised(self, *, fresh: bool) -> str | Trouble:
        return await super().authorised(fresh=fresh and not self.token_lives())


class PresentsADeadTokenAgain(AgencyMutant):
    """Goes on with the token that it has, because its hour is not over yet."""

    breaks = ("VN-CLIN-007",)
    line_kind = _KeepsItsToken


class _Tells401(Line):
    async def token_refused(self) -> Trouble | None:
        return Trouble(answered=True, status=401)


class NewMessageIdWithANewToken(Renames):
    """Makes the message anew when it has a new token."""

    breaks = ("VN-CLIN-008",)
    line_kind = _Tells401

    def renames(self, message: OutgoingMessage, trouble: Trouble) -> bool:  # noqa: ARG002
        return trouble.status == 401


class _AsksTenTimes(Line):
    async def token_refused(self) -> Trouble | None:
        for _ in range(9):
            await self.authorised(fresh=True)
        return None


class StormsTheTokenEndpoint(AgencyMutant):
    """Lets each of ten workers fetch a token of its own when one has ended."""

    breaks = ("VN-CLIN-009",)
    line_kind = _AsksTenTimes


class _Forgetful(Line):
    def token_lives(self) -> bool:
        return False


class FetchesATokenForEachCall(AgencyMutant):
    """Asks for a token before each call."""

    breaks = ("VN-CLIN-010",)
    line_kind = _Forgetful


class HammersOnTheTokenEndpoint(_Hurries):
    """Reads Retry-After everywhere but at the token endpoint."""

    breaks = ("VN-CLIN-011",)

    def hurried(self, trouble: Trouble) -> float | None:
        return 0.0 if trouble.at_token and trouble.answered else None


class _TriesAgain(Line):
    def credentials_refused(self, answer: httpx.Response) -> Trouble:
        return Trouble(answered=True, status=answer.status_code)


class TriesRefusedCredentialsForEver(AgencyMutant):
    """Takes a refused secret for trouble on the line."""

    breaks = ("VN-CLIN-012",)
    line_kind = _TriesAgain


PACE_MUTANTS: tuple[type[AgencyMutant], ...] = (
    IgnoresRetryAfterOf429,
    ReadsRetryAfterInMilliseconds,
    ReadsRetryAfterInSecondsOnly,
    PausesAlikeEachTime,
    PausesLessEachTime,
    BeatsOnAClosedDoor,
    RepeatsARefusalForEver,
    NewMessageIdWhenBusy,
    StopsWhenATokenEnds,
    PresentsADeadTokenAgain,
    NewMessageIdWithANewToken,
    StormsTheTokenEndpoint,
    FetchesATokenForEachCall,
    HammersOnTheTokenEndpoint,
    TriesRefusedCredentialsForEver,
)
