"""
The scores of a data file: a table for people, a member of the document for machines.

Percentages are rounded so that nothing that has a flaw reads 100. Not here: the scores themselves
(`model.quality`) and the sentences (`checks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TextIO

from conformance.model.flaw import Cause, Counting
from conformance.model.json import Json, JsonObject
from conformance.model.quality import Count, Principle, Score, score, shown
from conformance.model.requirement import Language
from conformance.reporting import checks
from conformance.reporting.words import decimal

#: More agencies than that are read by machines.
_AGENCIES: Final = 20
_WORST: Final = 3


def document(counting: Counting, language: Language) -> JsonObject:
    """The scores, per agency too, with the worst causes of each principle."""
    standard = counting.standard
    scores = score(standard.principles, counting.whole)
    return {
        "phrase": standard.phrase.within(language),
        "phrase_basis": standard.phrase_basis.value,
        "measures_basis": standard.measures_basis.value,
        "formula": standard.formula.within(language),
        "principles": [
            {
                **_object(one.as_json()),
                "title": one.principle.title.within(language),
                "means": one.principle.means.within(language),
                "beyond": one.principle.beyond.within(language),
                "causes": [
                    _cause(cause, language) for cause in counting.worst(one.principle, _WORST)
                ],
            }
            for one in scores
        ],
        "agencies": [
            {"agency": name, "scores": _by_id(score(standard.principles, counts))}
            for name, counts in sorted(counting.agencies.items())
        ],
    }


def write(counting: Counting, pack: str, language: Language, stream: TextIO) -> None:
    """The table, then what to correct first, then the agencies when there are several."""
    from rich.console import Console

    standard = counting.standard
    scores = score(standard.principles, counting.whole)
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    basis = checks.words()[f"basis.{standard.measures_basis.value}"].within(language)
    console.print()
    title = checks.words()["quality.title"].within(language)
    phrase = standard.phrase.within(language)
    console.print(title.format(pack=pack, basis=basis, phrase=phrase), style="bold", soft_wrap=True)
    console.print(_table(scores, language))
    for line in _causes(counting, language):
        console.print(line, soft_wrap=True)
    if len(counting.agencies) > 1:
        _agencies(counting, language, console)
    console.print(f"\n{_said('quality.unseen', language)}:")
    for principle in standard.principles:
        title = principle.title.within(language)
        console.print(f"  {title}: {principle.beyond.within(language)}", soft_wrap=True)
    console.print(standard.formula.within(language), soft_wrap=True, style="dim")


def percent(share: float | None, broken: int, language: Language) -> str:
    """`98,2 %` where a comma is the point; an en dash for what was not judged."""
    found = shown(share, broken)
    if found is None:
        return "–"
    return f"{decimal(found, language)} %"


def _table(scores: tuple[Score, ...], language: Language) -> object:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_said("quality.principle", language), style="bold", no_wrap=True)
    table.add_column(_said("quality.score", language), justify="right", no_wrap=True)
    table.add_column(_said("quality.satisfied", language), justify="right", no_wrap=True)
    table.add_column(_said("quality.measures", language))
    for one in scores:
        table.add_row(
            one.principle.title.within(language),
            percent(one.share, one.broken, language),
            "",
            _how_far(one, language),
            style=_style(one.share),
        )
        for measured in one.measured if one.share is not None else ():
            count = measured.count
            unjudged = f" ({_said('quality.unjudged', language)})"
            table.add_row(
                "",
                percent(count.share, count.broken, language),
                _of(count, language) if count.judged else "",
                measured.measure.title.within(language) + ("" if count.judged else unjudged),
                style="dim" if not count.broken else "",
            )
    return table


def _how_far(one: Score, language: Language) -> str:
    """What a score does not rest on: a 100 over half of the measures is no 100."""
    if one.share is None:
        add = one.principle.add.within(language)
        return f"{_said('quality.unmeasured', language)}. {add}"
    judged = sum(bool(measured.count.judged) for measured in one.measured)
    if judged == len(one.measured):
        return ""
    text = _said("quality.partly", language)
    return text.format(judged=judged, all=len(one.measured))


def _style(share: float | None) -> str:
    if share is None:
        return "dim"
    return "green" if share == 1 else "yellow" if share >= 0.9 else "red"


def _causes(counting: Counting, language: Language) -> Iterator[str]:
    held = [(p, counting.worst(p, _WORST)) for p in counting.standard.principles]
    if not any(causes for _, causes in held):
        return
    yield f"\n{_said('quality.first', language)}:"
    for principle, causes in held:
        for cause in causes:
            yield _line(principle, cause, language)


def _line(principle: Principle, cause: Cause, language: Language) -> str:
    flaw = cause.example
    told = f"{checks.sentence(flaw, language)} {checks.remedy(flaw, language)}"
    title = principle.title.within(language)
    value = f" ({flaw.value})" if flaw.value else ""
    return f"  {title}  {cause.count}× {checks.place(flaw)} [{checks.law(flaw)}]{value}: {told}"


def _agencies(counting: Counting, language: Language, console: object) -> None:
    from rich.console import Console
    from rich.table import Table

    assert isinstance(console, Console)
    principles = counting.standard.principles
    held = {name: score(principles, counts) for name, counts in counting.agencies.items()}
    # Whoever has most to do comes first.
    worst = sorted(held, key=lambda name: (-_broken(counting.agencies[name]), name))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_said("quality.agency", language), no_wrap=True)
    for principle in principles:
        table.add_column(principle.title.within(language), justify="right")
    for name in worst[:_AGENCIES]:
        table.add_row(name, *(percent(one.share, one.broken, language) for one in held[name]))
    heading = checks.words()["quality.agencies"].within(language)
    console.print()
    console.print(heading.format(shown=min(len(held), _AGENCIES), all=len(held)), style="bold")
    console.print(table)


def _cause(cause: Cause, language: Language) -> Json:
    flaw = cause.example
    return {
        "count": cause.count,
        "measure": cause.measure,
        "law": checks.law(flaw),
        "column": flaw.column or None,
        "pointer": flaw.pointer,
        "line": flaw.line,
        "message": checks.sentence(flaw, language),
        "remedy": checks.remedy(flaw, language),
    }


def _by_id(scores: tuple[Score, ...]) -> JsonObject:
    return {
        one.principle.id: {
            "score": shown(one.share, one.broken),
            "judged": one.judged,
            "satisfied": one.judged - one.broken,
        }
        for one in scores
    }


def _broken(counts: Mapping[str, Count]) -> int:
    return sum(count.broken for count in counts.values())


def _of(count: Count, language: Language) -> str:
    def grouped(number: int) -> str:
        text = f"{number:,}"
        return text if language is Language.EN else text.replace(",", ".")

    return f"{grouped(count.judged - count.broken)} / {grouped(count.judged)}"


def _said(key: str, language: Language) -> str:
    return checks.words()[key].within(language)


def _object(value: Json) -> JsonObject:
    assert isinstance(value, dict)
    return value
