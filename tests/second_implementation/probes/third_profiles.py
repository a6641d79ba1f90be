"""Probes of the third set: stored profiles, jobs, the change feed and the match."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from . import probe
from .client import FULL, Client, header, now, person
from .profiles import HOME, changes, comes_back, matched, walked
from .second_matching import MEMBERS, called


@probe
def history_newest_first(client: Client) -> Any:
    client.trial(person())
    client.trial(person(mainDuty="Khác"))
    return [each["version"] for each in client.get(f"{HOME}/history").get_json()["items"]]


@probe
def history_of_nobody(client: Client) -> Any:
    return client.get(f"{HOME}/history").status_code


@probe
def withdrawn_still_listed(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", HOME)
    return walked(client, "/v1/profiles", 10)


@probe
def withdrawn_anyhow(client: Client) -> Any:
    return client.ask("DELETE", HOME).status_code


@probe
def absent_told_as_null(client: Client) -> Any:
    return comes_back(client)


@probe
def money_as_text(client: Client) -> Any:
    return comes_back(client, yearlySalaryVnd=120_000_000)


@probe
def location_behind_gateway(client: Client) -> Any:
    answer, _ = client.batch(person())
    where = answer.headers["Location"].removeprefix("http://localhost")
    return client.get(where).status_code


@probe
def receipt_null_before(client: Client) -> Any:
    answer, job = client.batch(*(person(number) for number in range(5)))
    assert job["receipt"]["accepted"] == 5
    return "receipt" in answer.get_json()


@probe
def withdrawal_untold(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", HOME)
    return [each["change"] for each in changes(client)["items"]]


@probe
def limit_below_most(client: Client) -> Any:
    return client.get("/v1/profiles", limit=100).status_code


@probe
def local_time_called_utc(client: Client) -> Any:
    client.trial(person())
    told = datetime.fromisoformat(client.get(HOME).get_json()["updatedAt"])
    return abs(told - now()) < timedelta(minutes=1)


@probe
def age_by_year(client: Client) -> Any:
    return client.sent(person(firstRecruitmentDate="1989-07-25"))


@probe
def capitals_of_ascii(client: Client) -> Any:
    return called(client, "đặng thị đào")


@probe
def unknown_left_out(client: Client) -> Any:
    persons = [{name: FULL[name] for name in MEMBERS}]
    body = {"header": header("M53"), "persons": persons}
    return client.post("/v1/population-matches", body).get_json()["results"]


@probe
def birth_year_suffices(client: Client) -> Any:
    client.trial(person())
    other = "01-01" if not FULL["birthDate"].endswith("01-01") else "01-02"
    return matched(client, birthDate=f"{FULL['birthDate'][:4]}-{other}")
