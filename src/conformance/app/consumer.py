"""The consumer role: a test bed on a real port, and somebody who makes the target call it."""

from __future__ import annotations

import os
import re
import shlex
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from conformance.app.authority import surroundings
from conformance.app.folder import write, write_json
from conformance.app.live import Live, Stand, Standing
from conformance.app.playing import Share, vault
from conformance.app.prepare import mutants_for
from conformance.contract.contract import Contract
from conformance.crypto.authority import Authority
from conformance.errors import SuiteDefect, UsageError
from conformance.model.clock import Clock
from conformance.model.json import compact
from conformance.model.pack import Assignment, LoadedPack
from conformance.model.requirement import Role
from conformance.reference.serve import Serving, serve_in_thread
from conformance.running.plan import Plan, ScenarioKind
from conformance.targets import locator as locators
from conformance.targets.bed_settings import BedSettings
from conformance.testbed.bed import Bed
from conformance.testbed.command import ExecDriver, parse_command
from conformance.testbed.door import Door
from conformance.testbed.driver import (
    PATIENCE,
    BundledDriver,
    Credentials,
    Driver,
    ListenDriver,
    Turn,
    assignment_to_json,
)
from conformance.testbed.gateway import Gateway, Intake
from conformance.testbed.missions import Missions
from conformance.testbed.secured import SecondDoor, Secured
from conformance.testbed.shown import Showcase
from conformance.testbed.time_hook import TimeHook
from conformance.wire.redaction import Vault

#: Tells a person: the assignment, where the bed listens, the file with the records to load.
Announce = Callable[[Assignment, str, Path], None]

#: How many connections may wait; many clients call at once when a line comes back.
_WAITING: Final = 1024
#: Longer than clients keep a connection for their next call, so that we are not the one to cut it.
_KEEP_ALIVE: Final = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """
    Whoever wants to know while a run goes on; nobody, unless said otherwise.

    Attributes:
        folder: where a mission's records are laid for a person to load.
        stand: told once, where the bed stands.
        announce: told of each mission that a person has to carry out.
        live: the page.
    """

    folder: Path | None = None
    stand: Stand = lambda _standing: None
    announce: Announce = lambda _assignment, _url, _file: None
    live: Live | None = None

    def lay(self, assignment: Assignment) -> Path:
        """
        Lay a mission's records where the operator can load them from.

        Beside the whole, each kind of record stands in a file of lines, as `sign` and `check`
        take it; what is no list of records stands in the whole alone.
        """
        if self.folder is None:
            raise SuiteDefect("nobody is there to read the mission")
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', assignment.id)}.json"
        write_json(file, assignment_to_json(assignment))
        for kind, records in assignment.material.items():
            if isinstance(records, list) and all(isinstance(each, dict) for each in records):
                lines = "".join(f"{compact(record)}\n" for record in records)
                write(file.with_suffix(f".{kind}.jsonl"), lines)
        return file


