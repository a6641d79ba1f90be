"""Probes of stored profiles, jobs, the change feed and the match."""

from __future__ import annotations

import copy
import itertools
import time
import unicodedata
from datetime import timedelta, timezone
from typing import Any

from . import probe
from .client import FULL, Client, header, now, person, sign, unit

HOME = f"/v1/profiles/{FULL['profileId']}"
OPPOSITE = "2" if FULL["gender"] == "1" else "1"


def comes_back(client: Client, **changes: Any) -> bool:
    profile = person(**changes)
    assert client.trial(profile).get_json()["accepted"] == 1
    return bool(client.profile().get_json()["profile"] == profile)


def tags(client: Client, **changes: Any) -> bool:
    """Whether the tag changes with the profile."""
    client.trial(person())
    before = client.profile().headers["ETag"]
    client.trial(person(**changes))
    return bool(before != client.profile().headers["ETag"])


def walked(client: Client, path: str, limit: int, **asked: str) -> int:
    """The number of items of a walk, which is given up after ten pages."""
    found = 0
    cursor: dict[str, str] = {}
    for _ in range(10):
        page = client.get(path, limit=limit, **asked, **cursor).get_json()
        found, cursor = found + len(page["items"]), {"cursor": page["nextCursor"]}
        if page["nextCursor"] is None:
            break
    return found


def since(client: Client, moment: str) -> int:
    return len(client.get("/v1/profiles", changedSince=moment).get_json()["items"])


def matched(client: Client, **changes: Any) -> Any:
    wanted = ("profileId", "birthFullName", "birthDate", "gender")
    asked = {**{name: FULL[name] for name in wanted}, **changes}
    answer = client.post("/v1/population-matches", {"header": header("M53"), "persons": [asked]})
    return answer.get_json()["results"][0]["result"]


def changes(client: Client, **asked: Any) -> Any:
    return client.get("/v1/changes", **asked).get_json()


@probe
def stored_composed(client: Client) -> Any:
    return comes_back(client, mainDuty=unicodedata.normalize("NFD", "Quản lý hồ sơ"))


@probe
def told_decomposed(client: Client) -> Any:
    return comes_back(client)


@probe
def coefficients_as_numbers(client: Client) -> Any:
    return comes_back(client, otherAllowance="0.50")


@probe
def texts_trimmed(client: Client) -> Any:
    return comes_back(client, mainDuty=" Quản lý hồ sơ ")


@probe
def text_column(client: Client) -> Any:
    return comes_back(client, mainDuty="a" * 400)


@probe
def family_sorted(client: Client) -> Any:
    family = sorted(copy.deepcopy(FULL["family"]), key=lambda each: -each["birthYear"])
    return comes_back(client, family=family)


@probe
def false_dropped(client: Client) -> Any:
    return comes_back(client, stateSecret=False)


@probe
def tag_of_the_second(client: Client) -> Any:
    """Three changes at once: two of them share a second."""
    found = set()
    for number in range(3):
        client.trial(person(phone=f"099000000{number}"))
        found.add(client.profile().headers["ETag"])
    return len(found)


@probe
def tag_of_the_head(client: Client) -> Any:
    family = copy.deepcopy(FULL["family"])
    family[0]["fullName"] = "NGUYỄN VĂN KHÁC"
    return tags(client, family=family)


@probe
def read_from_cache(client: Client) -> Any:
    return tags(client, phone="0990000001")


@probe
def one_tag_only(client: Client) -> Any:
    client.trial(person())
    tag = client.profile().headers["ETag"]
    return client.ask("GET", HOME, **{"If-None-Match": f'"other", {tag}'}).status_code


@probe
def not_modified_without_tag(client: Client) -> Any:
    client.trial(person())
    tag = client.profile().headers["ETag"]
    return "ETag" in client.ask("GET", HOME, **{"If-None-Match": tag}).headers


@probe
def since_exclusive(client: Client) -> Any:
    client.trial(person())
    return since(client, client.profile().get_json()["updatedAt"])


