"""
Judgements over what is told about people: lists, histories, jobs, changes, matches.

Long, because it is a list: no judgement leans on another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final
from urllib.parse import urljoin

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject, at
from conformance.oracles.body import (
    equal_json,
    header,
    member,
    member_is,
    objects_at,
    shown,
    text_at,
)
from conformance.oracles.paging import complete_walk, count_is
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.receipts import result_of
from conformance.packs.vn_cbccvc.records import as_bytes, composed, text

_WAITING: Final = ("QUEUED", "RUNNING")


# -- lists -----------------------------------------------------------------------------


def items_of(page: Exchange) -> Sequence[JsonObject]:
    """The objects on one page. Raises as `status_is` and `objects_at`."""
    status_is(page, 200)
    return objects_at(page, "/items")


def lists_each_once(pages: Sequence[Exchange], people: Sequence[JsonObject]) -> None:
    """
    Every one of these people stands on exactly one page, at one place.

    Raises:
        Deviation: `item-missing` or `item-twice`, else as `items_of`.
    """
    complete_walk(_ids(pages), [text(person, "profileId") for person in people])


def lists_none_of(pages: Sequence[Exchange], people: Sequence[JsonObject]) -> None:
    """
    None of these people stands on the pages.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    ids = {text(person, "profileId") for person in people}
    for page in pages:
        for index, item in enumerate(items_of(page)):
            if item.get("profileId") in ids:
                raise Deviation(
                    "wrong-value",
                    observed=shown(item.get("profileId")),
                    required="nobody who was not asked for",
                    pointer=f"/items/{index}/profileId",
                )


def lists_only_people_of(pages: Sequence[Exchange], unit: JsonObject) -> None:
    """
    Whoever stands on the pages works in the unit, known to us or not.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    required = text(unit, "unitCode")
    for page in pages:
        for index, item in enumerate(items_of(page)):
            place = item.get("placedIn", item.get("employingUnitCode"))
            if place != required:
                raise Deviation(
                    "wrong-value",
                    observed=shown(place),
                    required=shown(required),
                    pointer=f"/items/{index}/employingUnitCode",
                )


def stands_in(
    pages: Sequence[Exchange], people: Iterable[JsonObject], unit: JsonObject | None
) -> None:
    """
    Every entry about these people says that they stand in the unit, or that they are not placed.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    ids = {text(person, "profileId") for person in people}
    required = text(unit, "unitCode") if unit else None
    for page in pages:
        for index, item in enumerate(items_of(page)):
            if item.get("profileId") not in ids:
                continue
            place = item.get("placedIn", item.get("employingUnitCode"))
            if place != required:
                raise Deviation(
                    "wrong-value",
                    observed=shown(place),
                    required=shown(required),
                    pointer=f"/items/{index}/placedIn",
                )


def _ids(pages: Sequence[Exchange]) -> Sequence[Sequence[str]]:
    return [[str(item.get("profileId")) for item in items_of(page)] for page in pages]


# -- texts -----------------------------------------------------------------------------


def letter_by_letter(answer: Exchange, person: JsonObject, pointer: str) -> None:
    """
    A text of a profile comes back in the very characters that were sent.

    Raises:
        Deviation: `not-json`, `missing-member` or `wrong-value`.
    """
    where = f"/profile{pointer}"
    seen, sent = member(answer, where), at(person, pointer)
    if seen == sent:
        return
    alike = composed(seen) == composed(sent)
    raise Deviation(
        "wrong-value",
        observed=f"{shown(seen)}{', which looks alike in other characters' if alike else ''}",
        required=f"{shown(sent)}, in the very characters that were signed",
        pointer=where,
    )


# -- history ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One acceptance: what was sent, as which record of which message, and the receipt."""

    receipt: Exchange
    number: int = 1
    message_id: str = ""
    person: JsonObject = field(default_factory=dict)

    def version(self) -> Json:
        """The version that the receipt names. Raises Deviation."""
        pointer, result = result_of(self.receipt, self.number)
        if result.get("status") != "ACCEPTED":
            raise Deviation(
                "wrong-value",
                observed=shown(result.get("status")),
                required=f"record {self.number} ACCEPTED",
                pointer=f"{pointer}/status",
            )
        return result.get("version")


