"""
Carrying out disturbances: the answers that the bed gives itself, and what it does to the line.

ASGI has words for an answer and none for a broken line, so on a real socket the server's own
transport is handled; in-process the client sees the exception that httpx raises there.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

import httpx

from conformance.errors import Deviation
from conformance.model.clock import Clock
from conformance.model.exchange import Request, Response
from conformance.model.json import Json
from conformance.testbed import alterations
from conformance.testbed.alterations import Alter
from conformance.testbed.disturbances import (
    AddMembers,
    CloseConnection,
    CutAnswer,
    Disturbance,
    ExpireToken,
    GatewayPage,
    LoseAcknowledgement,
    Outage,
    PoorLine,
    PowerCut,
    Redirect,
    Refuse,
    Reset,
    ShowCertificate,
    SkewClock,
    Slow,
    Unavailable,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Where a redirect leads; no operation of any contract begins so.
ELSEWHERE: Final = "/elsewhere"

_PIECE: Final = 1024
#: Disturbance -> the fact that tells of it.
NAMES: Final[Mapping[type[Disturbance], str]] = {
    Reset: "reset",
    CutAnswer: "cut-answer",
    Unavailable: "unavailable",
    GatewayPage: "gateway-page",
    Refuse: "refused",
    ExpireToken: "token-expired",
    Redirect: "redirected",
    Slow: "slow",
    PoorLine: "poor-line",
    AddMembers: "members-added",
    SkewClock: "clock-skewed",
    CloseConnection: "connection-closed",
    ShowCertificate: "certificate-shown",
    Outage: "outage",
    PowerCut: "power-cut",
}
_TITLES: Final[Mapping[int, str]] = {
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def told(disturbance: Disturbance | None) -> dict[str, str]:
    """The facts by which a judgement knows what befell an exchange."""
    match disturbance:
        case None:
            return {}
        case LoseAcknowledgement():
            return {"acknowledgement": "lost"}
        case Alter():
            # Only what was there is altered: whoever carries it out tells.
            return {}
        case ExpireToken():
            return {"disturbance": "token-expired", "token": "expired"}
        case ShowCertificate(certificate=certificate):
            return {"disturbance": NAMES[ShowCertificate], "shown": certificate}
        case _:
            return {"disturbance": NAMES[type(disturbance)]}


def reached(disturbance: Disturbance | None) -> bool:
    """Whether the national side sees the request."""
    match disturbance:
        case PowerCut(committed=committed):
            return committed
        case (
            Reset()
            | Unavailable()
            | GatewayPage()
            | Refuse()
            | ExpireToken()
            | Redirect()
            | Outage()
        ):
            return False
        case _:
            return True


def unanswered(disturbance: Disturbance | None) -> bool:
    """Whether the connection is cut before the first byte of an answer."""
    return isinstance(disturbance, LoseAcknowledgement | Reset | Outage | PowerCut)


def calls_for_more(disturbance: Disturbance | None) -> bool:
    """Whether right software must call once more after this, be it only after a long pause."""
    refused = isinstance(disturbance, Refuse)
    broken = unanswered(disturbance) or isinstance(disturbance, CutAnswer)
    return broken or not (reached(disturbance) or refused)


def instead(
    disturbance: Disturbance, request: Request, at: datetime, scheme: str = "http"
) -> Response:
    """The bed's own answer to a request that came by `scheme` and the national side never sees."""
    match disturbance:
        case Unavailable(retry_after=seconds, status=status, dated=dated):
            if seconds is None:
                return problem(status, _TITLES[status])
            # A date has whole seconds; it must not come before what was meant.
            stated = http_date(at + timedelta(seconds=seconds + 1)) if dated else str(seconds)
            return problem(status, _TITLES[status], ("retry-after", stated))
        case GatewayPage(status=status):
            title = f"{status} {_TITLES.get(status, 'Error')}"
            page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
            return _answer(status, "text/html", page.encode())
        case Refuse(status=status, body=body):
            return _answer(status, "application/problem+json", json.dumps(body).encode())
        case ExpireToken():
            challenge = ("www-authenticate", 'Bearer error="invalid_token"')
            return problem(401, "No valid access token", challenge)
        case Redirect(plain=plain):
            location = _elsewhere(request, "http" if plain else scheme)
            return problem(307, "Temporary Redirect", ("location", location))
        case _:
            # Nothing of it is sent: the line is cut.
            return problem(503, _TITLES[503])


