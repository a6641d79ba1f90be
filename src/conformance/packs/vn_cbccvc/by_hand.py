"""Messages made by hand: what `conformance sign --message` writes for somebody with curl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Signer
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT


def header(code: str, seed: int, at: datetime) -> JsonObject:
    """A message header of this revision; the message id follows from `seed` and `at`."""
    return {
        "messageId": seeds.derived_uuid(seed, "by-hand", code, at.isoformat()),
        "messageCode": code,
        "sentAt": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "senderCode": ROOT_UNIT,
        "receiverCode": "G09",
        "keyId": "conformance-1",
        "schemaVersion": "1.0",
        "codeListVersion": "2025-07-01",
        "environment": "test",
    }


TRIAL: Final = "M51"
UNITS: Final = "M50"


def messages(
    *,
    people: Sequence[JsonObject],
    units: Sequence[JsonObject],
    sign: Signer,
    signer: str,
    at: datetime,
    seed: int,
) -> Mapping[str, JsonObject]:
    """`units` (M50) and `people` (M51, every record signed), each only when there are records."""
    made: dict[str, JsonObject] = {}
    if units:
        made["units"] = {"header": header(UNITS, seed, at), "units": list(units)}
    if people:
        records: list[Json] = [
            {"profile": person, "signature": sign.sign(person, signer=signer, at=at)}
            for person in people
        ]
        made["people"] = {"header": header(TRIAL, seed, at), "records": records}
    return made
