"""Messages made by hand: what `conformance sign --message` writes for somebody with curl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
BATCH: Final = "M52"
QUESTION: Final = "M53"
REORGANISATION: Final = "M54"


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


def batch(*, people: Sequence[JsonObject], sign: Signer, at: datetime, seed: int) -> JsonObject:
    """A profile batch (M52) with `people`, every record signed by somebody who may."""
    records: list[Json] = [
        {"profile": person, "signature": sign.sign(person, signer="authorised", at=at)}
        for person in people
    ]
    # Another day makes other people of one seed, so it is another message.
    own = seeds.derive(seed, at.date().isoformat())
    return {"header": header(BATCH, own, at), "records": records}


def question(*, people: Sequence[JsonObject], at: datetime, seed: int) -> JsonObject:
    """A question (M53) to the population register about `people`."""
    asked = ("profileId", "birthFullName", "birthDate", "gender")
    persons: list[Json] = [{name: person[name] for name in asked} for person in people]
    return {"header": header(QUESTION, seed, at), "persons": persons}


def foundation(*, at: datetime, seed: int) -> JsonObject:
    """A decision (M54) that founds a division below the root, on the day before."""
    day = (at - timedelta(days=1)).date().isoformat()
    numbers = (100 + seed // 900**place % 900 for place in range(4))
    return {
        # Another day founds another unit, so it is another message.
        "header": header(REORGANISATION, seeds.derive(seed, day), at),
        "operation": "THANH_LAP",
        "effectiveOn": day,
        "decisionNo": f"{seed % 9000 + 1}/QĐ-UBND",
        "decisionDate": day,
        "from": [],
        "to": [
            {
                "unitCode": ".".join((ROOT_UNIT, *(str(number) for number in numbers))),
                "parentCode": ROOT_UNIT,
                "name": "Phòng nghiệp vụ",
                "unitType": "PCM",
                "provinceCode": "01",
                "effectiveFrom": day,
                "effectiveTo": None,
            }
        ],
    }
