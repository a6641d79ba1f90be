"""
One scenario attempt's journal: JSON lines, append-only, closed by a footer.

Line 0 is the header, lines 1..n are events, the last line is the footer. The footer
names every event's leaf hash, so that an edited, removed or added line can be named,
and a journal without one was cut short: it is kept, and not judged.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from conformance.errors import SuiteDefect
from conformance.model import merkle
from conformance.model.json import Json, JsonObject, compact

FORMAT: Final = "conformance-journal/1"


class EventSink(Protocol):
    """Takes journal lines as they happen."""

    def append(self, line: bytes) -> None:
        """Store one line, without its newline."""

    def close(self) -> None:
        """Nothing is appended afterwards."""


class FileSink:
    """
    A journal file; each line reaches the operating system before the scenario goes on.

    A process may die at any moment; that the disk has it all is made sure of once, for all journals
    of a run (`evidence.settle`).
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb", buffering=0)

    def append(self, line: bytes) -> None:
        self._file.write(line + b"\n")

    def close(self) -> None:
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
        self._line(compact({"format": FORMAT, "kind": "header", **header}))

    def _line(self, text: str) -> None:
        # A target may write half of a surrogate pair; its JSON escape is UTF-8, it is not.
        line = text.encode("utf-8", "backslashreplace")
        self._leaves.append(merkle.leaf(line))
        self._sink.append(line)

    def event(self, kind: str, ask: Json, answer: Json) -> int:
        """Append one event and return its number, from 1."""
        return self.event_as_written(kind, ask, compact(answer))

    def event_as_written(self, kind: str, ask: Json, answer: str) -> int:
        """The same with an answer that `compact` has written."""
        number = len(self._leaves)
        self._line(
            f'{{"answer":{answer},"ask":{compact(ask)},"kind":{compact(kind)},"n":{number}}}'
        )
        return number

    def close(self) -> None:
        """Seal the journal with its footer."""
        self._sink.append(_footer([leaf.hex() for leaf in self._leaves]))
        self._sink.close()


def _anything(_event: Event) -> bool:
    return True


def read(content: bytes, *, name: str, wanted: Callable[[Event], bool] = _anything) -> Journal:
    """
    Read one journal, whatever happened to it.

    Nothing about a damaged journal raises: damage is named in `Journal.damage`, because
    a verifier must be able to say which line of which file was touched.

    Args:
        name: how messages call the journal, usually its file name.
        wanted: sees each event before the footer; one that it does not want is kept without
            what was asked and answered, which is most of a journal.
    """
    lines = _lines(content)
    # What follows the last newline was still being written.
    whole = not lines[-1]
    if whole:
        lines.pop()
    parsed = list(_parsed(lines, wanted))
    damage = [
        f"{name}: line {position} is "
        + ("cut short" if position == len(lines) else "not a JSON object")
        for position, value in enumerate(parsed, start=1)
        if value is None or (position == len(lines) and not whole)
    ]
    seal = next((i for i, value in enumerate(parsed) if _kind(value) == "footer"), len(lines))
    footer = parsed[seal] if seal < len(lines) else None
    leaves = [merkle.leaf(line) for line in lines[:seal]]
    if footer is not None:
        damage.extend(_compare(name, parsed[:seal], leaves, footer, lines[seal]))
        damage.extend(
            f"{name}: line {position + 1} was added after sealing"
            for position in range(seal + 1, len(lines))
        )

    body = [value for value in parsed[:seal] if value is not None]
    header = body[0] if body and body[0].get("kind") == "header" else {}
    if not header:
        damage.append(f"{name}: the header is missing")
    events = tuple(_event(line) for line in (body[1:] if header else body))
    for expected, found in enumerate(events, start=1):
        if found.number != expected:
            damage.append(f"{name}: event {expected} expected, event {found.number} found")
            break
    attempt = header.get("attempt")
    return Journal(
        scenario=str(header.get("scenario", name)),
        attempt=attempt if isinstance(attempt, int) else 0,
        header=header,
        events=events,
        closed=footer is not None and whole,
        damage=tuple(damage),
        root="sha256:" + merkle.root(leaves).hex(),
    )


