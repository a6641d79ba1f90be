"""The command line in this process, and a forger's tools; no tests stand here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from conformance.app.rejudge import evidence_root_of
from conformance.cli.main import main
from conformance.model import merkle
from conformance.model.json import compact
from conformance.reporting.schemas import load, without_volatile


def conformance(*arguments: object) -> int:
    """Run one command as a shell would, without the price of a process; its exit code."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        return int(leaving.code or 0)
    message = "a command always ends with its code"
    raise AssertionError(message)


def report_of(folder: Path) -> dict[str, Any]:
    """A run's record."""
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def steady(folder: Path) -> Any:
    """A run's record without what may differ between equal runs."""
    return without_volatile(report_of(folder), load("report"))


def verdicts(folder: Path) -> dict[str, str]:
    """Requirement -> verdict, of those that were put to the question."""
    return {
        r["id"]: r["verdict"]
        for r in report_of(folder)["requirements"]
        if r["applicability"] == "REQUIRED"
    }


def journals(folder: Path) -> dict[str, bytes]:
    """File name -> content, of the journals that have their footer."""
    found = {p.name: p.read_bytes() for p in sorted((folder / "evidence").glob("*.jsonl"))}
    return {name: content for name, content in found.items() if sealed(content)}


def sealed(content: bytes) -> bool:
    """Whether a journal was closed."""
    return content.endswith(b"\n") and b'"kind":"footer"' in content.splitlines()[-1]


def wait_until(condition: Callable[[], object], *, because: str, within: float = 60.0) -> None:
    """Look again and again; the pause is an event that nobody sets."""
    never = threading.Event()
    for _ in range(int(within / 0.01)):
        if condition():
            return
        never.wait(0.01)
    message = f"{because}: not within {within:g} s"
    raise AssertionError(message)


def edit(path: Path, change: Callable[[list[dict[str, Any]]], None], *, reseal: bool) -> None:
    """Change a journal's lines; `reseal` makes its footer agree with what stands there now."""
    lines = [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
    footer, body = lines[-1], lines[:-1]
    change(body)
    written = [compact(line).encode() for line in body]
    if reseal:
        leaves = [merkle.leaf(line) for line in written]
        footer = {
            "kind": "footer",
            "leaves": [leaf.hex() for leaf in leaves],
            "root": merkle.root(leaves).hex(),
        }
    path.write_bytes(b"".join(line + b"\n" for line in (*written, compact(footer).encode())))


def edit_report(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change report.json."""
    report = report_of(folder)
    change(report)
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")


def renew_root(folder: Path) -> None:
    """Make report.json name the evidence as it is now: what a thorough forger does."""
    root = evidence_root_of(folder)
    edit_report(folder, lambda report: report["footer"].update(evidence_root=root))


def journal_of(folder: Path, requirement: str) -> Path:
    """The journal in which a requirement was judged."""
    (found,) = (
        path
        for path in sorted((folder / "evidence").iterdir())
        if any(ask == requirement for ask in _asks(path))
    )
    return found


def _asks(path: Path) -> Iterator[object]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        event = json.loads(line)
        if event.get("kind") == "judgement":
            yield event["ask"]
