"""Whether an answer keeps personal ids to itself."""

from __future__ import annotations

from collections.abc import Collection

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, escape


def masks(exchange: Exchange, ids: Collection[str]) -> None:
    """
    None of `ids` stands in clear anywhere in the answer: not in a value, a member name or a header.

    That the answer had reason to speak of these people is for the caller to establish:
    an empty body masks everything.

    Raises:
        Deviation: `not-masked`, with the pointer of the first place; the id is shown masked.
    """
    response = exchange.response
    for name, value in response.headers:
        _refuse(_first(ids, value), f"the header {name}", "")
    # A body that does not parse can betray somebody all the same.
    text = response.body.decode("utf-8", errors="replace")
    found = _first(ids, text) or _first(ids, _unescaped(exchange))
    if found is not None:
        _refuse(found, "the answer", _place(_json(exchange), found))


def mask(personal_id: str) -> str:
    """First and last three characters, for messages of our own."""
    hidden = max(len(personal_id) - 6, 0)
    return f"{personal_id[:3]}{'*' * hidden}{personal_id[-3:]}" if hidden else "***"


def _refuse(found: str | None, where: str, pointer: str) -> None:
    if found is not None:
        raise Deviation(
            "not-masked",
            observed=f"{mask(found)} in clear in {where}",
            required="personal ids masked",
            pointer=pointer,
        )


def _first(ids: Collection[str], text: str) -> str | None:
    return next((one for one in ids if one in text), None)


def _json(exchange: Exchange) -> Json:
    try:
        return exchange.response.json()
    except Deviation:
        return None


def _unescaped(exchange: Exchange) -> str:
    """Every text of the body: a JSON escape hides a digit from a search in the bytes."""
    return "\n".join(text for _, text in _texts(_json(exchange), ""))


def _place(value: Json, found: str) -> str:
    return next((pointer for pointer, text in _texts(value, "") if found in text), "")


def _texts(value: Json, pointer: str) -> list[tuple[str, str]]:
    match value:
        case dict():
            texts = [(f"{pointer}/{escape(key)}", key) for key in value]
            for key, inner in value.items():
                texts.extend(_texts(inner, f"{pointer}/{escape(key)}"))
            return texts
        case list():
            nested = (_texts(inner, f"{pointer}/{index}") for index, inner in enumerate(value))
            return [text for texts in nested for text in texts]
        case str():
            return [(pointer, value)]
        case bool() | None:
            return []
        case _:
            return [(pointer, str(value))]
