"""
What the test bed does wrong on purpose: a closed set, written as JSON by a mission.

A disturbance is keyed on an operation and on which of its arrivals within the mission it
meets, never on the wall clock, so that a mission is disturbed alike on every machine.
Carrying one out is `observer`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.errors import Deviation, SuiteDefect
from conformance.model.exchange import Response
from conformance.model.json import Json, JsonObject, at, compact


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseAcknowledgement:
    """
    The request is carried out in full; then the connection is cut without an answer.

    What a poor line does between a commit and its acknowledgement.
    """

    operation: str
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """
    Nothing is carried out; the answer is 503 with `Retry-After` (RFC 9110, 10.2.3).

    Attributes:
        retry_after: whole seconds.
    """

    operation: str
    nth: int = 1
    retry_after: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Alter:
    """
    The request is carried out; its answer leaves otherwise than it came.

    A place that the answer does not have stays as it is.

    Attributes:
        set: JSON pointer -> the value that stands there instead.
        remove: members that are left out.
        repeat: arrays that hold every item twice, the second time after all others.
        headers: further ones.
    """

    operation: str
    nth: int = 1
    set: Mapping[str, Json] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of the bed's own, under the credentials of `identity`."""

    method: str
    target: str
    body: bytes | None = None
    identity: str = "primary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """
    Others change the national state before the request is carried out (see `errands`).

    It may meet an arrival that something else befalls as well.

    Attributes:
        operation: "" for the mission's nth request, whatever it asks for.
    """

    operation: str
    nth: int = 1
    calls: tuple[Call, ...]


Disturbance = LoseAcknowledgement | Unavailable | Alter | Meanwhile

_MEMBERS: Mapping[str, frozenset[str]] = {
    "alter": frozenset({"do", "operation", "nth", "set", "remove", "repeat", "headers"}),
    "meanwhile": frozenset({"do", "operation", "nth", "calls"}),
    "lose-acknowledgement": frozenset({"do", "operation", "nth"}),
    "unavailable": frozenset({"do", "operation", "nth", "retry_after"}),
}


def parse(value: Json) -> Disturbance:
    """
    One disturbance from its JSON form.

    Raises:
        SuiteDefect: a mission asked for what does not exist; `nth` counts from 1.
    """
    if not isinstance(value, dict):
        raise SuiteDefect(f"a disturbance is an object, not {compact(value)}")
    do = value.get("do")
    if not isinstance(do, str) or do not in _MEMBERS:
        raise SuiteDefect(f"no disturbance {do!r}; there are {', '.join(sorted(_MEMBERS))}")
    if unknown := sorted(set(value) - _MEMBERS[do]):
        raise SuiteDefect(f"a disturbance {do!r} has no member {unknown[0]!r}")
    operation = value.get("operation", "" if do == "meanwhile" else None)
    if not isinstance(operation, str) or not (operation or do == "meanwhile"):
        raise SuiteDefect(f"a disturbance {do!r} names the operation that it meets")
    nth = _count(value, "nth", least=1)
    if do == "unavailable":
        retry_after = _count(value, "retry_after", least=0)
        return Unavailable(operation=operation, nth=nth, retry_after=retry_after)
    if do == "alter":
        return _alter(value, operation, nth)
    if do == "meanwhile":
        return Meanwhile(operation=operation, nth=nth, calls=_calls(value.get("calls")))
    return LoseAcknowledgement(operation=operation, nth=nth)


def _alter(value: JsonObject, operation: str, nth: int) -> Alter:
    given, headers = value.get("set", {}), value.get("headers", {})
    if not isinstance(given, dict) or not isinstance(headers, dict):
        raise SuiteDefect("a disturbance 'alter' sets values and headers by name")
    return Alter(
        operation=operation,
        nth=nth,
        set=given,
        remove=_texts(value.get("remove", [])),
        repeat=_texts(value.get("repeat", [])),
        headers=tuple((name.lower(), str(text)) for name, text in headers.items()),
    )


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SuiteDefect(f"a disturbance names places in a list, not {compact(value)}")
    return tuple(str(item) for item in value)


def _calls(value: Json) -> tuple[Call, ...]:
    calls = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    if not calls:
        raise SuiteDefect("a disturbance 'meanwhile' makes calls")
    for call in calls:
        if unknown := sorted(set(call) - {"method", "target", "body", "identity"}):
            raise SuiteDefect(f"a call has no member {unknown[0]!r}")
    return tuple(
        Call(
            method=str(call.get("method", "POST")),
            target=str(call["target"]),
            body=compact(call["body"]).encode() if "body" in call else None,
            identity=str(call.get("identity", "primary")),
        )
        for call in calls
    )


def _count(value: JsonObject, member: str, *, least: int) -> int:
    number = value.get(member, 1)
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise SuiteDefect(f"a disturbance's {member} is an integer from {least}, not {number!r}")
    return number


def parse_all(values: Sequence[Json]) -> tuple[Disturbance, ...]:
    """
    All disturbances of one mission.

    Raises:
        SuiteDefect: as `parse`, or two of them meet the same arrival.
    """
    parsed = tuple(parse(value) for value in values)
    met = Counter((each.operation, each.nth) for each in parsed if not isinstance(each, Meanwhile))
    for (operation, nth), times in met.items():
        if times > 1:
            raise SuiteDefect(f"{times} disturbances meet arrival {nth} of {operation}")
    return parsed


@dataclass(slots=True, kw_only=True)
class Mischief:
    """One mission's disturbances, and how often each operation has arrived so far."""

    disturbances: tuple[Disturbance, ...] = ()
    _arrived: Counter[str] = field(default_factory=Counter)
    _requests: int = 0

    def meet(self, operation: str) -> Disturbance | None:
        """Count one arrival of `operation` and say what befalls it."""
        self._requests += 1
        self._arrived[operation] += 1
        nth = self._arrived[operation]
        return next(
            (
                each
                for each in self.disturbances
                if (each.operation, each.nth) == (operation, nth)
                and not isinstance(each, Meanwhile)
            ),
            None,
        )

    def errands(self, operation: str) -> tuple[Call, ...]:
        """What others do before the arrival that was counted last is carried out."""
        now = {("", self._requests), (operation, self._arrived[operation])}
        return tuple(
            call
            for each in self.disturbances
            if isinstance(each, Meanwhile) and (each.operation, each.nth) in now
            for call in each.calls
        )


