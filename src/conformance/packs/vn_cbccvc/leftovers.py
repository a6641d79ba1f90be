"""What a message left on the server, read from the message and from what was answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from conformance.model.exchange import Exchange, Request
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Leftover
from conformance.packs.vn_cbccvc.vocabulary import is_ours

PROFILE: Final = "profile"
UNIT: Final = "unit"

_ID: Final = re.compile(r"[0-9]{12}")

#: Operation -> the member of its message that holds what it brings.
_BRINGS: Final = {
    "submitTrialSync": "records",
    "submitProfileBatch": "records",
    "submitUnits": "units",
    "reorganiseUnits": "to",
    "submitOwnerEvents": "events",
}


def leftovers(exchange: Exchange) -> tuple[Leftover, ...]:
    """
    The people and units that a message brought and the server accepted.

    Of a batch that is answered by a job nothing is known yet: everybody in it who can only be
    ours counts.
    """
    member = _BRINGS.get(exchange.request.operation)
    if member is None or not 200 <= exchange.response.status < 300:
        return ()
    brought = _object(exchange.request.body).get(member)
    answer = _object(exchange.response.body)
    return tuple(
        leftover
        for number, record in enumerate(brought if isinstance(brought, list) else (), start=1)
        if isinstance(record, dict) and _was_taken(answer, number, record)
        for leftover in _left_by(record)
    )


def withdrawal(profile_id: str) -> Request:
    """The request that takes a profile out of the registry."""
    path = f"/v1/profiles/{quote(profile_id, safe='')}"
    return Request(method="DELETE", target=path, operation="withdrawProfile")


def _left_by(record: JsonObject) -> Iterator[Leftover]:
    profile = record.get("profile")
    if isinstance(profile, dict):
        if isinstance(key := profile.get("profileId"), str):
            yield Leftover(kind=PROFILE, key=key, removal=withdrawal(key))
    elif isinstance(key := record.get("profileId"), str):
        # What an owner stated goes with the person, whose profile may never come.
        yield Leftover(kind=PROFILE, key=key, removal=withdrawal(key))
    elif isinstance(code := record.get("unitCode"), str):
        yield Leftover(kind=UNIT, key=code)


def _was_taken(answer: JsonObject, number: int, record: JsonObject) -> bool:
    results = answer.get("results")
    if isinstance(results, list):
        return any(
            isinstance(result, dict)
            and result.get("recordNo") == number
            and result.get("status") in ("ACCEPTED", "APPLIED")
            for result in results
        )
    if "jobId" in answer:
        profile = record.get("profile")
        key = str(profile.get("profileId")) if isinstance(profile, dict) else ""
        # Others' people are not taken away on suspicion.
        return bool(_ID.fullmatch(key)) and is_ours(key)
    return answer.get("status") == "ACCEPTED"


def _object(body: bytes | None) -> JsonObject:
    try:
        value: Json = json.loads(body or b"")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
