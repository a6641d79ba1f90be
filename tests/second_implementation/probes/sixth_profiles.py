"""What shows the faults of stored profiles, lists and the feed of the sixth set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.second_implementation.probes import probe
from tests.second_implementation.probes.client import FULL, Client, now, person, unit

PATH = f"/v1/profiles/{FULL['profileId']}"


@probe
def v6_profile_merged(client: Client) -> Any:
    client.trial(person())
    client.trial({key: value for key, value in person().items() if key != "phone"})
    return "phone" in client.profile().get_json()["profile"]


@probe
def v6_same_profile_counts_up(client: Client) -> Any:
    return [client.trial(person()).get_json()["results"][0]["version"] for _ in range(2)]


@probe
def v6_withdrawn_counts_anew(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", PATH)
    return client.trial(person()).get_json()["results"][0]["version"]


@probe
def v6_unit_filter_takes_branch(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.trial(person(), person(1, employingUnitCode="H98.1"))
    found = client.get("/v1/profiles", unitCode="H98").get_json()["items"]
    return [each["profileId"] for each in found]


@probe
def v6_changed_since_without_offset(client: Client) -> Any:
    client.trial(person())
    later = (now() + timedelta(hours=1)).isoformat()
    return len(client.get("/v1/profiles", changedSince=later).get_json()["items"])


@probe
def v6_feed_without_withdrawals(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", PATH)
    return [each["change"] for each in client.get("/v1/changes").get_json()["items"]]


@probe
def v6_feed_ends_with_null(client: Client) -> Any:
    client.trial(person())
    return client.get("/v1/changes").get_json()["nextCursor"] is None
