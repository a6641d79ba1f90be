"""Two contracts side by side: what they are is found out here, what changed elsewhere."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.catalogue import diff, packs
from conformance.catalogue.diff import Change
from conformance.catalogue.load import MANIFEST
from conformance.contract.bundle import bundle
from conformance.contract.compare import compare
from conformance.errors import PackDefect, UsageError
from conformance.model.json import JsonObject

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """
    One side.

    Attributes:
        name: as it was asked for.
        document: its OpenAPI documents as one.
        root: the folder with its requirements, rules and code lists; None for bare documents.
    """

    name: str
    document: JsonObject
    root: Path | None = None


def side(reference: str) -> Compared:
    """
    What `reference` means: a file, a folder (of a pack or of documents), or `id@revision`.

    Raises:
        UsageError: there is nothing of this name, or nothing to compare in it.
        PackDefect: a document of it breaks a law.
    """
    path = Path(reference)
    if path.is_file():
        return Compared(name=reference, document=bundle(path.parent, (path.name,)))
    if path.is_dir():
        if (path / MANIFEST).is_file():
            return Compared(name=reference, document=bundle(path, _listed(path)), root=path)
        names = sorted(p.name for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
        if not names:
            raise UsageError(
                "the folder holds neither a pack nor OpenAPI documents",
                where="pack diff",
                value=reference,
                remedy=f"Name a folder with {MANIFEST}, or one with .yaml or .json documents.",
            )
        return Compared(name=reference, document=bundle(path, names))
    if any(mark in reference for mark in ("/", "\\")) or path.suffix.lower() in _SUFFIXES:
        raise UsageError(
            "there is no such file or folder",
            where="pack diff",
            value=reference,
            remedy="Name an OpenAPI file, a folder, or a pack as id@revision.",
        )
    loaded = packs.load(reference)
    name = f"{loaded.id}@{loaded.revision}"
    return Compared(name=name, document=bundle(loaded.root, loaded.documents), root=loaded.root)


def changes(old: Compared, new: Compared) -> tuple[Change, ...]:
    """
    All changes from `old` to `new`, operations first.

    Requirements, rules and code lists are compared when both sides have them.
    """
    found = list(compare(old.document, new.document))
    if old.root is not None and new.root is not None:
        found += diff.data(old.root, new.root)
    return tuple(found)


def _listed(root: Path) -> tuple[str, ...]:
    try:
        listed = tomllib.loads((root / MANIFEST).read_text(encoding="utf-8")).get("documents")
    except ValueError as error:
        raise PackDefect("the file is not TOML", where=MANIFEST, value=str(error)) from error
    if not isinstance(listed, list) or not listed:
        raise PackDefect("the pack names no documents", where=MANIFEST)
    return tuple(str(name) for name in listed)
