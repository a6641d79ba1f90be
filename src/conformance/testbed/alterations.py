"""
Disturbances of content: an answer that leaves otherwise than it came, and what others do meanwhile.

They carry their JSON as a mission wrote it; `disturbances` reads them with all others, and
`errands` makes the calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from conformance.errors import Deviation, SuiteDefect
from conformance.model.exchange import Response
from conformance.model.json import Json, at, compact


@dataclass(frozen=True, slots=True, kw_only=True)
class Alter:
    """
    The request is carried out; its answer leaves otherwise than it came.

    A place that the answer does not have stays as it is.

    Attributes:
        set: JSON pointer -> the value that stands there instead.
        remove: members that are left out.
        repeat: arrays that hold every item twice, the second time after all others.
        headers: further ones, by name.
    """

    operation: str
    nth: int = 1
    set: Mapping[str, Json] = field(default_factory=dict)
    remove: Sequence[str] = ()
    repeat: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    A request of the bed's own, under the credentials of `identity`.

    Attributes:
        expect: JSON pointer into the answer -> the value without which the mission would not be
            what it says.
    """

    method: str = "POST"
    target: str
    body: Json = None
    identity: str = "primary"
    expect: Mapping[str, Json] = field(default_factory=dict)

    @property
    def content(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else compact(self.body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """
    Others change the national state before the request is carried out (see `errands`).

    It may meet an arrival that something else befalls as well.

    Attributes:
        operation: "" for the mission's nth request, whatever it asks for.
        calls: objects with the members of a `Call`.
    """

    operation: str = ""
    nth: int = 1
    calls: Json = None

    def __post_init__(self) -> None:
        if not self.parsed():
            raise SuiteDefect("a disturbance 'meanwhile' makes calls")

    def parsed(self) -> tuple[Call, ...]:
        """The calls. Raises SuiteDefect for what is none."""
        held = self.calls if isinstance(self.calls, list) else []
        try:
            return tuple(Call(**call) for call in held if isinstance(call, dict))  # type: ignore[arg-type]
        except TypeError as error:
            raise SuiteDefect(f"a disturbance 'meanwhile': {error}") from None


def unmet(call: Call, response: Response) -> str:
    """What a call expected of its answer and did not find, "" when it found everything."""
    if not 200 <= response.status < 300:
        return f"status {response.status}"
    try:
        body = response.json() if call.expect else None
    except Deviation:
        body = None
    for pointer, value in call.expect.items():
        if _held(body, pointer) != value:
            return f"{pointer} is {compact(_held(body, pointer))}, not {compact(value)}"
    return ""


def altered(response: Response, alter: Alter) -> Response | None:
    """The answer as it leaves, None when no place of it was there to be changed."""
    try:
        # A copy: what was parsed once is given to everybody who asks for the same bytes.
        body = deepcopy(response.json())
    except Deviation:
        return None
    changed = False
    for pointer, value in alter.set.items():
        changed |= _put(body, pointer, [value])
    for pointer in alter.remove:
        changed |= _put(body, pointer, [])
    for pointer in alter.repeat:
        held = _held(body, pointer)
        if isinstance(held, list) and held:
            held.extend(list(held))
            changed = True
    if not changed:
        return None
    return rewritten(response, body, alter.headers)


def rewritten(response: Response, body: Json, headers: Mapping[str, str] | None = None) -> Response:
    """The answer with another body, and with `headers` in the place of those of their names."""
    text = compact(body).encode()
    more = {n.lower(): v for n, v in (headers or {}).items()} | {"content-length": str(len(text))}
    kept = tuple((n, v) for n, v in response.headers if n.lower() not in more)
    return replace(response, headers=(*kept, *more.items()), body=text)


def _held(body: Json, pointer: str) -> Json:
    try:
        return at(body, pointer)
    except KeyError:
        return None


def _put(body: Json, pointer: str, values: list[Json]) -> bool:
    """Replace what stands at `pointer` by one value, or by none; False when nothing does."""
    above, _, name = pointer.rpartition("/")
    holder = _held(body, above)
    if isinstance(holder, dict) and name in holder:
        if values:
            holder[name] = values[0]
        else:
            del holder[name]
        return True
    if isinstance(holder, list) and name.isdecimal() and int(name) < len(holder):
        holder[int(name) : int(name) + 1] = values
        return True
    return False