def tells_of(history: Exchange, acceptances: Sequence[Accepted], *, mark: str) -> None:
    """
    The history holds these acceptances, oldest first, each with its message and content.

    Args:
        mark: pointer to the member of the profile that sets the versions apart.

    Raises:
        Deviation: `item-missing`, `wrong-value`, else as `items_of`.
    """
    items = items_of(history)
    versions = [item.get("version") for item in items]
    places: list[int] = []
    for accepted in acceptances:
        version = accepted.version()
        if version not in versions:
            raise Deviation(
                "item-missing",
                observed=f"versions {', '.join(shown(v) for v in versions)}",
                required=f"version {shown(version)}",
                pointer="/items",
            )
        place = versions.index(version)
        places.append(place)
        pointer = f"/items/{place}"
        member_is(history, f"{pointer}/messageId", accepted.message_id)
        equal_json(
            composed(member(history, f"{pointer}/profile{mark}")),
            at(accepted.person, mark),
            pointer=f"{pointer}/profile{mark}",
        )
    if places != sorted(places):
        raise Deviation(
            "wrong-value",
            observed=f"versions {', '.join(shown(v) for v in versions)}",
            required="the oldest version first",
            pointer="/items",
        )


# -- receipts --------------------------------------------------------------------------


def results_in_order(receipt: Exchange, records: int) -> None:
    """
    One result for each record, in the order of the records, and counted as what they are.

    How many records were *received* is told by a requirement of its own.

    Raises:
        Deviation: `count-differs`, `unexpected-status`, `not-json`, `missing-member`
            or `wrong-value`.
    """
    status_is(receipt, 200)
    results = member(receipt, "/results")
    held = results if isinstance(results, list) else []
    count_is("results", len(held), records, pointer="/results")
    for number in range(1, records + 1):
        member_is(receipt, f"/results/{number - 1}/recordNo", number)
    for name, word in (("accepted", "ACCEPTED"), ("rejected", "REJECTED")):
        such = sum(isinstance(r, dict) and r.get("status") == word for r in held)
        member_is(receipt, f"/{name}", such)


# -- jobs ------------------------------------------------------------------------------


def taken_as_a_job(answer: Exchange) -> str:
    """
    The answer takes a batch and says where its job is; returns the job's id.

    Raises:
        Deviation: `unexpected-status`, `missing-header`, `not-json`, `missing-member`
            or `wrong-value`.
    """
    status_is(answer, 202)
    job_id = text_at(answer, "/jobId")
    location = header(answer, "Location")
    # A reference, which may be relative to what was asked (RFC 9110, section 10.2.2).
    if not urljoin(answer.request.target, location).endswith(f"/v1/jobs/{job_id}"):
        raise Deviation("wrong-value", observed=location, required=f"/v1/jobs/{job_id}")
    return job_id


def waits_politely(job: Exchange) -> None:
    """
    A job that is not done says when to ask again; one that is done need not.

    Raises:
        Deviation: `unexpected-status`, `missing-header`, `not-json` or `missing-member`.
    """
    status_is(job, 200)
    if text_at(job, "/status") in _WAITING:
        header(job, "Retry-After")


def of_receipt(job: Exchange, check: Callable[[Exchange], None]) -> None:
    """
    A job is done, and its receipt stands up to `check`, which sees it as an answer of its own.

    Raises:
        Deviation: as `check`, with the pointer into the job; `missing-member` without a receipt.
    """
    status_is(job, 200)
    member_is(job, "/status", "DONE")
    receipt = replace(job.response, body=as_bytes(member(job, "/receipt")))
    try:
        check(replace(job, response=receipt))
    except Deviation as found:
        raise Deviation(
            found.code,
            observed=found.observed,
            required=found.required,
            pointer=f"/receipt{found.pointer}",
        ) from None


