"""Probes of the fourth set: the match with the population register."""

from __future__ import annotations

import unicodedata
from typing import Any

from . import probe
from .client import Client, header, person

MEMBERS = ("profileId", "birthFullName", "birthDate", "gender")


def matched(client: Client, *people: dict[str, Any]) -> list[str]:
    persons = [{key: each[key] for key in MEMBERS} for each in people]
    answer = client.post("/v1/population-matches", {"header": header("M53"), "persons": persons})
    return [each["result"] for each in answer.get_json()["results"]]


def announced(client: Client, result: str) -> dict[str, Any]:
    told = client.get("/v1/metadata").get_json()["testPersons"]
    return next(each for each in told if each["result"] == result)


@probe
def v4_names_not_composed(client: Client) -> Any:
    client.trial(person())
    other = unicodedata.normalize("NFD", person()["birthFullName"])
    return matched(client, person(birthFullName=other))


@probe
def v4_names_without_marks(client: Client) -> Any:
    client.trial(person())
    return matched(client, person(birthFullName="HOANG THI PHUONG"))


@probe
def v4_tone_place_counts(client: Client) -> Any:
    client.trial(person(birthFullName="HOÀNG THỊ HÒA"))
    return matched(client, person(birthFullName="HOÀNG THỊ HOÀ"))


@probe
def v4_state_after_name(client: Client) -> Any:
    other = {"birthFullName": "TRẦN VĂN KHÁC"}
    return [
        matched(client, {**announced(client, result), **other})
        for result in ("DECEASED", "DUPLICATE")
    ]


@probe
def v4_register_of_first_versions(client: Client) -> Any:
    client.trial(person())
    client.trial(person(birthFullName="HOÀNG THỊ MAI"))
    return matched(client, person(birthFullName="HOÀNG THỊ MAI"))


@probe
def v4_one_outage_for_all(client: Client) -> Any:
    client.trial(person())
    return matched(client, announced(client, "SOURCE_UNAVAILABLE"), person())