def altered(response: Response, alter: Alter) -> Response | None:
    """The answer as it leaves, None when no place of it was there to be changed."""
    try:
        body = response.json()
    except Deviation:
        return None
    changed = False
    for pointer, value in alter.set.items():
        changed |= _put(body, pointer, value)
    for pointer in alter.remove:
        changed |= _put(body, pointer, None, remove=True)
    for pointer in alter.repeat:
        held = _held(body, pointer)
        if isinstance(held, list) and held:
            held.extend(list(held))
            changed = True
    if not changed:
        return None
    replaced = {"content-length", *(name for name, _ in alter.headers)}
    text = compact(body).encode()
    kept = tuple((n, v) for n, v in response.headers if n.lower() not in replaced)
    length = ("content-length", str(len(text)))
    return replace(response, headers=(*kept, length, *alter.headers), body=text)


def _held(body: Json, pointer: str) -> Json:
    try:
        return at(body, pointer)
    except KeyError:
        return None


def _put(body: Json, pointer: str, value: Json, *, remove: bool = False) -> bool:
    above, _, name = pointer.rpartition("/")
    holder = _held(body, above)
    if isinstance(holder, dict) and name in holder:
        if remove:
            del holder[name]
        else:
            holder[name] = value
        return True
    if isinstance(holder, list) and name.isdecimal() and int(name) < len(holder):
        holder[int(name) : int(name) + 1] = [] if remove else [value]
        return True
    return False
