"""
A pack revision on disk -> values: the manifest (`pack.toml`) and the catalogue (`requirements/`).

Every mistake is a `PackDefect` that names file and line. Which packs exist and where
they stand is `packs`; doubts that do not stop a run are `lint`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from conformance.catalogue.reading import Table, TomlFile
from conformance.errors import PackDefect
from conformance.model.pack import HarmlessRead
from conformance.model.quality import Standard
from conformance.model.requirement import (
    Basis,
    Catalogue,
    ConformanceClass,
    Obligation,
    Requirement,
    Role,
    Source,
    Text,
)

MANIFEST: Final = "pack.toml"
#: A family of letters, a topic of letters and a number: `XX-SYNC-014`.
REQUIREMENT_ID: Final = re.compile(r"[A-Z]{2,8}(-[A-Z]{2,8})+-[0-9]{3}")
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: What was derived from a revision says so behind a plus sign: `1.0+official`.
_REVISION: Final = re.compile(r"[0-9]+(\.[0-9]+)*(\+[a-z]+)?")
_MANIFEST_KEYS: Final = frozenset(
    {
        "id",
        "revision",
        "released",
        "provenance",
        "title",
        "documents",
        "preflight",
        "class",
        "binding",
    }
)
_REQUIREMENT_KEYS: Final = frozenset(
    {
        "id",
        "title",
        "obligation",
        "role",
        "class",
        "source",
        "rationale",
        "falsified_by",
        "not_judged",
        "since",
        "principle",
    }
)
_Word = TypeVar("_Word", bound=StrEnum)


class Provenance(StrEnum):
    """How the contract of a pack came to us; printed wherever the pack is named."""

    MODELLED = "modelled"
    """Written by us from what is public."""
    OFFICIAL = "official"
    """Published by the authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """
    What `pack.toml` says.

    Attributes:
        released: whether the revision was published; then it only grows.
        documents: OpenAPI files, relative to the revision's folder; all exist.
        preflight: how to knock without leaving anything behind.
        binding: judgement name of the generic suites -> requirement id.
    """

    id: str
    revision: str
    released: bool
    provenance: Provenance
    title: Text
    documents: tuple[str, ...]
    preflight: HarmlessRead
    classes: tuple[ConformanceClass, ...]
    binding: Mapping[str, str]


def display(root: Path, relative: str) -> str:
    """How messages call a file of the pack at `root`: `<id>/<revision>/<path>`."""
    return f"{root.parent.name}/{root.name}/{relative}"


def manifest(root: Path) -> Manifest:
    """
    Read `pack.toml` of the revision at `root` (`…/<id>/<revision>`).

    Raises:
        PackDefect: the file is missing or breaks a law; with file and line.
    """
    table = TomlFile(root / MANIFEST, display(root, MANIFEST)).root("pack")
    table.only(_MANIFEST_KEYS)
    identifier = _matching(table, "id", _SLUG, "small letters, digits and single hyphens")
    revision = _matching(table, "revision", _REVISION, "numbers with points between them")
    if (identifier, revision) != (root.parent.name, root.name):
        raise table.defect(
            "a pack stands in the folder of its id and revision",
            "id" if identifier != root.parent.name else "revision",
            f"{identifier}/{revision} in {root.parent.name}/{root.name}",
            remedy="Rename the folder or correct the line.",
        )
    documents = table.strings("documents")
    for document in documents:
        if not (root / document).is_file():
            raise table.defect(
                "the pack names a document that is not there",
                "documents",
                document,
                remedy="Add the file or take the name out.",
            )
    return Manifest(
        id=identifier,
        revision=revision,
        released=table.flag("released"),
        provenance=_word(table, "provenance", Provenance),
        title=table.text("title"),
        documents=documents,
        preflight=_preflight(table),
        classes=_classes(root),
        binding=_binding(table),
    )


def catalogue(
    root: Path, classes: tuple[ConformanceClass, ...], standard: Standard | None = None
) -> Catalogue:
    """
    Read every `requirements/*.toml`, and order it by `classes`, then as written.

    Args:
        standard: holds the principles of which requirements may speak.

    Raises:
        PackDefect: as `manifest`; also for a pack that demands nothing.
    """
    found: list[Requirement] = []
    by_id: dict[str, Requirement] = {}
    known = {item.id: item for item in classes}
    spoken = {item.id for item in standard.principles if item.run} if standard else set()
    for path in sorted((root / "requirements").glob("*.toml"), key=lambda item: item.name):
        file = TomlFile(path, display(root, f"requirements/{path.name}"))
        file.root("requirement file").only({"requirement"})
        for table in file.tables("requirement"):
            requirement = _requirement(table, known, spoken)
            if earlier := by_id.get(requirement.id):
                raise table.defect(
                    "a requirement's id is given once",
                    "id",
                    requirement.id,
                    remedy=f"It stands at {earlier.defined_at} already; assign a new id.",
                )
            by_id[requirement.id] = requirement
            found.append(requirement)
    if not found:
        raise PackDefect(
            "the pack demands nothing",
            where=f"{display(root, 'requirements')}:1",
            remedy="Write at least one [[requirement]].",
        )
    rank = {item.id: position for position, item in enumerate(classes)}
    # A stable sort: within a class the author's order stays.
    found.sort(key=lambda item: rank[item.conformance_class])
    return Catalogue(classes=classes, requirements=tuple(found), standard=standard)


