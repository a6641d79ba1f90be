"""What a scenario does is journalled, and a stranger who runs it again gets equal answers."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import (
    Deviation,
    GrantUnmet,
    ReplayDiverged,
    SuiteDefect,
    TargetTimeout,
    TargetUnreachable,
    WorldTrouble,
)
from conformance.model.exchange import Request, Response
from conformance.wire import breaker, journal
from conformance.wire.breaker import BREAKER_LIMIT, ENDLESS_LIMIT
from tests.wire.little import SECRET, START, TOKEN, get, live, numbered, replay

STRANGER = "001204012345"


def story(world):
    """A bit of everything that a scenario may do; what it saw."""
    seen = [
        world.draw("people"),
        world.uuid("message"),
        world.now(),
        world.grant("subtree_root"),
        world.sign({"a": 1}),
        world.examples("cases", lambda: [{"n": 1}, {"n": 2}]),
        world.send(get("/v1/units?limit=2")),
        *world.together([get(f"/slow/{number}") for number in range(3)]),
        world.send(get("/v1/units", Authorization="Bearer made-up"), identity=""),
    ]
    world.record_judgement({"requirement": "XX-1", "verdict": "PASS"})
    return seen


@pytest.fixture(scope="module")
def recorded():
    with live() as stage:
        seen = story(stage.world)
        return seen, stage.journal()


# ── equal answers ────────────────────────────────────────────────────────────
def test_a_scenario_cannot_tell_a_replay_from_the_real_thing(recorded):
    seen, kept = recorded
    world, port = replay(kept)
    assert story(world) == seen
    port.finish()


def test_generated_cases_are_read_and_not_generated_again(recorded):
    _, kept = recorded
    only = [e for e in kept.events if e.kind == "examples"]
    world, _ = replay(journal.Journal(**{**as_dict(kept), "events": tuple(only)}))

    def never():
        raise AssertionError("generated again")

    assert world.examples("cases", never) == [{"n": 1}, {"n": 2}]


def test_judgements_are_not_read_back(recorded):
    """A forger who edits them all changes nothing that is decided anew."""
    seen, kept = recorded
    forged = [e for e in kept.events if e.kind != "judgement"]
    world, port = replay(journal.Journal(**{**as_dict(kept), "events": tuple(forged)}))
    assert story(world) == seen
    port.finish()


def as_dict(kept):
    return {name: getattr(kept, name) for name in journal.Journal.__dataclass_fields__}


def test_together_keeps_the_order_of_the_requests_whatever_the_arrival():
    with live() as stage:
        answers = stage.world.together([get(f"/slow/{number}") for number in range(4)])
        arrived = [seen.path for seen in stage.server.seen if seen.path.startswith("/slow")]
    assert arrived == ["/slow/3", "/slow/2", "/slow/1", "/slow/0"]
    assert [a.response.json()["path"] for a in answers] == [f"/slow/{n}" for n in range(4)]
    assert [a.number for a in answers] == [2, 3, 4, 5]


# ── divergence ───────────────────────────────────────────────────────────────
def simple(world):
    world.draw("people")
    world.send(Request(method="POST", target="/a", body=b'{"step":3}'), identity="")
    world.send(get("/b"), identity="")


@pytest.fixture(scope="module")
def simply():
    with live() as stage:
        simple(stage.world)
        return stage.journal()


@pytest.mark.parametrize(
    ("request_", "difference"),
    [
        (
            Request(method="POST", target="/a", body=b'{"step":4}'),
            'at /request/body: recorded "{\\"step\\":3}", asked "{\\"step\\":4}"',
        ),
        (
            Request(method="PUT", target="/a", body=b'{"step":3}'),
            'at /request/method: recorded "POST", asked "PUT"',
        ),
        (
            Request(method="POST", target="/a", body=b'{"step":3}', headers=(("A", "b"),)),
            'at /request/headers: recorded [], asked [["A","b"]]',
        ),
    ],
)
def test_a_changed_request_is_named_with_its_first_difference(simply, request_, difference):
    world, _ = replay(simply)
    world.draw("people")
    with pytest.raises(ReplayDiverged) as caught:
        world.send(request_, identity="")
    assert (caught.value.scenario, caught.value.event) == ("s::little", 2)
    assert caught.value.detail == f"the exchange differs from the recorded one {difference}"


def test_another_identity_is_another_request(simply):
    world, _ = replay(simply)
    world.draw("people")
    with pytest.raises(ReplayDiverged) as caught:
        world.send(Request(method="POST", target="/a", body=b'{"step":3}'))
    assert caught.value.detail == "the scenario asked for authorise, the journal holds exchange"


def test_an_added_request_is_named(simply):
    world, _ = replay(simply)
    simple(world)
    with pytest.raises(ReplayDiverged) as caught:
        world.send(get("/c"), identity="")
    assert caught.value.event == 4
    assert caught.value.detail == "the scenario asked for exchange, the journal ends here"


def test_a_missing_request_is_named(simply):
    world, port = replay(simply)
    world.draw("people")
    with pytest.raises(ReplayDiverged) as caught:
        port.finish()
    assert caught.value.event == 2
    assert caught.value.detail == "the recorded exchange was never asked for"


def test_no_judgement_can_swallow_a_divergence():
    assert not issubclass(ReplayDiverged, Exception)


def test_nothing_leaves_the_machine_in_a_replay(simply):
    world, _ = replay(simply)
    with pytest.raises(SuiteDefect, match="a replay tried to send for real"):
        world._doer.send(get("/b"), "")


# ── failures ─────────────────────────────────────────────────────────────────
def failing(world):
    """What each act came to."""
    found = []
    for act in (
        lambda: world.send(get("/gone"), identity=""),
        lambda: world.send(get("/silent/x"), identity=""),
        lambda: world.together([get("/a"), get("/gone"), get("/silent")], identity=""),
        lambda: world.send(get("/a"), identity="wrong"),
        lambda: world.send(get("/a"), identity="unknown"),
        lambda: world.grant("second_agency"),
        lambda: world.send(get("/b"), identity=""),
    ):
        try:
            found.append(act().number)
        except (WorldTrouble, Deviation) as error:
            found.append((type(error), vars(error)))
    return found


def test_a_failure_replays_as_the_same_failure():
    with live() as stage:
        found = failing(stage.world)
        kept = stage.journal()
    world, port = replay(kept)
    assert failing(world) == found
    port.finish()
    kinds = [one[0] for one in found[:-1]]
    assert kinds == [
        TargetUnreachable,
        TargetTimeout,
        TargetUnreachable,
        Deviation,
        GrantUnmet,
        GrantUnmet,
    ]
    assert found[0][1]["remedy"] == "Look."
    assert found[3][1]["pointer"] == "/status"
    assert found[4][1]["code"] == "credential-missing"
    # Two alone, three together, one for the token, and this one.
    assert found[-1] == 7 == numbered(kept)


acts = st.lists(
    st.sampled_from(["send", "gone", "together", "some gone", "authorised", "refused", "draw"]),
    max_size=6,
)


@given(acts)
def test_the_world_numbers_exchanges_as_a_report_does(story_):
    with live() as stage:
        for act in story_:
            with contextlib.suppress(WorldTrouble, Deviation):
                match act:
                    case "send":
                        stage.world.send(get("/a"), identity="")
                    case "gone":
                        stage.world.send(get("/gone"), identity="")
                    case "together":
                        stage.world.together([get("/a"), get("/b")], identity="")
                    case "some gone":
                        stage.world.together([get("/gone"), get("/b"), get("/c")], identity="")
                    case "authorised":
                        stage.world.send(get("/a"))
                    case "refused":
                        stage.world.send(get("/a"), identity="wrong")
                    case "draw":
                        stage.world.draw("x")
        stage.breaker.answered(Response(status=200), door=False)
        last = stage.world.send(get("/last"), identity="").number
        assert last == numbered(stage.journal())


def test_a_dead_target_is_not_asked_for_ever():
    with live() as stage:
        for _ in range(BREAKER_LIMIT + 2):
            with pytest.raises(TargetUnreachable) as caught:
                stage.world.send(get("/gone"), identity="")
        assert caught.value.code == "circuit-open"
        assert f"the last {BREAKER_LIMIT} requests found nobody" in caught.value.detail
        with pytest.raises(TargetUnreachable):
            stage.world.send(get("/a"), identity="")
        assert stage.server.seen == []
        kept = stage.journal()
    codes = [event.answer["code"] for event in kept.events]
    assert codes == ["connection-reset"] * BREAKER_LIMIT + ["circuit-open"] * 3
    world, _ = replay(kept)
    for code in codes[:-1]:
        with pytest.raises(TargetUnreachable) as caught:
            world.send(get("/gone"), identity="")
        assert caught.value.code == code


def test_an_answer_closes_the_count_of_troubles():
    with live() as stage:
        for _ in range(3):
            for _ in range(BREAKER_LIMIT - 1):
                with pytest.raises(TargetUnreachable):
                    stage.world.send(get("/gone"), identity="")
            assert stage.world.send(get("/a"), identity="").response.status == 200


def test_a_token_does_not_say_that_anything_else_is_answered():
    with live() as stage:
        codes = []
        for _ in range(BREAKER_LIMIT + 1):
            world = stage.world.afresh()
            with pytest.raises(TargetUnreachable) as caught:
                world.send(get("/gone"))
            codes.append(caught.value.code)
        tokens = len(stage.server.seen)
    assert codes == ["connection-reset"] * BREAKER_LIMIT + ["circuit-open"]
    assert tokens == BREAKER_LIMIT


def test_answers_without_an_end_are_not_asked_for_ever():
    with live() as stage:
        for _ in range(ENDLESS_LIMIT - 1):
            assert stage.world.send(get("/endless"), identity="").response.truncated
        stage.world.send(get("/a"), identity="")
        for _ in range(ENDLESS_LIMIT):
            assert stage.world.send(get("/endless"), identity="").response.truncated
        with pytest.raises(TargetUnreachable) as caught:
            stage.world.send(get("/endless"), identity="")
    assert caught.value.code == "circuit-open"
    assert f"the last {ENDLESS_LIMIT} answers had no end" in caught.value.detail


def test_a_target_pours_out_so_much_and_no_more(monkeypatch):
    monkeypatch.setattr(breaker, "POURED_LIMIT", 1_000)
    with live() as stage:
        poured = 0
        while poured < 1_000:
            poured += len(stage.world.send(get("/a"), identity="").response.body)
        with pytest.raises(TargetUnreachable) as caught:
            stage.world.send(get("/a"), identity="")
    assert caught.value.code == "circuit-open"
    assert f"the answers so far have {poured:,} bytes" in caught.value.detail


def test_who_is_turned_away_again_and_again_knocks_no_more_and_others_are_let_in():
    with live() as stage:
        for _ in range(BREAKER_LIMIT):
            with pytest.raises(Deviation):
                stage.world.send(get("/a"), identity="wrong")
        asked = len(stage.server.seen)
        with pytest.raises(GrantUnmet) as caught:
            stage.world.send(get("/a"), identity="wrong")
        assert len(stage.server.seen) == asked
        assert stage.world.send(get("/a")).response.status == 200
        kept = stage.journal()
    assert caught.value.code == "not-let-in"
    world, _ = replay(kept)
    for expected in [Deviation] * BREAKER_LIMIT + [GrantUnmet]:
        with pytest.raises(expected):
            world.send(get("/a"), identity="wrong")


@pytest.mark.parametrize("token", ["\\ud800", "a\\r\\nb", "Nguy\u1ec5n", "t" * 20_000])
def test_a_token_that_no_header_carries_accuses_whoever_gave_it(token):
    async def app(_scope, receive, send):
        await receive()
        body = f'{{"access_token": "{token}"}}'.encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    with live(app) as stage:
        with pytest.raises(Deviation) as let_in:
            stage.world.send(get("/a"))
        held = stage.world.send(get("/a"), identity="").response.json()["access_token"]
        with pytest.raises(Deviation) as borne:
            stage.world.send(get("/a", Authorization=f"Bearer {held}"), identity="")
        with pytest.raises(Deviation):
            stage.world.together([get("/a", Authorization=f"Bearer {held}")], identity="")
        kept = stage.journal()
    assert let_in.value.code == borne.value.code == "wrong-value"
    world, _ = replay(kept)
    with pytest.raises(Deviation):
        world.send(get("/a"))


# ── time ─────────────────────────────────────────────────────────────────────
def test_waiting_asks_again_until_something_is_found():
    with live() as stage:
        asked = []

        def probe():
            asked.append(stage.world.send(get("/state"), identity=""))
            return asked[-1] if len(asked) == 4 else None

        found = stage.world.wait_until(probe, because="done", within=10, every=2)
        assert found is asked[3]
        assert stage.clock.now() == START + timedelta(seconds=6)
        kept = stage.journal()

    world, port = replay(kept)
    left = iter([None, None, None, "now"])

    def again():
        world.send(get("/state"), identity="")
        return next(left)

    assert world.wait_until(again, because="done", within=10, every=2) == "now"
    port.finish()


def test_waiting_in_vain_ends_inside_its_deadline_and_says_what_was_awaited():
    with live() as stage:
        with pytest.raises(TargetTimeout) as caught:
            stage.world.wait_until(lambda: None, because="the receipt", within=10, every=3)
        assert (caught.value.code, caught.value.detail) == (
            "awaited-in-vain",
            "the receipt: not within 10 s",
        )
        assert stage.clock.now() <= START + timedelta(seconds=10 + 3)


# ── secrets ──────────────────────────────────────────────────────────────────
def test_no_canary_reaches_the_journal_and_each_reaches_the_target():
    """Secrets are used in every place there is, and everything is echoed back."""
    with live() as stage:
        world = stage.world
        hidden = world.secret("client_secret")
        pair = base64.b64encode(f"agency:{hidden}".encode()).decode()
        form = (("Content-Type", "application/x-www-form-urlencoded"),)
        for identity in ("primary", ""):
            world.send(get(f"/keys/{hidden}?key={hidden}"), identity=identity)
            world.send(get("/x", **{"X-Key": hidden}), identity=identity)
            world.send(get("/x", Authorization=f"Basic {pair}"), identity="")
            body = json.dumps({"key": hidden}).encode()
            kind = (("Content-Type", "application/json"),)
            request = Request(method="POST", target="/x", headers=kind, body=body)
            world.send(request, identity=identity)
            world.send(
                Request(method="POST", target="/x", headers=form, body=f"k={hidden}".encode()),
                identity=identity,
            )
            world.send(Request(method="POST", target="/bytes", body=hidden.encode()), identity="")
        for failing_ in (f"/gone/{hidden}", f"/silent?{hidden}"):
            with pytest.raises(WorldTrouble):
                world.send(get(failing_), identity="")
        with pytest.raises(Deviation) as refused:
            world.send(get("/x"), identity="wrong")
        stage.port.close()
        content, seen = stage.sink.content(), stage.server.seen

    assert b"canary" not in content
    assert base64.b64encode(f"agency:{SECRET}".encode()) not in content
    assert "canary" not in str(vars(refused.value))
    assert content.count(b"~secret.primary.client_secret~") > 10

    token, path, key, basic, posted, formed, *_ = seen
    assert b"canary%2Fs3cret%2Bword" in token.body
    assert path.path == "/keys/canary%2Fs3cret%2Bword"
    assert path.query == "key=canary%2Fs3cret%2Bword"
    assert path.headers["authorization"] == f"Bearer {TOKEN}"
    assert key.headers["x-key"] == SECRET
    assert base64.b64decode(basic.headers["authorization"][6:]).decode() == f"agency:{SECRET}"
    assert json.loads(posted.body) == {"key": SECRET}
    assert formed.body == b"k=canary%2Fs3cret%2Bword"


def test_a_strangers_id_is_never_stored_and_can_still_be_used():
    async def register(scope, _receive, send):
        asked.append(scope["raw_path"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": f'["{STRANGER}"]'.encode()})

    asked: list[str] = []
    with live(register) as stage:
        (token,) = stage.world.send(get("/list"), identity="").response.json()
        stage.world.send(get(f"/v1/profiles/{token}"), identity="")
        stage.port.close()
        assert asked == ["/list", f"/v1/profiles/{STRANGER}"]
        assert STRANGER.encode() not in stage.sink.content()
        assert token != STRANGER
        assert stage.sink.content().count(token.encode()) == 3


def test_what_one_scenario_was_given_does_not_speak_for_another():
    """A cookie would let a call without a token pass."""
    with live() as stage:
        stage.world.send(get("/cookie"))
        again = stage.world.send(get("/cookie"), identity="")
    assert again.response.body == b""


def test_a_request_cannot_leave_the_target():
    with live() as stage:
        for target in ("@elsewhere.example/", ".elsewhere.example/", ":81/x"):
            with pytest.raises(SuiteDefect, match="cannot be sent"):
                stage.world.send(get(target), identity="")


def test_an_application_that_says_nothing_is_unreachable():
    async def silent(_scope, _receive, _send):
        pass

    with live(silent) as stage, pytest.raises(TargetUnreachable) as caught:
        stage.world.send(get("/a"), identity="")
    assert caught.value.code == "connection-reset"
