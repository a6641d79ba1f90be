"""Two tokens, three envelopes, refusals in words, `dd-mm-yyyy`: a `model.dialect.Dialect`."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from conformance.errors import Deviation
from conformance.model.dialect import Answer, Empty, Gateway, Ok, Refused
from conformance.model.exchange import Exchange, Request, Response

GATEWAY_TOKEN: Final = "/oauth2/token"
PERSON_TOKEN: Final = "/login/token"

_DAY: Final = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_GATEWAY_CODE: Final = re.compile(r"9[0-9]{5}")


class ToyDialect:
    secret_members = frozenset({"access_token"})

    def credential_fields(self) -> tuple[str, ...]:
        return ("consumer_key", "consumer_secret", "client_id", "username", "password")

    def authorise(
        self, send: Callable[[Request], Response], secret: Callable[[str], str]
    ) -> Mapping[str, str]:
        """One token of the gateway for the machine, one of the register for the person at it."""
        pair = f"{secret('consumer_key')}:{secret('consumer_secret')}".encode()
        basic = ("Authorization", f"Basic {base64.b64encode(pair).decode('ascii')}")
        machine = _form(GATEWAY_TOKEN, {"grant_type": "client_credentials"}, basic)
        person = _form(
            PERSON_TOKEN,
            {
                "grant_type": "password",
                "client_id": secret("client_id"),
                "username": secret("username"),
                "password": secret("password"),
            },
        )
        return {
            "Authorization": f"Bearer {_token(send(machine))}",
            "Auth": f"bearer {_token(send(person))}",
        }

    def unwrap(self, exchange: Exchange) -> Answer:
        status = exchange.response.status
        try:
            body = exchange.response.json()
        except Deviation:
            body = None
        match body:
            case {"success": False, "message": str(text)}:
                # In words alone, and under 200 as well as under 4xx.
                return Refused(status=status, code="", text=text)
            case {"success": True, "mapData": value} if status == 200:
                return Ok(value=value)
            case {"code": int(code), "data": value} if (code, status) == (1, 200):
                return Ok(value=value)
            case {"code": int(code)} if (code, status) == (0, 404):
                return Empty()
            case {"code": str(code), "message": str(text)} if _GATEWAY_CODE.fullmatch(code):
                return Gateway(status=status, text=f"{code} {text}")
        return Gateway(
            status=status, text=exchange.response.body[:200].decode("utf-8", "replace").strip()
        )

    def next_page(self, exchange: Exchange) -> str | None:
        """The next offset, by what came and not by what was asked for."""
        body = exchange.response.json()
        parts = urlsplit(exchange.request.target)
        query = dict(parse_qsl(parts.query))
        match body:
            case {"data": [_, *_] as rows, "count": int(count)}:
                reached = int(query.get("offset", "0")) + len(rows)
                if reached < count:
                    return f"{parts.path}?{urlencode({**query, 'offset': reached})}"
        return None

    def parse_date(self, text: str) -> date:
        if (found := _DAY.fullmatch(text)) is None:
            raise ValueError(f"{text!r} is not written dd-mm-yyyy")
        day, month, year = (int(part) for part in found.groups())
        return date(year, month, day)

    def format_date(self, value: date) -> str:
        return f"{value.day:02}-{value.month:02}-{value.year:04}"


def _form(target: str, fields: Mapping[str, str], *headers: tuple[str, str]) -> Request:
    return Request(
        method="POST",
        target=target,
        headers=(("Content-Type", "application/x-www-form-urlencoded"), *headers),
        body=urlencode(fields).encode("ascii"),
    )


def _token(response: Response) -> str:
    if response.status == 200:
        match response.json():
            case {"access_token": str(token)} if token:
                return token
    raise Deviation(
        "unexpected-status", observed=str(response.status), required="200 with an access token"
    )
