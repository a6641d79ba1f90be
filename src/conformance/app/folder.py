"""
The output folder: what a run may replace, and what it must not touch.

A folder that holds an earlier run is replaced; any other folder that is not empty is
somebody else's and is refused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

from conformance.errors import UsageError
from conformance.model.json import Json

#: Everything a run leaves; nothing else in the folder is ever removed.
OURS: Final = (
    "plan.json",
    "report.json",
    "report.html",
    "junit.xml",
    "created.json",
    "allure-results",
    "evidence",
    "missions",
    "certificate.vc.jwt",
)


def check_folder(out: Path) -> None:
    """
    Look whether a run may begin in `out`; nothing in it is touched.

    Raises:
        UsageError: it holds something that is not a run of ours, or cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise UsageError("this is a file", where="--out", value=str(out), remedy="Name a folder.")
    try:
        if out.is_dir() and any(out.iterdir()) and not holds_run(out):
            raise UsageError(
                "this folder is not empty and holds no earlier run",
                where="--out",
                value=str(out),
                remedy="Name an empty folder, or one that an earlier run made.",
            )
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from None


def claim_folder(out: Path) -> None:
    """
    Make `out` ready for a new run: an earlier one is removed.

    Raises:
        UsageError: as `check_folder`.
    """
    check_folder(out)
    try:
        for name in OURS:
            path = out / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: OSError) -> UsageError:
    return UsageError(
        f"this folder cannot be written: {error.strerror or error}",
        where="--out",
        value=str(out),
        remedy="Name a folder that you may write.",
    )


def holds_run(out: Path) -> bool:
    """Whether an earlier run of ours made this folder."""
    try:
        held = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(held, dict) and str(held.get("schema", "")).startswith("conformance-plan/")


def write(path: Path, text: str) -> None:
    """Write a whole file or none: a killed run must not leave half a report."""
    write_parts(path, (text,))


def write_json(path: Path, document: Json) -> None:
    """As `write`; the text of a large document is never in memory as a whole."""
    write_parts(
        path, chain(json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(document), ("\n",))
    )


def write_parts(path: Path, parts: Iterable[str]) -> None:
    """As `write`, for a text that is made while it is written."""
    half = path.with_name(path.name + ".part")
    with half.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(parts)
    half.replace(path)
