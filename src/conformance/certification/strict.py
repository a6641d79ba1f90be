"""
Decoders that forgive nothing, for what strangers sign: one text, one meaning.

Python's own forgive padding, stray bits, members that stand twice and numbers without a
value, so that two readers of one certificate could each see another one.
"""

from __future__ import annotations

import base64
import json
import math

from conformance.model.json import Json, JsonObject, compact


def encode(data: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """
    The inverse of `encode`, and of nothing else.

    Raises:
        ValueError: `encode` would not have written this.
    """
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise ValueError("not base64url") from None
    if encode(data) != text:
        raise ValueError("not base64url as RFC 7515 writes it")
    return data


def json_object(content: bytes) -> JsonObject:
    """
    A JSON object in UTF-8.

    Raises:
        ValueError: it is none, a member stands twice, a number is no finite one, a string
            holds a lone surrogate, or it is nested too deeply.
    """
    try:
        value: Json = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        # A lone surrogate is JSON to Python, and has no UTF-8 form to print or to validate.
        compact(value).encode("utf-8")
    except UnicodeError:
        raise ValueError("not UTF-8") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Json]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is beyond all numbers")
    return value
