"""The pack's face: it authorises, reads answers, measures facts and makes realistic requests."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from conformance.errors import Deviation
from conformance.model.dialect import Empty, Gateway, Ok, Refused
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.reference.clock import ManualClock

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DIALECT = plugin.dialect


def answered(status: int, body: object, media_type: str = "application/json", target: str = "/"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        number=1,
        initiator=Initiator.TOOLKIT,
        request=Request(method="GET", target=target),
        response=Response(status=status, headers=(("content-type", media_type),), body=content),
        at=NOW,
        elapsed=0.0,
    )


def authorised_by(response: Response) -> dict:
    return dict(
        DIALECT.authorise(
            lambda _: response, {"client_id": "a", "client_secret": "b c"}.__getitem__
        )
    )


def test_a_token_needs_no_lifetime_to_be_used():
    # That a lifetime is missing fails its own requirement, and not every scenario.
    assert authorised_by(answered(200, {"access_token": "t"}).response) == {
        "Authorization": "Bearer t"
    }


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"error": "invalid_client"}, "unexpected-status"),
        (200, {"token": "t"}, "missing-member"),
        (200, {"access_token": ""}, "missing-member"),
        (200, [], "missing-member"),
        (200, b"<html>", "not-json"),
    ],
)
def test_an_answer_that_does_not_authorise_is_a_deviation(status, body, code):
    with pytest.raises(Deviation) as caught:
        authorised_by(answered(status, body).response)
    assert caught.value.code == code


def test_the_placeholder_of_a_secret_survives_the_form():
    request = DIALECT.token_request("demo", "~secret.primary.client_secret~")
    assert b"client_secret=~secret.primary.client_secret~" in request.body


PROBLEM = {"type": "urn:vn-cbccvc:problem:not-found", "title": "Nothing", "status": 404}


@pytest.mark.parametrize(
    ("exchange", "answer"),
    [
        (answered(200, {"a": 1}), Ok(value={"a": 1})),
        (answered(204, b""), Empty()),
        (
            answered(404, PROBLEM, "application/problem+json"),
            Refused(status=404, code="not-found", text="Nothing"),
        ),
        (
            answered(401, {"error": "invalid_client"}),
            Refused(status=401, code="invalid_client", text=""),
        ),
        (answered(200, b"<html> x", "text/html"), Gateway(status=200, text="<html> x")),
        (answered(404, PROBLEM), Gateway(status=404, text=json.dumps(PROBLEM))),
        (answered(404, b"\xff", "application/problem+json"), Gateway(status=404, text="\ufffd")),
        (answered(502, {"error": "upstream"}), Gateway(status=502, text='{"error": "upstream"}')),
        (answered(302, b""), Gateway(status=302, text="")),
    ],
)
def test_an_answer_is_freed_of_its_transport(exchange, answer):
    assert DIALECT.unwrap(exchange) == answer


@pytest.mark.parametrize(
    ("target", "body", "following"),
    [
        ("/v1/units", {"nextCursor": "a b"}, "/v1/units?cursor=a+b"),
        ("/v1/units?limit=2&cursor=x", {"nextCursor": "y"}, "/v1/units?limit=2&cursor=y"),
        ("/v1/units?limit=2", {"nextCursor": None}, None),
        ("/v1/units", {"nextCursor": 7}, None),
        ("/v1/units", [], None),
        ("/v1/units", b"", None),
    ],
)
def test_the_next_page_is_the_same_question_behind_the_cursor(target, body, following):
    assert DIALECT.next_page(answered(200, body, target=target)) == following


@pytest.mark.parametrize("text", ["20260101", "2026-1-1", "2026-W01-1", "01/01/2026", ""])
def test_dates_are_written_one_way(text):
    with pytest.raises(ValueError, match=r"."):
        DIALECT.parse_date(text)


@pytest.fixture
def surroundings(authority) -> Surroundings:
    return Surroundings(
        clock=ManualClock(NOW),
        seed=1,
        trust_anchors=authority.trust_anchors,
        revocations=authority.revocations,
    )


def facts_of(body: bytes, pack, surroundings, operation: str = "submitTrialSync") -> dict:
    request = Request(method="POST", target="/v1/trial-sync", body=body, operation=operation)
    return dict(plugin.facts(pack, request, surroundings))


def test_what_a_signature_is_worth_is_measured_record_by_record(server, people, pack, surroundings):
    one, two = people(2)
    message = server.trial(
        server.signed(one),
        {"profile": one},
        {"profile": two, "signature": server.signed(one)["signature"]},
        server.signed(one, "untrusted"),
        7,
        server.signed(one, "revoked"),
        server.signed(one, "other-unit"),
        server.signed(one, "clerk"),
    )
    body = json.dumps(message).encode()
    assert facts_of(body, pack, surroundings) == {
        "signature/0": "valid",
        "signature/1": "missing",
        "signature/2": "invalid",
        "signature/3": "untrusted",
        "signature/4": "missing",
        "signature/5": "revoked",
        "signature/6": "signer",
        "signature/7": "authority",
    }
    assert facts_of(body, pack, surroundings, "submitUnits") == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"records": 7}', b"\xff", b"[" * 9999])
def test_measuring_never_fails(body, pack, surroundings):
    assert facts_of(body, pack, surroundings) == {}


@pytest.mark.parametrize("seed", range(5))
def test_a_realistic_request_is_taken(seed, server, pack, authority):
    for operation, path in (
        ("submitTrialSync", "/v1/trial-sync"),
        ("submitUnits", "/v1/unit-batches"),
    ):
        case = plugin.contract_case(pack, operation, seed, NOW.date(), authority)
        answer = server.call("POST", path, json=case["body"])
        assert answer.status_code == 200
        assert answer.json()["rejected"] == 0, answer.text
    assert plugin.contract_case(pack, "getMetadata", seed, NOW.date(), authority) is None
