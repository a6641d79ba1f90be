"""
A TOML file that remembers where things stand, so that every mistake is told with file and line.

`tomllib` keeps no positions; they are found again in the text. What the values mean is
not decided here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from conformance.errors import PackDefect
from conformance.model.requirement import Text

#: A line that opens a table, and not one inside an array: nothing follows the bracket.
_HEADER: Final = re.compile(r"\s*\[{1,2}\s*[\w.\"'-]+\s*\]{1,2}\s*(#.*)?$")


class TomlFile:
    """
    One parsed file of a pack.

    Args:
        path: the file on this machine; it never appears in a message.
        name: how messages call it.

    Raises:
        PackDefect: the file cannot be read, is not UTF-8, or is no TOML.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise PackDefect(
                "the pack lacks a file", where=f"{name}:1", remedy="Write it, or name another."
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.reason if isinstance(error, UnicodeDecodeError) else error.strerror
            raise PackDefect(
                "the file cannot be read", where=f"{name}:1", value=str(reason), remedy="Use UTF-8."
            ) from None
        self._lines = text.splitlines()
        try:
            self.table: Mapping[str, object] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            raise PackDefect(
                "the file is not TOML",
                where=f"{name}:{found[1] if found else max(1, len(self._lines))}",
                value=str(error),
                remedy="Repair the syntax.",
            ) from None

    def where(self, key: str = "", *, block: tuple[str, int] | None = None, below: str = "") -> str:
        """
        "file:line" of `key`, or of the table that should hold it.

        Args:
            block: (name, index) looks inside the index-th `[[name]]`, from 0.
            below: the inner table that holds `key`, written inline or under its own header.
        """
        start, end = self._span(block)
        line = start
        if below:
            line = self._find(below, start, end, default=self._header(below, default=start))
            if not _HEADER.match(self._lines[line]):
                return f"{self.name}:{line + 1}"
            start, end = line + 1, self._next_header(line + 1)
        if key:
            line = self._find(key, start, end, default=self._header(key, default=line))
        return f"{self.name}:{line + 1}"

    def _find(self, key: str, start: int, end: int, *, default: int) -> int:
        begins = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        return next((n for n in range(start, end) if begins.match(self._lines[n])), default)

    def _header(self, name: str, *, default: int) -> int:
        header = re.compile(rf"\s*\[{{1,2}}\s*{re.escape(name)}\s*\]")
        return next((n for n, line in enumerate(self._lines) if header.match(line)), default)

    def _next_header(self, start: int) -> int:
        lines = range(start, len(self._lines))
        return next((n for n in lines if _HEADER.match(self._lines[n])), len(self._lines))

    def _span(self, block: tuple[str, int] | None) -> tuple[int, int]:
        if block is None:
            return 0, self._next_header(0)
        name, index = block
        header = re.compile(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]")
        starts = [n for n, line in enumerate(self._lines) if header.match(line)]
        if index >= len(starts):
            return 0, len(self._lines)
        return starts[index], self._next_header(starts[index] + 1)

    def tables(self, name: str) -> tuple[Table, ...]:
        """Every `[[name]]` of the file; empty when there is none."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise PackDefect(
                f"{name} must be a list of tables",
                where=self.where(name),
                remedy=f"Write each as [[{name}]].",
            )
        return tuple(
            Table(self, item, block=(name, index), label=name) for index, item in enumerate(value)
        )

    def root(self, label: str) -> Table:
        """The whole file as one table."""
        return Table(self, self.table, block=None, label=label)


class Table:
    """One table of a file, read member by member; each mistake is a `PackDefect`."""

    def __init__(
        self,
        file: TomlFile,
        values: Mapping[str, object],
        *,
        block: tuple[str, int] | None,
        label: str,
        below: str = "",
    ) -> None:
        self._file = file
        self._values = values
        self._block = block
        self._label = label
        self._below = below

    def where(self, key: str = "") -> str:
        """Where the member stands, or else this table: file and line."""
        return self._file.where(key, block=self._block, below=self._below)

    def defect(self, what: str, key: str, value: object = "", *, remedy: str) -> PackDefect:
        """The error to raise about one member."""
        return PackDefect(what, where=self.where(key), value=str(value), remedy=remedy)

    def only(self, known: Collection[str]) -> None:
        """Refuse members that nobody reads: a typing error must not silently mean nothing."""
        for key in self._values:
            if key not in known:
                raise self.defect(
                    f"a {self._label} has no such member",
                    key,
                    key,
                    remedy=f"Use one of {', '.join(sorted(known))}.",
                )

    def has(self, key: str) -> bool:
        """Whether the member is there at all."""
        return key in self._values

    def get(self, key: str) -> object:
        """The member as it was parsed; missing is a defect."""
        if key not in self._values:
            raise self.defect(f"a {self._label} lacks its {key}", key, remedy=f"Add {key} = …")
        return self._values[key]

    def string(self, key: str, *, empty: bool = False) -> str:
        """A text; not blank unless `empty`."""
        value = self.get(key)
        if not isinstance(value, str) or not (empty or value.strip()):
            raise self.defect(
                f"{key} must be a text{'' if empty else ' that says something'}",
                key,
                value,
                remedy="Write it in quotes.",
            )
        return value

    def flag(self, key: str) -> bool:
        """A yes or no."""
        value = self.get(key)
        if not isinstance(value, bool):
            raise self.defect(f"{key} is true or false", key, value, remedy="Write one of them.")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.defect(
                f"{key} must be a list of texts", key, value, remedy="Write it in brackets."
            )
        return tuple(value)

    def block(self, name: str, index: int) -> Table:
        """The index-th `[[name]]` of the file that this table stands in, from 0."""
        return self._file.tables(name)[index]

    def inner(self, key: str) -> Table:
        """A table inside this one."""
        value = self.get(key)
        if not isinstance(value, dict):
            raise self.defect(
                f"{key} must be a table", key, value, remedy=f"Write {key} = {{ … }}."
            )
        return Table(self._file, value, block=self._block, label=key, below=key)

    def names(self) -> tuple[str, ...]:
        """The names of the members, as written."""
        return tuple(self._values)

    def sentence(self, key: str) -> Text:
        """One sentence in the three languages, or in English alone."""
        if isinstance(self.get(key), str):
            return Text.untranslated(self.string(key))
        return self.text(key)

    def text(self, key: str) -> Text:
        """One sentence in the three languages."""
        match self.get(key):
            case {"en": str(en), "vi": str(vi), "id": str(indonesian), **more} if not more:
                if en.strip() and vi.strip() and indonesian.strip():
                    return Text(en=en, vi=vi, id=indonesian)
        raise self.defect(
            f"{key} must be said in en, vi and id, and in nothing else",
            key,
            self._values[key],
            remedy="Write all three sentences.",
        )
