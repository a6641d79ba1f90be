"""
YAML and JSON documents as JSON values that know on which line each of them was written.

Not here: what the documents mean. YAML is read by the JSON-like rules of YAML 1.2 (a date stays
a string, `no` and `on` stay strings), because the contract describes JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from conformance.errors import PackDefect
from conformance.model.json import Json, JsonObject, escape

_Loader: Final[type] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False,
                "FALSE": False}  # fmt: skip
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_INT: Final = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    One document and where its parts stand.

    Attributes:
        name: as the pack names it, relative to its root; the first half of every "file:line".
        value: the whole document.
        lines: line by JSON pointer, from 1.
    """

    name: str
    value: JsonObject
    lines: Mapping[str, int]

    def where(self, pointer: str) -> str:
        """The "file:line" of a JSON pointer, or of the nearest thing that encloses it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return f"{self.name}:{self.lines.get(pointer, 1)}"


def read(root: Path, name: str) -> Document:
    """
    Read the document `name` (`.yaml`, `.yml` or `.json`) below `root`.

    Raises:
        PackDefect: no such file, not readable, a duplicate key, or not an object.
    """
    try:
        text = (root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackDefect(
            "a document of the pack cannot be read",
            where=name,
            value=type(error).__name__,
            remedy="Add the file in UTF-8, or take it out of the pack's list of documents.",
        ) from error
    is_json = name.endswith(".json")
    lines: dict[str, int] = {}
    try:
        # A raw tab is white space in JSON and an error in YAML; inside JSON strings it cannot be.
        node = yaml.compose(text.replace("\t", " ") if is_json else text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _unparsable(name, error) from error
    value = None if node is None else _value(node, "", name, lines)
    if is_json:
        try:
            # YAML does not join surrogate pairs: positions come from it, values do not.
            value = json.loads(text)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            raise PackDefect("the document is not JSON", where=f"{name}:{line}") from error
    if not isinstance(value, dict):
        raise PackDefect("the document is not an object", where=f"{name}:1")
    return Document(name=name, value=value, lines=lines)


def _unparsable(name: str, error: yaml.YAMLError) -> PackDefect:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    return PackDefect(f"the document is not YAML: {problem}", where=f"{name}:{line}")


def _value(node: yaml.Node, pointer: str, name: str, lines: dict[str, int]) -> Json:
    line = node.start_mark.line + 1
    lines.setdefault(pointer, line)
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(item, f"{pointer}/{index}", name, lines) for index, item in enumerate(node.value)
        ]
    if isinstance(node, yaml.MappingNode):
        held: JsonObject = {}
        for key_node, member in node.value:
            at = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
                raise PackDefect("a key is a plain name", where=f"{name}:{at}")
            key = key_node.value
            if key in held:
                raise PackDefect(
                    "the same key stands twice",
                    where=f"{name}:{at}",
                    value=key,
                    remedy="Keep one of the two.",
                )
            below = f"{pointer}/{escape(key)}"
            # The key's line is where a person looks, not the first line of its value.
            lines[below] = at
            held[key] = _value(member, below, name, lines)
        return held
    return _scalar(node)


def _scalar(node: yaml.Node) -> Json:
    text = str(node.value)
    if getattr(node, "style", None) not in (None, ""):
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text
