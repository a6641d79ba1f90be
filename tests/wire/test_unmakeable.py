"""Failures that no test can make for real: mocked, and only these."""

from __future__ import annotations

import httpcore
import pytest
import respx

from conformance.errors import TargetTimeout
from conformance.model.exchange import Request
from conformance.reference.clock import SystemClock
from conformance.wire.transport import Connection, Transport

REQUEST = Request(method="GET", target="/v1/metadata")


@pytest.fixture
def transport():
    made = Transport(Connection(base_url="http://agency.invalid", timeout=2), SystemClock())
    yield made
    made.close()


@pytest.mark.parametrize(
    "trouble",
    [
        httpcore.ConnectTimeout,
        httpcore.ReadTimeout,
        httpcore.WriteTimeout,
        httpcore.PoolTimeout,
    ],
)
def test_every_kind_of_timeout_is_a_timeout(transport, trouble):
    with respx.mock(using="httpcore") as network:
        network.get("http://agency.invalid/v1/metadata").mock(side_effect=trouble)
        with pytest.raises(TargetTimeout) as caught:
            transport.perform(REQUEST)
    assert caught.value.code == "timeout"
