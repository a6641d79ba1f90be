"""Judgements over owners and reconciliation: whose a field is, what is held, what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, at
from conformance.oracles.body import equal_json, member, member_is, objects_at, shown
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import result_of
from conformance.packs.vn_cbccvc.vocabulary import mask

AGENCY: Final = "AGENCY"
#: What the copy of a field may be called, by whether the agency owns it.
_ROLES: Final = {True: ("original", "master"), False: ("reference",)}


# -- the table of owners -----------------------------------------------------------------


def fields_of(document: JsonObject) -> Sequence[str]:
    """Pointers of all fields of a profile in a contract: `*` is a row of a table."""
    return [*_fields(document, at(document, "/components/schemas/Profile"), "")]


def gives_each_field_one_owner(
    table: Sequence[Exchange], known: Sequence[Exchange], fields: Collection[str]
) -> None:
    """
    The pages of the table hold each of `fields` once, with one of the known owners.

    Raises:
        Deviation: `item-missing`, `item-twice`, `item-unexpected` or `wrong-value`, else as
            `member`.
    """
    codes = {str(row.get("code")) for page in known for _, row in _rows(page)}
    seen: set[str] = set()
    for page in table:
        for pointer, row in _rows(page):
            field, owner, role = (str(row.get(name)) for name in ("code", "owner", "role"))
            if field in seen:
                raise Deviation("item-twice", observed=field, required="once", pointer=pointer)
            seen.add(field)
            if owner not in codes:
                raise Deviation(
                    "wrong-value",
                    observed=owner,
                    required=f"one of {', '.join(sorted(codes))}",
                    pointer=f"{pointer}/owner",
                )
            allowed = _ROLES[owner == AGENCY]
            if role not in allowed:
                raise Deviation(
                    "wrong-value",
                    observed=f"{role} of {owner}",
                    required=" or ".join(allowed),
                    pointer=f"{pointer}/role",
                )
    missing = [field for field in fields if field not in seen]
    if missing:
        raise Deviation(
            "item-missing",
            observed=f"{len(seen)} fields without {', '.join(missing[:5])}",
            required="every field of a profile",
            pointer="/rows",
        )


# -- records and events ------------------------------------------------------------------


def names_owner(receipt: Exchange, number: int, owner: str) -> None:
    """
    What is said of the rejected record names the owner of the field.

    Raises:
        Deviation: `missing-member` without a `not-owner` error, `wrong-value`, else as `result_of`.
    """
    pointer, result = result_of(receipt, number)
    errors = result.get("errors")
    for index, error in enumerate(errors if isinstance(errors, list) else ()):
        if isinstance(error, dict) and error.get("rule") == "not-owner":
            equal_json(error.get("owner"), owner, pointer=f"{pointer}/errors/{index}/owner")
            return
    raise Deviation(
        "missing-member",
        observed=shown(errors),
        required="an error not-owner",
        pointer=f"{pointer}/errors",
    )


def became(answer: Exchange, *statuses: str) -> None:
    """
    What became of the events of a message, in their order.

    Raises:
        Deviation: as `result_of`, or `wrong-value`.
    """
    for number, status in enumerate(statuses, start=1):
        pointer, _ = result_of(answer, number)
        member_is(answer, f"{pointer}/status", status)


def holds(answer: Exchange, number: int, fields: Mapping[str, str]) -> None:
    """
    Exactly these fields (pointer -> owner) are said to be held of a person.

    Raises:
        Deviation: as `result_of`, or `wrong-value`.
    """
    pointer, result = result_of(answer, number)
    told = result.get("fields")
    seen: JsonObject = {
        str(one.get("pointer")): one.get("owner")
        for one in (told if isinstance(told, list) else ())
        if isinstance(one, dict)
    }
    equal_json(seen, dict(fields), pointer=f"{pointer}/fields")


# -- conflicts ---------------------------------------------------------------------------


def conflict_about(
    pages: Sequence[Exchange], person: JsonObject, pointer: str
) -> tuple[str, JsonObject] | None:
    """
    The listed conflict about a field of somebody with its place, None without one.

    Raises:
        Deviation: as `items_of`.
    """
    for page in pages:
        for index, item in enumerate(items_of(page)):
            if (item.get("profileId"), item.get("pointer")) == (person["profileId"], pointer):
                return f"/items/{index}", item
    return None


def lists_some_conflict(
    pages: Sequence[Exchange], person: JsonObject, pointer: str
) -> tuple[str, JsonObject]:
    """
    A conflict about a field of somebody is listed; with its place.

    Raises:
        Deviation: `item-missing`, else as `items_of`.
    """
    found = conflict_about(pages, person, pointer)
    if found is None:
        raise Deviation(
            "item-missing",
            observed=f"none among {sum(len(items_of(page)) for page in pages)} conflicts",
            required=f"{pointer} of {person['profileId']}",
            pointer="/items",
        )
    return found


def lists_conflict(
    pages: Sequence[Exchange], person: JsonObject, pointer: str, *, agency: Json, owner: Json
) -> None:
    """
    A conflict about a field of somebody is listed with both values.

    Raises:
        Deviation: `wrong-value`, else as `lists_some_conflict`.
    """
    place, item = lists_some_conflict(pages, person, pointer)
    equal_json(item.get("agencyValue"), agency, pointer=f"{place}/agencyValue")
    equal_json(item.get("ownerValue"), owner, pointer=f"{place}/ownerValue")


def lists_no_conflict(pages: Sequence[Exchange], person: JsonObject, pointer: str) -> None:
    """
    No conflict about a field of somebody is listed.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    if found := conflict_about(pages, person, pointer):
        raise Deviation(
            "wrong-value",
            observed=f"a conflict about {pointer}",
            required="none: both say the same",
            pointer=found[0],
        )


