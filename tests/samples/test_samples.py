"""Each sample completes a trial synchronisation, and tells when a record is rejected."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.long

SAMPLES = ROOT / "fixtures" / "samples"
SIGNATURES = ROOT / "fixtures" / "signatures"


def run(*command):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="session")
def java_classes(tmp_path_factory):
    """The compiled Java sample, for machines that can compile it."""
    if shutil.which("javac") is None or shutil.which("java") is None:
        pytest.skip("no JDK here: the Java sample is neither compiled nor run")
    folder = tmp_path_factory.mktemp("classes")
    sources = sorted((SAMPLES / "java").glob("*.java"))
    done = run("javac", "-Xlint:all", "-Werror", "-encoding", "UTF-8", "-d", folder, *sources)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(params=["python", "java"])
def sample(request):
    """The command of one sample, without its arguments."""
    if request.param == "python":
        return (sys.executable, SAMPLES / "python" / "trial_sync.py")
    return ("java", "-cp", request.getfixturevalue("java_classes"), "TrialSync")


def test_a_sample_completes_a_trial_sync(sample, mock, trial):
    done = run(*sample, mock.url, mock.key, trial.people, trial.units)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "M51: 3 received, 3 accepted, 0 rejected"


def test_a_sample_tells_which_record_was_rejected_and_why(sample, mock, trial):
    people = [json.loads(line) for line in trial.people.read_text("utf-8").splitlines()]
    people[1]["gender"] = "2" if people[1]["gender"] == "1" else "1"
    trial.people.write_text("\n".join(json.dumps(one) for one in people), encoding="utf-8")

    done = run(*sample, mock.url, mock.key, trial.people, trial.units)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "M51: 3 received, 2 accepted, 1 rejected" in done.stdout
    assert "/records/1/profile/gender VN-R-001: " in done.stdout


AWKWARD = {
    "b": 'quote " backslash \\ slash / newline \n tab \t bell \u0007 delete \u007f',
    "a": {"é": 1, "z": [], "Z": {}, "_": [-9007199254740991, 0, True, False, None]},
    # As a name, the emoji stands before the letter by UTF-16 and behind it by code point.
    "text": "Nguye\u0302\u0303n 😀 \ufb33 \u2028",
}


def test_the_java_sample_writes_the_canonical_form(java_classes, tmp_path):
    import rfc8785

    (tmp_path / "Show.java").write_text(
        "public class Show { public static void main(String[] given) throws Exception {"
        "  System.out.write(Json.canonical(Json.parse(java.nio.file.Files.readString("
        '    java.nio.file.Path.of(given[0])))).getBytes("UTF-8")); System.out.flush(); } }'
    )
    (tmp_path / "awkward.json").write_text(
        json.dumps({**AWKWARD, "😀": 1, "\ufb33": 2}), encoding="utf-8"
    )
    compiled = run("javac", "-cp", java_classes, "-d", tmp_path, tmp_path / "Show.java")
    assert compiled.returncode == 0, compiled.stderr

    both = f"{java_classes}:{tmp_path}" if sys.platform != "win32" else f"{java_classes};{tmp_path}"
    shown = subprocess.run(
        ["java", "-cp", both, "Show", str(tmp_path / "awkward.json")],
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert shown.stdout == rfc8785.dumps({**AWKWARD, "😀": 1, "\ufb33": 2})


def test_the_python_sample_writes_the_canonical_form():
    import rfc8785

    canonical = module("python/trial_sync.py").canonical
    plain = {**AWKWARD, "a": {"z": [], "Z": {}, "_": [-9007199254740991, True, False, None]}}

    assert canonical(plain) == rfc8785.dumps(plain)
    with pytest.raises(TypeError, match=r"0\.5"):
        canonical({"a": [0.5]})


def test_the_python_sample_signs_what_the_published_vectors_show():
    canonical = module("python/trial_sync.py").canonical
    vector = json.loads((SIGNATURES / "authorised.json").read_text("utf-8"))

    assert canonical(vector["record"]).decode() == vector["canonical"]


def module(name):
    spec = importlib.util.spec_from_file_location("sample", SAMPLES / name)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
