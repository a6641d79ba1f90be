"""
A client that a public generator makes of our documents completes a trial synchronisation.

openapi-python-client is installed into an environment of its own; without a registry the test is
skipped. The client runs here: all that it needs (httpx, attrs) is there.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import venv
from datetime import UTC, datetime

import pytest

from conformance.app.authority import authority_for
from conformance.catalogue import packs
from conformance.cli.common import home
from tests.samples.conftest import COMMAND

pytestmark = pytest.mark.long

GENERATOR = "openapi-python-client>=0.29,<0.30"
CONFIG = "package_name_override: contract_client\npost_hooks: []\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The generated package's importer, by module name."""
    folder = tmp_path_factory.mktemp("generated")
    venv.create(folder / "env", with_pip=True)
    scripts = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    installed = subprocess.run(
        [scripts / "python", "-m", "pip", "install", "--quiet", "--retries", "1", GENERATOR],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"no registry gives {GENERATOR}: {installed.stderr.strip()[-200:]}")
    document = subprocess.run(
        [*COMMAND, "pack", "show", "--openapi"], capture_output=True, check=True
    )
    (folder / "openapi.json").write_bytes(document.stdout)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    made = subprocess.run(
        [
            *(scripts / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"),
            *("--path", folder / "openapi.json", "--config", folder / "config.yaml"),
            *("--output-path", folder / "contract_client"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield lambda name: importlib.import_module(f"contract_client.{name}")


def header(code):
    return {
        "messageId": f"6f1c1a52-6a0e-4f0b-9d0a-0d8a54b0{code[1:]}00",
        "messageCode": code,
        "sentAt": datetime.now(UTC).isoformat(),
        "senderCode": "H98",
        "receiverCode": "G09",
        "keyId": "generated-1",
        "schemaVersion": "1.0",
        "codeListVersion": "2025-07-01",
        "environment": "test",
    }


def test_a_generated_client_completes_a_trial_sync(client, mock, trial):
    models = client("models")
    asked = {"grant_type": "client_credentials", **mock.credentials}
    with client("client").Client(base_url=mock.url) as anybody:
        token = client("api.access.issue_token").sync(
            client=anybody, body=models.TokenRequest.from_dict(asked)
        )
    ours = client("client").AuthenticatedClient(base_url=mock.url, token=token.access_token)
    with ours:
        synchronise(client, ours, trial)


def synchronise(client, ours, trial):
    models = client("models")

    assert client("api.access.get_metadata").sync(client=ours).environment.value == "test"

    units = [json.loads(line) for line in trial.units.read_text("utf-8").splitlines()]
    received = client("api.unit_tree.submit_units").sync(
        client=ours,
        body=models.MessageWithUnitsM50.from_dict({"header": header("M50"), "units": units}),
    )
    assert received.accepted == received.received == len(units)

    # What is signed is what the client's own types write, so that they must lose and add nothing.
    people = [json.loads(line) for line in trial.people.read_text("utf-8").splitlines()]
    typed = [models.Profile.from_dict(person).to_dict() for person in people]
    assert typed == people
    now = datetime.now(UTC)
    sign = authority_for(packs.load(packs.default()), home(), now).sign
    records = [
        {"profile": one, "signature": sign(one, signer="authorised", at=now)} for one in typed
    ]
    receipt = client("api.trial_sync.submit_trial_sync").sync(
        client=ours,
        body=models.TrialMessageM51.from_dict({"header": header("M51"), "records": records}),
    )
    assert (receipt.received, receipt.accepted, receipt.rejected) == (3, 3, 0)

    again = client("api.trial_sync.read_trial_receipt").sync(receipt.message_id, client=ours)
    assert again == receipt
    stored = client("api.profile.read_profile").sync(people[0]["profileId"], client=ours)
    assert stored.version == 1
    assert stored.profile.to_dict() == people[0]
