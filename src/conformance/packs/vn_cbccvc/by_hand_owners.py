"""Messages about others' data, made by hand from nothing: what a conforming server grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import reconciling
from conformance.packs.vn_cbccvc.by_hand import header
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT

EVENTS: Final = "M61"
HELD: Final = "M62"
RECONCILIATION: Final = "M63"


def events(*, people: Sequence[JsonObject], at: datetime, seed: int) -> JsonObject:
    """A message (M61) by which the population register states where cards were issued."""
    # Another day makes other people of one seed, so it is another message.
    own = seeds.derive(seed, at.date().isoformat())
    stated: list[Json] = [
        {
            "eventId": seeds.derived_uuid(own, "event", number),
            "profileId": person["profileId"],
            "occurredAt": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "fields": {"idIssuePlace": "Nơi cấp thử nghiệm"},
        }
        for number, person in enumerate(people)
    ]
    return {"header": header(EVENTS, own, at), "owner": "POPULATION", "events": stated}


def held(*, people: Sequence[JsonObject], at: datetime, seed: int) -> JsonObject:
    """A question (M62) what is held of `people`."""
    persons: list[Json] = [{"profileId": person["profileId"]} for person in people]
    return {"header": header(HELD, seed, at), "persons": persons}


def comparison(*, people: Sequence[JsonObject], at: datetime, seed: int) -> JsonObject:
    """A reconciliation (M63) of `people` with a unit that nobody has founded."""
    # A unit of its own: with the root the answer would hold a whole server's people.
    agency = f"{ROOT_UNIT}.{100 + seed % 900}.{100 + seed // 900 % 900}.{seed // 810_000 % 90}"
    members = (reconciling.PEOPLE.key, *reconciling.PEOPLE.members)
    rows: list[Json] = [{name: person[name] for name in members} for person in people]
    day, first = at.date().isoformat(), people[0]["profileId"]
    return {
        "header": header(RECONCILIATION, seed, at),
        "agencyCode": agency,
        "asOf": day,
        "people": rows,
        "positions": [{"profileId": first, "jobPositionCode": "VT01"}],
        "officials": [
            {"profileId": first, "currentPositionCode": "CV01", "appointmentDate": day},
        ],
        "units": [
            {"unitCode": agency, "parentCode": ROOT_UNIT, "name": "Đơn vị thử", "unitType": "PHONG"}
        ],
    }
