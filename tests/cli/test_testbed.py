"""`testbed` from end to end: a command that pushes, somebody who never calls, slips of the pen."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli.main import main
from tests.app.tools import wait_until

PUSHER = Path(__file__).parents[1] / "testbed" / "pusher.py"
ROOT = Path(__file__).parents[2]

SETTINGS = """
[target.pushing]
locator = 'exec:{python} "{pusher}"'

[target.pushing.implementation]
organisation = "Example Software"
name = "Example HR"
version = "4.2"

[target.pushing.testbed]
https = true
client_certificate = true
ignored_headers = ["X-Hop"]

[target.pushing.testbed.required_headers]
X-Platform = "p1"
X-Trace = ""
"""


def code_of(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def started(folder, *arguments, **more):
    """The command as a process of its own: it serves while this one calls."""
    call = "from conformance.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    return subprocess.Popen(
        [sys.executable, "-c", call, "testbed", *arguments],
        cwd=folder,
        env={**environment, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def pushed(folder, *arguments):
    """What a command behind TLS and a platform came to: exit code, output, complaints."""
    settings = SETTINGS.format(python=sys.executable, pusher=PUSHER)
    (folder / "conformance.toml").write_text(settings, encoding="utf-8")
    headers = json.dumps({"X-Platform": "p1", "X-Trace": "7", "X-Hop": "1"})
    running = started(folder, "pushing", "--seed", "5", *arguments, PUSHER_HEADERS=headers)
    said, told = running.communicate(timeout=300)
    return running.returncode, said, told


@pytest.mark.long
def test_a_command_that_carries_out_every_mission_is_granted_its_declaration(tmp_path):
    code, said, told = pushed(tmp_path)

    assert code == 0, told
    assert "Granted" in said
    out = tmp_path / "conformance-out"
    assert code_of("rejudge", str(out)) == 0
    assert code_of("verify", str(out / "certificate.vc.jwt")) == 0


def test_a_command_behind_tls_and_a_platform_is_told_all_that_it_needs(tmp_path):
    _, said, told = pushed(tmp_path, "--class", "consumer-sync")

    assert "PASS: Conformant" in said, told
    for part in (
        "The test bed listens: https://127.0.0.1:",
        "Watch it live: http://127.0.0.1:",
        "client_id=demo-agency",
        "authorised.pem",
        "tls-client.pem",
        "x-platform, x-trace",
        "keytool -importcert",
        "certutil",
        "curl --cacert",
    ):
        assert part in told
    out = tmp_path / "conformance-out"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["roles"] == ["consumer"]
    assert report["target"]["implementation"]["name"] == "Example HR"
    journals = "".join(p.read_text(encoding="utf-8") for p in (out / "evidence").glob("*"))
    assert "x-platform" in journals
    assert "x-hop" not in journals


CALLS_AND_FAILS = """
import os, sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    opener.open(os.environ["CONFORMANCE_BASE_URL"] + "/v1/metadata")
except OSError as error:
    sys.exit(f"{error} in {os.environ['CONFORMANCE_CODE_SPACE']}")
"""


def test_a_command_that_fails_on_its_way_is_quoted_once_with_its_missions(tmp_path):
    script = tmp_path / "push.py"
    script.write_text(CALLS_AND_FAILS, encoding="utf-8")
    command = shlex.join([sys.executable, str(script)])
    running = started(tmp_path, "--exec", command, "--class", "consumer-sync")
    said, told = running.communicate(timeout=100)

    assert running.returncode == 1, told  # its call bore no token
    report = json.loads((tmp_path / "conformance-out/report.json").read_text("utf-8"))
    (note,) = report["notes"]
    assert "three-people, eleven-people" in note
    assert "exit 1: HTTP Error 401: Unauthorized in H98" in note
    assert note in said


LINGERS = """
import os, pathlib, time
pathlib.Path("pid").write_text(str(os.getpid()))
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_cancelled_pipeline_leaves_no_command_behind(tmp_path):
    script, pid = tmp_path / "push.py", tmp_path / "pid"
    script.write_text(LINGERS, encoding="utf-8")
    running = started(tmp_path, "--exec", shlex.join([sys.executable, str(script)]))
    wait_until(lambda: pid.exists() and pid.read_text(), because="the command was started")

    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=20)

    assert running.returncode == 130, told
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_who_never_came_through_is_inconclusive_and_told_how_far_he_came(tmp_path):
    running = started(tmp_path, "--port", "0", "--deadline", "2", "--lang", "vi")
    heard = []
    for line in running.stderr:
        heard.append(line)
        if found := re.search(r"http://127\.0\.0\.1:(\d+):", line):  # the mission's own line
            break
    with socket.create_connection(("127.0.0.1", int(found[1])), timeout=5) as line:
        line.sendall(bytes.fromhex("16030100050100000100"))
        line.recv(1024)
    said, _ = running.communicate(timeout=60)

    assert running.returncode == 3
    assert "bắt tay TLS" in said
    report = json.loads((tmp_path / "conformance-out" / "report.json").read_text(encoding="utf-8"))
    assert report["summary"]["verdict"] == "INCONCLUSIVE"
    # The others were not waited for: a whole deadline had passed without a call.
    assert report["summary"]["duration_s"] < 10


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--client-certificate",), "--https"),
        (("somebody", "--port", "8099"), "--port"),
        (("somebody", "--exec", "./push"), "--exec"),
        (("somebody",), "conformance.toml"),
        (("--exec", ""), "locator"),
        (("--exec", "./no-such-program"), "--exec"),
        (("--deadline", "0"), "--deadline"),
    ],
)
def test_a_slip_of_the_pen_starts_nothing(tmp_path, monkeypatch, capsys, arguments, named):
    monkeypatch.chdir(tmp_path)

    assert code_of("testbed", *arguments) == 2
    assert named in capsys.readouterr().err
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_port_that_is_taken_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert code_of("testbed", "--port", port) == 2
        assert "free port" in capsys.readouterr().err
        assert code_of("testbed", "--port", "0", "--page-port", port) == 2
        assert "--page-port" in capsys.readouterr().err
