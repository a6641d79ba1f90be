"""The published trial messages are answered as their README says."""

from __future__ import annotations

import json
from datetime import datetime

import httpx
import pytest

from conformance import resources
from conformance.contract.contract import Contract
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.reference.clock import ManualClock
from tests.reference.conftest import Server

FOLDER = resources.fixtures() / "messages"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
ANSWERS = EXPECTED["answers"]
#: Faults of the whole message.
REFUSED = {name for name, answer in ANSWERS.items() if "problem" in answer}


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock(datetime.fromisoformat(EXPECTED["at"]))


@pytest.fixture(scope="module")
def desk(pack, clock) -> Server:
    surroundings = Surroundings(
        clock=clock,
        seed=1,
        trust_anchors=((FOLDER / "ca.pem").read_bytes(),),
        revocations=((FOLDER / "ca.crl.pem").read_bytes(),),
    )
    server = Server(app=plugin.reference(pack, surroundings), clock=clock, authority=None)
    server.authorise()
    return server


def message(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_message_is_answered_as_it_is_told(name, desk: Server):
    answer: httpx.Response = desk.submit(message(name))
    expected, body = ANSWERS[name], answer.json()
    assert answer.status_code == expected["status"], answer.text
    if name in REFUSED:
        assert body["type"].endswith(f":{expected['problem']}")
        assert [error["pointer"] for error in body["errors"]] == [expected["pointer"]]
        return
    assert (body["accepted"], body["rejected"]) == (expected["accepted"], expected["rejected"])
    errors = [error for result in body["results"] for error in result.get("errors", ())]
    named = [(error["rule"], error["pointer"]) for error in errors]
    assert named == ([(expected["rule"], expected["pointer"])] if "rule" in expected else [])


def test_there_are_a_minimal_a_full_and_ten_faulty_messages(pack):
    files = {path.stem for path in FOLDER.glob("*.json")} - {"expected"}
    assert files == set(ANSWERS)
    faulty = {name for name, answer in ANSWERS.items() if "rule" in answer or name in REFUSED}
    assert files - faulty == {"minimal", "full"}
    assert len(faulty) == 10
    schema = Contract.load(pack).document["components"]["schemas"]["Profile"]
    assert set(profile("minimal")) == set(schema["required"])
    # The form has no item for contracts.
    assert set(profile("full")) == set(schema["properties"]) - {"contract"}


def profile(name):
    return message(name)["records"][0]["profile"]


def test_the_readme_speaks_of_every_message():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.json`" in text for name in ANSWERS)
