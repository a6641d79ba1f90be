"""
Stories of units: renamed, moved, merged, divided, dissolved, one decision after the other.

The model keeps each unit's life as the contract describes the operations: which days it lived,
under which name, below which unit, and whom it came from. Decisions about one unit take effect
days apart, so that the tree can be asked for as it was between any two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.oracles.body import member
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import but, text
from conformance.packs.vn_cbccvc.story import Step, Telling
from conformance.packs.vn_cbccvc.tree_oracles import carried_out

VERBS: Final = ("rename", "move", "merge", "absorb", "split", "divide", "dissolve")
#: Each operation by itself: requirements of their own are about each of them.
KNOWN: Final[list[Json]] = [
    ["rename", 0, 0],
    ["move", 1, 0],
    ["merge", 2, 3],
    ["absorb", 4, 5],
    ["split", 6, 0],
    ["divide", 7, 0],
    ["dissolve", 8, 0],
]
#: They take two units.
_OF_TWO: Final = ("merge", "absorb")
STEPS: Final = 8
#: Days before today on which the first decision takes effect, and days between two.
_FIRST: Final = 100
_APART: Final = 9


def pairs() -> list[list[Json]]:
    """Every two operations on one unit, or on what became of it; each pair has its own units."""
    found: list[list[Json]] = []
    for first in VERBS[:-1]:
        for second in VERBS:
            one = 3 * len(found)
            found.append([[first, one, one + 1], [second, one, one + 2]])
    return found


def chains() -> list[list[Json]]:
    """
    Every two operations of `pairs` one after the other, in as few decisions as there can be.

    Each chain tells a unit's whole life; the rows of a row-complete Latin square hold every two
    different operations side by side once (Williams 1949), and the last before the end comes twice.
    """
    lasting = VERBS[:-1]
    size = len(lasting)
    found: list[list[Json]] = []
    for row in range(size):
        places = [(-(step // 2) - 1 if step % 2 else step // 2) + row for step in range(size)]
        verbs = [*(lasting[place % size] for place in (*places, places[-1])), VERBS[-1]]
        one = (len(verbs) + 1) * row
        found.append([[verb, one, one + 1 + step] for step, verb in enumerate(verbs)])
    return found


#: How a story tells each decision.
TOLD: Final = {
    "TACH": "found {after} out of {before}",
    "CHIA": "divide {before} into {after}",
    "GIAI_THE": "dissolve {before}",
    "HOP_NHAP": "merge {before} into {after}",
    "SAP_NHAP": "let {after} absorb {before}",
    "DOI_TEN": "rename {before}",
    "CHUYEN": "move {before}",
}


@dataclass(slots=True, kw_only=True)
class Life:
    """
    What the model knows of one unit. Moments count the days on which decisions take effect.

    Attributes:
        letter: its name in the story.
        since, until: when it was founded (-1: was there before), and when it ended.
        last: when it last changed.
        names, parents: what it was called, and below which unit it stood, from when on.
        origins: letters of the units that it came from.
    """

    letter: str
    unit: JsonObject
    since: int = -1
    until: int | None = None
    last: int = -1
    names: list[tuple[int, str]] = field(default_factory=list)
    parents: list[tuple[int, str]] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)

    def lives(self, moment: int) -> bool:
        """Whether it lives then."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(slots=True, kw_only=True)
