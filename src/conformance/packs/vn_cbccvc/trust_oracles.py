"""
Judgements over whom software trusts on a TLS line; pure, as `retry_oracles`.

In each of these missions the software has spoken over a right line before it is shown another
certificate: that it stays silent then is its own decision, and no lack of TLS.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange, Request
from conformance.packs.vn_cbccvc.line_reading import met
from conformance.packs.vn_cbccvc.missions import Work, in_vain
from conformance.packs.vn_cbccvc.traffic_oracles import everybody_arrived_once

_SHOWN: Final = "certificate-shown"


def nothing_was_sent_over(work: Work, line: str) -> None:
    """
    Whoever was shown this connected, and sent nothing.

    Raises:
        Deviation: `untrusted-line-used`.
        TargetTimeout: nobody connected again.
    """
    _looked(work)
    for exchange in _over(work, line):
        raise Deviation(
            "untrusted-line-used",
            observed=f"sent over {exchange.facts.get('tls', 'TLS')}: {_named(exchange.request)}",
            required=f"nothing sent over a line that shows {line}",
        )


def nothing_was_sent_in_plain(work: Work) -> None:
    """
    After a handshake that could not be trusted, no request came without TLS.

    Raises:
        Deviation: `plain-instead-of-tls`.
        TargetTimeout: nobody connected again.
    """
    _looked(work)
    for exchange in _over(work, "plain"):
        raise Deviation(
            "plain-instead-of-tls",
            observed=f"sent in plain HTTP: {_named(exchange.request)}",
            required="TLS, or nothing at all",
        )


def the_renewed_certificate_was_trusted(work: Work) -> None:
    """
    The software went on under the new certificate, and everybody arrived.

    Raises:
        Deviation: `renewed-certificate-refused`, `item-missing` or `item-twice`.
        TargetTimeout: nobody connected again, or nobody was sent.
    """
    _looked(work)
    if next(_over(work, "renewed"), None) is None:
        raise Deviation(
            "renewed-certificate-refused",
            observed="connected again, and sent nothing",
            required="a certificate of the same authority, for the same name, is trusted",
        )
    everybody_arrived_once(work)


def the_work_went_on(work: Work) -> None:
    """
    Once the certificate was right again everybody was accepted, in one message only.

    Raises:
        Deviation: `item-missing` or `item-twice`.
        TargetTimeout: nobody connected again, or nothing came any more: somebody may have to
            look first.
    """
    changed = _looked(work)
    if all(exchange.number <= changed.number for exchange in work.exchanges):
        raise in_vain("nothing was sent after the certificate had been refused")
    everybody_arrived_once(work)


def _looked(work: Work) -> Exchange:
    """The exchange after which the other certificate was shown to somebody."""
    changed = met(work, _SHOWN)
    if changed.facts.get("handshakes", "0") == "0":
        raise in_vain("nobody connected again after the certificate had changed")
    return changed


def _over(work: Work, line: str) -> Iterator[Exchange]:
    return (e for e in work.exchanges if e.facts.get("line") == line)


def _named(request: Request) -> str:
    """A request in a few words; its address alone may hold what nobody should read."""
    named = f"{request.method} {request.target.partition('?')[0]}"
    held = ["a token"] if request.header("authorization") else []
    if request.body:
        held.append(f"{len(request.body)} bytes")
    return f"{named} with {' and '.join(held)}" if held else named
