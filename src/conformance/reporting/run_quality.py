"""
The scores of a run by principle of data quality: a member of `report.json`, lines for a terminal.

Not here: the scores themselves (`model.run_quality`), the page (`html`), files (`quality`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.model.ids import in_ranges
from conformance.model.json import Json, JsonObject
from conformance.model.quality import shown
from conformance.model.report import Report
from conformance.model.requirement import Catalogue, Language
from conformance.model.run_quality import RunScore, counted, score_run
from conformance.model.verdict import Verdict
from conformance.reporting.quality import percent
from conformance.reporting.words import Words

#: So many ids of broken requirements stand in a line.
_IDS: Final = 6


def document(report: Report, catalogue: Catalogue, language: Language) -> JsonObject | None:
    """The scores with the ids on which they rest; None where no requirement speaks of any."""
    scores, standard = score_run(report, catalogue), catalogue.standard
    if not scores or standard is None:
        return None
    return {
        "phrase": standard.phrase.within(language),
        "phrase_basis": standard.phrase_basis.value,
        "measures_basis": standard.measures_basis.value,
        "principles": [_principle(one, language) for one in scores],
    }


def follows(stated: JsonObject, verdicts: Mapping[str, Verdict]) -> JsonObject:
    """
    What must stand in a principle of the document, by the verdicts of the ids that it lists.

    Args:
        stated: the principle, as the document has it.
        verdicts: of all requirements, as they follow from their findings.
    """
    listed = stated["requirements"]
    assert isinstance(listed, list)
    named = {str(r["id"]) for r in listed if isinstance(r, dict)}
    count = counted({name: verdicts.get(name, Verdict.NOT_RUN) for name in named})
    return {
        "score": shown(count.share, count.broken),
        "judged": count.judged,
        "satisfied": count.judged - count.broken,
        "requirements": [
            {"id": str(r["id"]), "verdict": verdicts.get(str(r["id"]), Verdict.NOT_RUN).name}
            for r in listed
            if isinstance(r, dict)
        ],
    }


def lines(report: Report, catalogue: Catalogue, words: Words) -> Iterator[str]:
    """A heading, and a line for each principle with the ids that cost it something."""
    scores, standard = score_run(report, catalogue), catalogue.standard
    if standard is None or not any(one.judged for one in scores):
        return
    phrase = standard.phrase.within(words.language)
    yield words("quality.heading", phrase=phrase)
    titles = [one.score.principle.title.within(words.language) for one in scores]
    met = [met_of(one, words) for one in scores]
    wide, high = max(map(len, titles)), max(map(len, met))
    for one, title, stated in zip(scores, titles, met, strict=True):
        share = percent(one.score.share, one.score.broken, words.language)
        rest = [_broken(one)] if one.broken else []
        if one.judged and one.unjudged:
            rest.append(words("quality.unjudged", count=len(one.unjudged)))
        line = f"  {title:<{wide}}  {share:>7}  {stated:<{high}}  {' · '.join(rest)}"
        yield line.rstrip()


def met_of(one: RunScore, words: Words) -> str:
    """`102 of 104 met`, or that nothing was measured."""
    if not one.judged:
        return words("quality.unmeasured")
    return words("quality.met", met=len(one.met), judged=len(one.judged))


def _broken(one: RunScore) -> str:
    ids = in_ranges([assessed.id for assessed in one.broken[:_IDS]])
    return ids + (", …" if one.broken[_IDS:] else "")


def _principle(one: RunScore, language: Language) -> Json:
    principle = one.score.principle
    (measured,) = one.score.measured
    return {
        "id": principle.id,
        "title": principle.title.within(language),
        "measure": measured.measure.title.within(language),
        "score": shown(one.score.share, one.score.broken),
        "judged": one.score.judged,
        "satisfied": one.score.judged - one.score.broken,
        "exchanges": one.exchanges,
        "requirements": [{"id": a.id, "verdict": a.verdict.name} for a in one.judged],
        "unjudged": [a.id for a in one.unjudged],
    }
