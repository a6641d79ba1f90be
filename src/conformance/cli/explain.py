"""`explain`: a requirement, a class of them, or a finding of a report."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.cli.common import Exit, LanguageOption, PackOption, guarded, home, say


@guarded
def explain(
    subject: str,
    /,
    *,
    pack: PackOption = "",
    lang: LanguageOption = "en",
) -> int:
    """
    Clause, rationale, what falsifies it, and for a finding the exchange and a curl line.

    Args:
        subject: the id of a requirement, rule or class, or REPORT#FINDING as the summary prints it.
    """
    from conformance.model.requirement import Language

    path, hash_, name = subject.rpartition("#")
    lines = (
        _finding(Path(path), name, Language(lang))
        if hash_
        else _requirement(subject, pack, Language(lang))
    )
    for line in lines:
        say(line)
    return Exit.OK


def _requirement(name: str, pack: str, language: object) -> list[str]:
    """A class, or a requirement by its own id or by that of the rule that it enforces."""
    import difflib

    from conformance.app.coverage import declared
    from conformance.catalogue import packs
    from conformance.contract.rules import RuleBook
    from conformance.errors import UsageError
    from conformance.model.requirement import Language
    from conformance.reporting.explain import class_page, requirement_page, rule_page

    assert isinstance(language, Language)
    loaded = packs.load(pack or packs.default())
    known = loaded.catalogue.by_id
    classes = [each.id for each in loaded.catalogue.classes]
    if name in classes:
        return class_page(name, loaded.catalogue, language)
    rules = {rule.id: rule for rule in RuleBook.load(loaded).rules}
    if name not in known and name not in rules:
        near = difflib.get_close_matches(name, [*known, *rules, *classes], n=3)
        raise UsageError(
            f"the pack {loaded.id} has no such requirement, rule or class",
            where="REQUIREMENT",
            value=name,
            remedy=f"Near: {', '.join(near)}." if near else "`conformance coverage` lists them.",
        )
    scenarios = declared(loaded, home())
    # A scenario that plays one rule carries its id in brackets, as pytest writes parameters.
    of_rule = {rule: ids for s, ids in scenarios.items() for rule in rules if f"[{rule}]" in s}
    if name in rules and name not in of_rule:
        return rule_page(rules[name], language)
    requirement = name if name in known else of_rule[name][0]
    return requirement_page(
        known[requirement],
        loaded.catalogue,
        language,
        rules=[rules[rule] for rule, ids in of_rule.items() if requirement in ids],
        scenarios=[s for s, ids in scenarios.items() if requirement in ids],
        mutants=[m for m in loaded.plugin.mutants() if requirement in m.breaks],
    )


def _finding(path: Path, name: str, language: object) -> list[str]:
    from conformance.app.exchanges import exchange_reader
    from conformance.catalogue import packs
    from conformance.errors import UsageError
    from conformance.model.requirement import Language
    from conformance.reporting import json_report
    from conformance.reporting.explain import finding_page

    assert isinstance(language, Language)
    file = path / "report.json" if path.is_dir() else path
    try:
        report = json_report.from_json(json.loads(file.read_text(encoding="utf-8")), name=str(file))
    except OSError as error:
        raise UsageError(
            f"the report cannot be read: {error.strerror}",
            where="REPORT",
            value=str(file),
            remedy="Name the report.json of a run.",
        ) from None
    except ValueError as error:
        raise UsageError(
            f"this is no report: {error}", where=str(file), remedy="Name a report.json."
        ) from None
    loaded = packs.load(f"{report.pack.id}@{report.pack.revision}")
    read = exchange_reader(file.parent / "evidence", report)
    return finding_page(report, loaded.catalogue, language, name, read)
