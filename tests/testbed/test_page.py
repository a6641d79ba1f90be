"""The board and its page without a browser: what changed is told, and nobody else may ask."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from conformance.catalogue import packs
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.finding import Explanation, Finding
from conformance.model.pack import Assignment
from conformance.model.requirement import Language, Role, Text
from conformance.model.verdict import Fault, Verdict
from conformance.reference.serve import serve_in_thread
from conformance.reporting.exchanges import Reading
from conformance.reporting.words import load
from conformance.running.plan import PlannedScenario, ScenarioKind
from conformance.testbed import interference
from conformance.testbed.beholder import complaints, refusal, token
from conformance.testbed.board import KEPT, Actor, Board, Complaint, Hints, Phase
from conformance.testbed.door import Came, Knock
from conformance.testbed.driver import Turn
from conformance.testbed.page import Page
from conformance.testbed.showing import About, Showing
from conformance.testbed.shown import Shown

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BRIEF = Text(en="Push three people.", vi="Đẩy ba người.", id="Kirim tiga orang.")
NONE = Hints()
ASSIGNMENT = Assignment(id="three", brief=BRIEF, material={})


def planned(name, kind=ScenarioKind.MISSION):
    return PlannedScenario(
        id=name, title=name, kind=kind, role=Role.CONSUMER, requirements=("VN-CSYN-001",)
    )


def judged(verdict, *, pointer="", exchanges=(1,), scenario="first"):
    failed = verdict is not Verdict.PASS
    return Finding(
        requirement="VN-CSYN-001",
        scenario=scenario,
        verdict=verdict,
        fault=Fault.TARGET if failed else None,
        explanation=Explanation(code="unit-not-accepted-first", pointer=pointer)
        if failed
        else None,
        exchanges=exchanges,
    )


def arrive(board, target="/v1/units", hints=NONE, facts=None):
    exchange = Exchange(
        number=1,
        initiator=Initiator.TARGET,
        request=Request(method="POST", target=target, headers=(), operation="submitUnits"),
        response=Response(status=200),
        at=AT,
        elapsed=0.002,
        facts=facts or {},
    )
    board.arrived(AT, "submitUnits", Reading(exchange=exchange, number=1).kept(), hints)


@pytest.fixture
def board():
    return Board([planned("first"), planned("second"), planned("all", ScenarioKind.INVARIANT)])


@pytest.fixture
def turn():
    return Turn()


@pytest.fixture
def page(board, turn):
    about = About(
        pack=packs.load(packs.default()),
        product="Example HR 4.2",
        base_url="http://127.0.0.1:8099",
        report="/tmp/report.html",
        actor=Actor.PERSON,
        quiet=10.0,
        over_at=lambda: AT,
        redact=lambda text: text.replace("s3cret", "~s~"),
    )
    made = Page(board, partial(Showing, about, turn), Language.EN, turn)
    with serve_in_thread(made.app) as serving, httpx.Client(base_url=serving.base_url) as client:
        yield client
        board.end()  # streams end with the run


def streamed(client, *, until, **more):
    """Events as (id, kind, data) until one of a kind came."""
    events, held = [], {}
    with client.stream("GET", "/events", timeout=5, **more) as answer:
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                held[name] = value
                continue
            if "event" in held:
                events.append((held.get("id", ""), held["event"], held.get("data", "")))
                if held["event"] == until:
                    break
            held = {}
    return events


def parts(events):
    return [json.loads(data)["id"] for _, kind, data in events if kind == "part"]


def test_a_mission_goes_through_its_phases(board):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    assert board.state().current.phase is Phase.ACTING
    arrive(board)
    board.acted("done")
    assert board.state().current.phase is Phase.JUDGING
    board.closed("first", (judged(Verdict.PASS),))

    first, second, _ = board.state().missions
    assert (first.verdict, first.arrived, second.phase) == (Verdict.PASS, 1, Phase.WAITING)
    assert board.state().current is None


def test_only_what_changed_since_is_told(board):
    board.began("first")
    before = board.state().number
    arrive(board)

    assert set(board.changed_since(before)) == {"exchange-1", "mission-1", "now"}
    assert board.changed_since(board.state().number) == ()


def test_a_finding_stands_at_the_exchange_that_it_is_about(board):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    # That a list is too short says nothing of what should stand in it.
    arrive(board, hints=Hints(complaints=(Complaint(pointer="/units", rule="", texts={}),)))
    place = "/units/6/unitType"
    arrive(board, hints=Hints(complaints=(Complaint(pointer=place, rule="", texts={}),)))
    arrive(board)
    board.closed(
        "first",
        (
            judged(Verdict.FAIL, exchanges=(3,)),
            judged(Verdict.FAIL, pointer="/units/6/unitType", exchanges=(1, 2, 3)),
            # Nobody can tell which: it stands at none.
            judged(Verdict.FAIL, pointer="/elsewhere", exchanges=(1, 2)),
            judged(Verdict.INCONCLUSIVE, exchanges=(1,)),
        ),
    )

    assert [len(card.broke) for card in board.state().exchanges] == [0, 1, 1]


def test_a_finding_stands_at_the_only_exchange_that_its_place_leads_into(board):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    arrive(board, hints=Hints(members=frozenset({"client_id"})))
    arrive(board, hints=Hints(members=frozenset({"header", "records"})))
    finding = judged(Verdict.FAIL, pointer="/records/0/profile", exchanges=(1, 2))
    board.closed("first", (finding, judged(Verdict.FAIL, exchanges=(1, 2))))

    assert [card.broke for card in board.state().exchanges] == [(), (finding,)]


def test_of_very_many_exchanges_the_last_are_kept_and_the_marks_too(board):
    for _ in range(KEPT * 3):
        arrive(board)

    state = board.state()
    assert len(state.exchanges) == KEPT
    assert state.left_out == KEPT * 2
    assert state.exchanges[-1].number == KEPT * 3
    # A page that was away from the beginning forgets those that are gone, and marks stay bounded.
    assert len(board.changed_since(0)) < KEPT * 2 + 10


def test_the_complaints_of_an_answer_are_found_wherever_they_stand():
    answer = {
        "results": [
            {"errors": [{"pointer": "/a", "rule": "R1", "message": {"vi": "x", "en": "y"}}]},
            {"pointer": "/b", "detail": "z", "code": 7},
            {"pointer": 3},
        ]
    }

    assert complaints(answer) == (
        Complaint(pointer="/a", rule="R1", texts={"vi": "x", "en": "y"}),
        Complaint(pointer="/b", rule="", texts={"": "z"}),
    )
    assert complaints("text") == ()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"title": "No token.", "detail": "One is needed", "status": 401},
         "No token. One is needed."),
        ({"error": "invalid_client", "error_description": "wrong secret"}, "wrong secret."),
        ({"title": 3}, ""),
        ("no", ""),
    ],
)  # fmt: skip
def test_why_an_answer_refuses_is_read_from_it(answer, said):
    assert refusal(answer) == said


BEARER = ("WWW-Authenticate", "Bearer")


@pytest.mark.parametrize(
    ("sent", "answer", "found"),
    [
        ((), Response(status=401, headers=(BEARER,)), "missing"),
        ((("Authorization", "Bearer old"),), Response(status=401, headers=(BEARER,)), "unknown"),
        ((), Response(status=401), ""),  # the token endpoint: it is the secret that is wrong
        ((), Response(status=403, headers=(BEARER,)), ""),
    ],
)
def test_whoever_lacks_a_token_is_told_apart_from_whoever_brings_an_old_one(sent, answer, found):
    request = Request(method="POST", target="/v1/units", headers=sent, operation="submitUnits")
    assert token(Exchange(number=1, initiator=Initiator.TARGET, request=request,
                          response=answer, at=AT, elapsed=0)) == found  # fmt: skip


def test_the_page_says_that_a_token_is_of_one_mission(page, board):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    arrive(board, hints=Hints(refusal="No valid access token.", token="unknown"))
    assert "within one mission" in page.get("/").text


@pytest.mark.parametrize(
    ("language", "brief"), [("en", BRIEF.en), ("vi", BRIEF.vi), ("id", BRIEF.id)]
)
def test_the_page_speaks_the_language_that_is_asked_for(page, board, language, brief):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)

    answer = page.get("/", params={"lang": language})

    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count(brief) == 2  # the mission, and whose turn it is


def test_the_page_asks_nothing_of_the_network(page):
    for path in ("/", "/style.css", "/live.js"):
        answer = page.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "http" not in answer.text.replace("http://127.0.0.1:8099", "")


def test_what_a_target_sent_is_no_markup(page, board):
    board.began("first")
    arrive(board, target="/<script>alert(1)</script>")

    assert "<script>alert" not in page.get("/").text
    events = streamed(page, until="mark", params={"since": "0"})
    assert not any("<script>alert" in data for _, _, data in events)


def test_the_page_says_how_to_sign_and_when_silence_ends_the_mission(page, board):
    board.began("first")
    board.assigned(replace(ASSIGNMENT, material={"people": [{}], "units": [{}]}), AT)
    board.laid("out/three people.json")

    shown = page.get("/").text
    assert "conformance sign --message &#39;out/three people.people.jsonl&#39;" in shown
    assert f'<time datetime="{AT.isoformat()}" class="left">' in shown

    board.laid("")
    board.assigned(ASSIGNMENT, AT)
    board.laid("out/three.json")
    assert "conformance sign" not in page.get("/").text


def test_at_the_end_the_verdicts_are_counted_and_a_way_on_is_told(page, board):
    for name, verdict in (("first", Verdict.PASS), ("second", Verdict.FAIL)):
        board.began(name)
        board.closed(name, (judged(verdict),))
    board.end()

    shown = page.get("/").text
    assert "Pass: 1 · Fail: 1" in shown
    assert "start the test bed again" in shown


def test_a_stream_tells_what_happens_and_ends_with_the_run(page, board):
    board.began("first")
    events = streamed(page, until="mark")
    assert set(parts(events)) == {"mission-1", "now"}
    assert any('<li id=\\"mission-1\\"' in data for _, _, data in events)

    board.end()
    assert streamed(page, until="over")[-1][1] == "over"


def test_who_was_away_is_told_what_he_missed_and_no_more(page, board):
    board.began("first")
    arrive(board)
    last = streamed(page, until="mark")[-1][0]
    arrive(board)

    missed = streamed(page, until="mark", headers={"Last-Event-ID": last})

    assert set(parts(missed)) == {"exchange-2", "mission-1", "now"}


def test_an_exchange_that_is_gone_leaves_the_page(page, board):
    for _ in range(KEPT + 1):
        arrive(board)

    gone = [
        json.loads(data)
        for _, kind, data in streamed(page, until="mark")
        if kind == "part" and json.loads(data)["id"] == "exchange-1"
    ]
    assert gone == [{"id": "exchange-1", "list": "exchanges", "html": ""}]
    assert 'id="exchange-1"' not in page.get("/").text


def test_the_persons_word_counts_from_our_page_alone(page, board, turn):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    action = page.get("/").text.partition('<form method="post" action="')[2].partition('"')[0]

    assert page.post("/turn/guessed", data={"do": "finish"}).status_code == 404
    assert page.get(action).status_code == 405
    assert page.post(action, data={"do": "nonsense"}).status_code == 400
    assert (turn.held, turn.finished) == (False, False)

    assert page.post(action, data={"do": "hold"}).status_code == 303
    assert turn.held
    assert "No longer wait" in page.get("/").text
    page.post(action, data={"do": "release"})
    page.post(action, data={"do": "finish"})
    assert (turn.held, turn.finished) == (False, True)


def test_a_name_that_only_points_here_is_refused(page):
    assert page.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_every_disturbance_has_words_of_its_own():
    lines = {f"line-{shown}" for shown in Shown if shown is not Shown.USUAL}
    facts = {"lost", "altered", *interference.NAMES.values(), *lines}

    assert {f"disturbance.{fact}" for fact in facts} <= load("testbed.toml").keys()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"acknowledgement": "lost"}, "the line was cut before the answer"),
        ({"disturbance": "unavailable"}, "asks to come back later"),
        ({"disturbance": "something-new"}, "something-new"),
        ({"line": "expired"}, "a certificate that has expired"),
        ({"line": "plain"}, ""),
        ({}, ""),
    ],
)
def test_a_disturbance_is_told_when_it_has_happened(page, board, facts, told):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    assert "on purpose" not in page.get("/").text

    arrive(board, facts=facts)

    shown = page.get("/").text
    assert ("on purpose" in shown) == bool(told)
    assert told in shown


def test_somebody_at_the_door_is_told_until_a_request_comes(page, board):
    board.began("first")
    board.assigned(ASSIGNMENT, AT)
    board.knocked(Knock(at=AT, came=Came.TLS_ON_PLAIN))
    assert "TLS handshake" in page.get("/").text

    board.knocked(Knock(at=AT, came=Came.REQUEST))
    assert "TLS handshake" not in page.get("/").text
