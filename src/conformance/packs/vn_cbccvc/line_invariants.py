"""Judgements over all that software sends, whatever befalls the line; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final
from urllib.parse import unquote_plus

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.line_reading import same_records, subjects
from conformance.packs.vn_cbccvc.missions import Sent, in_vain, messages, text

#: Scenario -> the exchanges of its mission.
Traffic = Mapping[str, Sequence[Exchange]]

#: Of a profile, what tells of a person in an address.
_PERSONAL: Final = (
    "profileId",
    "birthFullName",
    "phone",
    "email",
    "socialInsuranceNumber",
    "healthInsuranceNumber",
)


def no_id_names_two_messages(traffic: Traffic) -> None:
    """
    Within a mission, no message id was given to other records than the first time.

    Raises:
        Deviation: `message-id-reused`.
        TargetTimeout: fewer than two messages came in any mission.
    """
    judged = 0
    for group in _by_id(traffic):
        judged += 1
        for earlier, later in pairwise(group):
            if not subjects(earlier) & subjects(later) and subjects(earlier):
                raise Deviation(
                    "message-id-reused",
                    observed=f"message {later.id} with other records than before",
                    required="a new id for each message",
                    pointer="/header/messageId",
                )
    if judged < 2:
        raise in_vain("fewer than two messages came")


def a_retry_is_byte_for_byte_the_first(traffic: Traffic) -> None:
    """
    A message that came again was, byte for byte, what it had been.

    Raises:
        Deviation: `changed-on-retry`.
        TargetTimeout: no message came twice.
    """
    judged = 0
    for group in _by_id(traffic):
        for earlier, later in pairwise(group):
            if not same_records(later, earlier):
                continue
            judged += 1
            if earlier.exchange.request.body != later.exchange.request.body:
                raise Deviation(
                    "changed-on-retry",
                    observed=f"other bytes under message id {later.id}",
                    required="the stored message, byte for byte",
                )
    if not judged:
        raise in_vain("no message came twice")


def addresses_tell_of_nobody(traffic: Traffic) -> None:
    """
    No address held a personal id, name or number of somebody whose profile was sent.

    A path of the contract that is made of the profile id is no fault of the caller.

    Raises:
        Deviation: `personal-data-in-address`.
        TargetTimeout: nobody's profile was sent.
    """
    judged = 0
    for exchanges in traffic.values():
        people = [p for sent in messages(exchanges) for p in sent.profiles.values()]
        told = {value: member for p in people for member, value in _personal(p)}
        judged += len(told)
        for exchange in exchanges:
            path, _, query = exchange.request.target.partition("?")
            free = query if path.startswith("/v1/profiles/") else f"{path} {query}"
            for value in told.keys() & _words(free, told):
                raise Deviation(
                    "personal-data-in-address",
                    observed=f"{told[value]} in a {exchange.request.method} {path[:40]}",
                    required="personal data in bodies only",
                )
    if not judged:
        raise in_vain("nobody's profile was sent")


def bodies_are_declared_as_json(traffic: Traffic) -> None:
    """
    Every message was declared as JSON, and in no other coding than UTF-8.

    Raises:
        Deviation: `wrong-media-type`.
        TargetTimeout: there was no message.
    """
    judged = 0
    for sent in (s for exchanges in traffic.values() for s in messages(exchanges)):
        judged += 1
        stated = sent.exchange.request.header("content-type") or "none"
        media, *parameters = (part.strip().lower() for part in stated.split(";"))
        charsets = [p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")]
        if media != "application/json" or any(charset != "utf-8" for charset in charsets):
            raise Deviation(
                "wrong-media-type", observed=stated[:80], required="application/json in UTF-8"
            )
    if not judged:
        raise in_vain("no message came")


def callers_name_their_software(traffic: Traffic) -> None:
    """
    Every call bore a User-Agent.

    Raises:
        Deviation: `no-user-agent`.
        TargetTimeout: there was no call.
    """
    calls = [e for exchanges in traffic.values() for e in exchanges]
    for exchange in calls:
        if not (exchange.request.header("user-agent") or "").strip():
            raise Deviation(
                "no-user-agent",
                observed=f"{exchange.request.method} {exchange.request.operation} without",
                required="User-Agent with the software's name and version",
            )
    if not calls:
        raise in_vain("nothing was called")


def _by_id(traffic: Traffic) -> Iterator[list[Sent]]:
    """The messages of each mission that bear one id, in order of arrival."""
    for exchanges in traffic.values():
        groups: dict[str, list[Sent]] = defaultdict(list)
        for sent in messages(exchanges):
            if sent.id:
                groups[sent.id].append(sent)
        yield from groups.values()


def _personal(profile: JsonObject) -> Iterator[tuple[str, str]]:
    return ((m, value) for m in _PERSONAL if len(value := text(profile, m)) > 5)


def _words(address: str, told: Mapping[str, str]) -> set[str]:
    plain = unquote_plus(address)
    return {value for value in told if value in plain}
