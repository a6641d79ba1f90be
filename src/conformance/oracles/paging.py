"""Whether a walk over pages gave everything, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from conformance.errors import Deviation

T = TypeVar("T", bound=Hashable)


def complete_walk(items_by_page: Sequence[Sequence[T]], expected: Iterable[T]) -> None:
    """
    Every expected item stood on exactly one page, at one place.

    Strangers between them are no matter of ours: others may write to the same server.

    Args:
        items_by_page: the identities of the items, page by page as they came.
        expected: the identities that must be among them.

    Raises:
        Deviation: `item-missing` or `item-twice`; the pointer is empty, the pages are named.
    """
    places: dict[T, list[int]] = {}
    for number, page in enumerate(items_by_page, start=1):
        for item in page:
            places.setdefault(item, []).append(number)
    pages = len(items_by_page)
    for item in expected:
        found = places.get(item, [])
        if not found:
            raise Deviation(
                "item-missing", observed=f"{item} on none of {pages} pages", required="once"
            )
        if len(found) > 1:
            raise Deviation(
                "item-twice",
                observed=f"{item} on pages {', '.join(str(number) for number in found)}",
                required="once",
            )


def count_is(what: str, observed: int, required: int, *, pointer: str = "") -> None:
    """
    A count agrees.

    Args:
        what: the things counted, for the message.

    Raises:
        Deviation: `count-differs`.
    """
    if observed != required:
        raise Deviation(
            "count-differs",
            observed=f"{observed} {what}",
            required=f"{required} {what}",
            pointer=pointer,
        )


def each_once(items: Iterable[T]) -> None:
    """
    No item occurs twice.

    Raises:
        Deviation: `item-twice`, naming the first that does.
    """
    for item, times in Counter(items).items():
        if times > 1:
            raise Deviation("item-twice", observed=f"{item} {times} times", required="once")
