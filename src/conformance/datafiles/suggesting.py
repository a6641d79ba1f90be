"""
A column map to begin with: titles matched to fields, and how the columns are written.

Titles are compared without diacritics, case, numbering and punctuation; what is not certain is
left to the reader. Values of closed lists are matched by the names in the list.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.catalogue.fields import Field
from conformance.datafiles.encodings import recognise
from conformance.datafiles.tables import Column
from conformance.datafiles.wants import date_form
from conformance.model.quality import Usual

_FORMS: Final = ("dd/mm/yyyy", "dd-mm-yyyy", "dd.mm.yyyy", "mm/yyyy", "mm-yyyy", "yyyy")
_ISO: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?")
#: A column of more values is no closed list.
_DISTINCT: Final = 80
_NUMBERING: Final = re.compile(r"^\W*\d+(\.\d+)*\W+(?=\w)")


@dataclass(slots=True)
class Suggestion:
    """
    One column.

    Attributes:
        pointer: "" when nothing of the contract is called so.
        values: the cell's text -> a code, "" for one to be found.
    """

    title: str
    pointer: str = ""
    date: str = ""
    decimals: int | None = None
    values: dict[str, str] = field(default_factory=dict)

    def line(self) -> str:
        """As it stands in a map."""
        parts = [f"to = {_quoted(self.pointer)}"]
        if self.date:
            parts.append(f"date = {_quoted(self.date)}")
        if self.decimals is not None:
            parts.append(f"decimals = {self.decimals}")
        if self.values:
            held = ", ".join(f"{_quoted(k)} = {_quoted(v or '?')}" for k, v in self.values.items())
            parts.append(f"values = {{ {held} }}")
        right = f"{{ {', '.join(parts)} }}" if len(parts) > 1 else _quoted(self.pointer)
        return f"{_quoted(self.title)} = {right}"


class Suggester:
    """
    Args:
        codes: list -> its rows by folded name -> code.
    """

    def __init__(
        self,
        guide: Sequence[Field],
        usual: Sequence[Usual],
        codes: Callable[[str], Mapping[str, str]],
    ) -> None:
        self._guide = {f.pointer: f for f in guide if "*" not in f.pointer and f.type != "object"}
        self._usual = {held.pointer: held for held in usual if held.pointer in self._guide}
        self._codes = codes
        self._names: dict[str, str] = {}
        self._whole = {f.pointer: f for f in guide}
        for pointer, one in self._guide.items():
            above = self._whole.get(pointer.rpartition("/")[0])
            for name in _titles(one):
                self._name(f"{_first(above)} {name}" if above else name, pointer)
            self._name(pointer[1:].replace("/", "."), pointer)
        for pointer, held in self._usual.items():
            for title in held.titles:
                self._names[folded(title)] = pointer

    def pointers(self, columns: Sequence[Column]) -> Mapping[str, str]:
        """Title -> pointer, each pointer once; exact titles before those that only contain it."""
        found: dict[str, str] = {}
        for match in (self._exact, self._within):
            for column in columns:
                pointer = match(column.title) if column.title not in found else ""
                if pointer and pointer not in found.values():
                    found[column.title] = pointer
        return found

    def suggest(
        self, columns: Sequence[Column], rows: Sequence[Sequence[object]]
    ) -> Iterator[Suggestion]:
        """Every titled column, in the order of the file."""
        found = self.pointers(columns)
        for place, column in enumerate(columns):
            if not column.title:
                continue
            made = Suggestion(column.title, found.get(column.title, ""))
            if made.pointer:
                cells = (row[place] for row in rows if place < len(row))
                texts = [cell.strip() for cell in cells if isinstance(cell, str)]
                self._written(made, [text for text in texts if text])
            yield made

    def missing(self, filled: Sequence[str]) -> tuple[Field, ...]:
        """The mandatory fields that no column fills; of a mandatory object, its members."""
        return tuple(
            one
            for pointer, one in self._guide.items()
            if pointer not in filled and self._due(pointer)
        )

    def _due(self, pointer: str) -> bool:
        tokens = pointer.split("/")
        above = ("/".join(tokens[:end]) for end in range(2, len(tokens) + 1))
        return all(self._whole[inner].mandatory for inner in above)

    def _written(self, made: Suggestion, texts: Sequence[str]) -> None:
        one = self._guide[made.pointer]
        if not texts:
            return
        if one.type.startswith("date") or "-(0[1-9]" in one.type:
            if not all(_ISO.fullmatch(text) for text in texts):
                made.date = next(
                    (f for f in _FORMS if all(date_form(f).fullmatch(t) for t in texts)), ""
                )
        elif r"\.[0-9]{2}$" in one.type:
            if any("," in text for text in texts):
                made.decimals = 2
        else:
            self._values(made, one, texts)

    def _values(self, made: Suggestion, one: Field, texts: Sequence[str]) -> None:
        held = self._usual.get(made.pointer)
        known = {folded(k): v for k, v in held.values.items()} if held else {}
        codes = self._codes(one.code_list) if one.code_list else {}
        distinct = list(dict.fromkeys(texts))
        if len(distinct) > _DISTINCT or not (known or codes):
            return
        matched = {
            text: known.get(folded(text)) or codes.get(folded(text), "") for text in distinct
        }
        if any(matched.values()) and any(text != code for text, code in matched.items()):
            made.values = matched

    def _name(self, name: str, pointer: str) -> None:
        self._names.setdefault(folded(name), pointer)

    def _exact(self, title: str) -> str:
        return self._names.get(folded(title), "")

    def _within(self, title: str) -> str:
        """The one field in whose title the words of this one stand, in their order."""
        words = folded(title).split()
        if len(words) < 2:
            return ""
        found = {p for name, p in self._names.items() if _in_order(words, name.split())}
        return found.pop() if len(found) == 1 else ""


def folded(title: str) -> str:
    """Small letters without diacritics, numbering and punctuation, read as it was meant."""
    meant = recognise(title)
    text = _NUMBERING.sub("", meant.reads if meant else title)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    parts = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(part for part in parts if not unicodedata.combining(part)).lower()
    return " ".join(re.findall(r"[a-z0-9%]+", plain))


def _titles(one: Field) -> tuple[str, ...]:
    return (one.title.vi, one.title.en, one.title.id)


def _first(above: Field | None) -> str:
    return above.title.vi if above else ""


def _in_order(words: Sequence[str], name: Sequence[str]) -> bool:
    rest = iter(name)
    return all(word in rest for word in words)


def _quoted(text: str) -> str:
    # A JSON string is a TOML string.
    return json.dumps(text, ensure_ascii=False)