@contextmanager
def consumer_side(
    plan: Plan,
    pack: LoadedPack,
    share: Share,
    locator: locators.Locator,
    *,
    clock: Clock,
    authority: Authority,
    settings: BedSettings | None = None,
    audience: Audience | None = None,
    hook: TimeHook | None = None,
    served: Path | None = None,
) -> Iterator[tuple[Missions, Vault]]:
    """
    The national side, listening, and what makes the target carry out assignments.

    Args:
        hook: makes the target's hours pass; its clock is `clock`.
        served: the store behind what the bundled software serves in the same run.

    Yields:
        The mission control and the redaction that it shares with the World.

    Raises:
        UsageError: a port is taken, or the locator names no consumer.
    """
    settings, audience = settings or BedSettings(), audience or Audience()
    # The nation that is played knows these clients and no others; a share's open what is served.
    issued = pack.plugin.vocabulary.demonstration_credentials
    live, hidden = audience.live, vault(pack, _hiding(share, issued))
    around = surroundings(authority, clock=clock, seed=plan.seed)
    bed = Bed(
        pack,
        around,
        redact=hidden.redact,
        credentials=issued,
        gateway=Gateway(required=settings.required_headers, ignored=settings.ignored_headers),
        on_exchange=live.arrived if live else lambda _exchange: None,
    )
    door = Door(clock=clock, on_plain=bed.overheard)
    if live:
        door.on_knock = live.knocked
    showcase = _showcase(settings, authority)
    port = locator.port if isinstance(locator, locators.ListenLocator) else settings.port
    with ExitStack() as stack:
        tls = door.context(showcase) if settings.https else None
        serving = _serve(bed, door, settings, tls, port, plan.locator, dated=hook is None)
        stack.callback(serving.stop)
        base_url = settings.base_url or _callable(serving, settings)
        beside = SecondDoor(
            bed=bed,
            clock=clock,
            on_knock=door.on_knock,
            certificate=showcase.certificate,
            ca_file=authority.certificate,
            host=settings.host,
            name=_name(settings),
            dated=hook is None,
        )
        stack.callback(beside.close)
        here = Secured(url=base_url, ca_file=authority.certificate, door=door, showcase=showcase)
        missions = Missions(
            bed=bed,
            driver=_driver(
                plan,
                pack,
                share,
                locator,
                bed,
                clock,
                authority,
                settings,
                audience,
                hook,
                served,
            ),
            bed_url=base_url,
            hook=hook,
            knock=door.last,
            secured=_secured(locator, settings, here, beside),
            deadline=settings.deadline
            or (PATIENCE if isinstance(locator, locators.ListenLocator) else 0.0),
        )
        page_url = ""
        if live:
            page_url = live.serve(
                bed, around, Contract.load(pack), base_url=base_url, port=settings.page_port
            )
            stack.callback(live.stop)
            missions.on_begin, missions.on_end = live.assigned, live.acted
        audience.stand(_standing(plan, share, issued, authority, settings, base_url, page_url))
        yield missions, hidden


def _secured(
    locator: locators.Locator, settings: BedSettings, here: Secured, beside: SecondDoor
) -> Callable[[], Secured] | None:
    """Where missions on TLS lead; None where no handshake that we see is the software's own."""
    if settings.https and not settings.base_url:
        return lambda: here
    # A platform in between shakes hands in its own name. A command is told where to call in each
    # mission, and can be led around it; a person was told one address for all.
    return None if isinstance(locator, locators.ListenLocator) else beside.open


def _hiding(share: Share, issued: Credentials) -> Share:
    """A share whose redaction knows what the software calls with, beside what it is asked with."""
    if issued == share.credentials:
        return share
    named = {f"issued-{identity}": fields for identity, fields in issued.items()}
    return replace(share, credentials={**share.credentials, **named})


def _serve(
    bed: Bed,
    door: Door,
    settings: BedSettings,
    tls: ssl.SSLContext | None,
    port: int,
    locator: str,
    *,
    dated: bool,
) -> Serving:
    try:
        return serve_in_thread(
            Intake(bed.app),
            host=settings.host,
            port=port,
            tls=tls,
            protocol=door.protocol(),
            waiting=_WAITING,
            dated=dated,
            keep_alive=_KEEP_ALIVE,
        )
    except OSError as error:
        raise UsageError(
            f"the test bed cannot listen: {error}",
            where="TARGET",
            value=locator,
            remedy="Choose a free port, and an address of this machine.",
        ) from None


def _callable(serving: Serving, settings: BedSettings) -> str:
    """The address under which the software can call; nobody can call "every address"."""
    name = _name(settings)
    if not name:
        return serving.base_url
    return f"{urlsplit(serving.base_url).scheme}://{name}:{serving.port}"


def _name(settings: BedSettings) -> str:
    """By which the software calls a bed that listens everywhere; "" for the bed's own host."""
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - only looked at
    return (settings.names[0] if settings.names else "127.0.0.1") if everywhere else ""


