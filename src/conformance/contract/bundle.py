"""
Several OpenAPI documents as one.

References between files become references inside the one document; what two files say about the
same path or component must be equal. Every defect is named by file and line. Not here: whether
the result is a good OpenAPI document (`pack lint` asks that).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from conformance.contract import sources
from conformance.contract.sources import Document
from conformance.errors import PackDefect
from conformance.model.json import Json, JsonObject, at, escape

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def bundle(root: Path, documents: Sequence[str]) -> JsonObject:
    """
    One OpenAPI document out of `documents` (paths below `root`, in load order).

    Every `$ref` of the result begins with `#/`. `info` and `openapi` come from the first
    document that has them; `security` of a document is written into its own operations.

    Raises:
        PackDefect: a file cannot be read, two files disagree, a reference dangles or leaves
            the pack; always with file and line.
    """
    if not documents:
        raise PackDefect("the pack names no OpenAPI document", remedy="List them in pack.toml.")
    read = {posixpath.normpath(name): sources.read(root, name) for name in documents}
    merged = _Merge()
    for document in read.values():
        _check_version(document)
        own = _rewritten(document.value, "", document, read)
        assert isinstance(own, dict)
        merged.add(own, document)
    return merged.value


def _check_version(document: Document) -> None:
    version = document.value.get("openapi")
    if not str(version).startswith(("3.1", "3.2")):
        raise PackDefect(
            "a contract is written in OpenAPI 3.1 or later, whose schemas are JSON Schema 2020-12",
            where=document.where("/openapi"),
            value=str(version),
            remedy="Convert the document to 3.1 (`nullable` becomes a type list).",
        )


def _rewritten(value: Json, pointer: str, document: Document, read: Mapping[str, Document]) -> Json:
    if isinstance(value, list):
        return [
            _rewritten(item, f"{pointer}/{index}", document, read)
            for index, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    held: JsonObject = {}
    for key, member in value.items():
        below = f"{pointer}/{escape(key)}"
        if key == "$ref" and isinstance(member, str):
            held[key] = _reference(member, below, document, read)
        elif key == "discriminator" and isinstance(member, dict):
            held[key] = _discriminator(member, below, document, read)
        else:
            held[key] = _rewritten(member, below, document, read)
    return held


def _discriminator(
    value: JsonObject, pointer: str, document: Document, read: Mapping[str, Document]
) -> Json:
    mapping = value.get("mapping")
    if not isinstance(mapping, dict):
        return _rewritten(value, pointer, document, read)
    return {
        **value,
        "mapping": {
            key: _reference(target, f"{pointer}/mapping/{escape(key)}", document, read)
            if isinstance(target, str) and "#" in target
            else target
            for key, target in mapping.items()
        },
    }


def _reference(
    reference: str, pointer: str, document: Document, read: Mapping[str, Document]
) -> str:
    file, _, fragment = reference.partition("#")
    if file:
        named = posixpath.normpath(posixpath.join(posixpath.dirname(document.name), file))
        target = read.get(named)
    else:
        target = document
    if target is None or not fragment.startswith("/"):
        raise PackDefect(
            "a reference leaves the pack's documents",
            where=document.where(pointer),
            value=reference,
            remedy="Refer to #/components/... of a document that pack.toml lists.",
        )
    fragment = unquote(fragment)
    try:
        at(target.value, fragment)
    except KeyError:
        raise PackDefect(
            "a reference points to nothing",
            where=document.where(pointer),
            value=reference,
            remedy=f"Define it in {target.name}, or correct the reference.",
        ) from None
    return "#" + fragment


class _Merge:
    """The document as far as it is merged, and where each part of it was first seen."""

    def __init__(self) -> None:
        self.value: JsonObject = {}
        self._seen: dict[str, str] = {}

    def add(self, own: JsonObject, document: Document) -> None:
        """Take in one document; raise PackDefect where it contradicts an earlier one."""
        for key, member in own.items():
            pointer = f"/{escape(key)}"
            match key:
                case "openapi" | "info":
                    self.value.setdefault(key, member)
                case "security":
                    pass  # written into the operations below
                case "tags" | "servers":
                    self._extend(key, member)
                case "paths" | "webhooks":
                    _default_security(member, own.get("security"))
                    self._into(self.value, key, member, pointer, document, depth=2)
                case "components":
                    own_parts = _without_aliases(member, document)
                    self._into(self.value, key, own_parts, pointer, document, depth=2)
                case _:
                    self._into(self.value, key, member, pointer, document, depth=0)

    def _extend(self, key: str, member: Json) -> None:
        present = self.value.setdefault(key, [])
        if isinstance(present, list) and isinstance(member, list):
            present.extend(item for item in member if item not in present)

    def _into(
        self,
        holder: JsonObject,
        key: str,
        member: Json,
        pointer: str,
        document: Document,
        *,
        depth: int,
    ) -> None:
        if key not in holder:
            holder[key] = member
            for below in _pointers(member, pointer, depth):
                self._seen[below] = document.where(below)
            return
        present = holder[key]
        if depth and isinstance(present, dict) and isinstance(member, dict):
            for name, value in member.items():
                below = f"{pointer}/{escape(name)}"
                self._into(present, name, value, below, document, depth=depth - 1)
        elif present != member:
            raise PackDefect(
                f"two documents define {pointer} differently",
                where=document.where(pointer),
                value=f"first defined at {self._seen.get(pointer, '?')}",
                remedy="Define it once and refer to it.",
            )


def _without_aliases(components: Json, document: Document) -> Json:
    """What a document defines itself; what it has from another, under the same name, comes so."""
    if not isinstance(components, dict):
        return components
    held: JsonObject = {}
    for kind, named in components.items():
        if not isinstance(named, dict):
            held[kind] = named
            continue
        held[kind] = {
            name: member
            for name, member in named.items()
            if member != {"$ref": f"#/components/{escape(kind)}/{escape(name)}"}
            # Whoever refers to himself in his own document is a mistake, which stays.
            or member == at(document.value, f"/components/{escape(kind)}/{escape(name)}")
        }
    return held


def _pointers(value: Json, pointer: str, depth: int) -> Iterator[str]:
    yield pointer
    if depth and isinstance(value, dict):
        for key, member in value.items():
            yield from _pointers(member, f"{pointer}/{escape(key)}", depth - 1)


def _default_security(paths: Json, security: Json) -> None:
    if security is None or not isinstance(paths, dict):
        return
    for item in paths.values():
        if isinstance(item, dict):
            for method in _METHODS:
                operation = item.get(method)
                if isinstance(operation, dict):
                    operation.setdefault("security", security)
