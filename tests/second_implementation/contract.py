"""The documents of the contract as this server reads them: schemas, rules, the day of judgement."""

from __future__ import annotations

import copy
import tomllib
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FOLDER = Path(__file__).parents[2] / "specs/vn-cbccvc/1.0"
BASE = "https://contract.invalid/openapi/"  # urljoin knows no scheme of our own
HANOI = timezone(timedelta(hours=7))

Json = Any


def now() -> datetime:
    """The present, with the offset of Hà Nội: what the server says of time bears it."""
    return datetime.now(HANOI)


def today() -> str:
    """The day of judgement, ``yyyy-mm-dd``: the calendar day in Hà Nội."""
    return now().date().isoformat()


def utc_micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly: no float comes between."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def said(micros: int) -> str:
    """Microseconds since 1970 as RFC 3339 with all six digits, so that nothing looks older."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return moment.astimezone(HANOI).isoformat(timespec="microseconds")


def add_months(day: str, months: int) -> str:
    """Months later; the day of the month stays, or becomes the last one of a shorter month."""
    year, month, of_month = int(day[:4]), int(day[5:7]) - 1 + months, int(day[8:])
    year, month = year + month // 12, month % 12 + 1
    if not 1 <= year <= 9999:
        return "0000-01-01" if year < 1 else "9999-12-31"
    return f"{year:04}-{month:02}-{min(of_month, monthrange(year, month)[1]):02}"


@cache
def documents() -> dict[str, Json]:
    """The OpenAPI documents by file name."""
    return {
        path.name: yaml.safe_load(path.read_text("utf-8"))
        for path in (FOLDER / "openapi").glob("*.yaml")
    }


@cache
def rules() -> list[dict[str, Json]]:
    return list(tomllib.loads((FOLDER / "rules.toml").read_text("utf-8"))["rule"])


@cache
def registry() -> Registry[Json]:
    """What a schema may refer to: the documents as they stand."""
    return _registry(documents())


@cache
def envelopes() -> Registry[Json]:
    """
    The documents for the shape of a message alone: of what is judged record by record they demand
    that a profile or unit is an object, and nothing of a signature.
    """
    return _registry({name: _hollow(copy.deepcopy(each)) for name, each in documents().items()})


def subschemas(name: str, schema: Json) -> tuple[str, Json]:
    """Where a schema of the document leads when it is a reference: (document, schema)."""
    while "$ref" in schema:
        target, _, pointer = schema["$ref"].partition("#")
        name = target or name
        found = documents()[name]
        for part in pointer.strip("/").split("/"):
            found = found[part]
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    return name, schema


def _registry(named: dict[str, Json]) -> Registry[Json]:
    return Registry().with_resources(
        (BASE + name, Resource.from_contents(each, default_specification=DRAFT202012))
        for name, each in named.items()
    )


def _hollow(node: Json) -> Json:
    return _walk(node, lambda each: {"type": "object"} if "$ref" in each else {})


def _walk(node: Json, replace: Callable[[Json], Json]) -> Json:
    if isinstance(node, list):
        return [_walk(each, replace) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("x-judged-per-record") is True:
        return replace(node)
    return {key: _walk(value, replace) for key, value in node.items()}
