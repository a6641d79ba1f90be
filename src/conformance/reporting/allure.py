"""
Allure 2 result files from a Report, written by ourselves.

allure-pytest records tests and merges what we tell apart (a requirement judged in three
scenarios has three findings, and one verdict), so the files are made from the Report:
one result for each requirement, its findings as steps, their exchanges as attachments.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.model.report import Assessed, Report
from conformance.model.requirement import Catalogue, Language, Obligation
from conformance.model.verdict import Verdict
from conformance.reporting.exchanges import ExchangeOf, Reading, exchange_lines, headline, readings
from conformance.reporting.findings import Told, told
from conformance.reporting.words import Words

#: Namespace of our result ids; fixed, so that equal runs give equal files.
_NAMESPACE: Final = uuid.UUID("5f0c2b9e-6d0e-5c53-9f55-2f2f4a3a8b61")

_STATUS: Final[Mapping[Verdict, str]] = {
    Verdict.PASS: "passed",
    Verdict.NOT_RUN: "skipped",
    Verdict.INCONCLUSIVE: "broken",
    Verdict.FAIL: "failed",
    Verdict.ERROR: "broken",
}
_SEVERITY: Final[Mapping[Obligation, str]] = {
    Obligation.MUST: "critical",
    Obligation.SHOULD: "normal",
    Obligation.MAY: "minor",
}


def to_allure(
    report: Report, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> Mapping[str, str]:
    """The files of `allure-results/`: name -> text."""
    writer = _Writer(
        report=report, catalogue=catalogue, words=Words(language), exchange_of=exchange_of
    )
    for assessed in report.requirements:
        writer.result(assessed)
    writer.surroundings()
    return dict(sorted(writer.files.items()))


@dataclass(slots=True, kw_only=True)
class _Writer:
    report: Report
    catalogue: Catalogue
    words: Words
    exchange_of: ExchangeOf
    files: dict[str, str] = field(default_factory=dict)

    def result(self, assessed: Assessed) -> None:
        pack, known = self.report.pack, self.catalogue.by_id.get(assessed.id)
        name = f"{pack.id}/{pack.revision}/{assessed.id}"
        identity = str(uuid.uuid5(_NAMESPACE, name))
        items = told(assessed, self.catalogue, self.words.language)
        start, stop = self._span(assessed)
        result: JsonObject = {
            "uuid": identity,
            "historyId": hashlib.sha256(name.encode()).hexdigest()[:32],
            "testCaseId": hashlib.sha256(f"{pack.id}/{assessed.id}".encode()).hexdigest()[:32],
            "fullName": name,
            "name": f"{assessed.id} {self.words.title(assessed.id, self.catalogue)}",
            "description": known.rationale.within(self.words.language) if known else "",
            "status": _STATUS[assessed.verdict],
            "statusDetails": self._details(assessed, items),
            "stage": "finished",
            "start": _milliseconds(start),
            "stop": _milliseconds(stop),
            "labels": [{"name": label, "value": value} for label, value in self._labels(assessed)],
            "links": [],
            "parameters": [
                {"name": self.words("report.seed"), "value": str(self.report.run.seed)},
            ],
            "attachments": [],
            "steps": [self._step(item, start, stop) for item in items],
        }
        self._write(f"{identity}-result.json", result)

    def surroundings(self) -> None:
        """What the report page shows around the results."""
        run, pack, made = self.report.run, self.report.pack, self.report.implementation
        rows = {
            "implementation": f"{made.organisation} {made.name} {made.version}",
            "target": self.report.locator,
            "pack": f"{pack.id} {pack.revision} ({pack.provenance})",
            "seed": str(run.seed),
            "toolkit": run.toolkit,
            "evidence_root": self.report.evidence_root,
        }
        lines = (f"{key} = {_one_line(value)}" for key, value in rows.items())
        self.files["environment.properties"] = "\n".join(lines) + "\n"
        categories: Json = [
            {"name": self.words.verdict(verdict), "matchedStatuses": [_STATUS[verdict]], **narrow}
            for verdict, narrow in (
                (Verdict.FAIL, {}),
                (Verdict.ERROR, {"messageRegex": r"(?s)\[ERROR\].*"}),
                (Verdict.INCONCLUSIVE, {"messageRegex": r"(?s)\[INCONCLUSIVE\].*"}),
            )
        ]
        self.files["categories.json"] = _text(categories)

    def _labels(self, assessed: Assessed) -> Iterator[tuple[str, str]]:
        yield "epic", f"{self.report.pack.id} {self.report.pack.revision}"
        yield "feature", self.words.class_title(assessed.conformance_class, self.catalogue)
        yield "story", self.words.title(assessed.id, self.catalogue)
        yield "severity", _SEVERITY[assessed.obligation]
        yield "suite", assessed.conformance_class
        yield "tag", assessed.obligation.value
        yield "tag", assessed.role.value
        yield "framework", "conformance"
        yield "language", self.words.language.value

    def _details(self, assessed: Assessed, items: tuple[Told, ...]) -> JsonObject:
        match assessed.verdict:
            case Verdict.PASS:
                return {}
            case Verdict.NOT_RUN:
                return {"message": self.words.why_not_run(assessed, self.catalogue)}
        worst = items[0]
        message = worst.explained.text() if worst.explained else worst.sentence
        details: JsonObject = {"message": f"[{assessed.verdict.name}] {message}"}
        if worst.finding.fault:
            details["trace"] = (
                f"{self.words('report.fault')}: {self.words.fault(worst.finding)}\n"
                f"{worst.finding.scenario}"
            )
        return details

    def _step(self, item: Told, start: datetime, stop: datetime) -> JsonObject:
        finding = item.finding
        step: JsonObject = {
            "name": item.sentence,
            "status": _STATUS[finding.verdict],
            "stage": "finished",
            "statusDetails": {"message": item.explained.text()} if item.explained else {},
            "start": _milliseconds(start),
            "stop": _milliseconds(stop),
            "parameters": [],
            "steps": [],
            "attachments": [
                {
                    "name": f"{reading.number}. {headline(reading)}",
                    "type": "text/plain",
                    "source": self._attach(reading),
                }
                for reading in readings(finding, self.exchange_of)
            ],
        }
        return step

    def _attach(self, reading: Reading) -> str:
        identity = uuid.uuid5(_NAMESPACE, f"{self.report.pack.id}/exchange/{reading.number}")
        name = f"{identity}-attachment.txt"
        if name not in self.files:
            self.files[name] = "\n".join(exchange_lines(reading, self.words)) + "\n"
        return name

    def _span(self, assessed: Assessed) -> tuple[datetime, datetime]:
        """First and last moment of the exchanges, or the run's start when there are none."""
        moments: list[datetime] = []
        for number in {n for finding in assessed.findings for n in finding.exchanges}:
            try:
                moments.append(self.exchange_of(number).at)
            except LookupError:
                continue
        start = self.report.run.started_at
        return min(moments, default=start), max(moments, default=start)

    def _write(self, name: str, content: Json) -> None:
        self.files[name] = _text(content)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _text(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
