"""
What a scenario asks of the registry about people: one verb for each operation.

Nothing here judges, and nothing here fails on what a server answers: every verb returns
the exchange as it came, to be opened inside a judgement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from conformance.errors import TargetTimeout
from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.leftovers import PROFILE, withdrawal
from conformance.packs.vn_cbccvc.line import PAGES_AT_MOST, Line, answer_object, posting
from conformance.packs.vn_cbccvc.records import Message, text

#: Seconds in which the contract has every job of a test environment done.
JOB_IS_DONE_WITHIN: Final = 60
_LONGEST_PAUSE: Final = 10
#: Seconds to the first look where the server names none: a few records are soon done.
_FIRST_PAUSE: Final = 0.3
_PAUSE: Final = 1.0


@dataclass(slots=True, kw_only=True)
class PeopleDesk(Line):
    """The half of the registry that keeps profiles."""

    # -- the trial -------------------------------------------------------------

    def submit(self, message: Message) -> Exchange:
        """Send a trial message."""
        return self.post("/v1/trial-sync", message, "submitTrialSync")

    def submit_together(self, messages: Sequence[Message]) -> tuple[Exchange, ...]:
        """Send several trial messages at the same time; the answers in their order."""
        return self.send_together(
            [posting("/v1/trial-sync", message, "submitTrialSync") for message in messages]
        )

    def receipt(self, message: Message) -> Exchange:
        """Read the receipt of a trial message again."""
        return self.get(f"/v1/trial-sync/{quote(message.id, safe='')}", "readTrialReceipt")

    # -- one profile -------------------------------------------------------------

    def profile(self, person: JsonObject, *, unless: str = "") -> Exchange:
        """Read what is stored about a person; `unless` is the tag that we hold already."""
        headers = (("If-None-Match", unless),) if unless else ()
        return self.get(_path(text(person, "profileId")), "readProfile", headers=headers)

    def history(self, person: JsonObject) -> Exchange:
        """Read all versions of a profile."""
        return self.get(f"{_path(text(person, 'profileId'))}/history", "readProfileHistory")

    def withdraw(self, person: JsonObject) -> Exchange:
        """Take a profile out of the registry."""
        profile_id = text(person, "profileId")
        answer = self.send(withdrawal(profile_id))
        if answer.response.status in (204, 404):
            self.removed(PROFILE, profile_id)
        return answer

    # -- many profiles -----------------------------------------------------------

    def profiles(
        self, *, unit: str, limit: int = 100, changed_since: str = ""
    ) -> tuple[Exchange, ...]:
        """Walk the list of the people of a unit, to the end or to `PAGES_AT_MOST`."""
        query = {"limit": str(limit), "unitCode": unit}
        if changed_since:
            query["changedSince"] = changed_since
        return self.walk(f"/v1/profiles?{urlencode(query)}", "listProfiles")

    def first_profiles(self, *, unit: str, limit: int) -> Exchange:
        """The first page of that list alone."""
        query = {"limit": str(limit), "unitCode": unit}
        return self.get(f"/v1/profiles?{urlencode(query)}", "listProfiles")

    def profiles_after(self, page: Exchange) -> tuple[Exchange, ...]:
        """The pages behind one, to the end or to `PAGES_AT_MOST`."""
        following = self._next(page)
        return () if following is None else self.walk(following, "listProfiles")

    # -- batches and jobs ----------------------------------------------------------

    def submit_batch(self, message: Message) -> Exchange:
        """Send a profile batch."""
        return self.post("/v1/profile-batches", message, "submitProfileBatch")

    def job(self, submitted: Exchange) -> Exchange:
        """Read the job that a batch was answered with; an answer without one is the last word."""
        job_id = answer_object(submitted).get("jobId")
        if not isinstance(job_id, str) or not job_id:
            return submitted
        named = quote(job_id, safe="", errors="surrogatepass")
        return self.get(f"/v1/jobs/{named}", "readJob")

    def job_done(self, submitted: Exchange) -> Exchange:
        """
        Read a job until it is done, as politely as it asks; the last answer in any case.

        The first look comes after a pause: so a fast server is asked once, whatever the machine.
        """
        looks: list[Exchange] = []
        pauses: list[float] = []

        def look() -> Exchange | None:
            if not pauses:
                return None
            looks.append(self.job(submitted))
            ended = answer_object(looks[-1]).get("status") not in ("QUEUED", "RUNNING")
            return looks[-1] if ended else None

        def pause() -> float:
            pauses.append(_asked(looks[-1], _PAUSE) if looks else _asked(submitted, _FIRST_PAUSE))
            return pauses[-1]

        try:
            last = self.world.wait_until(
                look,
                because="the job of a profile batch is done",
                within=JOB_IS_DONE_WITHIN,
                every=pause,
            )
        except TargetTimeout:
            # A job that never ends is for its judge to name.
            if not looks:
                raise
            last = looks[-1]
        return last

    # -- the change feed -----------------------------------------------------------

    def end_of_changes(self) -> str:
        """The cursor behind the last change; "" when the server names none."""
        page = self.get("/v1/changes?cursor=latest&limit=1", "readChanges")
        return _cursor(page)

    def page_of_changes(self, after: str, limit: int) -> Exchange:
        """One page of the feed behind a cursor, "" for its beginning."""
        query = {"limit": str(limit), **({"cursor": after} if after else {})}
        return self.get(f"/v1/changes?{urlencode(query)}", "readChanges")

    def changes(self, after: str, *limits: int) -> tuple[Exchange, ...]:
        """
        Read the feed behind a cursor: one page for each of `limits`, then on while there is more.

        Others' changes stand between ours, and on a server of many they come at any time: pages
        that are read whatever the one before said make the number of requests the same.
        """
        pages: list[Exchange] = []
        cursor, more = after, True
        while len(pages) < len(limits) or (more and len(pages) < PAGES_AT_MOST):
            limit = limits[len(pages)] if len(pages) < len(limits) else 100
            page = self.page_of_changes(cursor, limit)
            pages.append(page)
            cursor = _cursor(page) or cursor
            more = answer_object(page).get("more") is True
        return tuple(pages)

    # -- the population register ---------------------------------------------------

    def match(self, message: Message) -> Exchange:
        """Ask whether people are those whom the population register knows."""
        return self.post("/v1/population-matches", message, "matchPopulation")


def _path(profile_id: str) -> str:
    return f"/v1/profiles/{quote(profile_id, safe='')}"


def _cursor(page: Exchange) -> str:
    cursor = answer_object(page).get("nextCursor")
    return cursor if isinstance(cursor, str) else ""


def _asked(answer: Exchange, unasked: float) -> float:
    """Seconds until the next look at a job: what an answer asks for, within reason."""
    asked = answer.response.header("retry-after") or ""
    return float(min(int(asked), _LONGEST_PAUSE)) if asked.isdecimal() and int(asked) else unasked
