"""
What is doubtful in a pack that loads: documents, code lists, rules, binding, classes.

Nothing here stops a run; a pack that cannot be read at all is `load`'s business, and
what the data mean while testing is `contract`'s.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from conformance.catalogue import documents, quality
from conformance.catalogue.load import MANIFEST, display
from conformance.catalogue.reading import Table, TomlFile
from conformance.errors import PackDefect
from conformance.model.pack import LoadedPack

RULES: Final = "rules.toml"
POLICY: Final = "policy.toml"
SOURCES: Final = "codelists/sources.toml"


class Severity(StrEnum):
    """How much a message weighs."""

    ERROR = "error"
    """The pack promises something that it does not hold."""
    WARNING = "warning"
    """It will bite somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintMessage:
    """
    One thing that is wrong or doubtful.

    Attributes:
        where: "file:line", the file called by pack, revision and path.
        what: the law, in one sentence.
        value: the offending value as written, or "".
        remedy: what to do about it, as an imperative.
    """

    severity: Severity
    where: str
    what: str
    value: str = ""
    remedy: str = ""


def lint(pack: LoadedPack) -> tuple[LintMessage, ...]:
    """Every message about `pack`, documents first; errors and warnings in the order found."""
    return (
        *_documents(pack),
        *_manifest(pack),
        *_code_lists(pack),
        *_rules(pack),
        *_policy(pack),
        *_quality(pack),
        *_mutants(pack),
    )


def _documents(pack: LoadedPack) -> Iterator[LintMessage]:
    for doubt in documents.examine(pack.root, pack.documents):
        yield LintMessage(
            severity=Severity.WARNING if doubt.warning else Severity.ERROR,
            where=f"{display(pack.root, doubt.document)}:{doubt.line}",
            what=doubt.what,
            value=doubt.value,
            remedy=doubt.remedy,
        )
    for document, line, said in documents.provenances(pack.root, pack.documents):
        if said != pack.provenance:
            yield LintMessage(
                severity=Severity.ERROR,
                where=f"{display(pack.root, document)}:{line}",
                what="a document says where it comes from as the pack does",
                value=said or "nothing",
                remedy=f"Write x-provenance: {pack.provenance} in its info.",
            )


def _manifest(pack: LoadedPack) -> Iterator[LintMessage]:
    table = TomlFile(pack.root / MANIFEST, display(pack.root, MANIFEST)).root("pack")
    for judgement, identifier in pack.binding.items():
        if identifier not in pack.catalogue.by_id:
            yield LintMessage(
                severity=Severity.ERROR,
                where=table.inner("binding").where(judgement),
                what="a binding names a requirement of the catalogue",
                value=identifier,
                remedy="Correct the id, or write the requirement.",
            )
    if pack.preflight.operation not in documents.operations(pack.root, pack.documents):
        yield LintMessage(
            severity=Severity.ERROR,
            where=table.inner("preflight").where("operation"),
            what="preflight knocks with an operation of the documents",
            value=pack.preflight.operation,
            remedy="Name an operationId without parameters.",
        )
    filled = {requirement.conformance_class for requirement in pack.catalogue.requirements}
    for index, item in enumerate(pack.catalogue.classes):
        if item.id not in filled:
            yield LintMessage(
                severity=Severity.ERROR,
                where=table.block("class", index).where("id"),
                what="a class holds at least one requirement",
                value=item.id,
                remedy="Write one, or take the class out.",
            )


def _code_lists(pack: LoadedPack) -> Iterator[LintMessage]:
    listed: set[str] = set()
    if (pack.root / SOURCES).is_file():
        try:
            file = TomlFile(pack.root / SOURCES, display(pack.root, SOURCES))
            for table in file.tables("list"):
                table.text("title")
                table.string("version")
                listed.add(table.string("id"))
        except PackDefect as defect:
            yield _from(defect)
    for use in documents.extension(pack.root, pack.documents, "x-code-list"):
        if not (pack.root / "codelists" / f"{use.value}.csv").is_file():
            yield LintMessage(
                severity=Severity.ERROR,
                where=f"{display(pack.root, use.document)}:{use.line}",
                what="a coded field names a code list of the pack",
                value=use.value,
                remedy=f"Add codelists/{use.value}.csv, or correct the name.",
            )
    for path in sorted((pack.root / "codelists").glob("*.csv"), key=lambda item: item.name):
        name = display(pack.root, f"codelists/{path.name}")
        if path.stem not in listed:
            yield LintMessage(
                severity=Severity.WARNING,
                where=f"{name}:1",
                what="a code list says where it comes from",
                value=path.stem,
                remedy=f"Add a [[list]] to {SOURCES}.",
            )
        try:
            yield from _rows(path.read_text(encoding="utf-8"), name)
        except UnicodeDecodeError as error:
            yield LintMessage(
                severity=Severity.ERROR,
                where=f"{name}:1",
                what="a code list is UTF-8",
                value=error.reason,
                remedy="Save it in UTF-8.",
            )