def _requirement(
    table: Table, classes: Mapping[str, ConformanceClass], principles: set[str]
) -> Requirement:
    table.only(_REQUIREMENT_KEYS)
    identifier = _matching(table, "id", REQUIREMENT_ID, "capitals, hyphens and three digits")
    if (conformance_class := table.string("class")) not in classes:
        raise table.defect(
            "the pack has no such class",
            "class",
            conformance_class,
            remedy=f"Use one of {', '.join(sorted(classes))}, or add it to {MANIFEST}.",
        )
    judged, excused = table.has("falsified_by"), table.has("not_judged")
    if judged == excused:
        raise table.defect(
            "a requirement says either what falsifies it or why nobody judges it"
            + (", not both" if judged else ""),
            "not_judged" if judged else "id",
            identifier,
            remedy="Keep one of falsified_by and not_judged."
            if judged
            else "Add falsified_by or not_judged.",
        )
    principle = table.string("principle") if table.has("principle") else ""
    if principle and principle not in principles:
        raise table.defect(
            "a requirement speaks of a principle that counts requirements",
            "principle",
            principle,
            remedy=f"Use one of {', '.join(sorted(principles))}."
            if principles
            else "Take the line out: the pack's quality.toml counts none.",
        )
    source = table.inner("source")
    source.only({"document", "article", "basis"})
    return Requirement(
        id=identifier,
        title=table.text("title"),
        obligation=_word(table, "obligation", Obligation),
        role=_word(table, "role", Role),
        conformance_class=conformance_class,
        source=Source(
            document=source.string("document"),
            article=source.string("article", empty=True),
            basis=_word(source, "basis", Basis),
        ),
        rationale=table.sentence("rationale"),
        falsified_by=table.sentence("falsified_by") if judged else None,
        not_judged=table.sentence("not_judged") if excused else None,
        since=_matching(table, "since", _REVISION, "a revision"),
        defined_at=table.where(),
        principle=principle,
        needs=classes[conformance_class].roles,
    )


def _classes(root: Path) -> tuple[ConformanceClass, ...]:
    seen: dict[str, ConformanceClass] = {}
    file = TomlFile(root / MANIFEST, display(root, MANIFEST))
    for table in file.tables("class"):
        table.only({"id", "title", "roles"})
        identifier = _matching(table, "id", _SLUG, "small letters, digits and single hyphens")
        if identifier in seen:
            raise table.defect(
                "a class's id is given once", "id", identifier, remedy="Name the class otherwise."
            )
        seen[identifier] = ConformanceClass(
            id=identifier, title=table.text("title"), roles=_roles(table)
        )
    if not seen:
        raise PackDefect(
            "a pack has at least one class", where=file.where(), remedy="Write a [[class]]."
        )
    return tuple(seen.values())


def _roles(table: Table) -> tuple[Role, ...]:
    named = table.strings("roles") if table.has("roles") else ()
    for name in named:
        if name not in set(Role):
            raise table.defect(
                "there is no such role", "roles", name, remedy=f"Use {' and '.join(Role)}."
            )
    return tuple(Role(name) for name in named)


def _preflight(table: Table) -> HarmlessRead:
    inner = table.inner("preflight")
    inner.only({"operation", "environment", "expected"})
    environment = inner.string("environment") if inner.has("environment") else ""
    if environment and not environment.startswith("/"):
        raise inner.defect(
            "environment is a JSON pointer",
            "environment",
            environment,
            remedy="Begin it with a slash, or leave it out.",
        )
    return HarmlessRead(
        operation=inner.string("operation"),
        environment=environment,
        expected=inner.string("expected") if environment else "",
    )


def _binding(table: Table) -> Mapping[str, str]:
    if not table.has("binding"):
        return {}
    inner = table.inner("binding")
    return {key: inner.string(key) for key in inner.names()}


def _matching(table: Table, key: str, pattern: re.Pattern[str], shape: str) -> str:
    value = table.string(key)
    if not pattern.fullmatch(value):
        raise table.defect(f"{key} must be {shape}", key, value, remedy="Correct it.")
    return value


def _word(table: Table, key: str, words: type[_Word]) -> _Word:
    value = table.string(key)
    try:
        return words(value)
    except ValueError:
        raise table.defect(
            f"{key} knows no such word", key, value, remedy=f"Use one of {', '.join(words)}."
        ) from None
