"""
A pack's OpenAPI documents as an author sees them: what is wrong with them, and in which line.

For testing they are bundled and compiled by `contract`; here they are only examined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

#: Shorthands that one dialect of regular expressions takes for ASCII and another for Unicode.
_SHORTHAND: Final = re.compile(r"(?<!\\)(?:\\\\)*\\[dDwWsS]")
_REMOTE: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that is wrong (or, with `warning`, doubtful) in one document."""

    document: str
    line: int
    what: str
    value: str
    remedy: str
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place where a document uses an extension."""

    document: str
    line: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    path: tuple[str | int, ...]
    line: int
    value: Any
    again: bool = False
    """The same name stood before in the same mapping; YAML readers silently take the last."""


def examine(root: Path, names: Sequence[str]) -> Iterator[Doubt]:
    """Everything that the OpenAPI validator and our own habits complain of."""
    operations: dict[str, str] = {}
    components: dict[tuple[str, str], tuple[str, Any]] = {}
    for name in names:
        try:
            members = tuple(_members(root / name))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            yield Doubt(
                document=name,
                line=mark.line + 1 if mark else 1,
                what="a document is YAML or JSON in UTF-8",
                value=str(getattr(error, "problem", error)),
                remedy="Repair the syntax.",
            )
            continue
        remote = False
        for member in members:
            if member.again:
                yield Doubt(
                    document=name,
                    line=member.line,
                    what="a member is given once in its mapping",
                    value=str(member.path[-1]),
                    remedy="Remove one of them.",
                )
            match member.path:
                case (*_, "$ref") if isinstance(member.value, str) and _REMOTE.match(member.value):
                    remote = True
                    yield Doubt(
                        document=name,
                        line=member.line,
                        what="a document refers to files of its pack only",
                        value=member.value,
                        remedy="Copy what it refers to into the pack.",
                    )
                case (*_, "pattern") if isinstance(member.value, str) and _SHORTHAND.search(
                    member.value
                ):
                    yield Doubt(
                        document=name,
                        line=member.line,
                        what="a pattern means the same in every dialect of regular expressions",
                        value=member.value,
                        remedy="Write the characters out: [0-9] for digits.",
                        warning=True,
                    )
                case ("paths", str(path), str(method), "operationId") if method in _METHODS:
                    where = f"{name}, {method.upper()} {path}"
                    if (first := operations.setdefault(str(member.value), where)) != where:
                        yield Doubt(
                            document=name,
                            line=member.line,
                            what="an operationId is given once in all documents",
                            value=f"{member.value}, first in {first}",
                            remedy="Rename one of them.",
                        )
                case ("components", str(kind), str(component)) if not _is_alias(
                    member.value, f"/components/{kind}/{component}"
                ):
                    earlier = components.setdefault((kind, component), (name, member.value))
                    if earlier[1] != member.value:
                        yield Doubt(
                            document=name,
                            line=member.line,
                            what="a component means the same in all documents",
                            value=f"{kind}/{component}, first in {earlier[0]}",
                            remedy="Rename one of them, or refer to the first.",
                        )
                case _:
                    pass
        # With a reference out of the pack the validator would go to the network.
        if not remote:
            yield from _invalid(root, name, members)


def _is_alias(component: object, pointer: str) -> bool:
    """Whether a component is only another document's of the same name, for readers of one file."""
    match component:
        case {"$ref": str(reference)}:
            return not reference.startswith("#") and reference.endswith(f"#{pointer}")
    return False


def provenances(root: Path, names: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """(document, line, `info.x-provenance` or "") of each readable document."""
    for name in names:
        line, said = 1, ""
        for member in _readable(root / name):
            if member.path == ("info",):
                line = member.line
            if member.path == ("info", "x-provenance"):
                line, said = member.line, str(member.value)
        yield name, line, said


def operations(root: Path, names: Sequence[str]) -> frozenset[str]:
    """Every operationId of the documents."""
    return frozenset(
        str(member.value)
        for name in names
        for member in _readable(root / name)
        if member.path[:1] == ("paths",) and len(member.path) == 4
        if member.path[3] == "operationId"
    )


def extension(root: Path, names: Sequence[str], key: str) -> Iterator[Use]:
    """Every use of the extension `key`, in document order."""
    for name in names:
        for member in _readable(root / name):
            if member.path and member.path[-1] == key:
                yield Use(document=name, line=member.line, value=str(member.value))


def _invalid(root: Path, name: str, members: Sequence[_Member]) -> Iterator[Doubt]:
    # Heavy, and needed by lint alone.
    from openapi_spec_validator import (
        OpenAPIV31SpecValidator,
        OpenAPIV32SpecValidator,
    )

    lines = {member.path: member.line for member in members}
    whole = members[0].value
    version = str(whole.get("openapi", "")) if isinstance(whole, dict) else ""
    validator = OpenAPIV32SpecValidator if version.startswith("3.2") else OpenAPIV31SpecValidator
    if not version.startswith(("3.1", "3.2")):
        yield Doubt(
            document=name,
            line=lines.get(("openapi",), 1),
            what="a document is OpenAPI 3.1 or later",
            value=version,
            remedy="Convert it to 3.1.",
        )
        return
    try:
        errors = list(validator(whole, base_uri=(root / name).as_uri()).iter_errors())
    except Exception as failure:  # noqa: BLE001 - the resolver promises no class of its own
        yield Doubt(
            document=name,
            line=1,
            what="every reference of a document leads somewhere",
            value=f"{type(failure).__name__}: {failure}".splitlines()[0][:300],
            remedy="Correct the reference.",
        )
        return
    for error in errors:
        path = tuple(error.absolute_path)
        while path and path not in lines:
            path = path[:-1]
        yield Doubt(
            document=name,
            line=lines.get(path, 1),
            what="a document is valid OpenAPI",
            value=str(error.message)[:300],
            remedy="Correct it as the OpenAPI specification says.",
        )


def _readable(path: Path) -> tuple[_Member, ...]:
    try:
        return tuple(_members(path))
    except (yaml.YAMLError, UnicodeDecodeError):
        return ()


def _members(path: Path) -> Iterator[_Member]:
    """The whole document, then every member and item with its path and line, depth first."""
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    # A date in an example is the text that it is in JSON.
    loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in loader.yaml_implicit_resolvers.items()
    }
    try:
        node = loader.get_single_node()
        if node is None:
            yield _Member(path=(), line=1, value=None)
            return
        yield from _walk(node, (), node.start_mark.line + 1, loader.construct_document(node))
    finally:
        loader.dispose()


def _walk(
    node: Any, path: tuple[str | int, ...], line: int, value: Any, *, again: bool = False
) -> Iterator[_Member]:
    yield _Member(path=path, line=line, value=value, again=again)
    if isinstance(node, yaml.MappingNode) and isinstance(value, dict):
        # A key such as 200 is a number to YAML and a name to OpenAPI.
        by_name = {str(name): inner for name, inner in value.items()}
        seen: set[str] = set()
        for key, child in node.value:
            name = str(key.value)
            below = (*path, name)
            inner = by_name.get(name)
            yield from _walk(child, below, key.start_mark.line + 1, inner, again=name in seen)
            seen.add(name)
    elif isinstance(node, yaml.SequenceNode) and isinstance(value, list):
        for index, (child, item) in enumerate(zip(node.value, value, strict=False)):
            yield from _walk(child, (*path, index), child.start_mark.line + 1, item)
