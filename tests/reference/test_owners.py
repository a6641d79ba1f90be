"""What owners state, what agencies may still say, and what both sides find when they compare."""

from __future__ import annotations

import pytest

from tests.reference.conftest import NOW

CARD, OTHER = "HC4999900000011", "HC4999900000012"
AT, EARLIER = "2026-11-22T01:00:00Z", "2026-11-22T00:59:59.9+00:00"


@pytest.fixture
def person(people):
    (one,) = people(1)
    whose = ("socialInsuranceNumber", "healthInsuranceNumber", "partyAdmissionDate")
    spoken = (*whose, "partyOfficialDate", "partyPosition", "partyConcurrentPosition")
    return {name: value for name, value in one.items() if name not in spoken}


@pytest.fixture
def state(server):
    def state(person, fields, *, owner="INSURANCE", at=AT, event="1"):
        message = {
            "header": server.header("M61"),
            "owner": owner,
            "events": [
                {
                    "eventId": f"5b0c9a52-6a0e-4f0b-9d0a-0d8a54b0c{int(event):03d}",
                    "profileId": person["profileId"],
                    "occurredAt": at,
                    "fields": fields,
                }
            ],
        }
        answer = server.call("POST", "/v1/owner-events", json=message)
        assert answer.status_code == 200, answer.text
        return answer.json()["results"][0]

    return state


def sent(server, *people):
    return server.submit(server.trial(*(server.signed(one) for one in people))).json()["results"]


def read(server, person):
    return server.call("GET", f"/v1/profiles/{person['profileId']}").json()


def test_the_owner_s_word_stands_and_its_own_repetition_passes(server, state, person):
    assert state(person, {"healthInsuranceNumber": CARD}) == {"recordNo": 1, "status": "APPLIED"}
    (refused,) = sent(server, {**person, "healthInsuranceNumber": OTHER})
    (error,) = refused["errors"]
    assert (error["rule"], error["owner"]) == ("not-owner", "INSURANCE")
    assert error["pointer"] == "/records/0/profile/healthInsuranceNumber"
    assert "Bảo hiểm xã hội Việt Nam" in error["message"]["vi"]
    assert "value" not in error
    (taken,) = sent(server, {**person, "healthInsuranceNumber": CARD})
    assert taken["status"] == "ACCEPTED"


def test_a_gap_is_filled_in_on_arrival_and_by_a_later_event(server, state, person):
    state(person, {"healthInsuranceNumber": CARD})
    sent(server, person)
    first = read(server, person)
    assert first["profile"] == {**person, "healthInsuranceNumber": CARD}
    state(person, {"healthInsuranceNumber": OTHER}, event="2")
    second = read(server, person)
    assert second["profile"]["healthInsuranceNumber"] == OTHER
    assert second["version"] == first["version"] + 1


def test_what_is_held_may_heal_a_record_that_breaks_a_rule_and_never_harms_one(
    server, state, person
):
    position = {**person, "partyPosition": "Bí thư chi bộ"}
    (alone,) = sent(server, position)
    assert alone["status"] == "REJECTED"
    state(person, {"partyAdmissionDate": "2024-05-19"}, owner="PARTY")
    (with_date,) = sent(server, position)
    assert with_date["status"] == "ACCEPTED"
    # A date of admission before the date of birth breaks a rule; the agency did not send it.
    state(person, {"partyAdmissionDate": "1900-01-01"}, owner="PARTY", event="2")
    (harmless,) = sent(server, person)
    assert harmless["status"] == "ACCEPTED"


@pytest.mark.parametrize(
    ("owner", "fields", "rule", "pointer"),
    [
        ("INSURANCE", {"otherNames": "Khác"}, "not-owner", "/otherNames"),
        ("INSURANCE", {"strength": "Khác"}, "not-owner", "/strength"),
        ("INSURANCE", {"healthInsuranceNumber": "1"}, "schema", "/healthInsuranceNumber"),
        ("INSURANCE", {"khong-co": 1}, "schema", ""),
        ("POPULATION", {"profileId": "098090123456"}, "schema", "/profileId"),
        ("EDUCATION", {"academicTitle": "KHONG"}, "code-list", "/academicTitle"),
    ],
)
def test_an_event_is_judged_by_whose_fields_it_states_and_by_what(
    state, person, owner, fields, rule, pointer
):
    result = state(person, fields, owner=owner)
    assert result["status"] == "REJECTED"
    assert {error["rule"] for error in result["errors"]} == {rule}
    assert result["errors"][0]["pointer"].startswith(f"/events/0/fields{pointer}")


def test_a_time_that_no_calendar_holds_is_refused_and_not_guessed(state, person):
    result = state(person, {"healthInsuranceNumber": CARD}, at="0001-01-01T00:00:00+14:00")
    assert result["status"] == "REJECTED"
    assert result["errors"][0]["pointer"] == "/events/0/occurredAt"


