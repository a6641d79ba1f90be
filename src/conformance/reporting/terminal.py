"""
What a person sees on the terminal: a counter while it runs, then what to do.

On a terminal the counter is drawn by rich in place; anywhere else one line at the end
says it, because a log that scrolls helps nobody. The only module here that writes.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock
from types import TracebackType
from typing import Any, Final, Protocol, Self, TextIO

from conformance.model.ids import in_ranges
from conformance.model.report import Applicability, Report
from conformance.model.requirement import Catalogue, Language
from conformance.model.verdict import Verdict
from conformance.reporting import reproduce, run_quality
from conformance.reporting.causes import Cause, causes
from conformance.reporting.exchanges import LONG_CURL, ExchangeOf, reproduction, sent
from conformance.reporting.findings import told
from conformance.reporting.words import Words, decimal

#: So many causes are told in full; nobody mends more before the next run.
MOST_CAUSES: Final = 12

_STYLE: Final = {
    Verdict.PASS: "green",
    Verdict.NOT_RUN: "dim",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
}


class Progress(Protocol):
    """Told about each scenario as it closes."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was found."""

    def resumed(self, done: int) -> None:
        """So many scenarios were closed by an earlier, interrupted run."""

    def closed(self, verdict: Verdict) -> None:
        """One scenario is over. May be called from any thread."""


def progress(stream: TextIO, total: int, language: Language) -> Progress:
    """A live counter when `stream` is a terminal, one line at the end otherwise."""
    return (
        LiveProgress(stream, total, language) if stream.isatty() else Lines(stream, total, language)
    )


class Lines:
    """One counter line, written when everything is over."""

    def __init__(self, stream: TextIO, total: int, language: Language) -> None:
        self._stream = stream
        self._total = total
        self._words = Words(language)
        self._seen: Counter[Verdict] = Counter()
        self._lock = Lock()
        self._before = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        print(self.line(), file=self._stream, flush=True)

    def resumed(self, done: int) -> None:
        self._before = done

    def closed(self, verdict: Verdict) -> None:
        with self._lock:
            self._seen[verdict] += 1

    def line(self) -> str:
        """`12 of 40 scenarios · 11 Pass · 1 Fail`."""
        done = self._words(
            "terminal.progress", done=self._before + self._seen.total(), total=self._total
        )
        return " · ".join([done, *_counts(self._seen, self._words)])


class LiveProgress(Lines):
    """The same line, redrawn in place, with a bar."""

    def __init__(self, stream: TextIO, total: int, language: Language) -> None:
        super().__init__(stream, total, language)
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        # The columns are rich's; their types say more than we need.
        columns: list[Any] = [BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()]
        self._bars = Bars(*columns, console=Console(file=stream), transient=True)
        self._task = self._bars.add_task("", total=total)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()
        super().__exit__(kind, error, trace)

    def resumed(self, done: int) -> None:
        super().resumed(done)
        self._bars.update(self._task, completed=done, description=self.line())

    def closed(self, verdict: Verdict) -> None:
        super().closed(verdict)
        self._bars.update(self._task, advance=1, description=self.line())


def summary_lines(
    report: Report,
    catalogue: Catalogue,
    language: Language,
    *,
    exchange_of: ExchangeOf | None = None,
    report_path: str = "conformance-out/report.json",
) -> list[str]:
    """
    The end of a run, as plain lines: what is wrong by requirement, then the result.

    Args:
        exchange_of: gives the curl lines; without it they are left out.
        report_path: how the reader names the report in `conformance explain`.
    """
    words = Words(language)
    lines: list[str] = []
    found = causes(report)
    for cause in found[:MOST_CAUSES]:
        lines += ["", *_cause(cause, catalogue, words, exchange_of, report_path)]
    if found[MOST_CAUSES:]:
        lines += ["", words("terminal.further", count=len(found) - MOST_CAUSES)]
        for cause in found[MOST_CAUSES:]:
            lines += [f"  {_heading(cause, catalogue, words)}", *_others(cause, words)]
        lines.append(
            f"  {words('terminal.explain', command=f'conformance explain {report_path}#ID')}"
        )
    return [*lines, "", *_result(report, catalogue, words)]


def _heading(cause: Cause, catalogue: Catalogue, words: Words) -> str:
    assessed = cause.first
    obligation = words(f"obligation.{assessed.obligation.value}")
    title = words.title(assessed.id, catalogue)
    return f"{words.verdict(assessed.verdict)}  {assessed.id} ({obligation})  {title}"


