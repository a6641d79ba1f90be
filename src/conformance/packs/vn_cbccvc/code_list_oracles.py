"""Judgements over code lists: which versions are named, and what a version says of its codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.oracles.body import member, shown
from conformance.oracles.paging import count_is, each_once
from conformance.oracles.status import status_is


def names_versions(answer: Exchange, name: str, versions: Iterable[str]) -> None:
    """
    The code list of that name is among those named, with these versions at least.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `item-missing`.
    """
    status_is(answer, 200)
    items = member(answer, "/items")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and item.get("name") == name:
            pointer = f"/items/{index}/versions"
            found = member(answer, pointer)
            for version in versions:
                if not isinstance(found, list) or version not in found:
                    raise Deviation(
                        "item-missing", observed=shown(found), required=version, pointer=pointer
                    )
            return
    raise Deviation("item-missing", observed=shown(items), required=name, pointer="/items")


def maps_as(
    pages: Sequence[Exchange], successors: Mapping[str, frozenset[str]], *, whole: bool = False
) -> None:
    """
    Every row leads an old code to all the codes in which it went on, and to no other.

    Args:
        successors: old code -> the new ones.
        whole: whether the pages are the whole list, so that no old code may be missing.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`, `item-missing`,
            `item-unexpected` or `wrong-value`.
    """
    seen: set[str] = set()
    for page in pages:
        status_is(page, 200)
        found = member(page, "/rows")
        for index, row in enumerate(found if isinstance(found, list) else ()):
            code, pointer = str(member(page, f"/rows/{index}/code")), f"/rows/{index}/newCode"
            if code not in successors:
                raise Deviation("item-unexpected", observed=code, required="an old code")
            seen.add(code)
            others = row.get("alsoIn") if isinstance(row, dict) else None
            led = {str(member(page, pointer)), *(str(others).split("|") if others else ())}
            if led != successors[code]:
                raise Deviation(
                    "wrong-value",
                    observed=", ".join(sorted(led)),
                    required=", ".join(sorted(successors[code])),
                    pointer=pointer,
                )
    if not seen:
        raise Deviation("item-missing", observed="no rows", required="old codes")
    for code in sorted(successors.keys() - seen) if whole else ():
        raise Deviation("item-missing", observed=f"no code {code}", required=code)


def names_codes(
    pages: Sequence[Exchange], present: Iterable[str], *, absent: Iterable[str] = ()
) -> None:
    """
    A walk gave each of the codes that are there once, and none of those that are not.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`, `item-missing`,
            `item-twice` or `item-unexpected`.
    """
    codes = []
    for page in pages:
        status_is(page, 200)
        rows = member(page, "/rows")
        codes += [
            str(member(page, f"/rows/{index}/code"))
            for index in range(len(rows) if isinstance(rows, list) else 0)
        ]
    each_once(codes)
    for code in present:
        if code not in codes:
            raise Deviation("item-missing", observed=f"no code {code}", required=code)
    for code in absent:
        if code in codes:
            raise Deviation("item-unexpected", observed=code, required="on no page")


def serves(
    pages: Sequence[Exchange], *, rows: int, named: Mapping[str, str], whole: bool = True
) -> None:
    """
    A walk gave that many codes, each once, and each of `named` is called so.

    Args:
        named: code -> what must occur in its name.
        whole: whether the pages are the whole list; how many codes a part holds is the server's.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member`, `item-twice`,
            `count-differs`, `item-missing` or `wrong-value`.
    """
    names: dict[str, tuple[str, str]] = {}
    codes: list[str] = []
    for page in pages:
        status_is(page, 200)
        found = member(page, "/rows")
        for index in range(len(found) if isinstance(found, list) else 0):
            code = str(member(page, f"/rows/{index}/code"))
            pointer = f"/rows/{index}/name"
            codes.append(code)
            names[code] = str(member(page, pointer)), pointer
    each_once(codes)
    if whole:
        count_is("codes", len(codes), rows)
    for code, required in named.items():
        if code not in names:
            raise Deviation("item-missing", observed=f"no code {code}", required=required)
        name, pointer = names[code]
        if required not in name:
            raise Deviation("wrong-value", observed=name, required=required, pointer=pointer)