def test_order_is_field_by_field_and_times_are_compared_as_times(server, state, person):
    sent(server, person)
    assert state(person, {"healthInsuranceNumber": CARD})["status"] == "APPLIED"
    late = {"healthInsuranceNumber": OTHER}
    assert state(person, late, at=EARLIER, event="2")["status"] == "LATE"
    assert state(person, late, at=EARLIER, event="2")["status"] == "DUPLICATE"
    both = {**late, "socialInsuranceNumber": person["profileId"]}
    assert state(person, both, at=EARLIER, event="3")["status"] == "APPLIED"
    profile = read(server, person)["profile"]
    assert profile["healthInsuranceNumber"] == CARD
    assert profile["socialInsuranceNumber"] == person["profileId"]


def test_a_conflict_is_listed_for_the_agency_and_page_by_page(server, state, people):
    staff = [
        {**one, "otherNames": "Tên do cơ quan ghi", "idIssuePlace": "Nơi cấp cũ"}
        for one in people(3)
    ]
    sent(server, *staff)
    for number, one in enumerate(staff):
        stated = {"otherNames": "Tên do dân cư ghi", "idIssuePlace": "Nơi cấp mới"}
        state(one, stated, owner="POPULATION", event=str(number))
    query = "/v1/conflicts?agencyCode=H98&owner=POPULATION&limit=2"
    seen, cursor = [], ""
    while cursor is not None:
        page = server.call("GET", f"{query}{cursor and f'&cursor={cursor}'}").json()
        seen += [(item["profileId"], item["pointer"]) for item in page["items"]]
        cursor = page["nextCursor"]
    assert sorted(seen) == sorted(
        (one["profileId"], pointer) for one in staff for pointer in ("/otherNames", "/idIssuePlace")
    )
    for other in ("agencyCode=H98&owner=PARTY", "agencyCode=H98.7"):
        assert server.call("GET", f"/v1/conflicts?{other}").json()["items"] == []
    assert server.call("GET", "/v1/conflicts?agencyCode=H98&cursor=1").status_code == 400
    assert server.call("GET", "/v1/conflicts").status_code == 400


def test_who_is_known_by_an_event_alone_can_be_withdrawn(server, state, person):
    state(person, {"healthInsuranceNumber": CARD})
    path = f"/v1/profiles/{person['profileId']}"
    assert server.call("GET", path).status_code == 404
    assert server.call("DELETE", path).status_code == 204
    assert server.call("DELETE", path).status_code == 404
    sent(server, person)
    assert "healthInsuranceNumber" not in read(server, person)["profile"]


def test_the_register_s_own_word_decides_a_match(server, state, person):
    sent(server, person)
    state(person, {"birthFullName": "TÊN ĐÚNG"}, owner="POPULATION")
    asked = {name: person[name] for name in ("profileId", "birthFullName", "birthDate", "gender")}
    persons = [asked, {**asked, "birthFullName": "Tên Đúng"}]
    message = {"header": server.header("M53"), "persons": persons}
    answer = server.call("POST", "/v1/population-matches", json=message).json()
    assert [one["result"] for one in answer["results"]] == ["MISMATCH_NAME", "MATCHED"]


def test_a_comparison_tells_whom_the_agency_does_not_hold_and_where_he_works(server, people):
    staff = people(2)
    sent(server, *staff)
    message = {"header": server.header("M63"), "agencyCode": "H98", "people": []}
    answer = server.call("POST", "/v1/reconciliations", json=message).json()
    assert len(answer["mismatches"]) == 2
    for mismatch in answer["mismatches"]:
        assert mismatch["kind"] == "MISSING_AT_AGENCY"
        assert mismatch["unitCode"] == "H98"
        assert "******" in mismatch["key"]
    yesterday = {**message, "header": server.header("M63"), "asOf": "2026-11-21"}
    before = server.call("POST", "/v1/reconciliations", json=yesterday).json()
    assert (before["mismatches"], NOW.day) == ([], 22)


def test_what_is_absent_is_not_compared(server, people):
    sent(server, *people(1))
    message = {"header": server.header("M63"), "agencyCode": "H98"}
    answer = server.call("POST", "/v1/reconciliations", json=message).json()
    assert answer["mismatches"] == []


@pytest.mark.parametrize("operation", ["submitOwnerEvents", "askHeldFields", "reconcile"])
@pytest.mark.parametrize("seed", range(5))
def test_a_realistic_request_is_granted(operation, seed, server, pack, authority):
    path = {
        "submitOwnerEvents": "/v1/owner-events",
        "askHeldFields": "/v1/held-fields",
        "reconcile": "/v1/reconciliations",
    }[operation]
    case = pack.plugin.contract_case(pack, operation, seed, NOW.date(), authority)
    answer = server.call("POST", path, json=case["body"])
    assert answer.status_code == 200, answer.text
    assert "REJECTED" not in answer.text
