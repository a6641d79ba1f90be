"""Rules between fields: which are broken, and what a faulty rule says about itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conformance.contract.rules import RuleBook
from conformance.errors import PackDefect, SuiteDefect

DAY = date(2025, 7, 1)
RULE = """
[[rule]]
id = "{id}"
pointer = "/pages"
title = {{ en = "t", vi = "t", id = "t" }}
message = {{ en = "m", vi = "m", id = "m" }}
expression = '''{expression}'''
source = {{ document = "d", article = "1", basis = "known" }}
"""


def book(root: Path, *expressions: str, ids: tuple[str, ...] = ()) -> RuleBook:
    names = ids or tuple(f"R-{number}" for number in range(1, len(expressions) + 1))
    text = "".join(
        RULE.format(id=name, expression=expression)
        for name, expression in zip(names, expressions, strict=True)
    )
    (root / "rules.toml").write_text(text, encoding="utf-8")
    return RuleBook.read(root)


def broken(rules: RuleBook, record, context=None) -> list[str]:
    return [rule.id for rule in rules.broken(record, context or {}, DAY)]


def test_every_broken_rule_is_named_in_order(tmp_path):
    rules = book(
        tmp_path,
        "record.pages > 0",
        "record.pages < context.most // a comment must not swallow the rest",
        'as_of >= "2025-01-01"',
        "!has(record.lent) || record.lent <= as_of",
    )

    assert broken(rules, {"pages": 3}, {"most": 9}) == []
    assert broken(rules, {"pages": 0, "lent": "2026-01-01"}, {"most": 0}) == ["R-1", "R-2", "R-4"]
    assert rules.rule("R-2").defined_at == "rules.toml:10"


def test_a_rule_that_forgets_has_is_our_error_and_named(tmp_path):
    rules = book(tmp_path, "record.pages > 0", "record.lent <= as_of")

    assert broken(rules, {"pages": 1, "lent": "2025-01-01"}) == []
    with pytest.raises(SuiteDefect, match=r"R-2 \(rules\.toml:10\).*has\(\)"):
        rules.broken({"pages": 1}, {}, DAY)


def test_a_value_that_no_rule_can_compute_breaks_it(tmp_path):
    rules = book(tmp_path, 'timestamp(record.day + "T00:00:00Z").getFullYear() > 1')

    assert broken(rules, {"day": "0000-01-01"}) == ["R-1"]


@pytest.mark.parametrize(
    ("expression", "says"),
    [("record.pages >", "is not CEL"), ("year > 3", "undeclared"), ("1 + 1", "no yes-or-no")],
)
def test_a_faulty_expression_is_named_by_file_and_line(tmp_path, expression, says):
    with pytest.raises(PackDefect, match=says) as caught:
        book(tmp_path, "true", expression)
    assert caught.value.where == "rules.toml:10"


def test_an_id_stands_once(tmp_path):
    with pytest.raises(PackDefect, match=r"stands already at rules\.toml:2"):
        book(tmp_path, "true", "true", ids=("R-1", "R-1"))


def test_an_incomplete_rule_is_a_defect(tmp_path):
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "R-1"\n', encoding="utf-8")
    with pytest.raises(PackDefect) as caught:
        RuleBook.read(tmp_path)
    assert caught.value.where == "rules.toml:1"


def test_no_file_means_no_rules(tmp_path):
    assert RuleBook.read(tmp_path).broken({}, {}, DAY) == ()
