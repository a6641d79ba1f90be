"""
The bundled agency as a process, ended by SIGKILL at random moments while the line is out.

The line takes people and says nothing, or does not take them at all, in turns: whoever begins
anew under a new id doubles them, and whoever forgets loses them.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from conformance.catalogue import packs
from conformance.crypto.authority import Authority
from conformance.errors import Deviation
from conformance.model.json import compact
from conformance.model.pack import Assignment, Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.packs.vn_cbccvc.missions import UNITS, Work
from conformance.packs.vn_cbccvc.traffic_oracles import everybody_arrived_once
from conformance.reference.clock import SystemClock
from conformance.reference.serve import serve_in_thread
from conformance.testbed.bed import Bed
from conformance.testbed.disturbances import LoseAcknowledgement
from conformance.testbed.driver import assignment_to_json
from conformance.testbed.interference import cut_connection
from conformance.wire.codec import incoming_from_json
from tests.testbed.little import TEXT

CREDENTIALS = plugin.vocabulary.demonstration_credentials
LOST = LoseAcknowledgement(operation="submitTrialSync")
AGENCY = (sys.executable, "-m", "conformance.packs.vn_cbccvc.agency_process")


class BadLine:
    """Stands before the bed; people get through only when it is `open`."""

    def __init__(self, app):
        self.app = app
        self.state = "dead"
        self.arrived = threading.Event()

    async def __call__(self, scope, receive, send):
        if not scope["path"].endswith("/trial-sync") or self.state == "open":
            await self.app(scope, receive, send)
            return
        self.arrived.set()
        if self.state == "swallowing":

            async def nobody_hears(_message):
                """The answer that is lost."""

            await self.app(scope, receive, nobody_hears)
        await cut_connection(LOST, receive, send)


@pytest.fixture(scope="module")
def pack():
    with packs.register(plugin):
        yield packs.load("vn-cbccvc")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    now = SystemClock().now()
    return Authority.open(tmp_path_factory.mktemp("authority"), now, organisation="H98")


@contextmanager
def started(environment):
    process = subprocess.Popen(AGENCY, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def killed_again_and_again(pack, authority, folder, *, kills, seed, mutant=""):
    """The work that arrived in the end, after so many ends by force."""
    chance, today = random.Random(seed), SystemClock().now().date()
    units = tuple(plugin.units(seed=seed, count=UNITS, as_of=today))
    people = tuple(plugin.people(seed=seed, count=24, as_of=today))
    assignment = Assignment(
        id="killed", brief=TEXT, material={"units": list(units), "people": list(people)}
    )
    mission = folder / "mission.json"
    mission.write_text(compact(assignment_to_json(assignment)), encoding="utf-8")
    surroundings = Surroundings(
        clock=SystemClock(), seed=seed, trust_anchors=authority.trust_anchors
    )
    bed = Bed(pack, surroundings, redact=str)
    bed.begin()
    line = BadLine(bed.app)
    with serve_in_thread(line) as serving:
        environment = {
            **os.environ,
            "CONFORMANCE_BASE_URL": serving.base_url,
            "CONFORMANCE_MISSION_FILE": str(mission),
            "CONFORMANCE_SIGNER_FILE": str(authority.file_of("authorised")),
            "CONFORMANCE_OUTBOX": str(folder / "outbox.db"),
            "CONFORMANCE_MUTANT": mutant,
            **{f"CONFORMANCE_{k.upper()}": v for k, v in CREDENTIALS["primary"].items()},
        }
        for kill in range(kills):
            line.arrived.clear()
            latest = time.monotonic() + 30
            with started(environment) as process:
                # Twice when people are on their way for certain; then at any moment at all.
                if kill < 2 or chance.random() < 0.5:
                    # A queue that has lost everything ends by itself.
                    while not line.arrived.wait(0.05) and process.poll() is None:
                        assert time.monotonic() < latest
                    time.sleep(chance.uniform(0, 0.3))
                else:
                    time.sleep(chance.uniform(0, 1.5))
            line.state = "swallowing" if kill % 2 == 0 else "dead"
        line.state = "open"
        with started(environment) as process:
            assert process.wait(60) == 0
    exchanges = tuple(
        incoming_from_json(item, number=n) for n, item in enumerate(bed.traffic(), start=1)
    )
    return Work(units=units, people=people, exchanges=exchanges)


@pytest.mark.skipif(not hasattr(os, "WNOHANG"), reason="SIGKILL is POSIX")
@pytest.mark.parametrize("kills", [5, pytest.param(30, marks=pytest.mark.long)])
def test_an_agency_that_is_killed_loses_nobody_and_doubles_nobody(pack, authority, tmp_path, kills):
    everybody_arrived_once(
        killed_again_and_again(pack, authority, tmp_path, kills=kills, seed=kills)
    )


@pytest.mark.parametrize(
    ("mutant", "code"),
    [
        ("DropsTheQueueOnRestart", "item-missing"),
        ("BooksAMessageBeforeItIsAnswered", "item-missing"),
        ("ForgetsWhatWasOnItsWay", "item-twice"),
    ],
)
@pytest.mark.parametrize(
    "kills", [3, *(pytest.param(n, marks=pytest.mark.long) for n in (2, 4, 6, 30))]
)
def test_a_queue_that_forgets_is_caught_by_the_same_treatment(
    pack, authority, tmp_path, mutant, code, kills
):
    with pytest.raises(Deviation) as raised:
        everybody_arrived_once(
            killed_again_and_again(
                pack, authority, tmp_path, kills=kills, seed=kills, mutant=mutant
            )
        )
    assert raised.value.code == code