# -- reconciliation ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A difference as the answer should list it; `key` in clear."""

    subject: str
    kind: str
    key: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.kind} of {mask(self.key)} at {self.pointer}"


def mismatches_of(answer: Exchange) -> Sequence[JsonObject]:
    """All mismatches of an answer. Raises as `status_is` and `objects_at`."""
    status_is(answer, 200)
    return objects_at(answer, "/mismatches")


def finds(answer: Exchange, planted: Iterable[Mismatch]) -> None:
    """
    Every planted mismatch is listed; whether its id is masked is a requirement of its own.

    Raises:
        Deviation: `item-missing`, else as `mismatches_of`.
    """
    told = [
        (one.get("subject"), one.get("kind"), mask(str(one.get("key"))), one.get("pointer"))
        for one in mismatches_of(answer)
    ]
    for one in planted:
        if (one.subject, one.kind, mask(one.key), one.pointer) not in told:
            raise Deviation(
                "item-missing",
                observed=f"none among {len(told)} mismatches",
                required=str(one),
                pointer="/mismatches",
            )


def finds_nothing(answer: Exchange) -> None:
    """
    No mismatch is listed.

    Raises:
        Deviation: `item-unexpected`, else as `mismatches_of`.
    """
    for index, one in enumerate(mismatches_of(answer)):
        raise Deviation(
            "item-unexpected",
            observed=f"{one.get('kind')} in {one.get('subject')}",
            required="no mismatch",
            pointer=f"/mismatches/{index}",
        )


def finds_nothing_about(answer: Exchange, *keys: str) -> None:
    """
    No mismatch is about these people or units.

    Raises:
        Deviation: `item-unexpected`, else as `mismatches_of`.
    """
    meant = {mask(key) for key in keys}
    for index, one in enumerate(mismatches_of(answer)):
        if mask(str(one.get("key"))) in meant:
            raise Deviation(
                "item-unexpected",
                observed=f"{one.get('kind')} of {mask(str(one.get('key')))}",
                required="nothing about it",
                pointer=f"/mismatches/{index}",
            )


def _fields(document: JsonObject, schema: Json, above: str) -> Iterator[str]:
    members = schema.get("properties") if isinstance(schema, dict) else None
    for name, value in members.items() if isinstance(members, dict) else ():
        assert isinstance(value, dict)
        items = value.get("items")
        rows = items.get("$ref") if isinstance(items, dict) else None
        if isinstance(rows, str):
            yield from _fields(document, at(document, rows[1:]), f"{above}/{name}/*")
        else:
            yield f"{above}/{name}"


def _rows(page: Exchange) -> Iterator[tuple[str, JsonObject]]:
    status_is(page, 200)
    rows = member(page, "/rows")
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield f"/rows/{index}", row
