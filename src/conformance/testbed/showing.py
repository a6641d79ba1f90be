"""What the live page shows in one language: every decision before the template lays it out."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from conformance.contract.validators import SchemaProblem
from conformance.model.finding import Finding
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Language, Text
from conformance.model.verdict import Verdict, combine
from conformance.reporting import sentences, signatures
from conformance.reporting.html import SIGNS
from conformance.reporting.phrases import phrased
from conformance.reporting.sentences import Explained
from conformance.reporting.signatures import Looked
from conformance.reporting.templating import template
from conformance.reporting.words import Words, load
from conformance.testbed.board import Actor, ExchangeCard, MissionCard, Phase, State
from conformance.testbed.door import Came
from conformance.testbed.driver import DEADLINE, DONE, Turn
from conformance.testbed.shown import PLAIN

#: Disturbances after which the software never got an answer.
_UNANSWERED: Final = frozenset({"lost", "reset", "outage", "power-cut"})


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """
    What does not change while a run goes on.

    Attributes:
        base_url: where the software calls.
        report: the report's path, told when all is over.
        quiet: seconds after which silence is the end.
        over_at: when the silence that lasts now is.
        redact: applied to what a hint quotes.
    """

    pack: LoadedPack
    product: str
    base_url: str
    report: str
    actor: Actor
    quiet: float
    over_at: Callable[[], datetime | None]
    redact: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """
    One thing that whoever acts should know.

    Attributes:
        kind: "code", "left" for a moment that is counted down to, "" for a sentence.
        moment: shown in place of `text`.
    """

    label: str
    text: str = ""
    kind: str = ""
    moment: datetime | None = None


class Say:
    """The test bed's own labels in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, key: str, **values: object) -> str:
        return _labels()[key].within(self._language).format(**values)


@cache
def _labels() -> Mapping[str, Text]:
    return load("testbed.toml")


