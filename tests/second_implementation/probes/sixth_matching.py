"""What shows the faults of the population match of the sixth set."""

from __future__ import annotations

from typing import Any

from tests.second_implementation.population import TEST_PERSONS
from tests.second_implementation.probes import probe
from tests.second_implementation.probes.client import Client, header, person


def _match(client: Client, stored: str, asked: str) -> Any:
    client.trial(person(birthFullName=stored))
    return _ask(client, {**person(), "birthFullName": asked})


def _ask(client: Client, whom: dict[str, Any]) -> Any:
    told = {key: whom[key] for key in ("profileId", "birthFullName", "birthDate", "gender")}
    message = {"header": header("M53"), "persons": [told]}
    answer = client.post("/v1/population-matches", message)
    return answer.get_json()["results"][0]["result"]


@probe
def v6_names_without_marks(client: Client) -> Any:
    return _match(client, "LÊ THỊ MÃ", "LÊ THỊ MA")


@probe
def v6_tone_place_counts(client: Client) -> Any:
    return _match(client, "LÊ THỊ HÒA", "LÊ THỊ HOÀ")


@probe
def v6_silent_register_knows_nobody(client: Client) -> Any:
    silent = next(each for each in TEST_PERSONS if each["result"] == "SOURCE_UNAVAILABLE")
    return _ask(client, silent)
