"""Probes of the second set: messages, receipts and the judging of records."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from . import probe
from .client import FULL, Client, now, person, rules, unit


@probe
def answers_of_last_twenty(client: Client) -> Any:
    once = str(uuid.uuid4())
    first = client.trial(person(), messageId=once).get_json()
    for number in range(20):
        client.units(unit(f"H98.{number}"))
    return client.trial(person(), messageId=once).get_json() == first


@probe
def refused_id_is_spent(client: Client) -> Any:
    once = str(uuid.uuid4())
    assert client.units(messageId=once).status_code == 422
    return client.units(unit("H98.1"), messageId=once).status_code


@probe
def rejected_not_remembered(client: Client) -> Any:
    once = str(uuid.uuid4())
    client.trial(person(gender="x"), messageId=once)
    return client.trial(person(), messageId=once).status_code


@probe
def content_is_the_people(client: Client) -> Any:
    once = str(uuid.uuid4())
    client.trial(person(), messageId=once)
    return client.trial(person(heightCm=171), messageId=once).status_code


@probe
def old_messages_refused(client: Client) -> Any:
    before = now() - timedelta(days=1)
    return client.units(unit("H98.1"), sentAt=before.isoformat()).status_code


@probe
def receipt_second_rounded(client: Client) -> Any:
    first = client.trial(person()).get_json()
    return client.get(f"/v1/trial-sync/{first['messageId']}").get_json() == first


@probe
def true_is_one(client: Client) -> Any:
    return client.sent(person(yearlySalaryVnd=True))


@probe
def null_is_absent(client: Client) -> Any:
    return client.sent(person(phone=None))


@probe
def rows_from_one(client: Client) -> Any:
    family = [FULL["family"][0], {**FULL["family"][1], "unheard": 1}]
    results = client.trial(person(), person(1, family=family)).get_json()["results"]
    return results[1]["errors"][0]["pointer"]


@probe
def id_within_text(client: Client) -> Any:
    return FULL["profileId"] in client.trial(person(rankCode=f"X{FULL['profileId']}")).text


@probe
def duplicate_first(client: Client) -> Any:
    return rules(client.trial(person(), person(gender="x")))


@probe
def codes_hold_on_their_end(client: Client) -> Any:
    merged = {"provinceCode": "02", "codeListVersion": "2025-07-01"}
    return client.sent(person(birthPlace=merged))
