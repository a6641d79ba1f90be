"""The server against what the documents show: signature vectors, whole messages, a first trial."""

import contextlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from werkzeug.test import Client

from tests.second_implementation import judging
from tests.second_implementation.parts import assemble
from tests.second_implementation.server import CLIENTS, serving
from tests.second_implementation.signatures import Signatures, Trust, Unsound
from tests.second_implementation.store import Store
from tests.second_implementation.web import Web

FIXTURES = Path(__file__).parents[2] / "fixtures"
VECTORS = sorted(
    path for path in (FIXTURES / "signatures").glob("*.json") if "signature" in path.read_text()
)
EXPECTED = json.loads((FIXTURES / "messages/expected.json").read_text("utf-8"))


def trust(folder: str) -> Trust:
    return Trust([FIXTURES / folder / "ca.pem"], [FIXTURES / folder / "ca.crl.pem"])


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_signature_is_worth_what_the_vector_says(path):
    vector = json.loads(path.read_text("utf-8"))
    rule = None
    try:
        Signatures(trust("signatures")).check(
            vector["record"], vector["signature"], datetime.fromisoformat(vector["at"])
        )
    except Unsound as fault:
        rule = fault.rule
    assert rule == vector["expected"]["rule"]


@pytest.mark.parametrize("name", EXPECTED["answers"])
def test_a_message_is_answered_as_the_documents_say(name, monkeypatch):
    moment = datetime.fromisoformat(EXPECTED["at"])
    monkeypatch.setattr(judging, "receipt_time", lambda: moment)
    with contextlib.closing(Store()) as store:
        client = Client(Web(assemble(store, trust("messages"), CLIENTS)))
        client_id, secret = next(iter(CLIENTS.items()))
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        token = client.post("/oauth2/token", data=form).get_json()["access_token"]
        answer = client.post(
            "/v1/trial-sync",
            data=(FIXTURES / "messages" / f"{name}.json").read_bytes(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
    told, expected = answer.get_json(), EXPECTED["answers"][name]
    assert answer.status_code == expected["status"]
    if expected["status"] == 200:
        assert (told["accepted"], told["rejected"]) == (expected["accepted"], expected["rejected"])
        errors = [error for each in told["results"] for error in each.get("errors", [])]
    else:
        assert told["type"].endswith(expected["problem"])
        errors = told["errors"]
    assert [(error.get("rule"), error["pointer"]) for error in errors] == (
        [(expected.get("rule", "schema"), expected["pointer"])] if "pointer" in expected else []
    )


def test_a_signed_trial_is_accepted_over_the_socket(tmp_path, monkeypatch):
    home = tmp_path / "state"
    monkeypatch.setenv("CONFORMANCE_HOME", str(home))
    conformance(tmp_path, "generate", "people", "--count", "3", "--seed", "7", "--out", "trial")
    people = ("--message", "trial/people.jsonl", "--units", "trial/units.jsonl", "--out", "trial")
    conformance(tmp_path, "sign", *people)
    with serving(home) as base, httpx.Client(base_url=base) as client:
        client_id, secret = next(iter(CLIENTS.items()))
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        token = client.post("/oauth2/token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        for path, name in (("unit-batches", "units"), ("trial-sync", "people")):
            body = (tmp_path / f"trial/{name}-message.json").read_bytes()
            answer = client.post(
                f"/v1/{path}", content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code == 200
            assert answer.json()["accepted"] == answer.json()["received"] > 0


def conformance(folder: Path, *arguments: str) -> None:
    entry = "from conformance.cli.main import main; main()"
    command = [sys.executable, "-c", entry, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
