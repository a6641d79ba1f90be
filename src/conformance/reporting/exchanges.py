"""How one exchange reads in every form of report: lines, headers and a body a person can follow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.model.exchange import Exchange, Initiator
from conformance.model.finding import Finding
from conformance.model.verdict import Verdict
from conformance.reporting import reproduce
from conformance.reporting.words import Words

#: From an exchange's number in the report to the exchange; raises KeyError or LookupError.
ExchangeOf = Callable[[int], Exchange]

#: A body is cut after this many lines or characters: a report is read, evidence is kept.
LONGEST_LINES: Final = 60
LONGEST_CHARACTERS: Final = 4000
#: A finding shows its last exchanges: the judgement fell on them. Property suites have hundreds.
MOST_EXCHANGES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    A body prepared for reading.

    Attributes:
        text: JSON is indented, other text stands as it came; "" for none.
        left_out: characters that were cut from the end.
    """

    text: str
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    One exchange prepared for reading.

    Attributes:
        number: its number in the report.
        mine: the toolkit opened it; otherwise the software under test did.
        curl: the line that repeats it, None when nobody can.
    """

    number: int
    mine: bool
    method: str
    target: str
    status: int
    milliseconds: int
    identity: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: Shown
    response_headers: tuple[tuple[str, str], ...]
    response_body: Shown
    truncated: bool
    facts: Mapping[str, str]
    curl: str | None


def reading(exchange: Exchange, number: int) -> Reading:
    """Prepare an exchange that the report calls `number`."""
    request, response = exchange.request, exchange.response
    return Reading(
        number=number,
        mine=exchange.initiator is Initiator.TOOLKIT,
        method=request.method,
        target=request.target,
        status=response.status,
        milliseconds=round(exchange.elapsed * 1000),
        identity=exchange.identity,
        request_headers=request.headers,
        request_body=shown(request.body or b""),
        response_headers=response.headers,
        response_body=shown(response.body),
        truncated=response.truncated,
        facts=exchange.facts,
        curl=reproduce.curl(exchange),
    )


def readings(finding: Finding, exchange_of: ExchangeOf) -> tuple[Reading, ...]:
    """The last exchanges that a finding rests on; one that the evidence lacks is left out."""
    found: list[Reading] = []
    for number in finding.exchanges[-MOST_EXCHANGES:]:
        try:
            found.append(reading(exchange_of(number), number))
        except LookupError:
            continue
    return tuple(found)


def reproduction(finding: Finding, exchange_of: ExchangeOf) -> str | None:
    """
    The curl line for a finding that is not PASS: its last request, which the judgement fell on.

    None for PASS, for traffic that the target opened, and when the evidence is not at hand.
    """
    if finding.verdict is Verdict.PASS:
        return None
    lines = [item.curl for item in readings(finding, exchange_of) if item.curl is not None]
    return lines[-1] if lines else None


def shown(body: bytes) -> Shown:
    """Prepare a body for reading."""
    if not body:
        return Shown(text="")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Shown(text=f"({len(body)} bytes)")
    kept = "\n".join(_pretty(text).split("\n")[:LONGEST_LINES])[:LONGEST_CHARACTERS]
    return Shown(text=kept, left_out=len(_pretty(text)) - len(kept))


def _pretty(text: str) -> str:
    """Indented JSON with its members in the order in which they came."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def headline(item: Reading) -> str:
    """The exchange in one line: `POST /v1/units → 200 (12 ms)`."""
    arrow = "→" if item.mine else "⇥"
    return f"{item.method} {item.target} {arrow} {item.status} ({item.milliseconds} ms)"


def exchange_lines(reading: Reading, words: Words) -> list[str]:
    """One exchange as lines of plain text, as it went over the wire."""
    lines = [f"{reading.method} {reading.target}"]
    lines += [f"{name}: {value}" for name, value in reading.request_headers]
    if reading.request_body.text:
        lines += ["", *reading.request_body.text.split("\n")]
    if reading.request_body.left_out:
        lines.append(words("exchange.left_out", count=reading.request_body.left_out))
    lines += ["", f"HTTP {reading.status} ({reading.milliseconds} ms)"]
    lines += [f"{name}: {value}" for name, value in reading.response_headers]
    if reading.response_body.text:
        lines += ["", *reading.response_body.text.split("\n")]
    if reading.response_body.left_out:
        lines.append(words("exchange.left_out", count=reading.response_body.left_out))
    if reading.truncated:
        lines.append(words("exchange.truncated"))
    if reading.facts:
        facts = ", ".join(f"{name} = {fact}" for name, fact in sorted(reading.facts.items()))
        lines += ["", f"{words('exchange.facts')}: {facts}"]
    return lines