def _rows(text: str, name: str) -> Iterator[LintMessage]:
    reader = csv.DictReader(text.splitlines())
    header = reader.fieldnames or []
    if not header or header[0] != "code" or not {"valid_from", "valid_to"} <= set(header):
        yield LintMessage(
            severity=Severity.ERROR,
            where=f"{name}:1",
            what="a code list begins with `code` and has `valid_from` and `valid_to`",
            value=",".join(header),
            remedy="Correct the header.",
        )
        return
    lives: dict[str, list[tuple[date, date]]] = {}
    for row in reader:
        try:
            begins = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
            ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
        except ValueError as error:
            yield _row_error(name, reader.line_num, "validity is yyyy-mm-dd or empty", str(error))
            continue
        code = row["code"]
        if ends <= begins:
            yield _row_error(name, reader.line_num, "a code ends after it began", code)
        elif not code or any(
            begins < other[1] and other[0] < ends for other in lives.get(code, [])
        ):
            yield _row_error(name, reader.line_num, "a code is in force once on any day", code)
        else:
            lives.setdefault(code, []).append((begins, ends))


def _row_error(name: str, line: int, what: str, value: str) -> LintMessage:
    return LintMessage(
        severity=Severity.ERROR,
        where=f"{name}:{line}",
        what=what,
        value=value,
        remedy="Correct the row.",
    )


def _rules(pack: LoadedPack) -> Iterator[LintMessage]:
    if not (pack.root / RULES).is_file():
        return
    # Heavy, and needed by nobody who only lists or runs packs.
    from cel_expr_python import cel

    environment = cel.NewEnv(
        variables={
            "record": cel.Type.DYN,
            "context": cel.Type.DYN,
            "as_of": cel.Type.STRING,
        }
    )
    seen: set[str] = set()
    try:
        file = TomlFile(pack.root / RULES, display(pack.root, RULES))
        tables = file.tables("rule")
    except PackDefect as defect:
        yield _from(defect)
        return
    for table in tables:
        try:
            _check_rule(table, seen)
        except PackDefect as defect:
            yield _from(defect)
            continue
        try:
            environment.compile(table.string("expression"))
        except RuntimeError as error:
            yield LintMessage(
                severity=Severity.ERROR,
                where=table.where("expression"),
                what="a rule is an expression of CEL",
                value=str(error).strip(),
                remedy="Use the names record, context and as_of, and standard functions.",
            )


def _check_rule(table: Table, seen: set[str]) -> None:
    if (identifier := table.string("id")) in seen:
        raise table.defect("a rule's id is given once", "id", identifier, remedy="Assign another.")
    seen.add(identifier)
    if not table.string("pointer").startswith("/"):
        raise table.defect(
            "a rule points to a member of the record",
            "pointer",
            table.string("pointer"),
            remedy="Write a JSON pointer that begins with a slash.",
        )
    table.text("title")
    table.text("message")
    table.string("expression")


def _quality(pack: LoadedPack) -> Iterator[LintMessage]:
    try:
        standard = quality.load(pack)
        rules = TomlFile(pack.root / RULES, display(pack.root, RULES)).tables("rule")
    except PackDefect as defect:
        if (pack.root / quality.QUALITY).is_file():
            yield _from(defect)
        return
    if standard is None:
        return
    for rule in quality.rules_unknown(standard, frozenset(t.string("id") for t in rules)):
        yield LintMessage(
            severity=Severity.ERROR,
            where=display(pack.root, quality.QUALITY),
            what="a measure names a rule of the pack",
            value=rule,
            remedy=f"Use an id of {RULES}.",
        )
    named = {r.principle for r in pack.catalogue.requirements if r.falsified_by}
    for principle in standard.principles:
        if principle.run is not None and principle.id not in named:
            yield LintMessage(
                severity=Severity.WARNING,
                where=display(pack.root, quality.QUALITY),
                what="a principle that counts requirements is named by one that is judged",
                value=principle.id,
                remedy=f'Write principle = "{principle.id}" in a requirement, or drop the measure.',
            )


def _policy(pack: LoadedPack) -> Iterator[LintMessage]:
    if not (pack.root / POLICY).is_file():
        return
    known = {item.id for item in pack.catalogue.classes}
    try:
        classes = (
            TomlFile(pack.root / POLICY, display(pack.root, POLICY)).root("policy").inner("classes")
        )
        for role in classes.names():
            for name in classes.strings(role):
                if name not in known:
                    yield LintMessage(
                        severity=Severity.ERROR,
                        where=classes.where(role),
                        what="a policy requires classes of its pack",
                        value=name,
                        remedy=f"Use some of {', '.join(sorted(known))}.",
                    )
    except PackDefect as defect:
        yield _from(defect)


def _mutants(pack: LoadedPack) -> Iterator[LintMessage]:
    for mutant in pack.plugin.mutants():
        for identifier in mutant.breaks:
            if identifier not in pack.catalogue.by_id:
                yield LintMessage(
                    severity=Severity.ERROR,
                    where=f"{display(pack.root, 'requirements')}:1",
                    what="a mutant breaks a requirement of the catalogue",
                    value=f"{mutant.name}: {identifier}",
                    remedy="Correct `breaks`, or write the requirement.",
                )


def _from(defect: PackDefect) -> LintMessage:
    return LintMessage(
        severity=Severity.ERROR,
        where=defect.where,
        what=defect.what,
        value=defect.value,
        remedy=defect.remedy,
    )
