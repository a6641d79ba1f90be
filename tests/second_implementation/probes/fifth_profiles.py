"""What shows the faults of the fifth set in stored profiles, lists and the feed."""

from __future__ import annotations

from datetime import datetime

from . import probe
from .client import FULL, Client, Json, now, person, unit

HERE = f"/v1/profiles/{FULL['profileId']}"


@probe
def v5_left_out_kept(client: Client) -> Json:
    client.trial(person())
    shorter = person()
    del shorter["mainDuty"]
    client.trial(shorter)
    return client.profile().get_json()["profile"].get("mainDuty")


@probe
def v5_texts_trimmed(client: Client) -> Json:
    client.trial(person(mainDuty=" Tiếp nhận hồ sơ "))
    return client.profile().get_json()["profile"]["mainDuty"]


@probe
def v5_sent_anew_not_restored(client: Client) -> Json:
    client.trial(person())
    client.ask("DELETE", HERE)
    client.trial(person())
    return client.profile().status_code


@probe
def v5_tag_by_the_second(client: Client) -> Json:
    """Three times, lest a second ends in between."""
    seen = set()
    for number in range(3):
        tags = []
        for duty in ("Một", "Hai"):
            client.trial(person(mainDuty=f"{duty} {number}"))
            tags.append(client.profile().headers["ETag"])
        seen.add(tags[0] == tags[1])
    return seen


@probe
def v5_local_time_called_utc(client: Client) -> Json:
    client.trial(person())
    said = datetime.fromisoformat(client.profile().get_json()["updatedAt"])
    return abs((said - now()).total_seconds()) < 60


@probe
def v5_profiles_by_offset(client: Client) -> Json:
    client.trial(*(person(number) for number in range(4)))
    first = client.get("/v1/profiles", limit=2).get_json()
    seen = [each["profileId"] for each in first["items"]]
    unread = [each for each in range(4) if person(each)["profileId"] not in seen]
    client.trial(person(unread[0], mainDuty="Việc khác"))
    cursor = first["nextCursor"]
    while cursor:
        page = client.get("/v1/profiles", limit=2, cursor=cursor).get_json()
        seen += [each["profileId"] for each in page["items"]]
        cursor = page["nextCursor"]
    return sorted(seen)


@probe
def v5_feed_of_last_changes(client: Client) -> Json:
    client.units(unit("H98.1"))
    client.units(unit("H98.1", name="Tên khác"))
    return [each["change"] for each in client.get("/v1/changes").get_json()["items"]]
