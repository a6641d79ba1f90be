"""
One scenario attempt's journal: JSON lines, append-only, closed by a footer.

Line 0 is the header, lines 1..n are events, the last line is the footer. The footer
names every event's leaf hash, so that an edited, removed or added line can be named,
and a journal without one was cut short: it is kept, and not judged.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from conformance.model import merkle
from conformance.model.json import Json, JsonObject, compact

FORMAT: Final = "conformance-journal/1"


class EventSink(Protocol):
    """Takes journal lines as they happen."""

    def append(self, line: bytes) -> None:
        """Store one line, without its newline."""

    def close(self) -> None:
        """Make everything durable; nothing is appended afterwards."""


class FileSink:
    """A journal file; each line reaches the operating system before the scenario goes on."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb", buffering=0)

    def append(self, line: bytes) -> None:
        self._file.write(line + b"\n")

    def close(self) -> None:
        os.fsync(self._file.fileno())
        self._file.close()


class MemorySink:
    """A journal in memory, for runs that leave nothing behind."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def append(self, line: bytes) -> None:
        self._lines.append(line)

    def close(self) -> None:
        pass

    def content(self) -> bytes:
        """What a file would hold."""
        return b"".join(line + b"\n" for line in self._lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    One thing that happened between a scenario and the outside.

    Attributes:
        number: position in the journal, from 1.
        kind: `exchange`, `sign`, `draw`, `now`, `mission`, `judgement` ...
        ask: what the scenario wanted; replay demands the same again.
        answer: what it got.
    """

    number: int
    kind: str
    ask: Json
    answer: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """
    A journal read back.

    Attributes:
        scenario: the scenario's id.
        header: seed, attempt, as-of date and what else replay needs.
        closed: it has a footer.
        damage: sentences naming each line that does not agree with the footer.
        root: `sha256:` over the leaves as they are now, not as the footer claims.
    """

    scenario: str
    attempt: int
    header: JsonObject
    events: tuple[Event, ...]
    closed: bool
    damage: tuple[str, ...]
    root: str


class JournalWriter:
    """Writes one attempt's journal."""

    def __init__(self, sink: EventSink, header: JsonObject) -> None:
        self._sink = sink
        self._leaves: list[bytes] = []
        self._line({"format": FORMAT, "kind": "header", **header})

    def _line(self, value: Json) -> None:
        line = compact(value).encode()
        self._leaves.append(merkle.leaf(line))
        self._sink.append(line)

    def event(self, kind: str, ask: Json, answer: Json) -> int:
        """Append one event and return its number, from 1."""
        number = len(self._leaves)
        self._line({"n": number, "kind": kind, "ask": ask, "answer": answer})
        return number

    def close(self) -> None:
        """Seal the journal with its footer."""
        footer: JsonObject = {
            "kind": "footer",
            "leaves": [leaf.hex() for leaf in self._leaves],
            "root": merkle.root(self._leaves).hex(),
        }
        self._sink.append(compact(footer).encode())
        self._sink.close()


def read(content: bytes, *, name: str) -> Journal:
    """
    Read one journal, whatever happened to it.

    Nothing about a damaged journal raises: damage is named in `Journal.damage`, because
    a verifier must be able to say which line of which file was touched.

    Args:
        name: how messages call the journal, usually its file name.
    """
    damage: list[str] = []
    lines = content.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    parsed: list[JsonObject] = []
    kept: list[bytes] = []
    for position, line in enumerate(lines):
        value = _object(line)
        if value is None:
            last = position == len(lines) - 1
            damage.append(
                f"{name}: line {position + 1} is {'cut short' if last else 'not a JSON object'}"
            )
            continue
        parsed.append(value)
        kept.append(line)

    footer = parsed[-1] if parsed and parsed[-1].get("kind") == "footer" else None
    body = parsed[:-1] if footer is not None else parsed
    leaves = [merkle.leaf(line) for line in (kept[:-1] if footer is not None else kept)]
    if footer is not None:
        damage.extend(_compare(name, body, leaves, footer))

    header = body[0] if body and body[0].get("kind") == "header" else {}
    if not header:
        damage.append(f"{name}: the header is missing")
    events = tuple(_events(body[1:] if header else body))
    for expected, event in enumerate(events, start=1):
        if event.number != expected:
            damage.append(f"{name}: event {expected} expected, event {event.number} found")
            break
    attempt = header.get("attempt")
    return Journal(
        scenario=str(header.get("scenario", name)),
        attempt=attempt if isinstance(attempt, int) else 0,
        header=header,
        events=events,
        closed=footer is not None,
        damage=tuple(damage),
        root="sha256:" + merkle.root(leaves).hex(),
    )


def _object(line: bytes) -> JsonObject | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _events(lines: list[JsonObject]) -> Iterator[Event]:
    for line in lines:
        number = line.get("n")
        yield Event(
            number=number if isinstance(number, int) else 0,
            kind=str(line.get("kind", "")),
            ask=line.get("ask"),
            answer=line.get("answer"),
        )


def _compare(
    name: str, body: list[JsonObject], leaves: list[bytes], footer: JsonObject
) -> Iterator[str]:
    """Name every line that was edited, removed or added after the journal was sealed."""
    sealed = footer.get("leaves")
    if not isinstance(sealed, list):
        yield f"{name}: the footer names no leaves"
        return
    here = [leaf.hex() for leaf in leaves]
    if here == sealed:
        return

    def called(line: JsonObject) -> str:
        return f"event {line['n']} ({line.get('kind')})" if "n" in line else "the header"

    present = set(here)
    for position, wanted in enumerate(sealed):
        if wanted in present:
            continue
        replaced = position < len(here) and here[position] not in sealed
        same_number = replaced and body[position].get("n", 0) == position
        what = called(body[position]) if same_number else f"event {position}"
        yield f"{name}: {what} was {'edited' if same_number else 'removed'} after sealing"
    left = Counter(sealed)
    for position, leaf in enumerate(here):
        # Every line holds its own number, so a second one of a kind is a copy.
        sealed_once = left[leaf] > 0
        left[leaf] -= 1
        edited = (
            position < len(sealed)
            and sealed[position] not in present
            and body[position].get("n", 0) == position
        )
        if not sealed_once and not edited:
            yield f"{name}: {called(body[position])} was added after sealing"
    if sorted(here) == sorted(str(leaf) for leaf in sealed):
        yield f"{name}: its events were reordered after sealing"
