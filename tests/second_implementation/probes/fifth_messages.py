"""What shows the faults of the fifth set in messages, judging and batches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from . import probe
from .client import Client, Json, header, now, person, rules, sign, unit


def _trial(client: Client, head: Json, *people: Json) -> Json:
    records = [{"profile": each, "signature": sign(each)} for each in people]
    return client.post("/v1/trial-sync", {"header": head, "records": records})


@probe
def v5_refused_id_remembered(client: Client) -> Json:
    head = header("M51")
    refused = _trial(client, {**head, "schemaVersion": "9.9"}, person())
    return refused.status_code, _trial(client, head, person()).status_code


@probe
def v5_resigned_copy_refused(client: Client) -> Json:
    head = header("M51")
    return [_trial(client, head, person()).status_code for _ in range(2)]


@probe
def v5_copies_at_once_applied_twice(client: Client) -> Json:
    body = {"header": header("M50"), "units": [unit("H98.1")]}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/unit-batches", body), range(4)))
    return sorted(each.get_json()["results"][0]["version"] for each in answers)


@probe
def v5_offset_of_sending_dropped(client: Client) -> Json:
    late = (now() + timedelta(hours=3)).isoformat()
    return client.units(unit("H98.1"), sentAt=late).status_code


@probe
def v5_nested_extras_passed_over(client: Client) -> Json:
    place = {**person()["birthPlace"], "district": "Huyện thử"}
    return client.sent(person(birthPlace=place))


@probe
def v5_length_in_bytes(client: Client) -> Json:
    return client.sent(person(birthFullName="NGUYỄN " * 12 + "THẾ"))


@probe
def v5_amounts_of_32_bits(client: Client) -> Json:
    return client.sent(person(otherIncomeVnd=3_000_000_000))


@probe
def v5_duplicate_of_a_rejected(client: Client) -> Json:
    return rules(client.trial(person(salaryCoefficient="1.00"), person()))


@probe
def v5_one_error_for_each_field(client: Client) -> Json:
    rows = [{**each} for each in person()["salaryHistory"]]
    rows[2]["coefficient"], rows[4]["to"] = "3.01", "2008-06"
    return client.sent(person(salaryHistory=rows))


@probe
def v5_id_in_a_text_told(client: Client) -> Json:
    somebody = person(birthFullName="HOÀNG 097171998822")
    answer = client.trial(somebody).get_json()
    return [error.get("value") for error in answer["results"][0]["errors"]]


@probe
def v5_batch_not_verified(client: Client) -> Json:
    _, job = client.batch(person(), signature=sign(person(1)))
    return job["receipt"]["accepted"]


@probe
def v5_batch_rolled_back(client: Client) -> Json:
    _, job = client.batch(person(), person(1, salaryCoefficient="1.00"))
    return job["receipt"]["accepted"], client.profile().status_code
