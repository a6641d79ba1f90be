"""
Consumer scenarios against the bundled agency and each of its mutants, in virtual time.

The scenarios run as they stand, with a judge of a few lines: what is tried here are agency,
bed and scenarios, not the engine that runs them.
"""

from __future__ import annotations

import importlib.util
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from types import SimpleNamespace

import pytest

from conformance import resources
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.crypto.authority import Authority
from conformance.errors import Deviation, TargetTimeout
from conformance.model import seeds
from conformance.model.pack import Surroundings
from conformance.model.requirement import Role
from conformance.packs.vn_cbccvc import plugin
from conformance.packs.vn_cbccvc.agency_mutants_all import CONSUMER_MUTANTS
from conformance.packs.vn_cbccvc.content_missions import Centre
from conformance.packs.vn_cbccvc.missions import NationalSide
from conformance.reference.clock import ManualClock
from conformance.reference.serve import serve_in_thread
from conformance.testbed.bed import Bed
from conformance.testbed.driver import BundledDriver
from conformance.testbed.missions import Missions
from conformance.testbed.secured import SecondDoor
from conformance.wire import codec
from conformance.wire.redaction import Vault
from tests.testbed.little import START

# Only our own plug-in declares the marks of suites, and it is not loaded here.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown pytest.mark.conformance")

SUITE = resources.suites() / "vn-cbccvc" / "consumer"
TODAY = START.date()
#: The code of what accuses nobody.
NOT_TOLD = "awaited-in-vain"


@pytest.fixture(scope="module")
def pack():
    with packs.register(plugin):
        yield packs.load("vn-cbccvc")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.open(tmp_path_factory.mktemp("authority"), START, organisation="H98")


@dataclass
class LittleWorld:
    """As much of a World as consumer scenarios use."""

    missions: Missions
    clock: ManualClock
    signer: Authority
    scenario: str = ""
    seed: int = 0
    as_of: date = TODAY
    closed: dict = field(default_factory=dict)

    def mission(self, assignment, *, disturbances, deadline):
        answer = self.missions(assignment, disturbances, deadline)
        codec.raise_failure(answer)
        items = enumerate(answer["traffic"], start=1)
        exchanges = tuple(codec.incoming_from_json(item, number=n) for n, item in items)
        self.closed[self.scenario] = exchanges
        return exchanges

    def traffic(self):
        return self.closed

    def draw(self, label):
        return seeds.derive(self.seed, label)

    def now(self):
        return self.clock.now()

    def sign(self, record, signer="authorised"):
        return self.signer.sign(record, signer=signer, at=self.clock.now())


def play(pack, authority, mutant=None, *, socket=False, seed=1):
    """Requirement -> `pass`, or the codes of what was raised in its judgements."""
    clock = ManualClock(START)
    surroundings = Surroundings(clock=clock, seed=seed, trust_anchors=authority.trust_anchors)
    credentials = plugin.vocabulary.demonstration_credentials
    members = plugin.dialect.secret_members
    vault = Vault(key=b"k" * 16, secrets=credentials, members=members)
    bed = Bed(pack, surroundings, redact=vault.redact)
    driver = BundledDriver(
        pack=pack,
        clock=clock,
        signer=authority,
        seed=seed,
        app=None if socket else bed.app,
        ca_file=authority.certificate,
        mutant=mutant,
        time_hook=True,
    )
    # A handshake lives in the machine's time, not in the agency's.
    today = Authority.open(authority.certificate.parents[2], datetime.now(UTC))
    on_tls = SecondDoor(
        bed=bed,
        clock=clock,
        certificate=partial(today.tls_server, ("127.0.0.1",)),
        ca_file=today.certificate,
        dated=False,
    )
    with ExitStack() as stack:
        stack.callback(on_tls.close)
        url = stack.enter_context(serve_in_thread(bed.app)).base_url if socket else "http://bed"
        missions = Missions(bed=bed, driver=driver, bed_url=url, secured=on_tls.open)
        return judged(pack, LittleWorld(missions, clock, authority), seed)