# -- the change feed -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One change as the feed should tell it.

    Attributes:
        called: what it may be called.
    """

    kind: str
    key: str
    version: Json
    called: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'/'.join(self.called)} of {self.kind} {self.key}, version {shown(self.version)}"

    def is_told_by(self, item: JsonObject) -> bool:
        """Whether an item of the feed tells of it."""
        named = (item.get("kind"), item.get("key"), item.get("version"))
        return named == (self.kind, self.key, self.version) and item.get("change") in self.called


def tells_of_changes(pages: Sequence[Exchange], changes: Iterable[Change]) -> None:
    """
    The pages tell of each change; how often is `sequence_grows`' business.

    Raises:
        Deviation: `item-missing`, else as `items_of`.
    """
    told = [item for page in pages for item in items_of(page)]
    for change in changes:
        if not any(change.is_told_by(item) for item in told):
            raise Deviation(
                "item-missing",
                observed=f"none among {len(told)} changes",
                required=str(change),
                pointer="/items",
            )


def tells_nothing_of(pages: Sequence[Exchange], change: Change) -> None:
    """
    The pages do not tell of a change that was told before.

    Raises:
        Deviation: `item-twice`, else as `items_of`.
    """
    for page in pages:
        for index, item in enumerate(items_of(page)):
            if change.is_told_by(item):
                raise Deviation(
                    "item-twice",
                    observed=f"{change}, again",
                    required="once",
                    pointer=f"/items/{index}",
                )


def sequence_grows(pages: Sequence[Exchange]) -> None:
    """
    Every change bears a greater number than the one before it, across all pages.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    last: int | None = None
    for page in pages:
        for index, item in enumerate(items_of(page)):
            number = item.get("sequence")
            if isinstance(number, bool) or not isinstance(number, int):
                raise Deviation(
                    "wrong-value",
                    observed=shown(number),
                    required="a whole number",
                    pointer=f"/items/{index}/sequence",
                )
            if last is not None and number <= last:
                raise Deviation(
                    "wrong-value",
                    observed=f"{number} after {last}",
                    required="a greater number",
                    pointer=f"/items/{index}/sequence",
                )
            last = number


def tells_the_same(page: Exchange, again: Exchange) -> None:
    """
    Two pages behind one cursor hold the same changes, as far as both go.

    How many changes a page holds is the server's choice, each time anew.

    Raises:
        Deviation: `different-answer` or `item-missing`, else as `items_of`.
    """
    first, second = items_of(page), items_of(again)
    if first and not second:
        raise Deviation(
            "item-missing",
            observed="no changes behind a cursor that was read before",
            required=f"{len(first)} changes",
            pointer="/items",
        )
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        equal_json(other, one, code="different-answer", pointer=f"/items/{index}")


def promises_no_more_than_there_is(pages: Sequence[Exchange]) -> None:
    """
    Where a page says that there is more to read now, the page behind it holds a change.

    That there is more where a page says that there is not, others may have brought about since.

    Raises:
        Deviation: `wrong-value`, else as `items_of`.
    """
    for page, behind in pairwise(pages):
        items_of(page)
        if member(page, "/more") is True and not items_of(behind):
            raise Deviation(
                "wrong-value",
                observed="true, and no change behind its cursor",
                required="false: there is nothing to read now",
                pointer="/more",
            )


# -- the population register -------------------------------------------------------------


def matches(answer: Exchange, required: Mapping[int, str]) -> None:
    """
    The register's results for persons of these numbers are these.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `wrong-value`.
    """
    for number, word in required.items():
        pointer, _ = result_of(answer, number)
        member_is(answer, f"{pointer}/result", word)


def answered_alike(answer: Exchange, number: int, *others: int) -> None:
    """
    The register says the same of several persons of one question.

    Raises:
        Deviation: as `matches`.
    """
    word = is_answered(answer, number)
    matches(answer, dict.fromkeys(others, word))


def is_answered(answer: Exchange, number: int) -> str:
    """
    The register's word about the person of that number.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `wrong-value`.
    """
    pointer, _ = result_of(answer, number)
    return text_at(answer, f"{pointer}/result")


def not_silent_about(answer: Exchange, number: int) -> None:
    """
    The register says something of the person of that number, whatever it is.

    Raises:
        Deviation: as `is_answered`; `wrong-value` when it says that it did not answer.
    """
    pointer, _ = result_of(answer, number)
    if (word := is_answered(answer, number)) == "SOURCE_UNAVAILABLE":
        raise Deviation(
            "wrong-value",
            observed=word,
            required="an answer about a person of whom the register was not silent",
            pointer=f"{pointer}/result",
        )


def announces(metadata: Exchange, word: str) -> None:
    """
    The metadata announce a test person of whom the register says this.

    Raises:
        Deviation: `unexpected-status`, `not-json`, `missing-member` or `item-missing`.
    """
    status_is(metadata, 200)
    told = member(metadata, "/testPersons")
    people = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    if not any(one.get("result") == word for one in people):
        raise Deviation(
            "item-missing",
            observed=f"none among {len(people)} test persons",
            required=f"one whose result is {word}",
            pointer="/testPersons",
        )
