"""Drivers: a command, a person, and the pack's own agency are made to act."""

from __future__ import annotations

import asyncio
import shlex
import sqlite3
import sys
import textwrap
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from conformance.errors import UsageError
from conformance.model.requirement import Language
from conformance.reference.clock import ManualClock
from conformance.reference.serve import serve_in_thread
from conformance.reporting.phrases import phrased
from conformance.testbed.command import ExecDriver, parse_command
from conformance.testbed.door import Came, Knock
from conformance.testbed.driver import (
    BundledDriver,
    ListenDriver,
    Turn,
)
from conformance.testbed.missions import Missions
from tests.testbed.little import ASSIGNMENT, CREDENTIALS, START, little_bed, little_pack

CLIENT = """
import json, os, urllib.request
env = os.environ
mission = json.load(open(env["CONFORMANCE_MISSION_FILE"], encoding="utf-8"))
assert mission["id"] == env["CONFORMANCE_MISSION"] == "little"
assert mission["brief"]["vi"] == "Hãy làm."
form = f"client_id={env['CONFORMANCE_CLIENT_ID']}&client_secret={env['CONFORMANCE_CLIENT_SECRET']}"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
answer = opener.open(env["CONFORMANCE_BASE_URL"] + "/token", form.encode())
token = json.load(answer)["access_token"]
for order in mission["material"]["orders"]:
    opener.open(urllib.request.Request(
        f"{env['CONFORMANCE_BASE_URL']}/orders/{order}", b"x", method="PUT",
        headers={"Authorization": "Bearer " + token}))
"""


def python(folder, source):
    script = folder / "a client.py"
    script.write_text(textwrap.dedent(source), encoding="utf-8")
    return ExecDriver(command=(sys.executable, str(script)))


def test_a_command_is_told_everything_by_its_environment(tmp_path):
    bed = little_bed(tmp_path)
    with serve_in_thread(bed.app) as serving:
        missions = Missions(bed=bed, driver=python(tmp_path, CLIENT), bed_url=serving.base_url)
        answer = missions(ASSIGNMENT, [], 20.0)

    assert answer["outcome"] == "done"
    operations = [item["request"]["operation"] for item in answer["traffic"]]
    assert operations == ["issueToken", "putOrder"]


def test_a_command_that_fails_is_quoted(tmp_path):
    driver = python(tmp_path, "import sys; print('no such person'); sys.exit(3)")

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 20.0) == "exit 3: no such person"


def test_a_command_that_does_not_end_is_ended_at_the_deadline(tmp_path):
    driver = python(tmp_path, "import threading; threading.Event().wait()")

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 0.3) == "deadline"


def test_a_command_that_is_none_is_the_operators_mistake(tmp_path):
    driver = ExecDriver(command=(str(tmp_path / "absent"),))

    with pytest.raises(UsageError) as raised:
        driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 1.0)

    assert raised.value.where == "--exec"


@pytest.mark.parametrize("text", ["", "   ", '"./run.sh', "./no-such-program --all"])
def test_a_command_that_cannot_be_read_is_the_operators_mistake(text):
    with pytest.raises(UsageError):
        parse_command(text)


def test_a_command_keeps_its_quoted_arguments():
    command = (sys.executable, "--all", "now or never")
    assert parse_command(shlex.join(command)) == command


def test_silence_from_the_target_is_told_as_such(tmp_path):
    bed = little_bed(tmp_path)
    missions = Missions(bed=bed, driver=python(tmp_path, ""), bed_url="http://127.0.0.1:1")

    answer = missions(ASSIGNMENT, [], 20.0)

    assert (answer["traffic"], answer["failure"]) == ([], "timeout")
    assert answer["code"] == "awaited-in-vain"


def test_a_command_that_failed_before_it_called_is_told_as_such(tmp_path):
    bed = little_bed(tmp_path)
    driver = python(tmp_path, "import sys; print('no such person'); sys.exit(3)")
    missions = Missions(bed=bed, driver=driver, bed_url="http://127.0.0.1:1")

    answer = missions(ASSIGNMENT, [], 20.0)

    assert answer["code"] == "ended-in-silence"
    assert (
        answer["detail"]
        == "no request at http://127.0.0.1:1 before the end (exit 3: no such person)"
    )
    assert missions.endings == {}


def test_a_person_is_told_and_waited_for_until_it_is_quiet():
    clock, told, seen = ManualClock(START), [], iter([None, None, START])
    driver = ListenDriver(
        announce=lambda assignment, url: told.append((assignment.id, url)),
        idle_since=lambda: next(seen, START),
        clock=clock,
        quiet=5.0,
    )

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 60.0) == "done"
    assert told == [("little", "http://bed")]
    assert (clock.now() - START).total_seconds() == 5.0


