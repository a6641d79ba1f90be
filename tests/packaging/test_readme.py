"""README's commands do what it says: each `sh` block is run as it stands, in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("bash") is None, reason="the blocks are written for a shell"),
]

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def type_in(block, folder):
    """What a person sees who types the block, with the toolkit's commands on PATH."""
    where = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, "PATH": where},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def block_with(word):
    (block,) = (block for block in BLOCKS if word in block)
    return block


def test_every_block_is_typed_somewhere_here():
    assert len(BLOCKS) == 7


def test_make_certify_leaves_a_verified_certificate(tmp_path):
    done = type_in(f"make certify OUT={tmp_path / 'out'}", ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / "certificate.vc.jwt").is_file()


def test_the_bundled_agency_pushes_and_is_granted_a_declaration(tmp_path):
    done = type_in(block_with("--role consumer"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "pushed" / "certificate.vc.jwt").is_file()


def test_a_mutant_is_caught_and_explained(tmp_path):
    listed, certified, explained = block_with("--list-mutants").strip().splitlines()

    assert "AppliesReplaysTwice" in type_in(listed, tmp_path).stdout
    assert certified.endswith("# leaves with 1")
    done = type_in(certified, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "VN-SYNC-015" in done.stdout
    assert type_in(explained, tmp_path).returncode == 0


def test_the_bundled_agency_is_granted_its_declaration(tmp_path):
    done = type_in(block_with("--role consumer"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Granted" in done.stdout


def test_a_contract_is_shown_and_a_file_checked(tmp_path):
    done = type_in(block_with("check sample"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "50 people" in done.stdout
    assert (tmp_path / "fields.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "paths" in json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))


def test_every_command_that_it_names_exists(tmp_path):
    named = set(re.findall(r"(?m)(?:^|`)conformance ((?:pack )?[a-z]+)\b", README))
    assert {"certify", "check", "pack adopt", "selftest"} <= named
    block = "\n".join(f"conformance {command} --help" for command in sorted(named))
    done = type_in(block, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_trial_sync_by_hand_is_accepted(tmp_path):
    done = type_in(block_with("/v1/trial-sync"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    accepted = re.findall(r'"accepted"\s*:\s*(\d+)', done.stdout)
    assert accepted[-1:] == ["3"], done.stdout
    assert re.findall(r'"rejected"\s*:\s*(\d+)', done.stdout) == ["0", "0"], done.stdout


def test_a_data_file_is_checked_and_measured(tmp_path):
    done = type_in(block_with("check staff"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("100.0 %") > 6


def test_the_scenarios_run_in_a_plain_pytest(tmp_path):
    done = type_in(block_with("pytest"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)
