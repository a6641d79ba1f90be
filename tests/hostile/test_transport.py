"""Of every hostile target our own transport makes an answer or a trouble, in time."""

from __future__ import annotations

import gc
import time

import pytest

from conformance.errors import WorldTrouble
from conformance.model.exchange import Request
from conformance.reference.clock import SystemClock
from conformance.wire.lines import BODY_LIMIT
from conformance.wire.transport import Connection, Transport
from tests.hostile.kinds import Gives
from tests.hostile.servers import KINDS

PATIENCE = 0.5
#: Part of an answer, and the part is one.
CUT = {"endless body", "endless JSON", "gzip bomb"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_comes_of_one_request(kind):
    with kind.serve() as target:
        patient = 30.0 if kind.name in CUT else PATIENCE
        connection = Connection(base_url=target.url, ca_file=target.ca_file, timeout=patient)
        transport = Transport(connection, SystemClock())
        began = time.monotonic()
        try:
            answer = transport.perform(Request(method="GET", target="/v1/x"))
        except WorldTrouble:
            answer = None
        finally:
            seconds = time.monotonic() - began
            transport.close()
            gc.collect()
    assert seconds < patient + 5
    assert (answer is not None) is (kind.gives is Gives.ANSWER or kind.name in CUT)
    assert answer is None or len(answer.body) <= BODY_LIMIT


BAD_TLS = [
    ("TLS: expired", "expired"),
    ("TLS: not yet valid", "not yet valid"),
    ("TLS: wrong host", "mismatch"),
    ("TLS: self-signed", "self-signed"),
    ("TLS: unknown authority", "issuer"),
    ("TLS: weak key", "too weak"),
    ("TLS: signed with SHA-1", "too weak"),
    ("TLS: 1.1 at most", "protocol version"),
    ("TLS: weak cipher", "handshake failure"),
]


@pytest.mark.parametrize(("name", "said"), BAD_TLS)
def test_bad_tls_is_named_by_its_one_fault(name, said):
    (kind,) = (kind for kind in KINDS if kind.name == name)
    with kind.serve() as target:
        connection = Connection(base_url=target.url, ca_file=target.ca_file)
        transport = Transport(connection, SystemClock())
        with pytest.raises(WorldTrouble) as caught:
            transport.perform(Request(method="GET", target="/v1/x"))
        transport.close()
    assert caught.value.code == "tls"
    assert said in caught.value.detail
