"""The consumer role: a test bed on a real port, and somebody who makes the target call it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.app.authority import surroundings
from conformance.app.playing import Share, vault
from conformance.app.prepare import mutants_for
from conformance.crypto.authority import Authority
from conformance.errors import SuiteDefect, UsageError
from conformance.model.clock import Clock
from conformance.model.pack import Assignment, LoadedPack
from conformance.model.requirement import Role
from conformance.reference.serve import serve_in_thread
from conformance.running.plan import Plan
from conformance.targets import locator as locators
from conformance.testbed.bed import Bed
from conformance.testbed.driver import (
    BundledDriver,
    Driver,
    ExecDriver,
    ListenDriver,
    parse_command,
)
from conformance.testbed.missions import Missions
from conformance.wire.redaction import Vault

#: Tells a person: the assignment, where the bed listens, the file with the records to load.
Announce = Callable[[Assignment, str, Path], None]


def _silent(_assignment: Assignment, _url: str) -> None:
    raise SuiteDefect("nobody is there to read the mission")


@contextmanager
def consumer_side(
    plan: Plan,
    pack: LoadedPack,
    share: Share,
    locator: locators.Locator,
    *,
    clock: Clock,
    authority: Authority,
    announce: Callable[[Assignment, str], None] = _silent,
) -> Iterator[tuple[Missions, Vault]]:
    """
    The national side, listening, and what makes the target carry out assignments.

    Yields:
        The mission control and the redaction that it shares with the World.

    Raises:
        UsageError: the port is taken, or the locator names no consumer.
    """
    hidden = vault(pack, share)
    bed = Bed(
        pack,
        surroundings(authority, clock=clock, seed=plan.seed),
        redact=hidden.redact,
        credentials=share.credentials,
    )
    driver: Driver
    port = 0
    match locator:
        case locators.ReferenceLocator(mutant=mutant):
            driver = BundledDriver(
                pack=pack,
                clock=clock,
                signer=authority,
                seed=plan.seed,
                mutant=mutants_for(mutant, pack, Role.CONSUMER),
            )
        case locators.ExecLocator(command=command):
            # Software under test signs with a key that our test CA vouches for.
            signing = {"CONFORMANCE_SIGNER_FILE": str(authority.file_of("authorised"))}
            driver = ExecDriver(
                command=parse_command(command), environment={**os.environ, **signing}
            )
        case locators.ListenLocator(port=wanted):
            port = wanted
            driver = ListenDriver(announce=announce, idle_since=bed.idle_since, clock=clock)
        case _:
            raise UsageError(
                "this locator names no consumer",
                where="TARGET",
                value=plan.locator,
                remedy="Use listen:PORT, exec:COMMAND or reference.",
            )
    try:
        serving = serve_in_thread(bed.app, port=port)
    except OSError as error:
        raise UsageError(
            f"the test bed cannot listen: {error}",
            where="TARGET",
            value=plan.locator,
            remedy="Choose a free port.",
        ) from None
    try:
        yield Missions(bed=bed, driver=driver, bed_url=serving.base_url), hidden
    finally:
        serving.stop()
