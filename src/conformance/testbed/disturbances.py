"""
What the test bed does wrong on purpose: a closed set, written as JSON by a mission.

A disturbance is keyed on an operation and on which of its arrivals within the mission it
meets, never on the wall clock, so that a mission is disturbed alike on every machine. An
outage alone lasts: it is begun by an arrival. Carrying one out is `interference`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject, compact
from conformance.testbed.alterations import Alter, Call, Meanwhile
from conformance.testbed.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbed:
    """What every disturbance has: the operation that it meets, and which arrival of it."""

    operation: str
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseAcknowledgement(Disturbed):
    """
    The request is carried out in full; then the connection is cut without an answer.

    What a poor line does between a commit and its acknowledgement.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Disturbed):
    """
    The connection is cut without an answer, and nothing was carried out.

    Attributes:
        sending: whether it breaks while the request is sent, or while the answer is awaited.
            A socket does not tell the two apart; what runs in-process can.
    """

    sending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAnswer(Disturbed):
    """The request is carried out; the connection is cut in the middle of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable(Disturbed):
    """
    Nothing is carried out; the answer is 503 or 429 (RFC 9110, 15.6.4; RFC 6585, 4).

    Attributes:
        retry_after: whole seconds for `Retry-After` (RFC 9110, 10.2.3), None for none.
        dated: whether `Retry-After` is written as a date.
    """

    retry_after: int | None = 1
    status: int = 503
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPage(Disturbed):
    """Nothing is carried out; somebody on the way answers with a page for people."""

    status: int = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Disturbed):
    """Nothing is carried out; the whole message is refused with `body`."""

    status: int
    body: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireToken(Disturbed):
    """From this arrival on its token is dead: 401 until another one is presented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Disturbed):
    """
    Nothing is carried out; the answer sends the caller to another address (307).

    Attributes:
        plain: whether it leaves TLS as well.
    """

    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Disturbed):
    """The request is carried out, and answered `seconds` later."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoorLine(Disturbed):
    """Request and answer creep at `bits` a second, and the line stalls for `seconds` on the way."""

    bits: int = 64_000
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMembers(Disturbed):
    """Objects of the answer bear `members` that the contract does not name."""

    members: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewClock(Disturbed):
    """The answer's `Date` is `seconds` away from the time."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConnection(Disturbed):
    """The answer is the last one of its connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCertificate(Disturbed):
    """
    The answer is the last one of its connection, and others end; the next are met otherwise.

    Attributes:
        certificate: a `shown.Shown`.
        handshakes: after so many it is as usual again; 0 for the rest of the mission.
    """

    certificate: str
    handshakes: int = 0

    def shown(self) -> Shown:
        """What is shown."""
        return Shown(self.certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage(Disturbed):
    """
    From this arrival on, every connection is cut and nothing is carried out.

    Attributes:
        seconds: how long.
        hooked_seconds: how long where the target's time passes at our word; where that takes
            a command, `seconds` of them truly pass before.
    """

    seconds: int
    hooked_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCut(Disturbed):
    """
    The target is ended abruptly and started again; its request is cut without an answer.

    Attributes:
        committed: whether the request was carried out before.
    """

    committed: bool = False


Disturbance = (
    LoseAcknowledgement
    | Reset
    | CutAnswer
    | Unavailable
    | GatewayPage
    | Refuse
    | ExpireToken
    | Redirect
    | Slow
    | PoorLine
    | AddMembers
    | SkewClock
    | CloseConnection
    | ShowCertificate
    | Outage
    | PowerCut
    | Alter
)
#: What a mission may ask for.
Scripted = Disturbance | Meanwhile

#: Seconds, moment, remedy: see `Mischief`.
PassTime = Callable[[float, datetime, Callable[[], None]], None]

_KINDS: Final[Mapping[str, Callable[..., Scripted]]] = {
    "lose-acknowledgement": LoseAcknowledgement,
    "reset": Reset,
    "cut-answer": CutAnswer,
    "unavailable": Unavailable,
    "gateway-page": GatewayPage,
    "refuse": Refuse,
    "expire-token": ExpireToken,
    "redirect": Redirect,
    "slow": Slow,
    "poor-line": PoorLine,
    "add-members": AddMembers,
    "skew-clock": SkewClock,
    "close-connection": CloseConnection,
    "show-certificate": ShowCertificate,
    "outage": Outage,
    "power-cut": PowerCut,
    "alter": Alter,
    "meanwhile": Meanwhile,
}

_DAY: Final = 24 * 60 * 60
#: Member -> the least and the most that it may be; members that are no numbers are below.
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "nth": (1, 10_000),
    "status": (400, 599),
    "retry_after": (0, _DAY),
    "seconds": (-_DAY, _DAY),
    "hooked_seconds": (0, _DAY),
    "bits": (1_000, 10**9),
    "handshakes": (0, 1_000),
}
_TYPES: Final[Mapping[str, tuple[type, str]]] = {
    "operation": (str, "a string"),
    "dated": (bool, "true or false"),
    "committed": (bool, "true or false"),
    "sending": (bool, "true or false"),
    "plain": (bool, "true or false"),
    "certificate": (str, "a string"),
    "body": (dict, "an object"),
    "members": (dict, "an object"),
    "set": (dict, "an object"),
    "headers": (dict, "an object"),
    "remove": (list, "an array"),
    "repeat": (list, "an array"),
    "calls": (list, "an array"),
}
_NULLABLE: Final = frozenset({"retry_after"})


def parse(value: Json) -> Scripted:
    """
    One disturbance from its JSON form: `do` names it, the other members are its attributes.

    Raises:
        SuiteDefect: a mission asked for what does not exist; `nth` counts from 1.
    """
    if not isinstance(value, dict):
        raise SuiteDefect(f"a disturbance is an object, not {compact(value)}")
    do = value.get("do")
    if not isinstance(do, str) or do not in _KINDS:
        raise SuiteDefect(f"no disturbance {do!r}; there are {', '.join(sorted(_KINDS))}")
    members = {name: held for name, held in value.items() if name != "do"}
    if do != "meanwhile" and not members.get("operation"):
        raise SuiteDefect(f"a disturbance {do!r} names the operation that it meets")
    for name, held in members.items():
        _examine(name, held)
    try:
        made = _KINDS[do](**members)
        if isinstance(made, ShowCertificate):
            made.shown()
    except (TypeError, ValueError) as error:
        # What a constructor says of a member that is missing or unknown names it.
        raise SuiteDefect(f"a disturbance {do!r}: {error}") from None
    return made


def _examine(name: str, held: Json) -> None:
    if name in _TYPES:
        wanted, said = _TYPES[name]
        if not isinstance(held, wanted):
            raise SuiteDefect(f"a disturbance's {name} is {said}, not {held!r}")
    elif name in _RANGES and not (held is None and name in _NULLABLE):
        least, most = _RANGES[name]
        if isinstance(held, bool) or not isinstance(held, int) or not least <= held <= most:
            raise SuiteDefect(
                f"a disturbance's {name} is an integer from {least} to {most}, not {held!r}"
            )


def parse_all(values: Sequence[Json]) -> tuple[Scripted, ...]:
    """
    All disturbances of one mission.

    Raises:
        SuiteDefect: as `parse`, or two of them meet the same arrival.
    """
    parsed = tuple(parse(value) for value in values)
    met = Counter((each.operation, each.nth) for each in parsed if not isinstance(each, Meanwhile))
    if sum(isinstance(each, ShowCertificate) for each in parsed) > 1:
        raise SuiteDefect("a mission shows one other certificate at most")
    for (operation, nth), times in met.items():
        if times > 1:
            raise SuiteDefect(f"{times} disturbances meet arrival {nth} of {operation}")
    return parsed


def needs_tls(values: Sequence[Scripted]) -> bool:
    """Whether a mission's disturbances can only be met on a TLS line."""
    return any(
        isinstance(each, ShowCertificate) or (isinstance(each, Redirect) and each.plain)
        for each in values
    )


