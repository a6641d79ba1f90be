"""The reference keeps the contract: every refusal by name, every record by itself."""

from __future__ import annotations

import copy
import json

import pytest

PROBLEM = "urn:vn-cbccvc:problem:"


def refusal(answer) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["type"].removeprefix(PROBLEM)


def results(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [
        ",".join(sorted({error["rule"] for error in result.get("errors", [])})) or "ok"
        for result in answer.json()["results"]
    ]


# -- the door ------------------------------------------------------------------


def test_the_right_credentials_receive_a_token_and_others_do_not(server):
    granted = server.authorise()
    assert granted.status_code == 200
    assert 60 <= granted.json()["expires_in"] <= 86400
    assert granted.headers["cache-control"] == "no-store"
    assert (server.authorise("wrong").status_code, server.token) == (401, "")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ("", 400, "invalid_request"),
        ("grant_type=password&client_id=a&client_secret=b", 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&client_id=a", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=a&client_secret=b", 401, "invalid_client"),
    ],
)
def test_a_bad_token_request_is_refused_in_the_form_of_oauth(form, status, error, server):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = server.call("POST", "/oauth2/token", content=form, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_request_that_is_no_form_is_refused_in_the_form_of_oauth(server):
    for arguments in (
        {"json": {}},
        {"content": b"a=1&a=2", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ):
        answer = server.call("POST", "/oauth2/token", **arguments)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer made-up", "Basic Zm9v"])
def test_nobody_is_served_without_a_good_token(token, server):
    server.token = ""
    headers = {"Authorization": token} if token else {}
    for method, target, more in (
        ("GET", "/v1/metadata", {}),
        ("GET", "/v1/units?limit=0", {}),
        ("POST", "/v1/trial-sync", {"content": b"{"}),
    ):
        answer = server.call(method, target, headers=headers, **more)
        assert refusal(answer) == (401, "unauthorised")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_ends(server):
    server.clock.advance(86400)
    assert refusal(server.call("GET", "/v1/metadata")) == (401, "unauthorised")


def test_paths_methods_and_parameters_outside_the_contract_are_refused_by_name(server):
    assert refusal(server.call("GET", "/v2/units")) == (404, "not-found")
    wrong = server.call("DELETE", "/v1/units/H98")
    assert refusal(wrong) == (405, "method-not-allowed")
    assert wrong.headers["allow"] == "GET"
    for target in (
        "/v1/units?limit=0",
        "/v1/units?limit=101",
        "/v1/units?limit=ten",
        "/v1/units?limit=1&limit=2",
        "/v1/units?cursor=from-somewhere-else",
        "/v1/units?parentCode=nope",
        "/v1/units/%F0%9F%98%80",
        "/v1/profiles/09709012345",
        "/v1/trial-sync/1",
    ):
        assert refusal(server.call("GET", target)) == (400, "invalid-parameter"), target


# -- messages --------------------------------------------------------------------


def test_the_checks_of_a_message_come_in_the_contract_s_order(server, people):
    (person,) = people(1)
    sound = server.trial(server.signed(person))
    post = ("POST", "/v1/trial-sync")
    kind = {"Content-Type": "application/json"}

    assert refusal(server.call(*post, content=b"{", headers={"Content-Type": "text/plain"})) == (
        415,
        "unsupported-media-type",
    )
    assert refusal(server.call(*post, content=b"{", headers=kind)) == (400, "malformed-json")
    for body in (b"[1]", b'"x"', b"null", b"{}", b'{"records": 1}'):
        answer = server.call(*post, content=body, headers=kind)
        assert refusal(answer) == (422, "message-invalid"), body
    crowd = [server.signed(person)] * 11
    assert refusal(server.submit({"header": {}, "records": crowd})) == (422, "batch-size")
    assert refusal(server.submit({"records": []})) == (422, "batch-size")
    for broken in (
        {**sound, "header": {**sound["header"], "environment": "production"}},
        {**sound, "header": {**sound["header"], "messageCode": "M50"}},
        {**sound, "header": {**sound["header"], "extra": 1}},
        {**sound, "extra": 1},
        {**sound, "records": [1]},
        {**sound, "records": [{"profile": "x"}]},
        {**sound, "records": [{**sound["records"][0], "extra": 1}]},
    ):
        assert refusal(server.submit(broken)) == (422, "message-invalid")
    # Nothing of all this used the message id up.
    assert results(server.submit(sound)) == ["ok"]


def test_one_faulty_record_does_not_take_its_neighbours_down(server, people):
    first, faulty, last = people(3)
    broken = {**faulty, "salaryPercent": 50}
    answer = server.submit(server.trial(*map(server.signed, (first, broken, last))))

    assert results(answer) == ["ok", "VN-R-010", "ok"]
    receipt = answer.json()
    assert (receipt["received"], receipt["accepted"], receipt["rejected"]) == (3, 2, 1)
    (error,) = receipt["results"][1]["errors"]
    assert error["pointer"] == "/records/1/profile/salaryPercent"
    assert error["value"] == "50"
    assert broken["profileId"] not in answer.text
    assert refusal(server.call("GET", f"/v1/profiles/{faulty['profileId']}")) == (404, "not-found")


def test_every_stage_names_its_fault(server, people):
    person, other = people(2)
    closed = copy.deepcopy(person)
    closed["currentResidence"]["provinceCode"] = "02"
    homeless = {**person, "employingUnitCode": "H98.7"}
    records = (
        {"profile": person},
        {"profile": person, "signature": ""},
        {"profile": person, "signature": 7},
        server.signed({**person, "gender": "3"}),
        server.signed(closed),
        {"profile": person, "signature": server.signed(other)["signature"]},
        server.signed(person, "untrusted"),
        server.signed(homeless),
        server.signed({**person, "gender": "2" if person["gender"] == "1" else "1"}),
    )
    assert results(server.submit(server.trial(*records))) == [
        "signature-missing",
        "signature-missing",
        # The message's schema wants text there, but the fault is the record's.
        "signature-invalid",
        "schema",
        "code-list",
        "signature-invalid",
        "signature-untrusted",
        "unit-unknown",
        "VN-R-001",
    ]


def test_the_first_stage_that_complains_is_the_only_one_and_complains_of_everything(server, people):
    (person,) = people(1)
    broken = {**person, "gender": "3", "salaryStep": 99, "employingUnitCode": "H98.7"}
    answer = server.submit(server.trial(server.signed(broken)))
    errors = answer.json()["results"][0]["errors"]
    assert {error["pointer"] for error in errors} == {
        "/records/0/profile/gender",
        "/records/0/profile/salaryStep",
    }
    assert {error["rule"] for error in errors} == {"schema"}


def test_odd_values_in_a_record_are_rejected_and_never_a_crash(server, people):
    (person,) = people(1)
    for odd in (2**70, -1, 1.5, 1e300, None, [], {}, "\x00", "😀", "0" * 13, True):
        for name in ("profileId", "salaryStep", "birthDate", "currentResidence", "rankCode"):
            broken = {**person, name: odd}
            record = {"profile": broken, "signature": "e30..AAAA"}
            assert results(server.submit(server.trial(record))) != ["ok"]


def test_a_replay_receives_the_first_answer_and_is_applied_once(server, people):
    staff = people(2)
    message = server.trial(*map(server.signed, staff))
    first = server.submit(message)
    server.clock.advance(60)
    # Signed again and sent later: the content is the same.
    again = {
        "header": {**message["header"], "sentAt": "2026-11-22T02:00:00Z"},
        "records": [server.signed(person) for person in staff],
    }
    replay = server.submit(again)

    assert replay.json() == first.json()
    path = f"/v1/profiles/{staff[0]['profileId']}"
    assert server.call("GET", path).json()["version"] == 1
    receipt = server.call("GET", f"/v1/trial-sync/{message['header']['messageId'].upper()}")
    assert receipt.json() == first.json()


def test_a_message_id_stands_for_one_content(server, people):
    one, two = people(2)
    message = server.trial(server.signed(one))
    server.submit(message)
    other = {**message, "records": [server.signed(two)]}

    assert refusal(server.submit(other)) == (409, "message-id-reused")
    assert refusal(server.call("GET", f"/v1/profiles/{two['profileId']}"))[0] == 404


@pytest.mark.parametrize(
    ("path", "code", "member"),
    [
        ("/v1/unit-batches", "M50", {"units": [{}]}),
        ("/v1/profile-batches", "M52", {"records": [{"profile": {}}]}),
    ],
)
def test_a_message_id_stands_for_one_kind_of_message(path, code, member, server, people):
    message = server.trial(server.signed(people(1)[0]))
    server.submit(message)
    header = {**message["header"], "messageCode": code}

    answer = server.call("POST", path, json={"header": header, **member})
    assert refusal(answer) == (409, "message-id-reused")


# -- what is kept -------------------------------------------------------------------


def test_a_profile_reads_back_equal_and_its_tag_follows_its_content(server, people):
    (person,) = people(1)
    path = f"/v1/profiles/{person['profileId']}"
    tags = []
    for variant in (person, person, {**person, "phone": "0990000001"}, person):
        server.submit(server.trial(server.signed(variant)))
        answer = server.call("GET", path)
        assert answer.json()["profile"] == variant
        tags.append(answer.headers["etag"])

    assert tags[0] == tags[1] == tags[3] != tags[2]
    # What was sent twice in a row is one version.
    assert server.call("GET", path).json()["version"] == 3


def unit(code: str, **more) -> dict:
    return {
        "unitCode": code,
        "parentCode": code.rpartition(".")[0] or None,
        "name": "Phòng thử nghiệm",
        "unitType": "PCM",
        "provinceCode": "01",
        "effectiveFrom": "2025-07-01",
        "effectiveTo": None,
        **more,
    }


def send_units(server, *units):
    message = {"header": server.header("M50"), "units": list(units)}
    return server.call("POST", "/v1/unit-batches", json=message)


def test_units_are_judged_one_by_one_in_their_order(server):
    answer = send_units(
        server,
        unit("H98.1"),
        unit("H98.1.1"),
        unit("H98.9.1"),
        unit("H98.2", unitType="HUYEN"),
        unit("H98.2.1"),
        unit("H98.3", name=""),
        unit("H98.1", name="Đổi tên"),
    )
    assert results(answer) == [
        "ok",
        "ok",
        "parent-unknown",
        "code-list",
        "parent-unknown",
        "schema",
        "ok",
    ]
    assert [r.get("version") for r in answer.json()["results"]][::6] == [1, 2]
    assert server.call("GET", "/v1/units/H98.1").json() == unit("H98.1", name="Đổi tên")
    assert refusal(server.call("GET", "/v1/units/H98.2")) == (404, "not-found")


def test_a_person_works_in_a_unit_that_lives(server, people):
    (person,) = people(1)
    person.pop("movement", None)  # how they came to the unit in which they were drawn
    send_units(
        server,
        unit("H98.4"),
        unit("H98.5", effectiveTo="2026-11-22"),
        unit("H98.6", effectiveFrom="2026-11-23"),
    )
    records = [
        server.signed({**person, "employingUnitCode": code}) for code in ("H98.4", "H98.5", "H98.6")
    ]
    expected = ["ok", "unit-closed", "unit-unknown"]
    assert results(server.submit(server.trial(*records))) == expected


def walk(server, query: str) -> list[str]:
    codes: list[str] = []
    cursor = ""
    while True:
        page = server.call("GET", f"/v1/units?{query}{cursor}").json()
        codes += [item["unitCode"] for item in page["items"]]
        if page["nextCursor"] is None:
            return codes
        cursor = f"&cursor={page['nextCursor']}"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_one_walk_gives_every_unit_once_under_every_freedom(seed, limit, serve):
    server = serve(seed=seed)
    children = [unit(f"H98.{n}") for n in range(1, 9)]
    send_units(server, *children, unit("H98.1.1"))

    everything = walk(server, f"limit={limit}")
    assert sorted(everything) == sorted(["H98", "H98.1.1", *(c["unitCode"] for c in children)])
    assert sorted(walk(server, f"limit={limit}&parentCode=H98")) == sorted(
        c["unitCode"] for c in children
    )


def test_a_moved_unit_is_found_under_its_new_parent_alone(server):
    send_units(server, unit("H98.1"), unit("H98.2"), unit("H98.1.5"))
    send_units(server, unit("H98.1.5", parentCode="H98.2"))
    assert walk(server, "parentCode=H98.1") == []
    assert walk(server, "parentCode=H98.2") == ["H98.1.5"]


def test_a_mock_on_a_file_remembers_across_restarts(serve, people, tmp_path):
    (person,) = people(1)
    first = serve(store=tmp_path / "mock.sqlite")
    message = first.trial(first.signed(person))
    before = first.submit(message)
    second = serve(store=tmp_path / "mock.sqlite")

    assert second.submit(message).json() == before.json()
    assert second.call("GET", "/v1/units/H98").status_code == 200


def test_every_answer_is_documented(server, people, pack):
    from conformance.contract.contract import Contract
    from conformance.model.exchange import Response

    contract = Contract.load(pack)
    (person,) = people(1)
    message = server.trial(server.signed(person), {"profile": {}})
    for method, target, more in (
        ("POST", "/v1/trial-sync", {"json": message}),
        ("POST", "/v1/trial-sync", {"json": {}}),
        ("POST", "/v1/trial-sync", {"json": {"records": []}}),
        ("POST", "/v1/trial-sync", {"content": b"{"}),
        ("GET", f"/v1/profiles/{person['profileId']}", {}),
        ("GET", "/v1/profiles/097000000000", {}),
        ("GET", "/v1/profiles/x", {}),
        ("GET", "/v1/metadata", {}),
        ("GET", "/v1/units", {}),
        ("GET", "/v1/units/H98", {}),
    ):
        answer = server.call(method, target, **more)
        operation, _ = contract.match(method, target)
        response = Response(
            status=answer.status_code,
            headers=tuple(answer.headers.items()),
            body=answer.content,
        )
        assert contract.response_problems(operation.id, response) == (), json.dumps(answer.text)
