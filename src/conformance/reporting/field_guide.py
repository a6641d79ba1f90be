"""
The field guide as text, JSON, or one self-contained page without script.

What a field is comes from `catalogue.fields`; the words around it are data (`fields.toml`), the
page's layout is `templates/fields.html.j2`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from conformance.catalogue.fields import Field
from conformance.model.json import Json, JsonObject
from conformance.model.requirement import Language, Text
from conformance.reporting.words import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """
    The guide of one pack.

    Attributes:
        pack: `id@revision`.
        kinds: by kind of record, the schema's title and its fields.
    """

    pack: str
    title: Text
    kinds: Mapping[str, tuple[Text, tuple[Field, ...]]]


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together on the form; `title` is None for those of no group."""

    title: Text | None
    fields: tuple[Field, ...]


def groups(guide: Sequence[Field]) -> tuple[Group, ...]:
    """The fields by group, groups and fields in the order of the schema; those of none last."""
    held: dict[Text | None, list[Field]] = {}
    for field in sorted(guide, key=lambda item: item.group is None):
        held.setdefault(field.group, []).append(field)
    return tuple(Group(title, tuple(fields)) for title, fields in held.items())


def lines(guide: Guide, language: Language) -> Iterator[str]:
    """The guide as text, one field a line."""
    say = _Words(language)
    for kind, (title, fields) in guide.kinds.items():
        yield f"{kind}: {title.within(language)} ({say.counts(fields)})"
        yield say("legend")
        for group in groups(fields):
            yield ""
            if group.title or len(groups(fields)) > 1:
                yield group.title.within(language) if group.title else say("other")
            widths = (
                max(len(say.item(field.form_item)) for field in group.fields),
                max(len(_named(field, language)) for field in group.fields),
                max(len(field.pointer) for field in group.fields),
            )
            for field in group.fields:
                yield f"  {_row(field, widths, language)}"
        yield ""


def _row(field: Field, widths: tuple[int, int, int], language: Language) -> str:
    say = _Words(language)
    cells = (say.item(field.form_item), _named(field, language), field.pointer)
    marks = (
        field.type,
        say.demand(field).lower(),
        f"[{field.code_list}]" if field.code_list else "",
        say("sensitive") if field.sensitive else "",
        f" {field.example}" if field.example else "",
    )
    row = [f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)]
    return " ".join([*row, *(mark for mark in marks if mark)])


def _named(field: Field, language: Language) -> str:
    # Decomposed diacritics take no column of their own.
    title = unicodedata.normalize("NFC", field.title.within(language))
    return "  " * field.depth + title


def document(guide: Guide) -> JsonObject:
    """The guide as JSON, in every language at once."""
    kinds: dict[str, Json] = {
        kind: {
            "title": _text(title),
            "fields": [_field(field) for field in fields],
        }
        for kind, (title, fields) in guide.kinds.items()
    }
    return {"schema": "conformance-fields/1", "pack": guide.pack, "kinds": kinds}


def page(guide: Guide, language: Language) -> str:
    """The guide as one page."""
    return str(
        _template().render(
            guide=guide, language=language, say=_Words(language), groups=groups, beside=_beside
        )
    )


_NOTHING: Final = Text(en="", vi="", id="")


class _Words:
    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, key: str) -> str:
        return _texts()[key].within(self._language)

    def item(self, item: str) -> str:
        """An item of the form; what stands above the first or below the last has no number."""
        match item:
            case "none":
                return ""
            case "head" | "sign":
                return self(item)
        return item

    def demand(self, field: Field) -> str:
        """Who demands the field: the contract, else the paper form."""
        if field.mandatory:
            return self("mandatory") + (
                f" {self('mandatory_in_row')}" if "*" in field.pointer else ""
            )
        return _texts().get(f"form.{field.obligation}", _NOTHING).within(self._language)

    def counts(self, fields: Sequence[Field]) -> str:
        return self("count").format(
            fields=len(fields),
            mandatory=sum(field.mandatory for field in fields),
            coded=sum(bool(field.code_list) for field in fields),
            sensitive=sum(field.sensitive for field in fields),
        )


def _beside(title: Text, language: Language) -> str:
    """A title for the reader of another language, "" when it says nothing new."""
    other = title.en if language is not Language.EN else title.vi
    return other if other != title.within(language) else ""


def _field(field: Field) -> JsonObject:
    return {
        "pointer": field.pointer,
        "title": _text(field.title),
        "type": field.type,
        "mandatory": field.mandatory,
        "group": _text(field.group) if field.group else None,
        "form_item": field.form_item or None,
        "form_obligation": field.obligation or None,
        "code_list": field.code_list or None,
        "example": field.example or None,
        "note": field.note or None,
        "sensitive": field.sensitive,
    }


def _text(text: Text) -> JsonObject:
    return {"vi": text.vi, "en": text.en, "id": text.id}


@cache
def _texts() -> Mapping[str, Text]:
    return load("fields.toml")


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("conformance.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("fields.html.j2")