def test_whoever_was_refused_is_waited_for_longer():
    clock = ManualClock(START)
    driver = ListenDriver(
        announce=lambda *_: None,
        idle_since=lambda: START,
        faltering=lambda: True,
        clock=clock,
        quiet=5.0,
    )

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 60.0) == "done"
    assert (clock.now() - START).total_seconds() == 15.0


def test_a_person_who_does_nothing_is_waited_for_until_the_deadline():
    clock = ManualClock(START)
    driver = ListenDriver(announce=lambda *_: None, idle_since=lambda: None, clock=clock)

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 30.0) == "deadline"
    assert (clock.now() - START).total_seconds() == 30.0


class SleepyAgency:
    """Sleeps for as long as it was told to, in its own time or for ever."""

    closed = False

    def __init__(self, clock, seconds):
        self._clock, self._seconds = clock, seconds

    async def perform(self, _assignment):
        if self._seconds is None:
            await asyncio.Event().wait()
        await self._clock.sleep(self._seconds)

    async def aclose(self):
        SleepyAgency.closed = True


@pytest.mark.parametrize(("seconds", "said"), [(5, "done"), (50, "deadline"), (None, "deadline")])
def test_a_bundled_agency_keeps_its_deadline_in_its_own_time(tmp_path, seconds, said):
    clock = ManualClock(START)
    pack = little_pack(tmp_path, agency=lambda *_, **__: SleepyAgency(clock, seconds))
    driver = BundledDriver(pack=pack, clock=clock, signer=None, seed=1)

    limit = 0.2 if seconds is None else 10.0
    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, limit) == said
    assert SleepyAgency.closed


def knocking(knock):
    """Nobody came before the mission, and somebody within it."""
    seen = iter([None])
    return lambda: next(seen, knock)


@pytest.mark.parametrize(
    ("came", "code"),
    [
        (Came.TLS_ON_PLAIN, "tls-on-plain-port"),
        (Came.SILENT, "called-in-silence"),
        # Its head came; what would have made it an exchange did not.
        (Came.REQUEST, "called-and-stopped"),
    ],
)
def test_who_knocked_and_never_asked_is_told_how_far_he_came(tmp_path, came, code):
    missions = Missions(
        bed=little_bed(tmp_path),
        driver=python(tmp_path, ""),
        bed_url="http://127.0.0.1:1",
        knock=knocking(Knock(at=START, came=came)),
    )

    answer = missions(ASSIGNMENT, [], 20.0)

    assert answer["code"] == code
    assert "http://127.0.0.1:1" in answer["detail"]


class Idle:
    """Never calls, and counts how often it was waited for."""

    time_hook = False

    def __init__(self, outcome):
        self.outcome, self.asked = outcome, []

    def cut_power(self):
        raise AssertionError("nothing runs")

    def perform(self, _assignment, _url, _credentials, deadline):
        self.asked.append(deadline)
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("deadline", "no request at http://bed within 7 s"),
        ("done", "no request at http://bed"),
        ("exit 3", "no request at http://bed before the end (exit 3)"),
    ],
)
def test_only_who_let_the_deadline_pass_is_told_how_long_it_was(tmp_path, outcome, told):
    bed = little_bed(tmp_path)
    missions = Missions(bed=bed, driver=Idle(outcome), bed_url="http://bed", deadline=7.0)

    assert missions(ASSIGNMENT, [], 20.0)["detail"] == told
    assert phrased(told, Language.VI).startswith("không có yêu cầu nào tại http://bed")


def test_who_never_called_in_a_whole_deadline_is_not_waited_for_again(tmp_path):
    idle = Idle("deadline")
    missions = Missions(bed=little_bed(tmp_path), driver=idle, bed_url="http://bed", deadline=7.0)

    answers = [missions(ASSIGNMENT, [], 60.0) for _ in range(3)]

    assert idle.asked == [7.0]
    assert {answer["code"] for answer in answers} == {"awaited-in-vain"}


def test_a_command_that_ended_early_is_started_for_the_next_mission(tmp_path):
    idle = Idle("done")
    missions = Missions(bed=little_bed(tmp_path), driver=idle, bed_url="http://bed")

    for _ in range(3):
        missions(ASSIGNMENT, [], 60.0)

    assert idle.asked == [60.0, 60.0, 60.0]


def test_a_flooded_mission_decides_nothing(tmp_path):
    bed = little_bed(tmp_path)
    bed.flooded = lambda: True
    missions = Missions(bed=bed, driver=Idle("done"), bed_url="http://bed")

    assert missions(ASSIGNMENT, [], 60.0)["code"] == "flooded"


