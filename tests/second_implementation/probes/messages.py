"""Probes of limits, repetition and receipts."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from typing import Any

from . import probe
from .client import FULL, Client, header, now, person, sign, unit


def twice(client: Client, **second: Any) -> Any:
    """The status of a trial message that is sent again with one member of its header changed."""
    head, record = header("M51"), {"profile": person(), "signature": sign(person())}
    client.post("/v1/trial-sync", {"header": head, "records": [record]})
    again = {"header": {**head, **second}, "records": [record]}
    return client.post("/v1/trial-sync", again)


@probe
def batch_999(client: Client) -> Any:
    records: list[Any] = [{"profile": {}}] * 1000
    return client.post(
        "/v1/profile-batches", {"header": header("M52"), "records": records}
    ).status_code


@probe
def eleventh_cut(client: Client) -> Any:
    records: list[Any] = [{"profile": {}}] * 11
    return client.post("/v1/trial-sync", {"header": header("M51"), "records": records}).status_code


@probe
def resigned_is_other(client: Client) -> Any:
    head, status = header("M51"), 0
    for _ in range(2):
        record = {"profile": person(), "signature": sign(person())}
        status = client.post("/v1/trial-sync", {"header": head, "records": [record]}).status_code
    return status


@probe
def sent_later_is_other(client: Client) -> Any:
    return twice(client, sentAt=(now() - timedelta(seconds=7)).isoformat()).status_code


@probe
def member_order_is_content(client: Client) -> Any:
    head, profile = header("M51"), person()
    record = {"profile": profile, "signature": sign(profile)}
    client.post("/v1/trial-sync", {"header": head, "records": [record]})
    record["profile"] = dict(reversed(profile.items()))
    return client.post("/v1/trial-sync", {"header": head, "records": [record]}).status_code


@probe
def ids_by_kind(client: Client) -> Any:
    once = str(uuid.uuid4())
    client.units(unit("H98.1"), messageId=once)
    return client.trial(person(), messageId=once).status_code


@probe
def replay_race(client: Client) -> Any:
    record = {"profile": person(), "signature": sign(person())}
    text = json.dumps({"header": header("M51"), "records": [record]})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/trial-sync", text).get_json(), range(4)))
    return all(answer == answers[0] for answer in answers)


@probe
def replay_told_anew(client: Client) -> Any:
    once = str(uuid.uuid4())
    first = client.trial(person(), messageId=once).get_json()
    return client.trial(person(), messageId=once).get_json() == first


@probe
def clock_without_offset(client: Client) -> Any:
    far = now().astimezone(timezone(timedelta(hours=14)))
    return client.units(unit("H98.1"), sentAt=far.isoformat()).status_code


@probe
def an_hour_early(client: Client) -> Any:
    soon = now() + timedelta(minutes=30)
    return client.units(unit("H98.1"), sentAt=soon.isoformat()).status_code


@probe
def rejected_last(client: Client) -> Any:
    results = client.trial(person(gender="x"), person(1)).get_json()["results"]
    return [each["recordNo"] for each in results]


@probe
def unit_receipts_leak(client: Client) -> Any:
    once = str(uuid.uuid4())
    client.units(unit("H98.1"), messageId=once)
    return client.get(f"/v1/trial-sync/{once}").status_code


@probe
def one_condemns_all(client: Client) -> Any:
    return client.trial(person(gender="x"), person(1)).get_json()["accepted"]


@probe
def number_from_zero(client: Client) -> Any:
    results = client.trial(person(), person(1, gender="x")).get_json()["results"]
    return results[1]["errors"][0]["recordNo"]


@probe
def whole_id_beside(client: Client) -> Any:
    return FULL["profileId"] in client.trial(person(), person()).text


@probe
def whole_insurance_number(client: Client) -> Any:
    return "098090111222" in client.trial(person(socialInsuranceNumber="098090111222")).text


@probe
def id_in_not_found(client: Client) -> Any:
    return FULL["profileId"] in client.profile().text
