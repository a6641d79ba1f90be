"""What an answer says: members, values, and whether two answers say the same."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, at, escape

_SHOWN = 160


def json_body(exchange: Exchange) -> Json:
    """
    The answer's body as JSON, whatever media type it claims.

    Raises:
        Deviation: `not-json` or `body-too-large`.
    """
    return exchange.response.json()


def media_type_is(exchange: Exchange, *allowed: str) -> None:
    """
    The content type, without parameters, is one of `allowed` (lower case).

    Raises:
        Deviation: `wrong-media-type`.
    """
    observed = exchange.response.media_type
    if observed not in allowed:
        raise Deviation(
            "wrong-media-type", observed=observed or "none", required=" or ".join(allowed)
        )


def header(exchange: Exchange, name: str) -> str:
    """
    The first header `name` of the answer.

    Raises:
        Deviation: `missing-header`.
    """
    value = exchange.response.header(name)
    if value is None or not value.strip():
        raise Deviation("missing-header", observed="no such header", required=name)
    return value


def member(exchange: Exchange, pointer: str) -> Json:
    """
    The value at a JSON pointer of the answer.

    Raises:
        Deviation: `not-json`, `body-too-large` or `missing-member`.
    """
    body = json_body(exchange)
    try:
        return at(body, pointer)
    except KeyError:
        raise Deviation(
            "missing-member",
            observed=_deepest(body, pointer),
            required=pointer,
            pointer=pointer,
        ) from None


def member_is(exchange: Exchange, pointer: str, required: Json) -> None:
    """
    The answer holds exactly `required` at `pointer`.

    Raises:
        Deviation: as `member`, or `wrong-value`.
    """
    equal_json(member(exchange, pointer), required, pointer=pointer)


def text_at(exchange: Exchange, pointer: str) -> str:
    """
    The text at `pointer`, not empty.

    Raises:
        Deviation: as `member`, or `wrong-value`.
    """
    value = member(exchange, pointer)
    if not isinstance(value, str) or not value:
        raise Deviation("wrong-value", observed=shown(value), required="a text", pointer=pointer)
    return value


def objects_at(exchange: Exchange, pointer: str) -> Sequence[JsonObject]:
    """
    The objects of the array at `pointer`.

    Raises:
        Deviation: as `member`, or `wrong-value` where it is no array, or holds something else.
    """
    held = member(exchange, pointer)
    if not isinstance(held, list):
        raise Deviation("wrong-value", observed=shown(held), required="an array", pointer=pointer)
    found: list[JsonObject] = []
    for index, one in enumerate(held):
        if not isinstance(one, dict):
            place = f"{pointer}/{index}"
            raise Deviation("wrong-value", observed=shown(one), required="an object", pointer=place)
        found.append(one)
    return found


def number_within(exchange: Exchange, pointer: str, least: int, most: int) -> int:
    """
    The whole number at `pointer`, between two bounds, both allowed.

    Raises:
        Deviation: as `member`, or `wrong-value`.
    """
    value = member(exchange, pointer)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Deviation(
            "wrong-value",
            observed=shown(value),
            required=f"a whole number from {least} to {most}",
            pointer=pointer,
        )
    return value


def equal_json(
    observed: Json, required: Json, *, code: str = "wrong-value", pointer: str = ""
) -> None:
    """
    Two JSON values are equal; numbers by value, `true` and `1` apart, members in any order.

    Args:
        code: what to call a difference.
        pointer: where `observed` stands in its answer.

    Raises:
        Deviation: `code`, with the pointer of the first difference.
    """
    difference = first_difference(observed, required, pointer)
    if difference is not None:
        where, seen, wanted = difference
        raise Deviation(code, observed=seen, required=wanted, pointer=where)


def same_answer(first: Exchange, second: Exchange) -> None:
    """
    Two answers agree in status, media type and JSON value.

    Raises:
        Deviation: `different-answer`, with the pointer of the first difference; `not-json`
            when neither can be read, because two equal ruins prove nothing.
    """
    for what, one, other in (
        ("status", str(first.response.status), str(second.response.status)),
        ("media type", first.response.media_type, second.response.media_type),
    ):
        if one != other:
            raise Deviation(
                "different-answer",
                observed=f"{what} {other or 'none'}",
                required=f"{what} {one or 'none'}",
            )
    equal_json(json_body(second), json_body(first), code="different-answer")


def first_difference(
    observed: Json, required: Json, pointer: str = ""
) -> tuple[str, str, str] | None:
    """Pointer, observed and required of the first difference in document order, or None."""
    match observed, required:
        case dict(), dict():
            for key in (*required, *(key for key in observed if key not in required)):
                where = f"{pointer}/{escape(key)}"
                if key not in observed:
                    return where, "absent", shown(required[key])
                if key not in required:
                    return where, shown(observed[key]), "absent"
                inner = first_difference(observed[key], required[key], where)
                if inner is not None:
                    return inner
            return None
        case list(), list():
            for index, (one, other) in enumerate(zip(observed, required, strict=False)):
                inner = first_difference(one, other, f"{pointer}/{index}")
                if inner is not None:
                    return inner
            if len(observed) != len(required):
                return pointer, f"{len(observed)} items", f"{len(required)} items"
            return None
        case _:
            # Python holds True equal to 1; JSON does not.
            alike = isinstance(observed, bool) is isinstance(required, bool)
            if alike and observed == required:
                return None
            return pointer, shown(observed), shown(required)


def shown(value: Json) -> str:
    """A value as messages show it: JSON text, cut when it is long."""
    match value:
        case dict():
            return f"an object of {len(value)} members"
        case list():
            return f"an array of {len(value)} items"
        case str():
            text = f'"{value}"'
        case None:
            text = "null"
        case bool():
            text = "true" if value else "false"
        case _:
            text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _deepest(body: Json, pointer: str) -> str:
    """How far along `pointer` the body goes."""
    reached = ""
    for token in pointer.split("/")[1:]:
        try:
            at(body, f"{reached}/{token}")
        except KeyError:
            break
        reached = f"{reached}/{token}"
    return f"{shown(at(body, reached))} at {reached or 'the root'}"
