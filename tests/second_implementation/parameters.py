"""Path and query parameters, checked against the documents; and cursors."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from typing import Any

from werkzeug import Request

from . import contract, shapes
from .answers import Refusal

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@cache
def _declared(path: str, method: str) -> list[tuple[str, str, Any, Any]]:
    """(place, name, schema to check by, default) of each parameter of an operation."""
    for name, document in contract.documents().items():
        operation = document.get("paths", {}).get(path, {}).get(method.lower())
        if operation:
            return [
                (each["in"], each["name"], _absolute(name, each["schema"]), each["schema"])
                for each in operation.get("parameters", [])
            ]
    raise LookupError(path)


def _absolute(document: str, schema: Any) -> Any:
    if "$ref" not in schema:
        return schema
    target, _, pointer = schema["$ref"].partition("#")
    return {"$ref": f"{contract.BASE}{target or document}#{pointer}"}


class Parameters:
    """Reads parameters."""

    def read(self, request: Request, path: str, found: dict[str, str]) -> dict[str, Any]:
        """
        Each declared path and query parameter, by name; absent ones are their default or None.

        Raises
        ------
        Refusal
            `invalid-parameter`.

        """
        told: dict[str, Any] = {}
        for place, name, check, schema in _declared(path, request.method):
            if place == "header":
                continue
            given = [found[name]] if place == "path" else request.args.getlist(name)
            if not given:
                told[name] = schema.get("default")
                continue
            if len(given) > 1:
                raise Refusal("invalid-parameter")
            told[name] = self.value(given[0], schema)
            if not self.keeps(name, check, told[name]):
                raise Refusal("invalid-parameter")
        return told

    def value(self, text: str, schema: Any) -> Any:
        if schema.get("type") != "integer":
            return text
        if not WHOLE.fullmatch(text):
            raise Refusal("invalid-parameter")
        return int(text)

    def keeps(self, _name: str, check: Any, value: Any) -> bool:
        return shapes.parameter(check, value)


class Cursors:
    """Texts that say where a walk goes on, and what it is a walk of."""

    def write(self, kind: str, state: dict[str, Any]) -> str:
        raw = json.dumps([kind, state], separators=(",", ":")).encode("utf-8")
        return base64.urlsafe_b64encode(raw[::-1]).decode("ascii")

    def read(self, kind: str, text: str) -> dict[str, Any]:
        """
        What ``write`` was given.

        Raises
        ------
        Refusal
            `invalid-parameter`: this server wrote no such cursor, or for another walk.

        """
        try:
            found, state = json.loads(base64.urlsafe_b64decode(text.encode("ascii"))[::-1])
        except (ValueError, TypeError):
            raise Refusal("invalid-parameter") from None
        if found != kind or not isinstance(state, dict) or self.write(kind, state) != text:
            raise Refusal("invalid-parameter")
        return state

    def page(self, limit: int) -> int:
        """A page may hold fewer than was asked for; this server stops at three quarters."""
        return max(1, limit * 3 // 4)