class StoryOfUnits(Telling):
    """
    Units below one, beside a shelf below which they may be moved.

    Decisions about different units take effect on the same days, so that a long story about
    many of them asks for few.

    Attributes:
        lives: all units so far.
        heirs: number in the steps -> the unit that it means by now, None when there is none.
        moment: the last one so far.
    """

    above: tuple[JsonObject, ...] = ()
    spare: list[JsonObject] = field(default_factory=list)
    shelf: JsonObject = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)
    heirs: dict[int, Life | None] = field(default_factory=dict)
    moment: int = -1

    def begin(self, story: Sequence[Step]) -> None:
        numbers = sorted(
            {one for _, one, _ in story} | {other for verb, _, other in story if verb in _OF_TWO}
        )
        # A division makes two of one: more can no step found.
        self.above, grounded = self.agency.ground(units=1 + len(numbers) + 2 * len(story))
        self.shelf, self.spare = grounded[0], list(grounded[1:])
        for number in numbers:
            self.heirs[number] = self._found(self.spare.pop(0), set(), -1)
        message = self.agency.unit_message(
            [*self.above, self.shelf, *(life.unit for life in self.lives)]
        )
        answer = self._ask(self.registry.submit_units(message))
        with self.on("the units at the beginning"):
            accepted(answer, *range(1, len(message.records) + 1))

    def take(self, verb: str, one: int, other: int) -> None:
        first = self.heirs[one]
        second = self.heirs[other] if verb in _OF_TWO else None
        if first is None or (verb in _OF_TWO and second in (None, first)):
            return
        moment = 1 + max(first.last, second.last if second else -1)
        self.moment = max(self.moment, moment)
        match verb:
            case "rename":
                self._rename(first, moment)
            case "move":
                self._move(first, moment)
            case "split":
                self._found_from("TACH", [first], 1, moment)
            case "divide":
                self._inherit(self._found_from("CHIA", [first], 2, moment), [first], moment)
            case "dissolve":
                self._decide("GIAI_THE", [first], [], moment)
                self._inherit(None, [first], moment)
            case "merge" if second:
                both = [first, second]
                self._inherit(self._found_from("HOP_NHAP", both, 1, moment), both, moment)
            case "absorb" if second:
                self._decide("SAP_NHAP", [first], [second], moment)
                second.origins.add(first.letter)
                self._inherit(second, [first], moment)

    # -- steps ---------------------------------------------------------------------------

    def _rename(self, life: Life, moment: int) -> None:
        name = f"{life.names[0][1]}, tên thứ {len(life.names) + 1}"
        life.unit = but(life.unit, "/name", name)
        self._decide("DOI_TEN", [life], [life], moment)
        life.names.append((moment, name))

    def _move(self, life: Life, moment: int) -> None:
        home = self.above[-1]["unitCode"]
        parent = self.shelf["unitCode"] if life.parents[-1][1] == home else home
        life.unit = but(life.unit, "/parentCode", parent)
        self._decide("CHUYEN", [life], [life], moment)
        life.parents.append((moment, str(parent)))

    def _found_from(self, operation: str, origins: list[Life], number: int, moment: int) -> Life:
        letters = {origin.letter for origin in origins}
        founded = [
            self._found(
                but(self.spare.pop(0), "/effectiveFrom", self._day(moment)), letters, moment
            )
            for _ in range(number)
        ]
        self._decide(operation, origins, founded, moment)
        return founded[0]

    def _found(self, unit: JsonObject, origins: set[str], moment: int) -> Life:
        life = Life(letter=_letter(len(self.lives)), unit=unit, since=moment, last=moment)
        life.origins |= origins
        life.names.append((moment, text(unit, "name")))
        life.parents.append((moment, text(unit, "parentCode")))
        self.lives.append(life)
        return life

    def _inherit(self, heir: Life | None, ended: list[Life], moment: int) -> None:
        for life in ended:
            life.until = moment
        for number, meant in self.heirs.items():
            if meant in ended:
                self.heirs[number] = heir

    def _decide(self, operation: str, before: list[Life], after: list[Life], moment: int) -> None:
        line = TOLD[operation].format(
            before="+".join(life.letter for life in before),
            after="+".join(life.letter for life in after),
        )
        self.lines.append(line)
        for life in (*before, *after):
            life.last = moment
        decision = self.agency.decision(
            operation,
            day=self._day(moment),
            before=[life.unit for life in before],
            after=[life.unit for life in after],
        )
        answer = self._ask(self.registry.reorganise(decision))
        with self.on(f"the decision to {line}"):
            carried_out(answer)

    # -- what must follow ----------------------------------------------------------------

    def compare(self) -> None:
        for moment in range(-1, self.moment + 1):
            self._compare_tree(moment)
        for life in self.lives:
            if life.origins:
                self._compare_lineage(life)

    def _compare_tree(self, moment: int) -> None:
        moved = any(len(life.parents) > 1 for life in self.lives)
        for parent in (self.above[-1], *([self.shelf] if moved else [])):
            code = text(parent, "unitCode")
            pages = self.registry.children(parent, limit=100, as_of=self._day(moment))
            self.asked(*pages)
            with self.on(f"below {code} {_when(moment)}"):
                seen = {
                    str(item.get("unitCode")): str(item.get("name"))
                    for page in pages
                    for item in items_of(page)
                }
                seen.pop(text(self.shelf, "unitCode"), None)
                wanted = {
                    text(life.unit, "unitCode"): _at(life.names, moment)
                    for life in self.lives
                    if life.lives(moment) and _at(life.parents, moment) == code
                }
                self._same(seen, wanted)

    def _same(self, seen: dict[str, str], wanted: dict[str, str]) -> None:
        if seen == wanted:
            return
        letters = {text(life.unit, "unitCode"): life.letter for life in self.lives}

        def shown(units: dict[str, str]) -> str:
            return ", ".join(
                f"{letters.get(code, code)} ({name})"
                for code, name in sorted(units.items())
                if seen.get(code) != wanted.get(code)
            )

        raise Deviation(
            "wrong-value", observed=shown(seen) or "none", required=shown(wanted) or "none"
        )

    def _compare_lineage(self, life: Life) -> None:
        answer = self._ask(self.registry.lineage(life.unit))
        heirs = {heir.letter for heir in self.lives if life.letter in heir.origins}
        letters = {text(one.unit, "unitCode"): one.letter for one in self.lives}
        with self.on(f"the lineage of {life.letter}"):
            status_is(answer, 200)
            for direction, wanted in (("predecessors", life.origins), ("successors", heirs)):
                links = member(answer, f"/{direction}")
                codes = (
                    [str(link.get("unitCode")) for link in links if isinstance(link, dict)]
                    if isinstance(links, list)
                    else []
                )
                seen = {letters.get(code, code) for code in codes}
                if seen != wanted:
                    raise Deviation(
                        "wrong-value",
                        observed=", ".join(sorted(seen)) or "none",
                        required=", ".join(sorted(wanted)) or "none",
                        pointer=f"/{direction}",
                    )

    def _day(self, moment: int) -> str:
        """The day on which decisions take effect; of -1, the one before the first of them."""
        return self.agency.day(_FIRST + 1 if moment < 0 else _FIRST - _APART * moment)

    def _ask(self, answer: Exchange) -> Exchange:
        self.asked(answer)
        return answer


def _at(changes: list[tuple[int, str]], moment: int) -> str:
    return [value for since, value in changes if since <= moment][-1]


def _when(moment: int) -> str:
    return f"after change {moment + 1}" if moment >= 0 else "before all of it"


def _letter(number: int) -> str:
    """A, B … Z, A1, B1 …"""
    again, place = divmod(number, 26)
    return chr(ord("A") + place) + (str(again) if again else "")