class Showing:
    """Renders a state in one language."""

    def __init__(self, about: About, turn: Turn, language: Language) -> None:
        self.language: Final = language
        self._about = about
        self._turn = turn
        self._words = Words(language)
        self._say = Say(language)

    def page(self, state: State) -> dict[str, Any]:
        """What `live.html.j2` needs."""
        about = self._about
        return {
            **self._common(),
            "pack": f"{about.pack.id} {about.pack.revision}",
            "product": about.product,
            "modelled": about.pack.provenance == "modelled",
            "base_url": about.base_url,
            "since": state.number,
            "state": self._now(state),
            "done": self._progress(state),
            "missions": [self._mission(card) for card in state.missions],
            "exchanges": [self._exchange(card) for card in reversed(state.exchanges)],
            "left": self._left(state),
        }

    def part(self, name: str, state: State, action: str) -> dict[str, str]:
        """One part as an event tells it: its id, its list, and its HTML ("" when it is gone)."""
        kind, _, number = name.partition("-")
        item: Any = None
        match kind:
            case "now":
                item = self._now(state)
            case "progress":
                item = self._progress(state)
            case "older":
                item = self._left(state)
            case "mission":
                item = self._mission(state.missions[int(number) - 1])
            case "exchange":
                held = (card for card in state.exchanges if card.number == int(number))
                found = next(held, None)
                item = None if found is None else self._exchange(found)
        html = ""
        if item is not None:
            html = template("live_part.html.j2").render(
                **self._common(), kind=kind, item=item, action=action
            )
        return {"id": name, "list": "exchanges" if kind == "exchange" else "", "html": html.strip()}

    def _common(self) -> dict[str, Any]:
        return {
            "words": self._words,
            "say": self._say,
            "signs": SIGNS,
            "fail": Verdict.FAIL,
            "clock": _clock,
        }

    def _progress(self, state: State) -> str:
        done = sum(card.phase is Phase.DONE for card in state.missions)
        return self._say("page.progress", done=done, all=len(state.missions))

    def _left(self, state: State) -> str:
        return self._say("page.older", count=state.left_out) if state.left_out else ""

    # -- whose turn it is ------------------------------------------------------------

    def _now(self, state: State) -> dict[str, Any]:
        say, about, card = self._say, self._about, state.current
        found: dict[str, Any] = {
            "tone": "NOT_RUN",
            "headline": say("act.preparing"),
            "brief": "",
            "rows": [],
            "buttons": [],
            "knock": None,
        }
        if state.over:
            found["headline"] = say("act.over")
            found["rows"] = [
                Row(say("act.result"), self._counted(state)),
                Row(say("act.report"), about.report, "code"),
            ]
            worst = combine(c.verdict for c in state.missions if c.verdict is not None)
            found["tone"] = worst.name
            if worst > Verdict.NOT_RUN:
                found["rows"].append(Row(self._words("explanation.remedy"), say("act.again")))
            return found
        if card is None or card.phase is not Phase.ACTING:
            if card is not None or any(c.phase is Phase.DONE for c in state.missions):
                found["headline"] = say("act.judging")
            return found
        found["tone"] = "acting"
        found["headline"] = f"{say(f'act.{about.actor.value}')}: {self._name(card)}"
        if card.assignment is not None:
            found["brief"] = card.assignment.brief.within(self.language)
        found["rows"] = self._rows(card)
        if about.actor is Actor.PERSON:
            found["buttons"] = [("finish", say("act.finish"))]
            found["buttons"].append(
                ("release", say("act.release")) if self._turn.held else ("hold", say("act.hold"))
            )
        knock = state.knock
        if knock is not None and knock.came is not Came.REQUEST:
            texts = sentences.explain_code(knock.came.value, self.language)
            found["knock"] = {"what": texts[0], "remedy": texts[1]}
        return found

    def _counted(self, state: State) -> str:
        verdicts = Counter(card.verdict for card in state.missions if card.verdict is not None)
        told = (f"{self._words.verdict(each)}: {verdicts[each]}" for each in sorted(verdicts))
        return " · ".join(told)

    def _rows(self, card: MissionCard) -> list[Row]:
        say, about = self._say, self._about
        rows = [Row(say("act.push_to"), about.base_url, "code")]
        if card.material:
            rows.insert(0, Row(say("act.material"), card.material, "code"))
            if about.actor is Actor.PERSON:
                rows[1:1] = self._by_hand(card)
        if card.until is not None:
            rows.append(Row(say("act.until"), moment=card.until))
        over = None
        if about.actor is not Actor.PERSON:
            then = say("act.next_command")
        elif self._turn.held:
            then = say("act.next_held")
        else:
            then = say("act.next_quiet", quiet=f"{about.quiet:g}")
            over = about.over_at()
        rows.append(Row(say("act.next"), then))
        if over is not None:
            rows.append(Row(say("act.judged_at"), kind="left", moment=over))
        return rows

    def _by_hand(self, card: MissionCard) -> list[Row]:
        """The command that makes signed messages of the records, where they are both kinds."""
        if card.assignment is None:
            return []
        if not all(card.assignment.material.get(kind) for kind in ("people", "units")):
            return []
        stem = card.material.removesuffix(".json")
        told = ("sign", "--message", f"{stem}.people.jsonl", "--units", f"{stem}.units.jsonl")
        command = shlex.join(("conformance", *told, "--out", stem))
        return [Row(self._say("act.sign"), command, "code")]

    # -- missions ----------------------------------------------------------------------

    def _name(self, card: MissionCard) -> str:
        if card.mission:
            return self._say("mission.name", number=card.number)
        return self._say("mission.invariant")

    def _mission(self, card: MissionCard) -> dict[str, Any]:
        verdict = card.verdict
        state = "" if card.phase is Phase.DONE else self._say(f"mission.{card.phase.value}")
        shown = state if verdict is None else self._words.verdict(verdict)
        outcome = (
            self._say("mission.outcome_deadline") if card.outcome == DEADLINE else card.outcome
        )
        return {
            "number": card.number,
            "name": self._name(card),
            "tone": self._tone(card),
            "verdict": verdict,
            "state": state,
            "waits": card.phase is Phase.WAITING,
            "said": f"{self._name(card)}: {shown}",
            "brief": card.assignment.brief.within(self.language) if card.assignment else "",
            "outcome": "" if outcome == DONE else outcome,
            "arrived": self._say("mission.arrived", count=card.arrived) if card.arrived else "",
            "open": card.phase in (Phase.ACTING, Phase.JUDGING)
            or verdict not in (None, Verdict.PASS),
            "judged": self._judged(card),
        }

    @staticmethod
    def _tone(card: MissionCard) -> str:
        if card.verdict is not None:
            return card.verdict.name
        return "acting" if card.phase in (Phase.ACTING, Phase.JUDGING) else "NOT_RUN"

    def _judged(self, card: MissionCard) -> list[dict[str, Any]]:
        catalogue = self._about.pack.catalogue
        found = {finding.requirement: finding for finding in card.findings}
        rows = []
        for name in card.scenario.requirements:
            finding = found.get(name)
            rows.append(
                {
                    "id": name,
                    "title": self._words.title(name, catalogue),
                    "verdict": finding.verdict if finding else None,
                    "explained": self._explained(finding) if finding else None,
                    "exchanges": [
                        number + card.first - 1 for number in finding.exchanges if card.first
                    ]
                    if finding and finding.verdict is not Verdict.PASS
                    else [],
                }
            )
        return rows

    def _explained(self, finding: Finding) -> Explained | None:
        if finding.explanation is None:
            return None
        known = self._about.pack.catalogue.by_id.get(finding.requirement)
        return sentences.explain(finding.explanation, self.language, known)

    # -- exchanges ---------------------------------------------------------------------

    def _exchange(self, card: ExchangeCard) -> dict[str, Any]:
        say, held = self._say, card.reading
        deed = held.facts.get("disturbance") or held.facts.get("acknowledgement", "")
        cut = deed in _UNANSWERED
        line = held.facts.get("line", PLAIN)
        if not deed and line != PLAIN:
            deed = f"line-{line}"
        answered = say("exchange.cut") if cut else str(held.status)
        mission = say("exchange.between")
        if card.mission:
            mission = say("exchange.of_mission", number=card.mission)
        return {
            "number": card.number,
            "method": held.method,
            "target": held.target,
            "kind": 0 if cut else held.status // 100,
            "answered": answered,
            "operation": card.operation or say("exchange.outside"),
            "mission": mission,
            "at": card.at,
            "tone": "FAIL" if card.broke else "INCONCLUSIVE" if card.hints else "",
            "said": say("exchange.said", method=held.method, target=held.target, status=answered),
            "disturbed": self._deed(deed),
            "broke": [
                (
                    finding.requirement,
                    self._words.title(finding.requirement, self._about.pack.catalogue),
                    self._explained(finding),
                )
                for finding in card.broke
            ],
            "ours": held.status >= 500 and not deed,
            "refusal": card.hints.refusal,
            "token": say(f"exchange.token_{card.hints.token}") if card.hints.token else "",
            "problems": [self._problem(problem) for problem in card.hints.problems],
            "complaints": [
                (one.pointer, one.rule, one.texts.get(self.language.value) or _any(one.texts))
                for one in card.hints.complaints
            ],
            "signatures": [self._signature(one) for one in card.hints.signatures],
            "reading": held,
        }

    def _problem(self, problem: SchemaProblem) -> tuple[str, str, str]:
        """Where, what, and what stood there unless it is a whole object or list."""
        whole = problem.excerpt.startswith(("{", "["))
        text = phrased(problem.message, self.language)
        return (problem.pointer or "/", text, "" if whole else problem.excerpt)

    def _signature(self, looked: Looked) -> dict[str, Any]:
        _, *lines = signatures.lines(looked, self.language)
        failed = [
            (check.step, self._about.redact(signatures.said(check.detail, self.language)))
            for check in looked.checks
            if check.passed is False
        ]
        return {
            "pointer": looked.pointer,
            "failed": failed,
            "steps": [self._about.redact(line) for line in lines],
        }

    def _deed(self, name: str) -> str:
        if not name:
            return ""
        key = f"disturbance.{name}"
        return self._say(key) if key in _labels() else self._say("disturbance.other", name=name)


def _any(texts: Mapping[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()), "")


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M:%S UTC")
