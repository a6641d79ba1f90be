"""What every module owes its reader."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import ROOT, SUITES, at, modules, parsed

#: Beyond this the module docstring argues why it is one idea all the same.
MANY_LINES = 400
#: How such an argument is recognised.
ARGUES = re.compile(r"\b(lines|long|length|one (?:idea|file|module|place|piece))\b", re.IGNORECASE)

CODE = [*modules(), *modules(SUITES)]


@pytest.fixture(params=CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def module(request):
    return request.param


def test_a_module_says_what_lives_in_it(module):
    assert ast.get_docstring(parsed(module)), "the module has no docstring"


def test_a_long_module_argues_why(module):
    lines = len(module.read_text(encoding="utf-8").splitlines())
    if lines > MANY_LINES:
        assert ARGUES.search(ast.get_docstring(parsed(module)) or ""), f"{lines} lines, and why?"


def test_no_class_of_the_toolkit_is_called_test():
    assert [
        at(path, node.lineno, node.name)
        for path in CODE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and re.match(r"Test(?![a-z])", node.name)
    ] == []


def test_a_suite_never_leaves_a_requirement_out():
    # A missing prerequisite is a verdict, applicability comes from the claim.
    word = re.compile(r"\b(skip|skipif|skipped|xfail|importorskip)\b")
    assert [
        at(path, number, match.group())
        for path in modules(SUITES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for match in word.finditer(line)
    ] == []
