"""Probes of the second set: stored profiles, lists, history, batches and the feed."""

from __future__ import annotations

from typing import Any

from . import probe
from .client import FULL, Client, person, sign, unit
from .profiles import HOME, changes, walked


def told(client: Client, *versions: dict[str, Any]) -> Any:
    """The profile when all of its versions were accepted."""
    for each in versions:
        assert client.trial(each).get_json()["accepted"] == 1
    return client.profile().get_json()["profile"]


def in_unit(client: Client, code: str) -> int:
    return walked(client, "/v1/profiles", 1, unitCode=code)


@probe
def members_survive(client: Client) -> Any:
    shorter = person()
    del shorter["phone"]
    return "phone" in told(client, person(), shorter)


@probe
def rows_survive(client: Client) -> Any:
    return len(told(client, person(), person(informatics=[]))["informatics"])


@probe
def equal_rows_collapse(client: Client) -> Any:
    return len(told(client, person(informatics=FULL["informatics"] * 2))["informatics"])


@probe
def thirty_two_bits(client: Client) -> Any:
    return told(client, person(otherIncomeVnd=3 * 10**9))["otherIncomeVnd"]


@probe
def line_ends_changed(client: Client) -> Any:
    return told(client, person(employerRemark="Tốt.\r\nKhá."))["employerRemark"]


@probe
def history_shows_today(client: Client) -> Any:
    told(client, person(heightCm=170), person(heightCm=171))
    items = client.get(f"{HOME}/history").get_json()["items"]
    return [each["profile"]["heightCm"] for each in items]


@probe
def history_of_ten(client: Client) -> Any:
    told(client, *(person(heightCm=160 + number) for number in range(11)))
    return len(client.get(f"{HOME}/history").get_json()["items"])


@probe
def index_keeps_old_unit(client: Client) -> Any:
    client.units(unit("H98.1"))
    told(client, person(), person(employingUnitCode="H98.1"))
    return in_unit(client, "H98"), in_unit(client, "H98.1")


@probe
def gone_but_304(client: Client) -> Any:
    told(client, person())
    tag = client.profile().headers["ETag"]
    client.ask("DELETE", HOME)
    return client.profile(**{"If-None-Match": tag}).status_code


@probe
def offset_paging(client: Client) -> Any:
    client.trial(person(), person(1), person(2))
    page = client.get("/v1/profiles", limit=1).get_json()
    first = page["items"][0]["profileId"]
    client.ask("DELETE", f"/v1/profiles/{first}")
    seen = [first]
    while page["nextCursor"]:
        page = client.get("/v1/profiles", limit=1, cursor=page["nextCursor"]).get_json()
        seen += [each["profileId"] for each in page["items"]]
    return len(seen)


@probe
def cursor_forgets_filter(client: Client) -> Any:
    client.units(unit("H98.1"))
    there = {"employingUnitCode": "H98.1"}
    client.trial(person(), person(1, **there), person(2, **there))
    return in_unit(client, "H98.1")


@probe
def seen_outlives_batch(client: Client) -> Any:
    client.batch(person())
    return client.batch(person(heightCm=171))[1]["receipt"]["accepted"]


@probe
def bulk_signatures_unread(client: Client) -> Any:
    return client.batch(person(), signature=sign(person(1)))[1]["receipt"]["accepted"]


@probe
def more_by_full_page(client: Client) -> Any:
    client.units(*(unit(f"H98.{number}") for number in range(4)))
    return changes(client, limit=4)["more"]


@probe
def leap_day_clamped(client: Client) -> Any:
    leapling = f"{FULL['profileId'][:4]}72{FULL['profileId'][6:]}"
    ids = {"profileId": leapling, "personalId": leapling}
    return client.sent(person(**ids, birthDate="1972-02-29", idIssueDate="1986-02-28"))