@dataclass(slots=True, kw_only=True)
class Mischief:
    """
    One mission's disturbances, and how often each operation has arrived so far.

    Attributes:
        time_hook: whether the target's time passes at our word.
        pass_time: makes it pass, where it does not by itself: the seconds before, the moment
            after, and what to call when that cannot be.
    """

    disturbances: tuple[Scripted, ...] = ()
    time_hook: bool = False
    pass_time: PassTime | None = None
    _arrived: Counter[str] = field(default_factory=Counter)
    _requests: int = 0
    _errands: tuple[Call, ...] = ()
    _outage: Outage | None = None
    _until: datetime | None = None
    _dead: set[str] = field(default_factory=set)

    def meet(self, operation: str, at: datetime, authorization: str = "") -> Disturbance | None:
        """Count one arrival of `operation` and say what befalls it; in an outage none counts."""
        self._errands = ()
        # Read once: a hook that fails ends it from a thread of its own.
        until = self._until
        if until is not None and at < until:
            return self._outage
        if authorization in self._dead:
            return ExpireToken(operation=operation)
        self._requests += 1
        self._arrived[operation] += 1
        now = {("", self._requests)}
        if operation:
            now.add((operation, self._arrived[operation]))
        found: Disturbance | None = None
        for each in self.disturbances:
            if (each.operation, each.nth) not in now:
                continue
            if isinstance(each, Meanwhile):
                self._errands += each.parsed()
            else:
                found = each
        match found:
            case Outage():
                lasts = found.hooked_seconds if self.time_hook else found.seconds
                self._outage, self._until = found, at + timedelta(seconds=lasts)
                if self.time_hook and self.pass_time is not None:
                    self.pass_time(found.seconds, self._until, self._end_outage)
            case ExpireToken() if authorization:
                self._dead.add(authorization)
        return found

    def _end_outage(self) -> None:
        self._until = None

    def errands(self) -> tuple[Call, ...]:
        """What others do before the arrival that was met last is carried out."""
        return self._errands
