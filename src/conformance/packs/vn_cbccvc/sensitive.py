"""Which fields of a profile are sensitive (law 91/2025/QH15), as the schemas mark them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from conformance.contract.contract import Contract
from conformance.model.json import Json, at

_MARK: Final = "x-sensitive"
_INDEX: Final = re.compile(r"/[0-9]+(?=/|$)")


def is_sensitive(contract: Contract, pointer: str) -> bool:
    """Whether a place in a profile, or what it stands in, is marked."""
    place = _INDEX.sub("/*", pointer)
    return any(f"{place}/".startswith(f"{field}/") for field in _fields(contract))


@cache
def _fields(contract: Contract) -> frozenset[str]:
    return frozenset(_marked(contract, "/components/schemas/Profile", ""))


def _marked(contract: Contract, where: str, pointer: str) -> Iterator[str]:
    schema = at(contract.document, where)
    if not isinstance(schema, dict):
        return
    if schema.get(_MARK) is True:
        yield pointer
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _marked(contract, reference.removeprefix("#"), pointer)
    if "items" in schema:
        yield from _marked(contract, f"{where}/items", f"{pointer}/*")
    for name in _names(schema.get("properties")):
        yield from _marked(contract, f"{where}/properties/{name}", f"{pointer}/{name}")


def _names(properties: Json) -> tuple[str, ...]:
    return tuple(properties) if isinstance(properties, dict) else ()
