"""Probes of the second set: the match with the population register."""

from __future__ import annotations

from typing import Any

from tests.second_implementation.population import TEST_PERSONS

from . import probe
from .client import FULL, Client, header, person
from .profiles import matched

MEMBERS = ("profileId", "birthFullName", "birthDate", "gender")
NAME = "ĐẶNG THỊ ĐÀO"


def asked(client: Client, *people: dict[str, Any]) -> list[str]:
    """What the register says of each."""
    persons = [{name: each[name] for name in MEMBERS} for each in people]
    answer = client.post("/v1/population-matches", {"header": header("M53"), "persons": persons})
    return [each["result"] for each in answer.get_json()["results"]]


def called(client: Client, name: str) -> Any:
    """The match of somebody who is known by the one name and asked for by another."""
    client.trial(person(birthFullName=NAME))
    return matched(client, birthFullName=name)


@probe
def d_bar_ignored(client: Client) -> Any:
    return called(client, "DẶNG THỊ ĐÀO")


@probe
def middle_names_unread(client: Client) -> Any:
    return called(client, "ĐẶNG VĂN ĐÀO")


@probe
def words_in_any_order(client: Client) -> Any:
    return called(client, "ĐÀO ĐẶNG THỊ")


@probe
def known_as_first_sent(client: Client) -> Any:
    client.trial(person())
    return called(client, NAME)


@probe
def name_before_death(client: Client) -> Any:
    return asked(client, {**TEST_PERSONS[0], "birthFullName": NAME})


@probe
def outage_spreads(client: Client) -> Any:
    client.trial(person())
    return asked(client, FULL, TEST_PERSONS[2])
