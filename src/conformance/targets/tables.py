"""TOML tables as an operator writes them: every mistake is told with its file and line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from conformance.errors import UsageError

#: No deadline and no pace is longer; TOML also knows inf and nan.
_MOST: Final = 1e9
_HEADER: Final = re.compile(r"\s*\[\[?([^\]]*)\]")


def line_of(text: str, key: str, table: str = "") -> int:
    """The line (from 1) on which a key stands in a TOML text, the table's when it is absent."""
    best = 0
    inside = not table
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            inside = _bare(header[1]) == table
            if inside:
                best = number
        elif inside and _bare(line.partition("=")[0]).partition(".")[0] == key:
            return number
    if best or not table:
        return best or 1
    # No header of its own: an inline table or a dotted key of the table around it.
    around, _, name = table.rpartition(".")
    return line_of(text, name, around)


def _bare(key: str) -> str:
    return re.sub(r"[\s\"']", "", key)


class Table:
    """One TOML table that can say where its mistakes stand."""

    def __init__(self, values: object, name: str, file: Path, source: str) -> None:
        if not isinstance(values, dict):
            raise UsageError(
                f"[{name}] must be a table",
                where=f"{file}:{line_of(source, name.rpartition('.')[2], name.rpartition('.')[0])}",
                value=repr(values),
                remedy=f"Write [{name}] and its keys below.",
            )
        self.values: dict[str, object] = values
        self._name, self._file, self._source = name, file, source

    def wrong(self, key: str, what: str, value: object, remedy: str) -> UsageError:
        where = f"{self._file}:{line_of(self._source, key, self._name)}"
        called = f"{self._name}.{key}" if self._name else key
        return UsageError(f"{called}: {what}", where=where, value=str(value), remedy=remedy)

    def only(self, known: set[str]) -> None:
        for key in self.values:
            if key not in known:
                raise self.wrong(
                    key, "no such key", key, f"Known keys: {', '.join(sorted(known))}."
                )

    def table(self, key: str) -> Table:
        name = f"{self._name}.{key}" if self._name else key
        return Table(self.values.get(key, {}), name, self._file, self._source)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            what = "is missing" if value is None else "must be a text"
            raise self.wrong(key, what, "" if value is None else value, f'Write {key} = "…".')
        return value

    def number(self, key: str, default: float, *, above: bool = False) -> float:
        value = self.values.get(key, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not 0 <= value < _MOST
            or (above and value == 0)
        ):
            what = "must be a number above 0" if above else "must be a number, 0 or more"
            raise self.wrong(key, what, value, f"Write {key} = 10.")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false", value, f"Write {key} = true.")
        return value

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "must be a list of texts", value, f'Write {key} = ["…"].')
        return tuple(value)


def load(file: Path, *, missing_remedy: str) -> tuple[dict[str, object], str]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError("no such file", where=str(file), remedy=missing_remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"this file cannot be read: {error}", where=str(file)) from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        _, _, after = said.partition("at line ")
        line = after.split(",")[0].rstrip(")")
        if not line.isdecimal():
            # "(at end of document)"
            line = str(max(len(text.splitlines()), 1))
        where = f"{file}:{line}"
        raise UsageError(
            f"this is not TOML: {said}", where=where, remedy="Correct the line."
        ) from None