def _showcase(settings: BedSettings, authority: Authority) -> Showcase:
    told = urlsplit(settings.base_url).hostname or ""
    names = ("localhost", "127.0.0.1", "::1", settings.host, told, *settings.names)
    answered = tuple(dict.fromkeys(name for name in names if name))
    ca = None
    if settings.client_certificate:
        ca = Path(settings.client_ca_file) if settings.client_ca_file else authority.certificate
    return Showcase(certificate=partial(authority.tls_server, answered), client_ca=ca)


def _driver(
    plan: Plan,
    pack: LoadedPack,
    share: Share,
    locator: locators.Locator,
    bed: Bed,
    clock: Clock,
    authority: Authority,
    settings: BedSettings,
    audience: Audience,
    hook: TimeHook | None,
    served: Path | None,
) -> Driver:
    match locator:
        case locators.ReferenceLocator(mutant=mutant):
            if hook is not None:
                raise UsageError(
                    "the bundled agency has no clock that a command could set",
                    where="time_hook",
                    value=shlex.join(hook.command),
                    remedy="Leave it out, or name your own software.",
                )
            return BundledDriver(
                pack=pack,
                clock=clock,
                signer=authority,
                ca_file=authority.certificate,
                seed=plan.seed,
                mutant=mutants_for(mutant, pack, Role.CONSUMER),
                served=served,
            )
        case locators.ExecLocator(command=command):
            told = _environment(authority, settings, _code_space(share))
            return ExecDriver(command=parse_command(command), environment={**os.environ, **told})
        case locators.ListenLocator():

            def announce(assignment: Assignment, url: str) -> None:
                file = audience.lay(assignment)
                if audience.live:
                    audience.live.laid(file)
                audience.announce(assignment, url, file)

            return ListenDriver(
                announce=announce,
                idle_since=partial(_truly, bed.idle_since, hook),
                faltering=bed.faltering,
                clock=clock if hook is None else hook.clock.real,
                quiet=settings.quiet,
                turn=audience.live.turn if audience.live else Turn(),
            )
    raise UsageError(
        "this locator names no consumer",
        where="TARGET",
        value=plan.locator,
        remedy="Use listen:PORT, exec:COMMAND or reference.",
    )


def _code_space(share: Share) -> str:
    """Where the software may write units, "" where nothing is granted."""
    return str(share.grants.get("subtree_root") or "")


def _truly(idle_since: Callable[[], datetime | None], hook: TimeHook | None) -> datetime | None:
    """
    In a person's own time, in which no hours were skipped.

    They are skipped in an outage alone; until the next call nobody is idle then.
    """
    since = idle_since()
    return since if since is None or hook is None else since - hook.clock.ahead()


def _environment(authority: Authority, settings: BedSettings, code_space: str) -> Mapping[str, str]:
    """What a command is told beyond its mission."""
    # Software under test signs with a key that our test CA vouches for.
    told = {
        "CONFORMANCE_SIGNER_FILE": str(authority.file_of("authorised")),
        # Even a bed on plain HTTP has missions on TLS.
        "CONFORMANCE_CA_FILE": str(authority.certificate),
    }
    if code_space:
        told["CONFORMANCE_CODE_SPACE"] = code_space
    if settings.client_certificate and not settings.client_ca_file:
        told["CONFORMANCE_CLIENT_FILE"] = str(authority.tls_client())
    return told


def _standing(
    plan: Plan,
    share: Share,
    issued: Credentials,
    authority: Authority,
    settings: BedSettings,
    base_url: str,
    page_url: str,
) -> Standing:
    ours = settings.client_certificate and not settings.client_ca_file
    missions = [
        s for s in plan.scenarios if s.role is Role.CONSUMER and s.kind is ScenarioKind.MISSION
    ]
    return Standing(
        base_url=base_url,
        page_url=page_url,
        credentials=tuple(issued.get("primary", {}).items()),
        signing=authority.file_of("authorised"),
        ca=authority.certificate,
        tls=settings.https,
        client=str(authority.tls_client()) if ours else "",
        required_headers=tuple(settings.required_headers),
        subtree=_code_space(share),
        missions=len(missions),
    )
