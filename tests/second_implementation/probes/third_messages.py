"""Probes of the third set: messages, receipts and the judging of records."""

from __future__ import annotations

import uuid
from typing import Any

from . import probe
from .client import Client, header, person, rules, sign
from .profiles import HOME


@probe
def count_is_shape(client: Client) -> Any:
    eleven = client.trial(*(person(number) for number in range(11)))
    return client.trial().get_json()["type"], eleven.get_json()["type"]


@probe
def pointer_into_record(client: Client) -> Any:
    answer = client.trial(person(), person(1, gender="x")).get_json()
    return answer["results"][1]["errors"][0]["pointer"]


@probe
def reused_but_applied(client: Client) -> Any:
    once = str(uuid.uuid4())
    client.trial(person(), messageId=once)
    assert client.trial(person(mainDuty="Khác"), messageId=once).status_code == 409
    return client.get(HOME).get_json()["version"]


@probe
def signature_first(client: Client) -> Any:
    return client.sent(person(gender="x"), sign(person()))


@probe
def all_of_half_read(client: Client) -> Any:
    return client.trial(person(), messageCode="M52").status_code


@probe
def body_of_a_mebibyte(client: Client) -> Any:
    records = [{"profile": person(number), "signature": "x" * 16000} for number in range(100)]
    body = {"header": header("M52"), "records": records}
    return client.post("/v1/profile-batches", body).status_code


@probe
def receipt_without_errors(client: Client) -> Any:
    answer = client.trial(person(gender="x"))
    assert rules(answer) == ["schema"]
    first = answer.get_json()
    return client.get(f"/v1/trial-sync/{first['messageId']}").get_json() == first
