"""
Stories of units: renamed, moved, merged, divided, dissolved, one decision after the other.

The model keeps each unit's life as the contract describes the operations: which days it lived,
under which name, below which unit, and whom it came from. Each decision takes effect some days
after the one before, so that the tree can be asked for as it was between any two.
"""

from __future__ import annotations

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
from conformance.packs.vn_cbccvc.story import Telling
from conformance.packs.vn_cbccvc.tree_oracles import carried_out

VERBS: Final = ("rename", "move", "merge", "absorb", "split", "divide", "dissolve")
#: Each operation by itself: requirements of their own are about each of them.
KNOWN: Final[tuple[list[Json], ...]] = (
    [["rename", 0, 0], ["move", 1, 0], ["split", 2, 0], ["merge", 3, 3]],
    [["absorb", 0, 0], ["divide", 1, 0], ["dissolve", 1, 0]],
)
STEPS: Final = 6
_UNITS: Final = 5
#: Days before today on which the first decision takes effect, and days between two.
_FIRST: Final = 100
_APART: Final = 7


@dataclass(slots=True, kw_only=True)
class Life:
    """
    What the model knows of one unit.

    Attributes:
        letter: its name in the story.
        since, until: the step that founded it (-1: was there before), the one that ended it.
        names, parents: what it was called, and below which unit it stood, from which step on.
        origins: letters of the units that it came from.
    """

    letter: str
    unit: JsonObject
    since: int = -1
    until: int | None = None
    names: list[tuple[int, str]] = field(default_factory=list)
    parents: list[tuple[int, str]] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)

    def lives(self, step: int) -> bool:
        """Whether it lives after that step."""
        return self.since <= step and (self.until is None or step < self.until)


@dataclass(slots=True, kw_only=True)
class StoryOfUnits(Telling):
    """
    Five units below one, beside a shelf below which they may be moved.

    Attributes:
        lives: all units so far.
        steps: decisions so far.
    """

    above: tuple[JsonObject, ...] = ()
    spare: list[JsonObject] = field(default_factory=list)
    shelf: JsonObject = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)
    steps: int = 0

    def begin(self) -> None:
        # A division makes two of one: more can no story found.
        self.above, grounded = self.agency.ground(units=_UNITS + 1 + 2 * STEPS)
        self.shelf, first, self.spare = (
            grounded[0],
            grounded[1 : _UNITS + 1],
            list(grounded[_UNITS + 1 :]),
        )
        for unit in first:
            self._found(unit, set())
        message = self.agency.unit_message([*self.above, self.shelf, *first])
        answer = self._ask(self.registry.submit_units(message))
        with self.on("the units at the beginning"):
            accepted(answer, *range(1, len(message.records) + 1))

    def take(self, verb: str, one: int, other: int) -> None:
        living = [
            life for life in self.lives if life.lives(self.steps - 1) and life.since < self.steps
        ]
        if not living:
            return
        first = living[one % len(living)]
        others = [life for life in living if life is not first]
        match verb:
            case "rename":
                self._rename(first)
            case "move":
                self._move(first)
            case "split":
                self._found_from("TACH", [first], 1, ends=False)
            case "divide":
                self._found_from("CHIA", [first], 2, ends=True)
            case "dissolve":
                self._decide("GIAI_THE", [first], [])
                self._end(first)
            case "merge" if others:
                self._found_from("HOP_NHAP", [first, others[other % len(others)]], 1, ends=True)
            case "absorb" if others:
                host = others[other % len(others)]
                self._decide("SAP_NHAP", [first], [host])
                host.origins.add(first.letter)
                self._end(first)
            case _:
                return
        self.steps += 1

    # -- steps ---------------------------------------------------------------------------

    def _rename(self, life: Life) -> None:
        name = f"{life.names[0][1]}, tên thứ {len(life.names) + 1}"
        life.unit = but(life.unit, "/name", name)
        self._decide("DOI_TEN", [life], [life])
        life.names.append((self.steps, name))

    def _move(self, life: Life) -> None:
        home = self.above[-1]["unitCode"]
        parent = self.shelf["unitCode"] if life.parents[-1][1] == home else home
        life.unit = but(life.unit, "/parentCode", parent)
        self._decide("CHUYEN", [life], [life])
        life.parents.append((self.steps, str(parent)))

    def _found_from(self, operation: str, origins: list[Life], number: int, *, ends: bool) -> None:
        day = self._day(self.steps)
        units = [but(self.spare.pop(0), "/effectiveFrom", day) for _ in range(number)]
        letters = {origin.letter for origin in origins}
        founded = [self._found(unit, letters) for unit in units]
        self._decide(operation, origins, founded)
        if ends:
            for origin in origins:
                self._end(origin)

    def _found(self, unit: JsonObject, origins: set[str]) -> Life:
        life = Life(letter=chr(ord("A") + len(self.lives)), unit=unit, origins=set(origins))
        life.since = self.steps if origins else -1
        life.names.append((life.since, text(unit, "name")))
        life.parents.append((life.since, text(unit, "parentCode")))
        self.lives.append(life)
        return life

    def _end(self, life: Life) -> None:
        life.until = self.steps

    def _decide(self, operation: str, before: list[Life], after: list[Life]) -> None:
        line = f"{operation} {'+'.join(life.letter for life in before)}"
        if after and after != before:
            line += f" into {'+'.join(life.letter for life in after)}"
        self.lines.append(line)
        decision = self.agency.decision(
            operation,
            day=self._day(self.steps),
            before=[life.unit for life in before],
            after=[life.unit for life in after],
        )
        answer = self._ask(self.registry.reorganise(decision))
        with self.on(line):
            carried_out(answer)

    # -- what must follow ----------------------------------------------------------------

    def compare(self) -> None:
        for step in range(-1, self.steps):
            self._compare_tree(step)
        for life in self.lives:
            if life.origins or any(life.letter in heir.origins for heir in self.lives):
                self._compare_lineage(life)

    def _compare_tree(self, step: int) -> None:
        moved = any(len(life.parents) > 1 for life in self.lives)
        for parent in (self.above[-1], *([self.shelf] if moved else [])):
            code = text(parent, "unitCode")
            pages = self.registry.children(parent, limit=100, as_of=self._day(step))
            self.asked(*pages)
            with self.on(f"the tree {_when(step)}"):
                seen = {
                    str(item.get("unitCode")): str(item.get("name"))
                    for page in pages
                    for item in items_of(page)
                }
                seen.pop(text(self.shelf, "unitCode"), None)
                wanted = {
                    text(life.unit, "unitCode"): _at(life.names, step)
                    for life in self.lives
                    if life.lives(step) and _at(life.parents, step) == code
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

    def _day(self, step: int) -> str:
        """The day on which a step takes effect; of -1, the one before the first does."""
        return self.agency.day(_FIRST + 1 if step < 0 else _FIRST - _APART * step)

    def _ask(self, answer: Exchange) -> Exchange:
        self.asked(answer)
        return answer


def _at(changes: list[tuple[int, str]], step: int) -> str:
    return [value for since, value in changes if since <= step][-1]


def _when(step: int) -> str:
    return f"after step {step + 1}" if step >= 0 else "before all of it"
