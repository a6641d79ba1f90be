"""The client completes all missions; over TLS, it shows a certificate of its own."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.samples.conftest import COMMAND

pytestmark = pytest.mark.long

CLIENT = Path(__file__).with_name("client.mjs")


@pytest.fixture(scope="session")
def client():
    """The command that starts the client, where there is a Node that it runs on."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node here: the client in JavaScript is not run")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").partition(".")[0]) < 20:
        pytest.skip(f"Node {version.strip()} is older than 20: the client in JavaScript is not run")
    return shlex.join([node, str(CLIENT)])


def pushed(client, out, *options):
    return subprocess.run(
        [*COMMAND, "testbed", "--exec", client, "--seed", "8", "--out", str(out), *options],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def verdicts(out, conformance_class=""):
    judged = json.loads((out / "report.json").read_text("utf-8"))["requirements"]
    return {
        one["verdict"]
        for one in judged
        if one["applicability"] == "REQUIRED"
        if conformance_class in ("", one["class"])
    }


def test_the_client_is_granted_a_declaration(client, tmp_path):
    done = pushed(client, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts(tmp_path) == {"PASS"}
    assert (tmp_path / "certificate.vc.jwt").exists()


def test_the_client_trusts_the_test_ca_and_shows_its_own_certificate(client, tmp_path):
    name = "consumer-sync"
    done = pushed(client, tmp_path, "--https", "--client-certificate", "--class", name)

    assert verdicts(tmp_path, name) == {"PASS"}, done.stdout + done.stderr
