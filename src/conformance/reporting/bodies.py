"""
A body as a person reads it: what was pointed at stands in view, the rest is cut.

A report is read, evidence is kept: whoever needs every byte has the evidence and the curl line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from conformance.model.finding import Finding
from conformance.model.json import Json, at, compact

#: A body is cut after this many lines or characters.
LONGEST_LINES: Final = 60
LONGEST_CHARACTERS: Final = 4000
#: A text inside a body is cut after this many characters: signatures and tokens fill pages.
LONGEST_TEXT: Final = 120
#: One value that a finding points at.
LONGEST_VALUE: Final = 600
_INDENT: Final = 2

_POINTER: Final = re.compile(r"(?<![\w/.])(?:/[\w~.*-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    A body prepared for reading.

    Attributes:
        text: JSON is indented, other text stands as it came; "" for none.
        left_out: characters that are not shown.
    """

    text: str
    left_out: int = 0


#: What was shown of a body (by its digest) for a focus. At most 4,000 characters each.
_SHOWN: Final[dict[tuple[bytes, tuple[str, ...]], Shown]] = {}
_MOST_SHOWN: Final = 1024


def shown(body: bytes, focus: Sequence[str] = ()) -> Shown:
    """
    Prepare a body for reading.

    Args:
        focus: JSON pointers: where a long body has lists, the items that these lead through
            stand alone, and where that is not enough, what stands beside them is left out.
    """
    if not body:
        return Shown(text="")
    # One exchange stands in several reports and under several findings, and a server that answers
    # everything alike in all of them.
    key = (hashlib.sha256(body).digest(), tuple(focus))
    known = _SHOWN.get(key)
    if known is None:
        if len(_SHOWN) >= _MOST_SHOWN:
            _SHOWN.clear()
        known = _SHOWN[key] = _shown(body, focus)
    return known


def _shown(body: bytes, focus: Sequence[str]) -> Shown:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Shown(text=f"({len(body)} bytes)")
    try:
        held = _json(text)
        if held is None:
            return _cut(text, len(text))
        brief = _abridged(held)
        begun = _begun(brief)
        if focus and begun.count("\n") >= LONGEST_LINES:
            paths = [pointer.split("/")[1:] for pointer in focus if pointer]
            narrow = _narrowed(brief, paths)
            begun = _begun(narrow)
            paths = [path for path in paths if _through_a_list(held, path)]
            if paths and begun.count("\n") >= LONGEST_LINES:
                begun = _begun(_beside(narrow, paths))
        return _cut(begun, _length(held))
    except RecursionError:  # a target may nest deeper than Python recurses
        return _cut(text, len(text))


def pointers(finding: Finding) -> tuple[str, ...]:
    """The JSON pointers that a finding's explanation names, its own place first."""
    if finding.explanation is None:
        return ()
    details = finding.explanation.details
    said = " ".join(details.get(name, "") for name in ("required", "observed"))
    found = (finding.explanation.pointer, *(p.rstrip(".") for p in _POINTER.findall(said)))
    return tuple(dict.fromkeys(pointer for pointer in found if pointer))


def named(finding: Finding, body: bytes) -> tuple[tuple[str, str], ...]:
    """
    What a request carried where the finding says that something was wrong with it.

    The place in the answer is another matter: the answer is shown.
    """
    if finding.explanation is None:
        return ()
    found: list[tuple[str, str]] = []
    try:
        held = _json(body.decode("utf-8", "replace"))
        for pointer in pointers(finding):
            if held is not None and pointer != finding.explanation.pointer:
                found += _told(held, pointer)
    except RecursionError:
        return ()
    return tuple(found)


def _told(held: Json, pointer: str) -> list[tuple[str, str]]:
    try:
        text = compact(_abridged(at(held, pointer)))
    except KeyError:
        return []
    return [(pointer, text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…")]


def _json(text: str) -> Json:
    """The object or array that `text` holds, with its members in the order in which they came."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        held: Json = json.loads(text)
    except ValueError:
        return None
    return held


def _begun(value: Json) -> str:
    """The first lines of `value`, indented: a batch has ten thousand, and few are shown."""
    parts: list[str] = []
    lines = 0
    for part in json.JSONEncoder(ensure_ascii=False, indent=_INDENT).iterencode(value):
        parts.append(part)
        lines += part.count("\n")
        if lines >= LONGEST_LINES:
            break
    return "".join(parts)


def _length(value: Json) -> int:
    """How long the whole would be, indented."""
    length = len(json.dumps(value, ensure_ascii=False, separators=(",", ": ")))
    pending = [(value, 0)]
    while pending:
        found, depth = pending.pop()
        if found and isinstance(found, dict | list):
            members = found.values() if isinstance(found, dict) else found
            # A line break and an indent before each, and before the closing bracket.
            length += len(found) * (1 + _INDENT * (depth + 1)) + 1 + _INDENT * depth
            pending.extend((member, depth + 1) for member in members)
    return length


def _abridged(value: Json) -> Json:
    """The same with long texts cut."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[: LONGEST_TEXT // 2]}… ({len(value)})"
    if isinstance(value, list):
        return [_abridged(item) for item in value]
    if isinstance(value, dict):
        return {name: _abridged(member) for name, member in value.items()}
    return value


def _narrowed(value: Json, paths: Sequence[Sequence[str]]) -> Json:
    """The same where lists on a path hold nothing but the items that the paths lead through."""
    if isinstance(value, dict):
        return {
            name: _narrowed(member, [path[1:] for path in paths if path[:1] == [name]])
            for name, member in value.items()
        }
    if not isinstance(value, list):
        return value
    wanted = {path[0] for path in paths if path and path[0].isdecimal()}
    if not wanted & {str(index) for index in range(len(value))}:
        return value
    narrow: list[Json] = []
    for index, item in enumerate(value):
        if str(index) in wanted:
            narrow.append(_narrowed(item, [path[1:] for path in paths if path[:1] == [str(index)]]))
        elif not narrow or narrow[-1] != "…":
            narrow.append("…")
    return narrow


def _through_a_list(value: Json, path: Sequence[str]) -> bool:
    """Whether a path leads to an item of a list, and perhaps into it."""
    for name in path:
        if isinstance(value, list):
            return name.isdecimal() and int(name) < len(value)
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return False


def _beside(value: Json, paths: Sequence[Sequence[str]]) -> Json:
    """The same where objects and lists beside a path are left out."""
    if not isinstance(value, dict) or not any(path and path[0] in value for path in paths):
        if isinstance(value, list):
            # Items lost their places when the list was narrowed.
            return [_beside(item, [path[1:] for path in paths]) for item in value]
        return value
    kept: dict[str, Json] = {}
    for name, member in value.items():
        inside = [path[1:] for path in paths if path[:1] == [name]]
        if inside:
            kept[name] = _beside(member, inside)
        else:
            kept[name] = "…" if isinstance(member, dict | list) else member
    return kept


def _cut(text: str, whole: int) -> Shown:
    kept = "\n".join(text.split("\n")[:LONGEST_LINES])[:LONGEST_CHARACTERS]
    return Shown(text=kept, left_out=max(0, whole - len(kept)))