def _lines(content: bytes) -> list[memoryview]:
    """What stands between newlines; views, because a line may have megabytes and a journal many."""
    seen, begin = memoryview(content), 0
    found: list[memoryview] = []
    while (end := content.find(b"\n", begin)) >= 0:
        found.append(seen[begin:end])
        begin = end + 1
    return [*found, seen[begin:]]


def _parsed(
    lines: Sequence[memoryview], wanted: Callable[[Event], bool]
) -> Iterator[JsonObject | None]:
    sealed = False
    for line in lines:
        value = _object(line)
        sealed = sealed or _kind(value) == "footer"
        if value is None or sealed or _kind(value) == "header" or wanted(_event(value)):
            yield value
        else:
            yield {"n": value.get("n"), "kind": value.get("kind")}


def placed_events(content: bytes) -> Iterator[tuple[int, int, Event]]:
    """Offset and length of the line of each event that stands before the footer, and the event."""
    offset = 0
    for line in _lines(content):
        value = _object(line)
        if _kind(value) == "footer":
            return
        if value is not None and _kind(value) != "header":
            yield offset, len(line), _event(value)
        offset += len(line) + 1


def event(line: bytes) -> Event:
    """
    The event of one line.

    Raises:
        SuiteDefect: the line is no JSON object.
    """
    value = _object(line)
    if value is None:
        raise SuiteDefect("a line of a journal is not a JSON object")
    return _event(value)


def _object(line: bytes | memoryview) -> JsonObject | None:
    try:
        value = json.loads(bytes(line))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _kind(line: JsonObject | None) -> Json:
    return None if line is None else line.get("kind")


def _event(line: JsonObject) -> Event:
    number = line.get("n")
    return Event(
        number=number if isinstance(number, int) else 0,
        kind=str(line.get("kind", "")),
        ask=line.get("ask"),
        answer=line.get("answer"),
    )


def _compare(
    name: str,
    body: Sequence[JsonObject | None],
    leaves: Sequence[bytes],
    footer: JsonObject,
    footer_line: memoryview,
) -> Iterator[str]:
    """Name every line that was edited, removed or added after the journal was sealed."""
    sealed = [leaf for leaf in _list(footer.get("leaves")) if isinstance(leaf, str)]
    if footer_line != _footer(sealed):
        yield f"{name}: the footer was edited after sealing"
    here = [leaf.hex() for leaf in leaves]
    missing = _surplus(sealed, here)
    extra = _surplus(here, sealed)
    kept = [leaf for i, leaf in enumerate(sealed) if i not in missing]
    moved = kept != [leaf for i, leaf in enumerate(here) if i not in extra]
    for position in extra:
        line = body[position] or {}
        number = line.get("n", position)
        # An edited line is one whose place, by its number or else by its position, lost its own.
        place = number if isinstance(number, int) and number in missing else position
        what = _called(place, str(line.get("kind", ""))[:40])
        if place in missing:
            del missing[place]
            yield f"{name}: {what} was edited after sealing"
        else:
            yield f"{name}: {what} was added after sealing"
    for position in missing:
        yield f"{name}: {_called(position)} was removed after sealing"
    if moved:
        yield f"{name}: its events were reordered after sealing"


def _called(place: int, kind: str = "") -> str:
    if place == 0:
        return "the header"
    return f"event {place} ({kind})" if kind else f"event {place}"


def _surplus(these: Sequence[str], those: Sequence[str]) -> dict[int, None]:
    """The positions, in order, at which `these` hold more of a leaf than `those` do."""
    left = Counter(those)
    found: dict[int, None] = {}
    for position, leaf in enumerate(these):
        left[leaf] -= 1
        if left[leaf] < 0:
            found[position] = None
    return found


def _footer(leaves: Sequence[str]) -> bytes:
    """The footer that seals lines with these leaf hashes; b"" when they are none."""
    try:
        root = merkle.root([bytes.fromhex(leaf) for leaf in leaves]).hex()
    except ValueError:
        return b""
    footer: JsonObject = {"kind": "footer", "leaves": list(leaves), "root": root}
    return compact(footer).encode()


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()
