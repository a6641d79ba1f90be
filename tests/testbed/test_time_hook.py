"""An outage of hours: the software's clock is set by the operator's command, and ours follows."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from conformance.app.authority import authority_for
from conformance.catalogue import packs
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.packs.vn_cbccvc.line_missions import outage
from conformance.packs.vn_cbccvc.missions import NationalSide
from conformance.packs.vn_cbccvc.pace_oracles import nobody_hammered
from conformance.packs.vn_cbccvc.retry_oracles import (
    everybody_arrived_in_spite_of,
    order_was_kept_after,
)
from conformance.reference.clock import ManualClock, SystemClock
from conformance.reference.serve import serve_in_thread
from conformance.testbed.bed import Bed
from conformance.testbed.command import ExecDriver
from conformance.testbed.missions import Missions
from conformance.testbed.time_hook import ClockAhead, TimeHook
from tests.testbed import pusher
from tests.testbed.little import ASSIGNMENT, START, TEXT, TOKEN, little_bed
from tests.testbed.test_kill_matrix import LittleWorld

HOURS = 7200
OUTAGE = {"do": "outage", "operation": "putOrder", "seconds": 1, "hooked_seconds": HOURS}
#: A clock that can be set: the moment stands in a file, which is never there in half.
SET = """
import os, sys
with open(sys.argv[1] + ".new", "w") as file:
    file.write(sys.argv[2])
os.replace(sys.argv[1] + ".new", sys.argv[1])
"""


def hook(*command):
    return TimeHook(command=command, clock=ClockAhead(SystemClock()))


class Stubborn:
    """Sends one order until it is taken, and notes what its own clock said at each attempt."""

    time_hook = False

    def __init__(self, clock_file):
        self._file, self.times = clock_file, []

    def cut_power(self):
        raise AssertionError("it is not ended")

    def perform(self, _assignment, url, _credentials, deadline):
        async def go():
            async with httpx.AsyncClient(trust_env=False) as line, asyncio.timeout(deadline):
                while True:
                    self.times.append(self._now())
                    headers = {"Authorization": f"Bearer {TOKEN}"}
                    try:
                        await line.put(f"{url}/orders/1", headers=headers, content=b"x")
                    except httpx.TransportError:
                        await asyncio.sleep(0.05)
                    else:
                        return

        asyncio.run(go())
        return "done"

    def _now(self):
        return self._file.read_text() if self._file.exists() else ""


def carried_out(folder, hook):
    bed = little_bed(folder, clock=hook.clock)
    software = Stubborn(folder / "clock")
    with serve_in_thread(bed.app) as serving:
        missions = Missions(bed=bed, driver=software, bed_url=serving.base_url, hook=hook)
        return missions(ASSIGNMENT, [OUTAGE], 30.0), software


def test_an_outage_of_hours_is_over_when_the_clocks_were_put_forward(tmp_path):
    began = datetime.now(UTC)
    given = hook(sys.executable, "-c", SET, str(tmp_path / "clock"), "{instant}")

    answer, software = carried_out(tmp_path, given)

    *cut, taken = answer["traffic"]
    assert {item["facts"]["disturbance"] for item in cut} == {"outage"}
    assert "disturbance" not in taken["facts"]
    lasted = datetime.fromisoformat(taken["at"]) - datetime.fromisoformat(cut[0]["at"])
    assert timedelta(seconds=HOURS) <= lasted < timedelta(seconds=HOURS + 20)
    # The software lived through them as well, and truly waited for seconds only.
    assert software.times[0] == ""
    assert software.times[-1].endswith("Z")
    told = datetime.fromisoformat(software.times[-1])
    assert abs(told - datetime.fromisoformat(taken["at"])) < timedelta(seconds=20)
    assert datetime.now(UTC) - began < timedelta(seconds=20)
    assert given.clock.ahead() >= timedelta(seconds=HOURS - 20)


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", "import sys; sys.exit('no such ' + sys.argv[1])", "{instant}"),
        ("./no-such-program", "{instant}"),
    ],
)
def test_a_command_that_fails_voids_the_mission_and_moves_no_clock(tmp_path, command):
    given = hook(*command)

    answer, _ = carried_out(tmp_path, given)

    assert (answer["failure"], answer["code"]) == ("grant", "time-hook-failed")
    assert "no such" in answer["detail"].lower()
    assert given.clock.ahead() == timedelta()
    # The outage ended all the same: nobody is kept waiting for nothing.
    assert "disturbance" not in answer["traffic"][-1]["facts"]


def test_a_mission_that_ends_before_the_hours_pass_leaves_the_clocks_alone():
    given = hook("./never-started", "{instant}")

    given.pass_time(60.0, given.clock.now() + timedelta(hours=2), lambda: None)

    assert given.end() == ""
    assert given.clock.ahead() == timedelta()


def test_a_clock_is_put_forward_and_never_back():
    clock = ClockAhead(ManualClock(START))

    clock.put_forward(timedelta(hours=2))
    clock.put_forward(timedelta(hours=-1))

    assert clock.now() == START + timedelta(hours=2)
    assert clock.real.now() == START


def test_the_bundled_agency_as_a_command_lives_through_two_hours_in_seconds(tmp_path, monkeypatch):
    real, file = SystemClock(), tmp_path / "clock"
    given = hook(sys.executable, "-c", SET, str(file), "{instant}")
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path))
    with packs.register(plugin):
        pack = packs.load("vn-cbccvc")
        authority = authority_for(pack, tmp_path, real.now())
        around = Surroundings(clock=given.clock, seed=1, trust_anchors=authority.trust_anchors)
        bed = Bed(pack, around, redact=str)
        driver = ExecDriver(
            command=(sys.executable, str(Path(pusher.__file__))),
            environment={**os.environ, "PUSHER_CLOCK": str(file)},
        )
        with serve_in_thread(bed.app) as serving:
            missions = Missions(bed=bed, driver=driver, bed_url=serving.base_url, hook=given)
            world = LittleWorld(missions, given.clock, authority)
            work = NationalSide(world=world, pack=pack).asks_for(
                "outage", TEXT, people=12, but=[outage()]
            )

    assert missions.endings == {}
    nobody_hammered(work)
    everybody_arrived_in_spite_of(work, "outage")
    order_was_kept_after(work, "outage")
    # Its messages say the time that both of them live in.
    assert work.exchanges[-1].at - work.exchanges[0].at > timedelta(hours=2)
    late = datetime.fromisoformat(work.trials[-1].header["sentAt"])
    assert late > real.now() + timedelta(hours=1, minutes=59)
    # The token of two hours ago had died meanwhile.
    assert [e.request.operation for e in work.exchanges].count("issueToken") == 2
