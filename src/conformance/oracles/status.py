"""
How an answer ended: which status, and refused as what.

"Any 4xx" is not a refusal. A server that is broken, or that refuses everything, must
not pass for one that saw the fault, so the reason is judged and not the number alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import assert_never

from conformance.errors import Deviation
from conformance.model.dialect import Answer, Empty, Gateway, Ok, Refused
from conformance.model.exchange import Exchange


def status_is(exchange: Exchange, *statuses: int) -> None:
    """
    The answer carries one of `statuses`.

    Raises:
        Deviation: `unexpected-status`.
    """
    if exchange.response.status not in statuses:
        raise Deviation(
            "unexpected-status",
            observed=outline(exchange),
            required=_spoken(statuses),
        )


def is_problem(
    exchange: Exchange,
    *,
    status: int | Collection[int],
    name: str,
    unwrap: Callable[[Exchange], Answer],
) -> Refused:
    """
    The answer is the refusal `name`, with `status`, and return it.

    Args:
        name: the reason as the contract writes it. A dialect may give it bare
            (`not-found`) or inside a URI (`urn:x:problem:not-found`). "" where an API
            refuses in free words alone.
        unwrap: a dialect's, which knows how its API says no.

    Raises:
        Deviation: `not-refused` when the answer grants what was asked, `wrong-refusal`
            when it says no for another reason, with another status or in no form of this API.
    """
    allowed = (status,) if isinstance(status, int) else tuple(status)
    required = f"{_spoken(allowed)} {name or 'and a refusal'}"
    answer = unwrap(exchange)
    match answer:
        case Ok() | Empty():
            raise Deviation("not-refused", observed=outline(exchange), required=required)
        case Gateway():
            raise Deviation("wrong-refusal", observed=outline(exchange), required=required)
        case Refused():
            if exchange.response.status not in allowed or not _is_called(answer.code, name):
                reason = answer.code or "no reason"
                raise Deviation(
                    "wrong-refusal",
                    observed=f"{exchange.response.status} {reason}",
                    required=required,
                )
            return answer
        case _:
            assert_never(answer)


def says_no(exchange: Exchange, unwrap: Callable[[Exchange], Answer]) -> bool:
    """Any 4xx, and a refusal under a status of success, which only the API's dialect can tell."""
    status = exchange.response.status
    return 400 <= status < 500 or (status < 400 and isinstance(unwrap(exchange), Refused))


def served(exchange: Exchange, unwrap: Callable[[Exchange], Answer]) -> None:
    """
    A good request was taken, be it that nothing was there to be given.

    Raises:
        Deviation: `unexpected-status`.
    """
    match unwrap(exchange):
        case Empty():
            return
        case Refused(text=text):
            raise Deviation(
                "unexpected-status", observed=f"{outline(exchange)}: {text}", required="no refusal"
            )
    status_is(exchange, *range(200, 300))


def outline(exchange: Exchange) -> str:
    """An answer in a few words: its status, its media type, and where it redirects to."""
    response = exchange.response
    words = [str(response.status), response.media_type or "without a content type"]
    location = response.header("location")
    if location is not None and 300 <= response.status < 400:
        words.append(f"to {location}")
    return " ".join(words)


def _spoken(statuses: Sequence[int]) -> str:
    """Statuses as messages name them; a long run as its ends."""
    if len(statuses) > 3 and statuses == tuple(range(statuses[0], statuses[-1] + 1)):
        return f"{statuses[0]} to {statuses[-1]}"
    return " or ".join(str(status) for status in statuses)


def _is_called(code: str, name: str) -> bool:
    return code == name or code.endswith((f":{name}", f"/{name}", f"#{name}"))