def test_a_person_may_end_his_turn_or_ask_to_be_waited_for():
    clock = ManualClock(START)

    def listening(turn):
        return ListenDriver(
            announce=lambda *_: None, idle_since=lambda: START, clock=clock, quiet=5.0, turn=turn
        )

    held = Turn(held=True)
    assert listening(held).perform(ASSIGNMENT, "http://bed", CREDENTIALS, 60.0) == "deadline"

    clock, finished = ManualClock(START), Turn(held=True)
    driver = ListenDriver(
        announce=lambda *_: setattr(finished, "finished", True),
        idle_since=lambda: None,
        clock=clock,
        turn=finished,
    )
    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 60.0) == "done"
    assert clock.now() == START
    finished.begin()
    assert finished.held
    assert not finished.finished


def test_a_command_whose_power_is_cut_is_run_once_more(tmp_path):
    driver = python(
        tmp_path,
        """
        import os, pathlib, time
        marks = pathlib.Path(__file__).with_name("marks")
        marks.write_text(marks.read_text() + "x" if marks.exists() else "x")
        if marks.read_text() == "x":
            pathlib.Path(__file__).with_name("ready").touch()
            time.sleep(60)
        """,
    )

    def cut():
        while not (tmp_path / "ready").exists():
            threading.Event().wait(0.01)
        driver.cut_power()

    threading.Thread(target=cut, daemon=True).start()

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 30.0) == "done"
    assert (tmp_path / "marks").read_text() == "xx"


def test_cutting_the_power_of_nothing_does_nothing(tmp_path):
    python(tmp_path, "").cut_power()
    BundledDriver(pack=None, clock=None, signer=None, seed=1).cut_power()


class CutAgency:
    """Is ended in its first start, and remembers how often it was started."""

    starts = 0

    def __init__(self, surroundings, driver):
        self._driver = driver
        self._outbox = surroundings.outbox

    async def perform(self, _assignment):
        CutAgency.starts += 1
        with closing(sqlite3.connect(self._outbox, uri=True)) as outbox:
            outbox.execute("CREATE TABLE IF NOT EXISTS kept (start)")
            outbox.execute("INSERT INTO kept VALUES (?)", (CutAgency.starts,))
            outbox.commit()
            self.kept = outbox.execute("SELECT COUNT(*) FROM kept").fetchone()[0]
        if CutAgency.starts == 1:
            self._driver[0].cut_power()
            await asyncio.sleep(0)
            raise AssertionError("it lived on")
        assert self.kept == 2, "what it stored outlived it"

    async def aclose(self):
        pass


def test_a_bundled_agency_whose_power_is_cut_is_started_again_on_the_same_outbox(tmp_path):
    held = []
    pack = little_pack(tmp_path, agency=lambda _, surroundings, **__: CutAgency(surroundings, held))
    held.append(BundledDriver(pack=pack, clock=ManualClock(START), signer=None, seed=1))

    assert held[0].perform(ASSIGNMENT, "http://bed", CREDENTIALS, 10.0) == "done"
    assert CutAgency.starts == 2


def test_a_retry_that_is_due_is_waited_for_longer_than_quiet():
    clock = ManualClock(START)
    driver = ListenDriver(announce=lambda *_: None, idle_since=lambda: None, clock=clock, quiet=1.0)

    driver.cut_power()

    assert driver.perform(ASSIGNMENT, "http://bed", CREDENTIALS, 30.0) == "deadline"


def test_a_mission_that_goes_on_finds_the_outbox_of_the_one_before(tmp_path):
    """A new mission gets an outbox of its own."""
    found = []

    class Clerk:
        def __init__(self, surroundings):
            self.outbox = sqlite3.connect(surroundings.outbox, uri=True, isolation_level=None)

        async def perform(self, assignment):
            self.outbox.execute("CREATE TABLE IF NOT EXISTS held (name TEXT)")
            self.outbox.execute("INSERT INTO held VALUES (?)", (assignment.id,))
            found.append([name for (name,) in self.outbox.execute("SELECT name FROM held")])

        async def aclose(self):
            self.outbox.close()

    pack = little_pack(tmp_path, agency=lambda _pack, surroundings, **_: Clerk(surroundings))
    driver = BundledDriver(pack=pack, clock=ManualClock(START), signer=None, seed=1)
    for name, continues in (("one", ""), ("two", "one"), ("three", "")):
        assignment = replace(ASSIGNMENT, id=name, continues=continues)
        assert driver.perform(assignment, "http://bed", CREDENTIALS, 60.0) == "done"

    assert found == [["one"], ["one", "two"], ["three"]]
