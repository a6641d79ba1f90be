"""What the reference tells about people: lists, versions, changes, jobs and matches."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.packs.vn_cbccvc.matching import spoken

MINUTE = 60


@pytest.fixture(params=["memory", "sqlite"])
def server(request, serve, tmp_path):
    return serve(store=tmp_path / "mock.db" if request.param == "sqlite" else None)


def brought(server, *people):
    receipt = server.submit(server.trial(*(server.signed(person) for person in people))).json()
    assert receipt["accepted"] == len(people), receipt
    return receipt


def moved(person, number):
    return {**person, "currentResidence": {**person["currentResidence"], "detail": f"Số {number}"}}


def path(person):
    return f"/v1/profiles/{person['profileId']}"


def walk(server, target):
    found, cursor = [], ""
    while cursor is not None:
        page = server.call("GET", f"{target}&cursor={cursor}" if cursor else target).json()
        found += page["items"]
        cursor = page["nextCursor"]
    return found


def changes(server, cursor=""):
    found, more = [], True
    while more:
        query = f"?limit=3&cursor={cursor}" if cursor else "?limit=3"
        page = server.call("GET", f"/v1/changes{query}").json()
        found += page["items"]
        cursor, more = page["nextCursor"], page["more"]
    return found, cursor


# -- lists ---------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_walk_gives_everybody_once(limit, server, people):
    staff = people(8)
    brought(server, *staff)
    listed = walk(server, f"/v1/profiles?limit={limit}")
    assert sorted(item["profileId"] for item in listed) == sorted(p["profileId"] for p in staff)


def test_a_list_is_of_one_unit_and_since_a_moment(server, people):
    first, second = people(2)
    brought(server, first)
    server.clock.advance(MINUTE)
    brought(server, second)
    since = server.call("GET", path(second)).json()["updatedAt"]

    def listed(query):
        return [item["profileId"] for item in walk(server, f"/v1/profiles?limit=9&{query}")]

    assert listed(f"changedSince={since}") == [second["profileId"]]
    assert len(listed("unitCode=H98")) == 2
    assert listed("unitCode=H98.1") == []


@pytest.mark.parametrize("query", ["cursor=xyz", "changedSince=2026-11-22T23:59:60Z", "limit=0"])
def test_a_list_refuses_what_it_cannot_read(query, server):
    assert server.call("GET", f"/v1/profiles?{query}").status_code == 400


# -- versions ------------------------------------------------------------------


def test_a_history_goes_back_to_the_day_of_creation_and_not_beyond(server, people):
    (person,) = people(1)
    for number in (1, 2):
        brought(server, moved(person, number))
    history = server.call("GET", f"{path(person)}/history").json()["items"]
    assert [item["version"] for item in history] == [1, 2]
    assert [item["profile"]["currentResidence"]["detail"] for item in history] == ["Số 1", "Số 2"]
    assert len({item["messageId"] for item in history}) == 2

    assert server.call("DELETE", path(person)).status_code == 204
    assert server.call("GET", f"{path(person)}/history").status_code == 404
    brought(server, moved(person, 3))
    history = server.call("GET", f"{path(person)}/history").json()["items"]
    # A version is never given twice, whoever comes back.
    assert [item["version"] for item in history] == [3]


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{tag}", 304),
        ('"other", {tag}', 304),
        ("{strong}", 304),
        ("*", 304),
        ('"other"', 200),
        ("no tag at all", 200),
        ("", 200),
    ],
)
def test_what_a_reader_holds_already_is_not_sent(condition, status, server, people):
    (person,) = people(1)
    brought(server, person)
    tag = server.call("GET", path(person)).headers["etag"]
    stated = condition.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = server.call("GET", path(person), headers={"If-None-Match": stated})
    assert answer.status_code == status
    assert answer.headers["etag"] == tag
    if status == 304:
        assert answer.content == b""
        assert "content-type" not in answer.headers


def test_nobody_is_found_after_a_withdrawal(server, people):
    (person,) = people(1)
    brought(server, person)
    gone = server.call("DELETE", path(person))
    assert (gone.status_code, gone.content) == (204, b"")
    assert server.call("GET", path(person)).status_code == 404
    assert server.call("DELETE", path(person)).status_code == 404
    assert walk(server, "/v1/profiles?limit=9") == []


# -- changes -------------------------------------------------------------------


def test_the_feed_tells_everything_in_order_and_goes_on_at_its_cursor(server, people):
    first, second = people(2)
    brought(server, first, second)
    told, cursor = changes(server)
    # The root unit is the first thing that a registry knows.
    assert [(c["kind"], c["key"], c["change"]) for c in told] == [
        ("UNIT", "H98", "CREATED"),
        ("PROFILE", first["profileId"], "CREATED"),
        ("PROFILE", second["profileId"], "CREATED"),
    ]
    brought(server, moved(first, 2))
    server.call("DELETE", path(second))
    told, cursor = changes(server, cursor)
    assert [(c["change"], c["version"]) for c in told] == [("UPDATED", 2), ("WITHDRAWN", 1)]
    assert changes(server, cursor) == ([], cursor)
    assert changes(server, "latest") == ([], cursor)


def test_what_is_rejected_is_no_change(server, people):
    (person,) = people(1)
    _, cursor = changes(server)
    server.submit(server.trial({"profile": person}))
    assert changes(server, cursor)[0] == []


@pytest.mark.parametrize("cursor", ["p" * 16, "q" * 16, "0", "LATEST"])
def test_a_cursor_that_was_never_given_is_refused(cursor, server):
    assert server.call("GET", f"/v1/changes?cursor={cursor}").status_code == 400


# -- batches -------------------------------------------------------------------


def test_a_job_goes_from_the_queue_to_its_receipt(server, people):
    records = [server.signed(person) for person in people(3)]
    message = {"header": server.header("M52"), "records": records}
    taken = server.call("POST", "/v1/profile-batches", json=message)
    assert taken.status_code == 202
    job = taken.headers["location"]
    assert job == f"/v1/jobs/{taken.json()['jobId']}"

    seen = []
    for _ in range(10):
        answer = server.call("GET", job)
        done = answer.json()["status"] == "DONE"
        assert ("receipt" in answer.json()) is done
        assert ("retry-after" in answer.headers) is not done
        seen.append(answer.json()["status"])
        server.clock.advance(0.1)
    assert list(dict.fromkeys(seen)) == ["QUEUED", "RUNNING", "DONE"]
    assert answer.json()["receipt"]["accepted"] == 3

    again = server.call("POST", "/v1/profile-batches", json=message)
    assert (again.status_code, again.headers["location"]) == (202, job)
    assert again.json()["status"] == "DONE"
    other = {**message, "records": records[:1]}
    assert server.call("POST", "/v1/profile-batches", json=other).status_code == 409


def test_an_unknown_job_is_not_found(server):
    assert server.call("GET", "/v1/jobs/9d0f7f0e-52c3-5a6f-9c1d-4f6f5c5a1b52").status_code == 404


def test_the_second_record_of_a_person_is_rejected_unless_the_first_was(server, people):
    (person,) = people(1)
    sound, unsigned = server.signed(person), {"profile": person}
    receipt = server.submit(server.trial(unsigned, sound, sound)).json()
    assert [
        [error["rule"] for error in result.get("errors", [])] for result in receipt["results"]
    ] == [["signature-missing"], [], ["duplicate-record"]]
    assert receipt["results"][2]["errors"][0]["pointer"] == "/records/2/profile/profileId"


# -- the population register -----------------------------------------------------


def test_the_register_names_the_first_difference(server, people):
    known, stranger = people(2)
    brought(server, known)
    names = ("profileId", "birthFullName", "birthDate", "gender")
    person = {name: known[name] for name in names}
    other = {"birthFullName": "ẨN DANH", "birthDate": "1931-01-31", "gender": "3"}
    other["gender"] = "1" if person["gender"] == "2" else "2"
    asked = [
        person,
        {**person, "birthFullName": person["birthFullName"].lower()},
        *({**person, name: other[name]} for name in names[1:]),
        {**person, **other},
        {name: stranger[name] for name in names},
    ]
    message = {"header": server.header("M53"), "persons": asked}
    answer = server.call("POST", "/v1/population-matches", json=message)
    assert [result["result"] for result in answer.json()["results"]] == [
        "MATCHED",
        "MATCHED",
        "MISMATCH_NAME",
        "MISMATCH_BIRTH_DATE",
        "MISMATCH_SEX",
        "MISMATCH_NAME",
        "NOT_FOUND",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HÒA", "Hoà"),
        ("Thuý", "THÚY"),
        ("  Nguyễn   Thị Hòa ", "nguyễn thị hoà"),
        ("Đỗ Khoẻ", "ĐỖ KHỎE"),
    ],
)
def test_spellings_of_one_name_sound_alike(one, other):
    assert spoken(one) == spoken(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Hòa", "Hoa"), ("Dung", "Dũng"), ("Đan", "Dan"), ("Tân", "Tan")]
)
def test_other_names_do_not(one, other):
    assert spoken(one) != spoken(other)


@given(st.text(alphabet="aăâeêioôơuưyđhnt òàẻễọ ", max_size=30))
def test_composition_and_capitals_never_count(name):
    decomposed = unicodedata.normalize("NFD", name.upper())
    assert spoken(name) == spoken(decomposed) == spoken(spoken(name))