@probe
def since_without_offset(client: Client) -> Any:
    client.trial(person())
    ago = now() - timedelta(minutes=1)
    return since(client, ago.astimezone(timezone(timedelta(hours=12))).isoformat())


@probe
def since_first_acceptance(client: Client) -> Any:
    client.trial(person())
    between = now().isoformat()
    client.trial(person(phone="0990000001"))
    return since(client, between)


@probe
def unit_and_below(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.1.1", "H98.1"))
    client.trial(person(employingUnitCode="H98.1.1"))
    return len(client.get("/v1/profiles", unitCode="H98.1").get_json()["items"])


@probe
def page_overlaps(client: Client) -> Any:
    client.trial(*(person(number) for number in range(3)))
    return walked(client, "/v1/profiles", 2)


@probe
def short_page_ends(client: Client) -> Any:
    client.trial(*(person(number) for number in range(3)))
    return walked(client, "/v1/profiles", 2)


@probe
def history_of_deliveries(client: Client) -> Any:
    client.trial(person())
    client.trial(person())
    return len(client.get(f"{HOME}/history").get_json()["items"])


@probe
def history_since_ever(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", HOME)
    client.trial(person())
    return len(client.get(f"{HOME}/history").get_json()["items"])


@probe
def versions_restart(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", HOME)
    client.trial(person())
    return client.profile().get_json()["version"]


@probe
def withdrawn_is_known(client: Client) -> Any:
    client.trial(person())
    client.ask("DELETE", HOME)
    return matched(client)


@probe
def marks_ignored(client: Client) -> Any:
    client.trial(person(birthFullName="NGUYỄN MẠNH HẢI"))
    return matched(client, birthFullName="NGUYỄN MẠNH HAI")


@probe
def sex_first(client: Client) -> Any:
    client.trial(person())
    return matched(client, gender=OPPOSITE, birthDate="1990-01-01")


@probe
def job_stops(client: Client) -> Any:
    return client.batch(person(gender="x"), person(1))[1]["receipt"]["received"]


@probe
def job_forgets_duplicates(client: Client) -> Any:
    return client.batch(person(), person())[1]["receipt"]["accepted"]


@probe
def retry_after_missing(client: Client) -> Any:
    return "Retry-After" in client.batch(person())[0].headers


@probe
def done_job_forgotten(client: Client) -> Any:
    record = {"profile": person(), "signature": sign(person())}
    message = {"header": header("M52"), "records": [record]}
    first = client.post("/v1/profile-batches", message).get_json()["jobId"]
    while client.get(f"/v1/jobs/{first}").get_json()["status"] != "DONE":
        time.sleep(0.02)
    time.sleep(0.1)
    return client.post("/v1/profile-batches", message).get_json()["jobId"] == first


@probe
def jobs_not_in_feed(client: Client) -> Any:
    client.batch(person())
    return len(changes(client)["items"])


@probe
def feed_compacted(client: Client) -> Any:
    client.trial(person())
    client.trial(person(phone="0990000001"))
    return len(changes(client)["items"])


@probe
def feed_closed_missing(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("GIAI_THE", ["H98.1"], [])
    return [each["change"] for each in changes(client)["items"]]


@probe
def feed_full_page_repeats(client: Client) -> Any:
    client.trial(person())
    client.trial(person(1))
    return len(changes(client, cursor=changes(client)["nextCursor"])["items"])


@probe
def feed_latest_skips(client: Client) -> Any:
    latest = changes(client, cursor="latest")["nextCursor"]
    client.trial(person())
    return len(changes(client, cursor=latest)["items"])


@probe
def received_is_accepted(client: Client) -> Any:
    return client.batch(person(gender="x"), person(1))[1]["receipt"]["received"]


@probe
def cursor_serves_once(client: Client) -> Any:
    cursor = changes(client)["nextCursor"]
    asked = itertools.repeat(cursor, 2)
    return [client.get("/v1/changes", cursor=each).status_code for each in asked]
