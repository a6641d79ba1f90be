"""Probes of the fourth set: messages and what is judged in them."""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta
from typing import Any

from . import probe
from .client import Client, now, person, unit

BY_OLD_NAME = {"provinceCode": "02", "codeListVersion": "2025-07-01"}


@probe
def v4_replay_by_its_bytes(client: Client) -> Any:
    name = str(uuid.uuid4())
    client.trial(person(), messageId=name)
    return client.trial(person(), messageId=name).status_code


@probe
def v4_refusal_uses_up_the_id(client: Client) -> Any:
    name = str(uuid.uuid4())
    client.trial(messageId=name)
    return client.trial(person(), messageId=name).status_code


@probe
def v4_first_error_alone(client: Client) -> Any:
    return client.sent(person(gender="9", heightCm="?"))


@probe
def v4_masked_when_alone(client: Client) -> Any:
    told = client.trial(person(gender=f"x{person()['profileId']}")).get_data(as_text=True)
    return person()["profileId"] in told


@probe
def v4_codes_without_days(client: Client) -> Any:
    return client.sent(person(birthPlace=BY_OLD_NAME))


@probe
def v4_sent_without_offset(client: Client) -> Any:
    client.units(unit("H98.1"))
    late = (now().astimezone(UTC) + timedelta(minutes=20)).isoformat()
    return client.trial(person(), sentAt=late).status_code


@probe
def v4_age_by_years(client: Client) -> Any:
    return client.sent(person(firstRecruitmentDate="1989-01-05"))
