"""The two sides of a run: what asks the software, what awaits it, and what does both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.app import pool
from conformance.app.consumer import Audience, consumer_side
from conformance.app.opening import Opened, open_provider
from conformance.app.options import Told
from conformance.app.playing import Share, by_kind, live_stage, play
from conformance.app.preflight import preflight
from conformance.app.prepare import Prepared
from conformance.crypto.authority import Authority
from conformance.model.clock import Clock
from conformance.model.json import JsonObject
from conformance.model.preflight import Preflight
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict
from conformance.reporting.words import Words
from conformance.running import evidence
from conformance.targets import locator as locators
from conformance.testbed.command import parse_command
from conformance.testbed.time_hook import ClockAhead, TimeHook
from conformance.wire.transport import Connection, Transport


def two_faced(prepared: Prepared) -> Iterator[str]:
    """The scenarios that ask the software and await it as well."""
    requirements = prepared.pack.catalogue.by_id
    for scenario in prepared.plan.scenarios:
        if any(requirements[r].needs for r in scenario.requirements):
            yield scenario.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """
    What both roles of one run share.

    Attributes:
        key: of the redaction.
        together: scenarios that need both.
    """

    prepared: Prepared
    gathered: evidence.Evidence
    key: bytes
    authority: Authority
    clock: Clock
    folder: Path
    told: Told
    audience: Audience | None
    begin: Callable[[], None]
    together: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the software serves, opened, and what preflight saw of it."""

    opened: Opened
    transport: Transport
    seen: Preflight


@contextmanager
def serving(work: Work) -> Iterator[Served]:
    """Open what the software serves, and knock."""
    prepared, clock = work.prepared, work.clock
    with open_provider(prepared, clock=clock, authority=work.authority) as opened:
        work.begin()
        transport = Transport(opened.connection, clock)
        try:
            seen = preflight(
                prepared.pack, prepared.contract, opened, transport, clock, work.authority
            )
            yield Served(opened=opened, transport=transport, seen=seen)
        finally:
            transport.close()


def judge_served(work: Work, left: list[str], served: Served) -> None:
    """Play what asks the software."""
    prepared, opened = work.prepared, served.opened
    share = Share(
        connection=opened.connection,
        credentials=opened.credentials,
        grants=opened.grants,
        redaction_key=work.key,
        scenarios=tuple(left),
        attempts=work.gathered.attempts,
    )
    jobs = 1 if opened.connection.app is not None else jobs_of(prepared)
    if jobs > 1 and len(left) > 1:
        _in_processes(prepared, share, jobs, Role.PROVIDER, work.told)
        return
    play(
        live_stage(
            prepared.plan,
            prepared.pack,
            prepared.contract,
            share,
            clock=work.clock,
            signer=work.authority,
            folder=work.folder,
            on_closed=work.told.closed,
            transport=served.transport,
        ),
        share.scenarios,
    )


def judge_pushed(work: Work, left: list[str], served: Served | None) -> list[str]:
    """
    Play what awaits the software, and what does both.

    Args:
        served: what it serves meanwhile, None where nothing asks it.

    Returns:
        Notes for the report.
    """
    notes = []
    prepared, audience = work.prepared, work.audience
    vocabulary = prepared.pack.plugin.vocabulary
    share = Share(
        connection=Connection(base_url=""),
        credentials=prepared.settings.credentials or vocabulary.demonstration_credentials,
        grants={**vocabulary.demonstration_grants, **prepared.settings.grants},
        redaction_key=work.key,
        scenarios=tuple(left),
        attempts=work.gathered.attempts,
    )
    jobs = jobs_of(prepared)
    bundled = isinstance(prepared.pushing, locators.ReferenceLocator)
    if jobs > 1 and not bundled:
        notes.append("One job: a consumer carries out one mission at a time.")
        jobs = 1
    if jobs > 1 and len(left) > 1:
        work.begin()
        missions, invariants = by_kind(prepared.plan, left)
        alone = [s for s in missions if s not in work.together]
        _in_processes(
            prepared, replace(share, scenarios=tuple(alone)), jobs, Role.CONSUMER, work.told
        )
        # What is served is shared with the software in this process alone.
        left = [s for s in missions if s in work.together] + invariants
        if not left:
            return notes
    hook, clock = None, work.clock
    if command := prepared.settings.testbed.time_hook:
        moving = ClockAhead(clock)
        hook = TimeHook(command=parse_command(command, where="time_hook"), clock=moving)
        clock = moving
    with consumer_side(
        prepared.plan,
        prepared.pack,
        share,
        prepared.pushing,
        clock=clock,
        authority=work.authority,
        settings=prepared.settings.testbed,
        audience=audience,
        hook=hook,
        served=None if served is None else served.opened.served,
    ) as (missions_control, hidden):
        work.begin()
        # What we give out to be called with opens nobody else's door.
        asked = served if served is not None and served.opened.credentials else None
        met: set[str] = set()

        def closed(scenario: str, verdicts: Mapping[str, int]) -> None:
            met.update(verdicts)
            work.told.closed(scenario, verdicts)

        play(
            live_stage(
                prepared.plan,
                prepared.pack,
                prepared.contract,
                share,
                clock=clock,
                signer=work.authority,
                folder=work.folder,
                on_closed=closed,
                transport=None if asked is None else asked.transport,
                missions=missions_control,
                hidden=hidden,
                watcher=audience.live if audience else None,
            ),
            left,
        )
        if met - {Verdict.PASS.name}:
            notes += _endings(missions_control.endings, Words(prepared.options.language))
    return notes


def _endings(endings: Mapping[str, str], words: Words) -> list[str]:
    """How a command failed in missions, each way once."""
    alike: dict[str, list[str]] = {}
    for mission, how in endings.items():
        alike.setdefault(how, []).append(mission)
    return [
        words("report.ended", missions=", ".join(missions), how=how)
        for how, missions in alike.items()
    ]


def _in_processes(prepared: Prepared, share: Share, jobs: int, role: Role, told: Told) -> None:
    options = prepared.options
    pace = share.connection.pace / jobs
    orders: list[JsonObject] = [
        {
            "out": str(options.out.resolve()),
            "home": str(options.home.resolve()),
            "role": role.value,
            "locator": prepared.settings.locator,
            "share": replace(
                share,
                scenarios=tuple(part),
                # One limit for the target, whatever the number of jobs.
                connection=replace(share.connection, pace=pace),
            ).to_json(),
        }
        for part in pool.shares(share.scenarios, jobs)
    ]
    pool.run(orders, told.closed)


def jobs_of(prepared: Prepared) -> int:
    """How many processes; 0 in the options means one per core."""
    return prepared.options.jobs or os.cpu_count() or 1
