"""
The rules of a pack: what must hold between the fields of one record.

They are CEL expressions over `record`, `context` (what the pack joined to it) and `as_of`, in
data, so that others can evaluate the same file in their own language. Not here: how a pack
builds the context, and where its records come from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from conformance.errors import PackDefect, SuiteDefect
from conformance.model.json import Json
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Basis, Source, Text

_FILE: Final = "rules.toml"
#: How cel-cpp words the errors that another value would not have caused.
_VALUE_ERRORS: Final = ("OUT_OF_RANGE", "out of range", "cannot convert", "divide by zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One rule between the fields of a record.

    Attributes:
        pointer: JSON pointer into the record: the field that a person would correct.
        expression: CEL; true = kept.
        message: what to tell the person whose record breaks it.
        defined_at: "file:line".
    """

    id: str
    pointer: str
    title: Text
    expression: str
    message: Text
    source: Source
    defined_at: str


class RuleBook:
    """
    The rules of one pack, compiled.

    Attributes:
        rules: in the order of the file.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        from cel_expr_python import cel

        self.rules: Final = tuple(rules)
        self._env = cel.NewEnv(
            variables={
                "record": cel.Type.DYN,
                "context": cel.Type.DYN,
                "as_of": cel.Type.STRING,
            }
        )
        allowed = (cel.Type.BOOL, cel.Type.DYN)
        self._programs = tuple((rule, self._compiled(rule, allowed)) for rule in self.rules)
        # Records are nearly always right: one program for all rules is twice as fast as many.
        everything = " && ".join(f"({rule.expression.strip()}\n)" for rule in self.rules)
        self._all = self._env.compile(everything or "true")

    @staticmethod
    def load(pack: LoadedPack) -> RuleBook:
        """The rules of a pack. Raises PackDefect with file and line."""
        return RuleBook.read(pack.root)

    @staticmethod
    def read(root: Path) -> RuleBook:
        """The rules in `root/rules.toml`, none without the file. Raises PackDefect."""
        return _read(root)

    def rule(self, rule_id: str) -> Rule:
        """One rule. Raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def broken(
        self, record: Mapping[str, Json], context: Mapping[str, Json], as_of: date
    ) -> tuple[Rule, ...]:
        """
        The rules that `record` breaks, in the order of the file.

        The record is expected to satisfy its schema. A rule that cannot be computed because
        of a value (a year 0000, a number past 64 bits) is broken; an optional member that is
        absent is the rule author's business (`has(record.x)`).

        Raises:
            SuiteDefect: a rule could not be decided on this record.
        """
        activation = self._env.Activation(
            {"record": record, "context": context, "as_of": as_of.isoformat()}
        )
        if self._all.eval(activation).value() is True:
            return ()
        found: list[Rule] = []
        for rule, program in self._programs:
            kept = program.eval(activation).value()
            if not isinstance(kept, bool) and _is_about_the_value(kept):
                kept = False
            if not isinstance(kept, bool):
                raise SuiteDefect(
                    f"rule {rule.id} ({rule.defined_at}) cannot be decided on this record: "
                    f"{kept}; an optional member must be guarded with has()"
                )
            if not kept:
                found.append(rule)
        return tuple(found)

    def _compiled(self, rule: Rule, allowed: tuple[Any, ...]) -> Any:
        try:
            program = self._env.compile(rule.expression)
        except RuntimeError as error:
            raise PackDefect(
                f"the expression of {rule.id} is not CEL: {_first_line(error)}",
                where=rule.defined_at,
                value=" ".join(rule.expression.split()),
                remedy="Use standard CEL over `record`, `context` and `as_of`.",
            ) from error
        if program.return_type() not in allowed:
            raise PackDefect(
                f"the expression of {rule.id} is no yes-or-no question",
                where=rule.defined_at,
                value=program.return_type().name(),
                remedy="Write a comparison; true means kept.",
            )
        return program


@cache
def _read(root: Path) -> RuleBook:
    path = root / _FILE
    if not path.exists():
        return RuleBook(())
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise PackDefect(f"the rules are not TOML: {error}", where=_FILE) from error
    lines = [
        number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[rule]]"
    ]
    if not isinstance(tables, list) or len(lines) != len(tables):
        raise PackDefect("every rule is a table of its own, headed [[rule]]", where=_FILE)
    rules = tuple(
        _rule(table, f"{_FILE}:{line}") for table, line in zip(tables, lines, strict=True)
    )
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise PackDefect(
                f"the rule's id stands already at {seen[rule.id].defined_at}",
                where=rule.defined_at,
                value=rule.id,
            )
        seen[rule.id] = rule
    return RuleBook(rules)


def _rule(table: Mapping[str, Any], where: str) -> Rule:
    try:
        source = table["source"]
        return Rule(
            id=str(table["id"]),
            pointer=str(table["pointer"]),
            title=Text(**table["title"]),
            expression=str(table["expression"]),
            message=Text(**table["message"]),
            source=Source(
                document=str(source["document"]),
                article=str(source["article"]),
                basis=Basis(source["basis"]),
            ),
            defined_at=where,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PackDefect(
            "a rule has id, pointer, title and message in en, vi and id, expression and source",
            where=where,
            value=str(error),
        ) from error


def _is_about_the_value(outcome: object) -> bool:
    """Whether an evaluation error blames the record's value, and not how the rule is written."""
    return isinstance(outcome, str) and any(words in outcome for words in _VALUE_ERRORS)


def _first_line(error: RuntimeError) -> str:
    return str(error).splitlines()[0].rpartition("ERROR: ")[2]
