"""What shows the faults of the fifth set in the match with the population register."""

from __future__ import annotations

from . import probe
from .client import FULL, Client, Json, header, person

ASKED = ("profileId", "birthFullName", "birthDate", "gender")


def _match(client: Client, *people: Json) -> Json:
    persons = [{key: each[key] for key in ASKED} for each in people]
    answer = client.post("/v1/population-matches", {"header": header("M53"), "persons": persons})
    told = answer.get_json()
    return answer.status_code, [each["result"] for each in told.get("results", [])]


@probe
def v5_names_by_collation(client: Client) -> Json:
    client.trial(person())
    return _match(client, person(birthFullName="HOANG THI PHUONG"))


@probe
def v5_one_outage_fails_all(client: Client) -> Json:
    client.trial(person())
    known = client.get("/v1/metadata").get_json()["testPersons"]
    silent = next(each for each in known if each["result"] == "SOURCE_UNAVAILABLE")
    return _match(client, person(), silent)


@probe
def v5_withdrawn_still_matched(client: Client) -> Json:
    client.trial(person())
    client.ask("DELETE", f"/v1/profiles/{FULL['profileId']}")
    return _match(client, person())
