"""
What somebody wrote into `report.json` that does not follow from its findings, plan and evidence.

The document says many things twice, for readers and scripts. What the findings themselves
are worth is not asked here: `conformance.app.rejudge` decides them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, compact
from conformance.model.pack import LoadedPack
from conformance.model.report import Assessed, Report
from conformance.model.requirement import Language
from conformance.reporting import json_report
from conformance.reporting.exchanges import ExchangeOf
from conformance.running.plan import Plan

#: Sentences for people, which another version of the toolkit may word otherwise.
_WORDED: Final = frozenset({"title", "explanation", "reproduce", "measure", "phrase"})


def edited(
    document: JsonObject,
    report: Report,
    plan: Plan,
    pack: LoadedPack,
    exchange_of: ExchangeOf,
    *,
    same_toolkit: bool,
) -> tuple[str, ...]:
    """
    Each place of `report.json` that says something else than follows.

    Args:
        document: the file, read.
        report: what `json_report.from_json` made of it.
        same_toolkit: sentences are compared too; only this toolkit words them as it does.
    """
    follows = json_report.to_json(
        _by_plan(report, plan, pack),
        pack.catalogue,
        Language(str(document["language"])),
        _careful(exchange_of),
    )
    return tuple(
        f"report.json: {place}: {compact(stated)[:80]} is stated, {compact(wanted)[:80]} follows"
        for place, stated, wanted in _unlike(document, follows, same_toolkit, "")
    )


def _by_plan(report: Report, plan: Plan, pack: LoadedPack) -> Report:
    """The report with everything that the plan and the catalogue already said."""

    def known(assessed: Assessed) -> Assessed:
        requirement = pack.catalogue.by_id.get(assessed.id)
        if requirement is None:
            return assessed
        return replace(
            assessed,
            obligation=requirement.obligation,
            role=requirement.role,
            conformance_class=requirement.conformance_class,
        )

    return replace(
        report,
        run=replace(
            report.run,
            seed=plan.seed,
            as_of=plan.as_of,
            roles=plan.roles,
            toolkit=plan.toolkit,
            toolkit_digest=plan.toolkit_digest,
            suite_digest=plan.suite_digest,
        ),
        pack=plan.pack,
        locator=plan.locator,
        pushes=plan.pushes,
        implementation=plan.implementation,
        classes=plan.classes,
        requirements=tuple(known(assessed) for assessed in report.requirements),
    )


def _careful(exchange_of: ExchangeOf) -> ExchangeOf:
    """Forged evidence may hold anything; what cannot be read has no curl line."""

    def read(number: int) -> Exchange:
        try:
            return exchange_of(number)
        except Exception as error:
            raise LookupError(f"exchange {number} cannot be read") from error

    return read


def _unlike(
    stated: Json, follows: Json, worded: bool, pointer: str
) -> Iterator[tuple[str, Json, Json]]:
    match stated, follows:
        case dict(), dict():
            for key in {**stated, **follows}:
                if worded or key not in _WORDED:
                    yield from _unlike(
                        stated.get(key), follows.get(key), worded, f"{pointer}/{_name(key)}"
                    )
        case list(), list() if len(stated) == len(follows):
            for index, (one, other) in enumerate(zip(stated, follows, strict=True)):
                where = one.get("id", index) if isinstance(one, dict) else index
                yield from _unlike(one, other, worded, f"{pointer}/{where}")
        case _ if stated != follows:
            yield pointer, stated, follows


def _name(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