def altered(disturbance: Disturbance | None, answer: Response, at: datetime) -> Response:
    """The national side's answer as the disturbance lets it through."""
    match disturbance:
        case Alter():
            return alterations.altered(answer, disturbance) or answer
        case AddMembers(members=members):
            try:
                held = answer.json()
            except Deviation:
                return answer
            return alterations.rewritten(answer, _with_members(held, members))
        case SkewClock(seconds=seconds):
            date = ("date", http_date(at + timedelta(seconds=seconds)))
            return replace(answer, headers=(*answer.headers, date))
        case CloseConnection() | ShowCertificate():
            return replace(answer, headers=(*answer.headers, ("connection", "close")))
        case _:
            return answer


async def delay(disturbance: Disturbance | None, size: int, clock: Clock) -> None:
    """Let the time pass that `size` bytes take on such a line, second by second."""
    match disturbance:
        case Slow(seconds=seconds):
            left = float(seconds)
        case PoorLine(bits=bits, seconds=seconds):
            left = size * 8 / bits + seconds
        case _:
            return
    # In steps: in virtual time a sleep passes at once, and who waits meanwhile must see it pass.
    while left > 0:
        await clock.sleep(min(1.0, left))
        left -= 1.0


async def send_answer(
    disturbance: Disturbance | None, response: Response, receive: Receive, send: Send
) -> None:
    """Put an answer on the line, or what the disturbance leaves of it."""
    if unanswered(disturbance):
        await cut_connection(disturbance, receive, send)
        return
    if isinstance(disturbance, SkewClock):
        _without_own_date(send)
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in response.headers]
    if isinstance(disturbance, CutAnswer):
        # Without a length the end of the connection would be the end of the body.
        headers = [h for h in headers if h[0].lower() != b"content-length"]
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await cut_connection(disturbance, receive, send)
        return
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if isinstance(disturbance, PoorLine):
        for start in range(0, len(response.body), _PIECE):
            piece = response.body[start : start + _PIECE]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": response.body})


async def cut_connection(disturbance: Disturbance | None, receive: Receive, send: Send) -> None:
    """End the connection where it stands."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        match disturbance:
            case Outage():
                raise httpx.ConnectError("All connection attempts failed")
            case Reset(sending=True):
                raise httpx.WriteError("Broken pipe")
            case Reset():
                raise httpx.ReadError("Connection reset by peer")
            case CutAnswer():
                raise httpx.RemoteProtocolError(
                    "peer closed connection without sending complete message body"
                )
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    if isinstance(disturbance, CutAnswer):
        # Aborting would throw away what was written and not yet sent.
        transport.close()
    else:
        transport.abort()
    # Without this the server would answer 500 for an app that returned in silence.
    while (await receive())["type"] != "http.disconnect":
        pass


def problem(status: int, title: str, *headers: tuple[str, str]) -> Response:
    """A refusal of the bed's own (RFC 9457): what a gateway before the national system says."""
    body = f'{{"type":"about:blank","title":"{title}","status":{status}}}'.encode()
    return _answer(status, "application/problem+json", body, *headers)


def http_date(moment: datetime) -> str:
    """As RFC 9110, section 5.6.7 writes it."""
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


def _answer(status: int, media_type: str, body: bytes, *headers: tuple[str, str]) -> Response:
    fixed = (("content-type", media_type), ("content-length", str(len(body))))
    return Response(status=status, headers=(*fixed, *headers), body=body)


def line_of(send: Send) -> object:
    """The TLS line under a connection, None without one."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return None if transport is None else transport.get_extra_info("ssl_object")


def _with_members(value: Json, members: Mapping[str, Json]) -> Json:
    """The objects of an answer, to the depth of a list's items, with more in them."""
    if not isinstance(value, dict):
        return value
    grown = {
        name: [_with_members(item, members) for item in held] if isinstance(held, list) else held
        for name, held in value.items()
    }
    return {**grown, **{name: held for name, held in members.items() if name not in grown}}


def _elsewhere(request: Request, scheme: str) -> str:
    """The same path below another origin, which as often as possible is this very server."""
    host, colon, port = (request.header("host") or "localhost").rpartition(":")
    if not colon or not port.isdecimal():
        host, colon, port = request.header("host") or "localhost", "", ""
    match host:
        case "127.0.0.1" | "[::1]":
            other = "localhost"
        case "localhost":
            other = "127.0.0.1"
        case _:
            # A final dot names the same machine by another origin; an address takes none.
            other = host if _is_address(host) or host.endswith(".") else f"{host}."
            if other != host:
                # No certificate holds that name: over TLS nobody could follow and be seen.
                scheme = "http"
    return f"{scheme}://{other}{colon}{port}{ELSEWHERE}{request.target}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _without_own_date(send: Send) -> None:
    """Keep the server from adding the time that it knows."""
    cycle: Any = getattr(send, "__self__", None)
    if hasattr(cycle, "default_headers"):
        cycle.default_headers = [h for h in cycle.default_headers if h[0].lower() != b"date"]
