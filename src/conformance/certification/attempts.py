"""
How often an implementation has tried: the operator's own ledger, `attempts.jsonl`.

The number is printed on every declaration. At level L0 nobody but the operator keeps it, so it
is worth what the operator's word is worth; issuers keep their own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from conformance.model.json import Json, JsonObject, compact
from conformance.model.report import Implementation, PackRef

FILE: Final = "attempts.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """
    One line about one run.

    Attributes:
        key: product and pack revision; a new product version goes on counting.
        event: `start` or `end`.
        ended: how it ended (`granted`, `nonconformity` ...), "" at its start.
    """

    key: tuple[str, str, str, str]
    run_id: str
    event: str
    ended: str


def record_start(
    folder: Path, *, implementation: Implementation, pack: PackRef, run_id: str, at: datetime
) -> int:
    """
    Note that a run begins and return the attempt's number, from 1.

    The line is appended first and counted afterwards, so that of two runs that begin together
    each gets a number of its own without a lock.

    Raises:
        OSError: the ledger cannot be written.
    """
    _append(folder, _line("start", implementation, pack, run_id, at))
    key = _key(implementation, pack)
    starts = [a.run_id for a in read(folder) if a.key == key and a.event == "start"]
    return starts.index(run_id) + 1


def record_end(
    folder: Path,
    *,
    implementation: Implementation,
    pack: PackRef,
    run_id: str,
    at: datetime,
    ended: str,
) -> None:
    """
    Note how a run ended; a start without an end was interrupted, and still counts.

    Raises:
        OSError: the ledger cannot be written.
    """
    _append(folder, {**_line("end", implementation, pack, run_id, at), "ended": ended})


def read(folder: Path) -> tuple[Attempt, ...]:
    """Every line that can be read; one cut short by a crash is passed over."""
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return ()
    return tuple(_attempts(content))


def _attempts(content: bytes) -> Iterator[Attempt]:
    for line in content.split(b"\n"):
        try:
            held: Json = json.loads(line)
        except (ValueError, RecursionError):
            continue
        match held:
            case {
                "organisation": str(organisation),
                "name": str(name),
                "pack": str(pack),
                "revision": str(revision),
                "run": str(run_id),
                "event": ("start" | "end") as event,
                **more,
            }:
                yield Attempt(
                    key=(organisation, name, pack, revision),
                    run_id=run_id,
                    event=event,
                    ended=str(more.get("ended", "")),
                )


def _key(implementation: Implementation, pack: PackRef) -> tuple[str, str, str, str]:
    return implementation.organisation, implementation.name, pack.id, pack.revision


def _line(
    event: str, implementation: Implementation, pack: PackRef, run_id: str, at: datetime
) -> JsonObject:
    return {
        "event": event,
        "at": at.astimezone(UTC).isoformat(),
        "organisation": implementation.organisation,
        "name": implementation.name,
        "version": implementation.version,
        "pack": pack.id,
        "revision": pack.revision,
        "run": run_id,
    }


def _append(folder: Path, line: JsonObject) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    descriptor = os.open(folder / FILE, flags, 0o600)
    try:
        # The newline comes first too, so that a line cut short by a crash spoils only itself;
        # one write, so that lines of two runs do not mix.
        os.write(descriptor, b"\n" + compact(line).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
