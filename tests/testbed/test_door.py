"""The door: how far a connection came is known, and nobody stands in it for ever."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from conformance.cli.standing import trust_lines
from conformance.crypto.authority import Authority
from conformance.reference.clock import SystemClock
from conformance.reference.serve import serve_in_thread
from conformance.reporting import sentences
from conformance.testbed.door import Came, Door
from conformance.testbed.shown import Showcase
from tests.testbed.little import little_bed

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.open(tmp_path_factory.mktemp("home"), NOW)


@contextmanager
def served(folder, door, tls=None):
    bed = little_bed(folder, clock=SystemClock())
    bed.begin()
    with serve_in_thread(bed.app, tls=tls, protocol=door.protocol()) as serving:
        yield serving


@contextmanager
def connection(serving):
    with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as line:
        yield line


def came(door, wanted):
    """Wait until the last connection came as far as that."""
    for _ in range(200):
        last = door.last()
        if last is not None and last.came is wanted:
            return True
        time.sleep(0.01)
    return False


def all_of(line):
    received = b""
    try:
        while more := line.recv(4096):
            received += more
    except ConnectionResetError:
        received += b"(reset)"
    return received


def test_nobody_came():
    assert Door(clock=SystemClock()).last() is None


def test_a_request_is_one(tmp_path):
    door = Door(clock=SystemClock())
    with served(tmp_path, door) as serving:
        assert httpx.get(f"{serving.base_url}/nowhere").status_code == 401
        assert came(door, Came.REQUEST)


@pytest.mark.parametrize(
    ("bytes_", "wanted"),
    [
        (b"", Came.SILENT),
        (b"\x00\x01\x02\x03garbage\r\n\r\n", Came.NOT_HTTP),
        (b"hello there\r\n\r\n", Came.NOT_HTTP),
        (b"POST /orders/1 HTTP/1.1\r\nHost: bed\r\n", Came.CUT_SHORT),
    ],
)
def test_what_never_became_a_request_is_known(tmp_path, bytes_, wanted):
    door = Door(clock=SystemClock())
    with served(tmp_path, door) as serving:
        with connection(serving) as line:
            line.sendall(bytes_)
            if wanted is Came.NOT_HTTP:
                assert all_of(line).startswith(b"HTTP/1.1 400 ")
        assert came(door, wanted)


def test_a_silent_connection_is_cut_and_a_slow_answer_is_not(tmp_path):
    door = Door(clock=SystemClock(), silence=0.3)
    with served(tmp_path, door) as serving:
        with connection(serving) as silent:
            began = time.monotonic()
            assert all_of(silent) in (b"", b"(reset)")
            assert time.monotonic() - began < 3
        with connection(serving) as halfway:
            halfway.sendall(b"PUT /orders/1 HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\n\r\nhalf")
            assert all_of(halfway) in (b"", b"(reset)")


def test_a_head_that_drips_is_cut_in_the_same_time(tmp_path):
    door = Door(clock=SystemClock(), silence=0.5)
    with served(tmp_path, door) as serving, connection(serving) as line:
        line.settimeout(0.05)
        began, cut = time.monotonic(), False
        while not cut and time.monotonic() - began < 5:
            try:
                line.sendall(b"G")
                cut = line.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                cut = True
        assert 0.4 < time.monotonic() - began < 3


def test_of_too_many_connections_the_last_are_cut(tmp_path):
    door = Door(clock=SystemClock(), most=3)
    with served(tmp_path, door) as serving:
        lines = [socket.create_connection(("127.0.0.1", serving.port), 5) for _ in range(3)]
        try:
            time.sleep(0.2)
            with connection(serving) as one_more:
                assert all_of(one_more) in (b"", b"(reset)")
        finally:
            for line in lines:
                line.close()


def test_tls_on_a_plain_port(tmp_path):
    door = Door(clock=SystemClock())
    with served(tmp_path, door) as serving:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://127.0.0.1:{serving.port}/")
        assert came(door, Came.TLS_ON_PLAIN)


def test_every_failure_of_a_handshake_has_its_name(tmp_path, authority):
    door = Door(clock=SystemClock())
    tls = door.context(
        Showcase(
            certificate=partial(authority.tls_server, ("localhost", "127.0.0.1")),
            client_ca=authority.certificate,
        )
    )
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    armed = ssl.create_default_context(cafile=str(authority.certificate))
    armed.load_cert_chain(authority.tls_client())
    stranger = ssl.create_default_context(cafile=str(authority.certificate))
    stranger.load_cert_chain(authority.file_of("untrusted"))
    with served(tmp_path, door, tls) as serving:
        url = f"https://127.0.0.1:{serving.port}/nowhere"

        with connection(serving):
            assert came(door, Came.SILENT)
        with pytest.raises(httpx.TransportError):
            httpx.get(url.replace("https", "http"))
        assert came(door, Came.PLAIN_ON_TLS)
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
        assert came(door, Came.DISTRUSTED)
        with pytest.raises(httpx.TransportError):
            httpx.get(url, verify=trusting)
        assert came(door, Came.NO_CERTIFICATE)
        with pytest.raises(httpx.TransportError):
            httpx.get(url, verify=stranger)
        assert came(door, Came.WRONG_CERTIFICATE)
        with connection(serving) as line:
            line.sendall(b"\x16\x03\x01garbage of a handshake, and long enough to be one" * 9)
            assert came(door, Came.HANDSHAKE_BROKEN)
        assert httpx.get(url, verify=armed).status_code == 401
        assert came(door, Came.REQUEST)


@pytest.mark.parametrize("code", [c for c in Came if c is not Came.REQUEST])
def test_whoever_did_not_come_through_is_told_why(code):
    assert sentences.known(code.value)


def test_a_certificate_is_kept_until_other_names_are_wanted(authority):
    first = authority.tls_server(("localhost", "127.0.0.1")).read_bytes()

    assert authority.tls_server(("localhost", "127.0.0.1")).read_bytes() == first
    assert authority.tls_server(("localhost", "bed.example")).read_bytes() != first


def test_curl_trusts_the_authority_by_the_line_that_is_printed(tmp_path, authority):
    door = Door(clock=SystemClock())
    tls = door.context(Showcase(certificate=partial(authority.tls_server, ("127.0.0.1",))))
    with served(tmp_path, door, tls) as serving:
        ca, url = str(authority.certificate), f"{serving.base_url}/nowhere"
        line = next(each for each in trust_lines(ca, url, "") if each.startswith("curl "))
        words = [word.strip('"') for word in line.split()]
        done = subprocess.run([*words, "-sS", "-i"], capture_output=True, text=True, check=False)
        assert re.match(r"HTTP/1\.1 401 ", done.stdout), done.stderr
