"""
Stories of people: sent, sent again, withdrawn, in any order.

The model keeps what the contract says follows: the last accepted profile is read, a withdrawn
one is not, a message that comes twice is applied once, and the history begins with the first
acceptance after a withdrawal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, at
from conformance.oracles.body import member
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import Message, but
from conformance.packs.vn_cbccvc.story import Step, Telling

VERBS: Final = ("send", "read", "resend", "withdraw")
#: Single steps, and a replay: requirements of their own are about each of them.
KNOWN: Final[tuple[list[Json], ...]] = (
    [["send", 0, 0], ["send", 0, 1], ["resend", 0, 0], ["send", 1, 0], ["withdraw", 1, 0]],
)
_AFTER: Final[tuple[tuple[str, int, int], ...]] = (
    ("send", 0, 0),
    ("send", 0, 1),
    ("resend", 0, 0),
    ("withdraw", 0, 0),
)
#: Every two steps that may follow when somebody has been sent: the shortest stories there are.
PAIRS: Final[tuple[list[Json], ...]] = tuple(
    [["send", 0, 0], [*first], [*second]] for first in _AFTER for second in _AFTER
)
STEPS: Final = 10
_PEOPLE: Final = 2
_TEXTS: Final = 3
#: What tells the versions of a profile apart.
_MARK: Final = "/currentResidence/detail"


@dataclass(slots=True, kw_only=True)
class StoryOfPeople(Telling):
    """
    Two people of one unit.

    Attributes:
        unit: where they work; the registry knows it.
        held: person -> texts of the versions since the last withdrawal, oldest first.
        sent: messages so far, with whom each was about and which text it brought.
    """

    unit: JsonObject
    people: tuple[JsonObject, ...] = ()
    held: dict[int, list[str]] = field(default_factory=dict)
    sent: list[tuple[Message, int]] = field(default_factory=list)

    def begin(self, story: Sequence[Step]) -> None:
        del story
        self.people = self.agency.employed(self.agency.unheard_of(_PEOPLE), self.unit)

    def take(self, verb: str, one: int, other: int) -> None:
        who = one % _PEOPLE
        match verb:
            case "send":
                self._send(who, other % _TEXTS)
            case "resend" if self.sent:
                self._resend(one % len(self.sent))
            case "withdraw":
                self._withdraw(who)
            case "read":
                self._say(f"read {_name(who)}")
                self._compare_profile(who)

    def compare(self) -> None:
        for who in sorted({who for _, who in self.sent}):
            self._compare_profile(who)
            self._compare_history(who)

    # -- steps ---------------------------------------------------------------------------

    def _send(self, who: int, text: int) -> None:
        written = f"Số {text + 1}, phường thử nghiệm"
        message = self.agency.trial([but(self.people[who], _MARK, written)])
        self._say(f"send {_name(who)} with {_text(text)} (message {len(self.sent) + 1})")
        answer = self._ask(self.registry.submit(message))
        with self.on("the last message sent"):
            accepted(answer, 1)
        self.sent.append((message, who))
        self.held.setdefault(who, []).append(written)

    def _resend(self, number: int) -> None:
        message, _ = self.sent[number]
        self._say(f"resend message {number + 1}")
        answer = self._ask(self.registry.submit(message))
        with self.on("the message sent again"):
            accepted(answer, 1)

    def _withdraw(self, who: int) -> None:
        self._say(f"withdraw {_name(who)}")
        answer = self._ask(self.registry.withdraw(self.people[who]))
        with self.on(f"the withdrawal of {_name(who)}"):
            status_is(answer, 204 if who in self.held else 404)
        self.held.pop(who, None)

    # -- what must follow ----------------------------------------------------------------

    def _compare_profile(self, who: int) -> None:
        answer = self._ask(self.registry.profile(self.people[who]))
        with self.on(f"the profile of {_name(who)}"):
            if who not in self.held:
                status_is(answer, 404)
                return
            status_is(answer, 200)
            _is_text(member(answer, f"/profile{_MARK}"), self.held[who][-1])

    def _compare_history(self, who: int) -> None:
        answer = self._ask(self.registry.history(self.people[who]))
        with self.on(f"the history of {_name(who)}"):
            if who not in self.held:
                status_is(answer, 404)
                return
            seen = [str(at(item, f"/profile{_MARK}")) for item in items_of(answer)]
            # Whether an unchanged profile makes a version is for others to judge.
            once, wanted = _without_repetition(seen), _without_repetition(self.held[who])
            if once != wanted:
                raise Deviation(
                    "wrong-value", observed=" → ".join(once), required=" → ".join(wanted)
                )

    def _ask(self, answer: Exchange) -> Exchange:
        self.asked(answer)
        return answer

    def _say(self, line: str) -> None:
        self.lines.append(line)


def _is_text(seen: Json, wanted: str) -> None:
    if seen != wanted:
        raise Deviation("wrong-value", observed=seen, required=wanted, pointer=f"/profile{_MARK}")


def _without_repetition(texts: list[str]) -> list[str]:
    return [text for text, _ in groupby(texts)]


def _name(who: int) -> str:
    return f"person {who + 1}"


def _text(text: int) -> str:
    return f"text {text + 1}"