def judged(pack, world, seed):
    found = {}

    @contextmanager
    def judge(requirement, *_exchanges):
        codes = found.setdefault(requirement, [])
        try:
            yield
        except (Deviation, TargetTimeout) as error:
            codes.append(error.code)

    given = {
        "judge": judge,
        "world": world,
        "contract": Contract.load(pack),
        "national_side": NationalSide(world=world, pack=pack),
        "centre": Centre(world=world, pack=pack),
    }
    for name, scenario in scenarios():
        world.scenario, world.seed = name, seeds.derive(seed, name)
        wanted = scenario.__code__.co_varnames[: scenario.__code__.co_argcount]
        scenario(**{fixture: given[fixture] for fixture in wanted})
    return SimpleNamespace(
        broken={r: codes for r, codes in found.items() if set(codes) - {NOT_TOLD}},
        undecided={r for r, codes in found.items() if NOT_TOLD in codes},
        judged=set(found),
        traffic=world.closed,
    )


def scenarios():
    names = sorted(path.stem for path in SUITE.glob("test_*.py"))
    # Invariants come last: they look at what the missions left.
    for name in sorted(names, key=lambda name: name.endswith("invariants")):
        spec = importlib.util.spec_from_file_location(name, SUITE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for attribute, value in vars(module).items():
            if attribute.startswith("test_"):
                yield f"{name}::{attribute}", value


def of_this_role_alone(pack):
    """What needs software that serves as well is played by `tests/app/test_selftest.py`."""
    return {r.id for r in pack.catalogue.of(Role.CONSUMER) if r.falsified_by and not r.needs}


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_bundled_agency_meets_every_requirement_of_its_role(pack, authority, seed):
    played = play(pack, authority, seed=seed)

    assert played.broken == {}
    assert played.undecided == set()
    wanted = of_this_role_alone(pack)
    assert played.judged == wanted


#: Every fifth mutant at once: all of them are minutes, and `selftest` plays them anyway.
SOME_AT_ONCE = [
    pytest.param(cls, marks=() if n % 5 == 0 else pytest.mark.long, id=cls.__name__)
    for n, cls in enumerate(CONSUMER_MUTANTS)
]


@pytest.mark.parametrize("cls", SOME_AT_ONCE)
def test_a_mutant_breaks_what_it_names_and_nothing_else(pack, authority, cls):
    assert set(play(pack, authority, cls.__name__).broken) == set(cls.breaks)


def test_every_requirement_has_a_mutant(pack):
    wanted = of_this_role_alone(pack)
    assert {broken for cls in CONSUMER_MUTANTS for broken in cls.breaks} == wanted


def test_two_runs_from_one_seed_leave_the_same_traffic(pack, authority):
    def shape(played):
        return [
            (e.request.method, e.request.target, e.response.status, e.at, dict(e.facts))
            for exchanges in played.traffic.values()
            for e in exchanges
        ]

    assert shape(play(pack, authority)) == shape(play(pack, authority))


@pytest.mark.parametrize("mutant", [None, "NewMessageIdOnRetry"])
def test_a_real_socket_leads_to_the_same_judgements(pack, authority, mutant):
    in_process, over_socket = (play(pack, authority, mutant, socket=s) for s in (False, True))

    assert over_socket.broken == in_process.broken


def test_software_that_never_calls_is_accused_of_nothing(pack, authority):
    class Idle:
        time_hook = False

        def cut_power(self):
            raise AssertionError("nothing runs")

        def perform(self, *_):
            return "done"

    bed = Bed(
        pack,
        Surroundings(clock=ManualClock(START), seed=1, trust_anchors=authority.trust_anchors),
        redact=str,
    )
    missions = Missions(bed=bed, driver=Idle(), bed_url="http://bed")
    world = LittleWorld(missions, ManualClock(START), authority)
    with pytest.raises(TargetTimeout, match="no request"):
        judged(pack, world, 1)
