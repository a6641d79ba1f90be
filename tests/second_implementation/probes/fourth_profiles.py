"""Probes of the fourth set: stored profiles, batches and the change feed."""

from __future__ import annotations

import time
from typing import Any

from . import probe
from .client import FULL, Client, person, unit

HOME = f"/v1/profiles/{FULL['profileId']}"


@probe
def v4_pages_by_offset(client: Client) -> Any:
    client.trial(*(person(number) for number in range(4)))
    found, cursor = [], {}
    while cursor.get("cursor", "") is not None:
        page = client.get("/v1/profiles", limit=2, **cursor).get_json()
        found += [each["profileId"] for each in page["items"]]
        cursor = {"cursor": page["nextCursor"]}
        if len(found) == 1:
            client.trial(person(0, mainDuty="Khác"))
    return sorted(found)


@probe
def v4_coefficients_are_numbers(client: Client) -> Any:
    client.trial(person())
    return client.profile().get_json()["profile"]["positionAllowanceCoefficient"]


@probe
def v4_tag_of_the_second(client: Client) -> Any:
    time.sleep(1 - time.time() % 1)
    tags = set()
    for duty in ("Một", "Hai"):
        client.trial(person(mainDuty=duty))
        tags.add(client.profile().headers["ETag"])
    return len(tags)


@probe
def v4_version_begins_anew(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", HOME)
    return client.trial(person()).get_json()["results"][0]["version"]


@probe
def v4_feed_by_seconds(client: Client) -> Any:
    time.sleep(1 - time.time() % 1)
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.3"))
    found, asked = [], {}
    while True:
        page = client.get("/v1/changes", limit=2, **asked).get_json()
        found += [each["key"] for each in page["items"]]
        asked = {"cursor": page["nextCursor"]}
        if not page["more"]:
            return found


@probe
def v4_batch_rolled_back(client: Client) -> Any:
    client.batch(person(), person(1, gender="9"))
    return client.profile().status_code


@probe
def v4_cache_outlives_withdrawal(client: Client) -> Any:
    client.trial(person())
    client.profile()
    client.ask("DELETE", HOME)
    return client.profile().status_code
