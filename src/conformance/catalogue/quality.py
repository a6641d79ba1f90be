"""`quality.toml` of a pack -> what it asks of data. A pack without the file asks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from conformance.catalogue.load import display
from conformance.catalogue.reading import Table, TomlFile
from conformance.model.pack import LoadedPack
from conformance.model.quality import Counted, Measure, Per, Principle, Standard, Usual
from conformance.model.requirement import Basis, Text

QUALITY: Final = "quality.toml"
_TOP: Final = {
    "phrase", "phrase_basis", "measures_basis", "formula", "encodings", "stopgaps", "agency",
    "units", "references", "principle", "usual",
}  # fmt: skip


def load(pack: LoadedPack) -> Standard | None:
    """What the pack asks of data. Raises PackDefect with file and line."""
    return read(pack.root)


@cache
def read(root: Path) -> Standard | None:
    """What the revision at `root` asks of data. Raises as `load`."""
    if not (root / QUALITY).is_file():
        return None
    file = TomlFile(root / QUALITY, display(root, QUALITY))
    top = file.root("quality standard")
    top.only(_TOP)
    references = top.inner("references")
    agency = top.inner("agency")
    standard = Standard(
        phrase=top.text("phrase"),
        phrase_basis=_one_of(top, "phrase_basis", Basis),
        measures_basis=_one_of(top, "measures_basis", Basis),
        formula=top.text("formula"),
        principles=tuple(
            _principle(table, held)
            for table, held in zip(file.tables("principle"), _raw(file, "principle"), strict=True)
        ),
        encodings=top.strings("encodings"),
        stopgaps=frozenset(text.casefold() for text in top.strings("stopgaps")),
        agency={kind: agency.string(kind) for kind in agency.names()},
        units=top.string("units", empty=True),
        references={kind: references.strings(kind) for kind in references.names()},
        usual=tuple(_usual(table) for table in file.tables("usual")),
    )
    _no_twice(standard, top)
    return standard


def _principle(table: Table, held: Mapping[str, object]) -> Principle:
    table.only({"id", "title", "means", "beyond", "add", "measure"})
    listed = held.get("measure")
    if not isinstance(listed, list) or not listed:
        raise table.defect("a principle measures something", "measure", remedy="Add a measure.")
    measures = [_measure(table, measure) for measure in listed]
    of_runs = [m for m in measures if m.counted is Counted.REQUIREMENT]
    if len(of_runs) > 1 or any(m.only or m.per is not Per.RECORD for m in of_runs):
        raise table.defect(
            "a principle counts the requirements that name it, once",
            "measure",
            of_runs[-1].id,
            remedy="Keep one such measure, per record and without only.",
        )
    return Principle(
        id=table.string("id"),
        title=table.text("title"),
        means=table.text("means"),
        beyond=table.text("beyond"),
        add=table.text("add"),
        measures=tuple(m for m in measures if m not in of_runs),
        run=of_runs[0] if of_runs else None,
    )


def _measure(table: Table, held: object) -> Measure:
    """An inner table of tables keeps no line of its own: mistakes name the principle's."""
    match held:
        case {"id": str(name), "title": {"en": str(en), "vi": str(vi), "id": str(indonesian)},
              "counted": str(counted), "per": str(per), **more}:  # fmt: skip
            only, weight = more.pop("only", []), more.pop("weight", 1)
            if (
                not more
                and isinstance(only, list)
                and all(isinstance(rule, str) for rule in only)
                and counted in set(Counted)
                and per in set(Per)
                and isinstance(weight, int | float)
                and weight > 0
            ):
                return Measure(
                    id=name,
                    title=Text(en=en, vi=vi, id=indonesian),
                    counted=Counted(counted),
                    per=Per(per),
                    only=tuple(only),
                    weight=float(weight),
                )
    raise table.defect(
        "a measure has id, title, counted and per, and may have only and weight",
        "measure",
        held,
        remedy=f"Count one of {', '.join(Counted)} per record or value.",
    )


def _usual(table: Table) -> Usual:
    table.only({"pointer", "titles", "values"})
    values: dict[str, str] = {}
    if table.has("values"):
        inner = table.inner("values")
        values = {name: inner.string(name) for name in inner.names()}
    return Usual(pointer=table.string("pointer"), titles=table.strings("titles"), values=values)


def _no_twice(standard: Standard, top: Table) -> None:
    seen: set[str] = set()
    of_runs = [p.run.id for p in standard.principles if p.run]
    names = [p.id for p in standard.principles] + [m.id for m in standard.measures] + of_runs
    for name in names:
        if name in seen:
            raise top.defect("two are called the same", "principle", name, remedy="Rename one.")
        seen.add(name)
    for counted in Counted:
        same = [m for m in standard.measures if m.counted is counted]
        if counted is not Counted.RULES and len(same) > 1:
            raise top.defect(
                "something is measured twice", "principle", counted.value, remedy="Keep one."
            )
    rules = [rule for m in standard.measures for rule in m.only]
    for rule in rules:
        if rules.count(rule) > 1:
            raise top.defect("a rule is measured twice", "only", rule, remedy="Keep one.")


def _one_of(table: Table, key: str, kind: type[Basis]) -> Basis:
    stated = table.string(key)
    if stated not in set(kind):
        raise table.defect(
            f"{key} is none of them", key, stated, remedy=f"Use one of {', '.join(kind)}."
        )
    return kind(stated)


def _raw(file: TomlFile, name: str) -> list[Mapping[str, object]]:
    found = file.table.get(name, [])
    return found if isinstance(found, list) else []


def rules_unknown(standard: Standard, known: frozenset[str]) -> tuple[str, ...]:
    """The rules that measures name and the pack does not have."""
    return tuple(r for m in standard.measures for r in m.only if r not in known)
