"""The code lists: which codes live on a day, and the lists as they are served."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from . import contract

OPEN_END = "9999-12-31"


@dataclass(frozen=True)
class Row:
    """One meaning of a code, from its first day up to, and without, its last."""

    code: str
    begins: str
    ends: str
    more: dict[str, Any] = field(hash=False)

    def lives(self, day: str) -> bool:
        return self.begins <= day < self.ends


@dataclass(frozen=True)
class CodeList:
    name: str
    title: str
    rows: tuple[Row, ...]
    index: dict[str, list[Row]] = field(hash=False)

    def on(self, code: str, day: str) -> Row | None:
        return next((row for row in self.index.get(code, ()) if row.lives(day)), None)

    def ever(self, code: str, day: str) -> Row | None:
        """The row of that day, else any: for codes whose own time is meant and not checked."""
        return self.on(code, day) or next(iter(self.index.get(code, ())), None)

    def versions(self) -> list[str]:
        """Every day on which the list changed, oldest first."""
        days = {row.begins for row in self.rows} | {row.ends for row in self.rows}
        return sorted(days - {OPEN_END, ""})


@cache
def all_lists() -> dict[str, CodeList]:
    folder = contract.FOLDER / "codelists"
    sources = tomllib.loads((folder / "sources.toml").read_text("utf-8"))["list"]
    return {each["id"]: _read(folder / each["file"], each) for each in sources}


def _read(path: Any, source: dict[str, Any]) -> CodeList:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = tuple(_row(line, source["integers"]) for line in csv.DictReader(lines))
    index: dict[str, list[Row]] = {}
    for row in rows:
        index.setdefault(row.code, []).append(row)
    return CodeList(source["id"], source["title"]["vi"], rows, index)


def _row(line: dict[str, str], integers: list[str]) -> Row:
    more: dict[str, Any] = dict(line)
    for name in integers:
        more[name] = int(line[name]) if line[name] else ""
    return Row(line["code"], line["valid_from"], line["valid_to"] or OPEN_END, more)


class CodeLists:
    """Decides whether a code holds."""

    def holds(self, name: str, code: str, day: str) -> bool:
        return all_lists()[name].on(code, day) is not None

    def day_of(self, address: dict[str, Any], day: str) -> str:
        """The day on which the codes of an address are read: the first of the version it names."""
        return str(address.get("codeListVersion", day))

    def wrong(self, document: str, schema: Any, value: Any, day: str) -> Iterator[tuple[str, str]]:
        """Pointers to codes that do not hold, with the code; the schema was found right before."""
        document, schema = contract.subschemas(document, schema)
        if isinstance(value, dict):
            inside = self.day_of(value, day)
            for name, each in value.items():
                for where, code in self.wrong(document, schema["properties"][name], each, inside):
                    yield f"/{name}{where}", code
        elif isinstance(value, list):
            for number, each in enumerate(value):
                for where, code in self.wrong(document, schema["items"], each, day):
                    yield f"/{number}{where}", code
        elif "x-code-list" in schema and not self.holds(schema["x-code-list"], value, day):
            yield "", value

    def index(self) -> list[dict[str, Any]]:
        return [
            {"versions": each.versions(), "title": each.title, "name": each.name}
            for each in reversed(all_lists().values())
        ]

    def rows(self, name: str, version: str) -> list[dict[str, Any]]:
        return [_told(row) for row in all_lists()[name].rows if row.lives(version)]


def _told(row: Row) -> dict[str, Any]:
    own = {
        key: value
        for key, value in row.more.items()
        if key not in {"code", "name_vi", "valid_from", "valid_to"} and value != ""
    }
    return {
        "validTo": None if row.ends == OPEN_END else row.ends,
        "validFrom": row.begins or None,
        "name": row.more["name_vi"],
        "code": row.code,
        **own,
    }
