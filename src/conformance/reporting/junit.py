"""
JUnit XML from a Report: one test case for each requirement, one suite for each class.

pytest's own JUnit file knows tests, merges failures and drops passes inside a test; what
a CI pipeline should watch is requirements.
"""

from __future__ import annotations

import re
from typing import Final, assert_never
from xml.etree import ElementTree

from conformance.model.report import Assessed, Report
from conformance.model.requirement import Catalogue, Language
from conformance.model.verdict import Verdict
from conformance.reporting.exchanges import LONG_CURL, ExchangeOf, reproduction
from conformance.reporting.findings import Told, told
from conformance.reporting.words import Words

#: What XML 1.0 section 2.2 cannot hold, escaped or not.
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(
    report: Report, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> str:
    """
    The file's text.

    FAIL is a `failure`, ERROR an `error`, INCONCLUSIVE an `error` of type `inconclusive`,
    NOT_RUN is `skipped` with its reason.
    """
    words = Words(language)
    root = ElementTree.Element(
        "testsuites", name=_legal(f"{report.pack.id} {report.pack.revision}")
    )
    seconds = (report.run.finished_at - report.run.started_at).total_seconds()
    _count(root, report.requirements)
    root.set("time", f"{seconds:.3f}")
    for name in dict.fromkeys(assessed.conformance_class for assessed in report.requirements):
        members = [a for a in report.requirements if a.conformance_class == name]
        suite = ElementTree.SubElement(root, "testsuite", name=_legal(name))
        _count(suite, members)
        properties = ElementTree.SubElement(suite, "properties")
        for key, value in (
            ("title", words.class_title(name, catalogue)),
            ("verdict", report.class_verdict(name).name),
            ("seed", str(report.run.seed)),
            ("provenance", report.pack.provenance),
        ):
            ElementTree.SubElement(properties, "property", name=key, value=_legal(value))
        for assessed in members:
            _case(suite, assessed, catalogue, words, exchange_of)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _count(element: ElementTree.Element, members: tuple[Assessed, ...] | list[Assessed]) -> None:
    verdicts = [assessed.verdict for assessed in members]
    element.set("tests", str(len(verdicts)))
    element.set("failures", str(verdicts.count(Verdict.FAIL)))
    errors = verdicts.count(Verdict.ERROR) + verdicts.count(Verdict.INCONCLUSIVE)
    element.set("errors", str(errors))
    element.set("skipped", str(verdicts.count(Verdict.NOT_RUN)))


def _case(
    suite: ElementTree.Element,
    assessed: Assessed,
    catalogue: Catalogue,
    words: Words,
    exchange_of: ExchangeOf,
) -> None:
    title = words.title(assessed.id, catalogue)
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_legal(assessed.conformance_class),
        name=_legal(f"{assessed.id} {title}"),
    )
    troubles = [
        _paragraph(item, reproduction(item.finding, exchange_of), words)
        for item in told(assessed, catalogue, words.language)
        if item.finding.verdict is not Verdict.PASS
    ]
    worst = next((item for item in told(assessed, catalogue, words.language)), None)
    code = worst.finding.explanation.code if worst and worst.finding.explanation else ""
    match assessed.verdict:
        case Verdict.PASS:
            return
        case Verdict.NOT_RUN:
            reason = words.why_not_run(assessed, catalogue)
            ElementTree.SubElement(case, "skipped", message=_legal(reason))
            return
        case Verdict.INCONCLUSIVE:
            tag, kind = "error", "inconclusive"
        case Verdict.FAIL | Verdict.ERROR:
            tag, kind = ("failure" if assessed.verdict is Verdict.FAIL else "error"), code
        case never:
            assert_never(never)
    message = worst.explained.text() if worst and worst.explained else assessed.verdict.name
    trouble = ElementTree.SubElement(
        case, tag, type=_legal(kind or assessed.verdict.name), message=_legal(message)
    )
    trouble.text = _legal("\n\n".join(troubles))


def _paragraph(item: Told, curl: str | None, words: Words) -> str:
    lines = [f"{item.sentence} [{item.finding.verdict.name}] {item.finding.scenario}"]
    if item.explained:
        lines += [f"{label}: {text}" if label else text for label, text in item.explained.parts()]
    if curl and len(curl) > LONG_CURL:
        # 300 failures with a whole batch in each are megabytes, which a pipeline cuts or refuses.
        command = f"conformance explain report.json#{item.name}"
        lines.append(words("terminal.long", command=command))
    elif curl:
        lines.append(curl)
    return "\n".join(lines)


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