def _others(cause: Cause, words: Words) -> list[str]:
    if not cause.others:
        return []
    ids = in_ranges([assessed.id for assessed in cause.others])
    return [f"  {words('terminal.alike', count=len(cause.others), ids=ids)}"]


def _cause(
    cause: Cause,
    catalogue: Catalogue,
    words: Words,
    exchange_of: ExchangeOf | None,
    report_path: str,
) -> list[str]:
    lines = [_heading(cause, catalogue, words)]
    items = [
        item
        for item in told(cause.first, catalogue, words.language)
        if item.finding.verdict is not Verdict.PASS
    ]
    if not items:
        why = words.why_not_run(cause.first, catalogue)
        return [*lines, f"  {why}", *_others(cause, words)]
    worst, fault = items[0], words.fault(items[0].finding)
    lines += _others(cause, words)
    if fault:
        lines.append(f"  {words('report.fault')}: {fault}")
    for label, text in worst.explained.parts() if worst.explained else ():
        lines.append(f"  {label}: {text}" if label else f"  {text}")
    for pointer, value in sent(worst.finding, exchange_of) if exchange_of else ():
        lines.append(f"  {words('explanation.sent')}: {pointer} = {value}")
    curl = reproduction(worst.finding, exchange_of) if exchange_of else None
    short = curl is not None and len(curl) <= LONG_CURL
    if curl is not None and short:
        lines += _repeat(curl, words)
    if len(items) > 1:
        lines.append(f"  {words('terminal.others', count=len(items) - 1)}")
    command = f"conformance explain {report_path}#{worst.name}"
    hint = "terminal.explain" if short or curl is None else "terminal.long"
    return [*lines, f"  {words(hint, command=command)}"]


def show(lines: list[str], stream: TextIO, report: Report, language: Language) -> None:
    """Print `summary_lines(report, …)`; on a terminal, what begins with a verdict is coloured."""
    if not stream.isatty():
        print("\n".join(lines), file=stream, flush=True)
        return
    from rich.console import Console
    from rich.text import Text as Styled

    words, console = Words(language), Console(file=stream, highlight=False)
    result = f"{report.verdict.name}: "
    for line in lines:
        text = Styled(line)
        if line.startswith(result):
            text.stylize(_STYLE[report.verdict])
        for verdict in Verdict:
            if line.startswith(f"{words.verdict(verdict)}  "):
                text.stylize(_STYLE[verdict], 0, len(words.verdict(verdict)))
        # Curl lines are there to be copied: no wrapping, no markup.
        console.print(text, soft_wrap=True)


def _repeat(curl: str, words: Words) -> list[str]:
    names = ", ".join(reproduce.variables(curl))
    hint = f" ({words('terminal.variables', names=names)})" if names else ""
    return [f"  {words('report.reproduce')}{hint}:", f"  {curl}"]


def _result(report: Report, catalogue: Catalogue, words: Words) -> list[str]:
    seconds = (report.run.finished_at - report.run.started_at).total_seconds()
    must_fail = sum(
        a.verdict is Verdict.FAIL for a in report.requirements if a.obligation.value == "MUST"
    )
    counted = Counter(assessed.verdict for assessed in report.requirements)
    asked = {
        assessed.conformance_class
        for assessed in report.requirements
        if assessed.applicability is Applicability.REQUIRED
    }
    lines = [
        f"{words.verdict(report.class_verdict(name))}  {title} ({name})"
        for name in report.classes
        for title in (words.class_title(name, catalogue),)
        if name in asked
    ]
    scored = list(run_quality.lines(report, catalogue, words))
    total = words("terminal.counts", requirements=len(report.requirements))
    lines += [
        *(["", *scored] if scored else []),
        "",
        " · ".join([total, *_counts(counted, words)]),
        words(
            "terminal.evidence",
            exchanges=report.exchanges,
            seconds=decimal(seconds, words.language),
            seed=report.run.seed,
        ),
        *report.notes,
    ]
    if report.pack.provenance == "modelled":
        lines.append(words("terminal.modelled"))
    name = report.verdict.name
    lines.append(
        f"{name}: {words(f'banner.{name}')}. {words(f'banner_text.{name}', count=must_fail)}"
    )
    return lines


def _counts(seen: Counter[Verdict], words: Words) -> list[str]:
    return [f"{seen[verdict]} {words.verdict(verdict)}" for verdict in Verdict if seen[verdict]]
