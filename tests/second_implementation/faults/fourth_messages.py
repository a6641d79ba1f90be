"""Faults of messages and of judging their records: the fourth set."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.codelists import CodeLists, all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.judging import Records
from tests.second_implementation.messages import Kind, Message, Messages
from tests.second_implementation.rules import Row, Rules
from tests.second_implementation.saying import PERSONAL, Teller, Wrong


# Idempotency is a hash of the request's body.
@fault("v4-replay-by-its-bytes", "VN-SYNC-014")
class ReplayByItsBytes(Messages):
    """Takes a message that was sent again later, or signed anew, for another content."""

    def content(self, kind: Kind, message: Message) -> str:
        return json.dumps([kind.code, message])


# The middleware that notes message ids stands before the one that validates.
@fault("v4-refusal-uses-up-the-id", "VN-SYNC-003")
class RefusalUsesUpTheId(Messages):
    """Keeps the id of a message that it refused, and refuses it to the corrected one."""

    def counted(self, kind: Kind, message: Any) -> None:
        try:
            super().counted(kind, message)
        except Refusal:
            self.note(message)
            raise

    def shaped(self, kind: Kind, message: Any) -> None:
        try:
            super().shaped(kind, message)
        except Refusal:
            self.note(message)
            raise

    def note(self, message: Any) -> None:
        header = message.get("header") if isinstance(message, dict) else None
        if isinstance(header, dict) and "messageId" in header:
            self.__dict__.setdefault("used", set()).add(self.key(message))

    def once(
        self,
        kind: Kind,
        message: Message,
        apply: Callable[[sqlite3.Connection, Message], Message],
    ) -> Message:
        if self.key(message) in self.__dict__.get("used", ()):
            raise Refusal("message-id-reused")
        return super().once(kind, message, apply)


# Validation stops at the first error (Laravel's `bail`, a thrown exception).
@fault("v4-first-error-alone", "VN-SYNC-031")
class FirstErrorAlone(Records):
    """Tells of several errors of one check the first."""

    def wrongs(
        self, base: sqlite3.Connection, record: dict[str, Any], seen: set[str]
    ) -> list[Wrong]:
        return super().wrongs(base, record, seen)[:1]


# The pattern for personal ids stands between `^` and `$`.
@fault("v4-masked-when-alone", "VN-SYNC-008")
class MaskedWhenAlone(Teller):
    """Masks a personal id that is the whole of a value, and none among other letters."""

    def mask(self, text: str) -> str:
        return self.masked(text) if PERSONAL.fullmatch(text) else text


# A code list is a table of code and name, loaded with everything that was ever in it.
@fault("v4-codes-without-days", "VN-SYNC-010", "VN-SYNC-026", "VN-UNIT-005")
class CodesWithoutDays(CodeLists):
    """Takes every code that its list ever held."""

    def holds(self, name: str, code: str, _day: str) -> bool:
        return code in all_lists()[name].index


# The time is read without its offset (`LocalDateTime`), on a server that stands in Hà Nội.
@fault("v4-sent-without-offset", "VN-SYNC-022")
class SentWithoutOffset(Messages):
    """Reads the time of sending as one in Hà Nội, whatever offset it bears."""

    def early(self, sent: datetime) -> bool:
        here = contract.now().replace(tzinfo=None)
        return sent.replace(tzinfo=None) > here + timedelta(minutes=5)


# An age is the difference of two years.
@fault("v4-age-by-years", "VN-RULE-005")
class AgeByYears(Rules):
    """Lets somebody be recruited in the year in which they become 18, before their birthday."""

    def broken(self, record: Row, unit: Row, day: str) -> list[Wrong]:
        years = int(record["firstRecruitmentDate"][:4]) - int(record["birthDate"][:4])
        found = super().broken(record, unit, day)
        return [each for each in found if each.rule != "VN-R-005" or years < 18]
