"""The suites under the operator's own pytest: the same verdicts, however it is told to run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from conformance import resources
from tests.app.tools import verdicts

SUITE = next(resources.suites().glob("*/provider/test_access.py"))
#: Whatever else is installed here would only cost time.
WITHOUT = [f"-pno:{name}" for name in ("schemathesis", "faker", "respx", "cacheprovider")]
RUNS = {
    "alone": ["-p", "allure_pytest", "--alluredir", "steps"],
    "workers": ["-n", "2"],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Name -> (folder, exit code, what was printed); all at the same time."""
    folder = tmp_path_factory.mktemp("door")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    started = {
        name: subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pytest",
                str(SUITE),
                "--target",
                "reference",
                "--conformance-seed",
                "7",
                "--conformance-out",
                name,
                *WITHOUT,
                *more,
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
        )
        for name, more in RUNS.items()
    }
    ended = {name: process.communicate(timeout=120)[0] for name, process in started.items()}
    return {name: (folder, started[name].returncode, said) for name, said in ended.items()}


@pytest.mark.parametrize("name", RUNS)
def test_the_suites_pass_and_leave_a_report(runs, name):
    folder, code, said = runs[name]
    assert code == 0, said
    assert "3 passed" in said
    assert f"conformance report: {name}" in said
    for file in ("plan.json", "report.json", "report.html", "junit.xml"):
        assert (folder / name / file).is_file()
    found = verdicts(folder / name)
    assert "FAIL" not in found.values()
    # Only what was named on the command line was asked.
    assert set(found.values()) == {"PASS", "NOT_RUN"}


def test_workers_come_to_the_same_verdicts(runs):
    folder, _, _ = runs["alone"]
    assert verdicts(folder / "alone") == verdicts(folder / "workers")
    one, other = (json.loads((folder / n / "plan.json").read_text()) for n in RUNS)
    assert one["scenarios"] == other["scenarios"]


def test_each_judgement_is_a_step_where_allure_is_loaded(runs):
    folder, _, said = runs["alone"]
    results = [json.loads(p.read_text()) for p in (folder / "steps").glob("*-result.json")]
    assert len(results) == 3, said
    steps = {step["name"]: step["status"] for r in results for step in r["steps"]}
    judged = {id_ for id_, verdict in verdicts(folder / "alone").items() if verdict == "PASS"}
    assert set(steps) == judged
    assert set(steps.values()) == {"passed"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "scenarios need a target: add --target, or use `conformance run`"),
        (["--target", "referense:x"], "TARGET: this is no target locator (got 'referense:x')."),
        (["--target", "http://prod.example"], "this host looks like a production system"),
        (["--target", "reference", "--role", "consumer"], "missions need the test bed"),
        (["--target", "reference", "--pack", "nowhere"], "nowhere"),
    ],
)
def test_a_mistake_ends_with_pytests_own_code_and_one_sentence(
    tmp_path, monkeypatch, capfd, options, sentence
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    door = ["-p", "conformance.app.pytest_door", "-pno:cacheprovider", "-q"]
    assert pytest.main([str(SUITE), *door, *options]) == pytest.ExitCode.USAGE_ERROR
    said = capfd.readouterr()
    (line,) = [line for line in said.err.splitlines() if line]
    assert line.startswith("ERROR: ")
    assert sentence in line
    assert "Traceback" not in said.out
    assert not list(tmp_path.iterdir())
