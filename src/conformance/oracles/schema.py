"""Whether an answer is one that the contract documents."""

from __future__ import annotations

from conformance.contract.contract import Contract
from conformance.model.exchange import Exchange


def documented(contract: Contract, exchange: Exchange) -> None:
    """
    Status, content type, required headers and body are what the contract says of the operation.

    The operation is the one that the request was made for (`Request.operation`).

    Raises:
        Deviation: `undocumented-status`, `undocumented-media-type`, `not-json`,
            `body-too-large`, `missing-header` or `schema-mismatch`, the most telling one.
        KeyError: the request names no operation of the contract.
    """
    for problem in contract.response_problems(exchange.request.operation, exchange.response):
        raise problem.deviation()
