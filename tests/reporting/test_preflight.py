"""What preflight saw is told in the reader's language, and every text is said by somebody."""

from __future__ import annotations

import ast
import inspect
import re

from conformance.app import preflight as looking
from conformance.model.preflight import Check, Preflight, State
from conformance.model.remark import remark
from conformance.model.requirement import Language
from conformance.reporting import preflight as telling
from conformance.reporting.words import load, parameters

TEXTS = load("preflight.toml")


def test_every_remark_has_a_sentence_and_every_sentence_a_remark() -> None:
    """Of a literal code, the details too."""
    tree = ast.parse(inspect.getsource(looking))
    made = {word for row in looking._TRUSTED.values() for word in row}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            code = node.args[0] if node.args else None
            if node.func.id == "remark" and isinstance(code, ast.Constant):
                made.add(str(code.value))
                names = {str(keyword.arg) for keyword in node.keywords}
                texts = [TEXTS[key] for kind in ("seen", "remedy")
                         if (key := f"{kind}.{code.value}") in TEXTS]  # fmt: skip
                assert names in [parameters(text.en) for text in texts], code.value
    assert {key.partition(".")[2] for key in TEXTS} == made


def test_a_line_says_what_was_seen_and_the_next_what_to_do() -> None:
    """In three languages."""
    seen = Preflight(
        checks=(
            Check(name="socket", state=State.OK, seen="127.0.0.1:80"),
            Check(
                name="clock",
                state=State.WARNING,
                seen=remark("skew", seconds="+61"),
                code="clock-skew",
                remedy=remark("clock"),
            ),
        )
    )
    told = {language: list(telling.lines(seen, language)) for language in Language}
    assert {lines[0] for lines in told.values()} == {"ok       socket       127.0.0.1:80"}
    assert all(re.match(r"warning {2}clock {8}.*\+61", lines[1]) for lines in told.values())
    assert all(lines[2].startswith(" " * 22) for lines in told.values())
    assert len({lines[1] + lines[2] for lines in told.values()}) == 3
    assert seen.stopped_by is None
    # A run repeats what warns, and nothing that is well.
    assert {k: list(telling.warnings(seen, k)) for k in told} == {
        language: lines[1:] for language, lines in told.items()
    }
