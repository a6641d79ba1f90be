"""A file of the project names no machine and no package registry."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, at, tracked

# Spelled in pieces, so that this file does not name what it forbids.
MACHINE = re.compile(r"(?<![\w.:/])/(?:wor" + r"k|roo" + r"t|home/\w+|Users/\w+)/")
REGISTRY = re.compile(
    "|".join(
        (
            r"--(?:extra-)?index-" + r"url",
            r"--find-" + r"links\s+\S*://",
            r'"resolved":\s*"http',
            r'registry\s*=\s*"?http',
            r"files\.python" + r"hosted\.org",
            r"pypi\.org/" + r"simple",
        )
    )
)


def hits(pattern):
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if match := pattern.search(line):
                yield at(path, number, match.group())


def test_no_file_names_a_machines_folder():
    assert list(hits(MACHINE)) == []


def test_no_file_names_a_registry():
    assert list(hits(REGISTRY)) == []


@pytest.mark.parametrize("name", ["runtime.txt", "data.txt", "dev.txt"])
def test_every_pin_is_exact_and_carries_hashes(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", text.strip())
    assert "://" not in text
    assert [pin for pin in pins if not re.match(r"[\w.-]+==\S+", pin)] == []
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_development_pins_hold_the_runtime_pins():
    runtime, dev = (
        set(
            re.findall(r"^\S+==.*(?= \\)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
        )
        for name in ("runtime.txt", "dev.txt")
    )
    assert runtime <= dev
