"""How one exchange reads in every form of report: lines, headers and a body a person can follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from conformance.model.exchange import Exchange, Initiator
from conformance.model.finding import Finding
from conformance.model.verdict import Verdict
from conformance.reporting import reproduce
from conformance.reporting.bodies import Shown, named, pointers, shown
from conformance.reporting.judged import judged
from conformance.reporting.words import Words

#: From an exchange's number in the report to the exchange; raises KeyError or LookupError.
ExchangeOf = Callable[[int], Exchange]

#: A finding shows its last exchanges. Property suites have hundreds.
MOST_EXCHANGES: Final = 8
#: A longer curl line is folded, or left to `conformance explain`: it would bury what to do.
LONG_CURL: Final = 1000
#: Among so many the one that shows what was observed is looked for.
_LOOKED_AT: Final = 64


@dataclass(frozen=True, kw_only=True)
class Reading:
    """
    One exchange prepared for reading.

    Attributes:
        number: its number in the report.
        focus: as for `bodies.shown`.
        shows: what a finding observed was seen in this one.
        with_curl: False where the line that repeats it would be too long to show.
    """

    exchange: Exchange
    number: int
    focus: Sequence[str] = ()
    shows: bool = False
    with_curl: bool = True

    @property
    def mine(self) -> bool:
        """The toolkit opened it; otherwise the software under test did."""
        return self.exchange.initiator is Initiator.TOOLKIT

    @property
    def method(self) -> str:
        """The request's method."""
        return self.exchange.request.method

    @property
    def target(self) -> str:
        """The request's path and query."""
        return self.exchange.request.target

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.exchange.response.status

    @property
    def milliseconds(self) -> int:
        """How long it took."""
        return round(self.exchange.elapsed * 1000)

    @property
    def identity(self) -> str:
        """The credentials used, "" for none."""
        return self.exchange.identity

    @property
    def request_headers(self) -> tuple[tuple[str, str], ...]:
        """As they were stated."""
        return self.exchange.request.headers

    @property
    def response_headers(self) -> tuple[tuple[str, str], ...]:
        """As they came."""
        return self.exchange.response.headers

    @property
    def truncated(self) -> bool:
        """The answer went past the size limit and was cut."""
        return self.exchange.response.truncated

    @property
    def facts(self) -> Mapping[str, str]:
        """What was measured before redaction."""
        return self.exchange.facts

    # Bodies cost the most, and many an exchange is named several times and shown once.

    @cached_property
    def request_body(self) -> Shown:
        """What was sent, as a person reads it."""
        return shown(self.exchange.request.body or b"", self.focus)

    @cached_property
    def response_body(self) -> Shown:
        """What came back, as a person reads it."""
        return shown(self.exchange.response.body, self.focus)

    @cached_property
    def curl(self) -> str | None:
        """The line that repeats it, None when nobody can."""
        return reproduce.curl(self.exchange) if self.with_curl else None

    def kept(self) -> Reading:
        """The same with all bodies prepared and let go, for whoever keeps many of them."""
        exchange = self.exchange
        light = replace(
            self,
            exchange=replace(
                exchange,
                request=replace(exchange.request, body=None),
                response=replace(exchange.response, body=b""),
            ),
            with_curl=False,
        )
        vars(light).update(request_body=self.request_body, response_body=self.response_body)
        return light


def readings(finding: Finding, exchange_of: ExchangeOf) -> tuple[Reading, ...]:
    """
    The last exchanges that a finding rests on, and always the one that shows what was observed.

    One that the evidence lacks is left out.
    """
    found = _held(finding, exchange_of)
    meant = _meant(finding, found)
    kept = found[-MOST_EXCHANGES:]
    if meant is not None and meant not in kept:
        kept = [meant, *kept[1:]]
    focus = pointers(finding)
    return tuple(
        Reading(exchange=exchange, number=number, focus=focus, shows=meant == (number, exchange))
        for number, exchange in kept
    )


def reproduction(finding: Finding, exchange_of: ExchangeOf) -> str | None:
    """
    The curl line of the exchange that shows what was observed.

    None for PASS, for traffic that the target opened, and when the evidence is not at hand.
    """
    meant = _meant(finding, _held(finding, exchange_of))
    return None if meant is None else reproduce.curl(meant[1])


def sent(finding: Finding, exchange_of: ExchangeOf) -> tuple[tuple[str, str], ...]:
    """
    Pointer and value: what that exchange's request held where the finding points into it.

    Empty as `reproduction` is None.
    """
    meant = _meant(finding, _held(finding, exchange_of))
    if meant is None or meant[1].initiator is not Initiator.TOOLKIT:
        return ()
    return named(finding, meant[1].request.body or b"")


def _held(finding: Finding, exchange_of: ExchangeOf) -> list[tuple[int, Exchange]]:
    found: list[tuple[int, Exchange]] = []
    for number in finding.exchanges[-_LOOKED_AT:]:
        try:
            found.append((number, exchange_of(number)))
        except LookupError:
            continue
    return found


def _meant(finding: Finding, held: Sequence[tuple[int, Exchange]]) -> tuple[int, Exchange] | None:
    if finding.verdict is Verdict.PASS or finding.explanation is None:
        return None
    meant = judged(finding.explanation, [exchange for _, exchange in held])
    return next((pair for pair in held if pair[1] is meant), None)


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
