"""Guests that nobody invited: each knocks at a test bed and says what it got."""

from __future__ import annotations

import contextlib
import os
import random
import re
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = b"grant_type=client_credentials&client_id=nobody&client_secret=wrong"
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Host:
    """A test bed at work: where it listens, and its process."""

    port: int
    pid: int

    def memory(self) -> tuple[int, int]:
        """Resident now and at most, in MiB."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        now, most = (re.search(rf"{name}:\s+(\d+) kB", text) for name in ("VmRSS", "VmHWM"))
        assert now
        assert most
        return int(now[1]) // 1024, int(most[1]) // 1024


@contextlib.contextmanager
def host(folder: Path) -> Iterator[Host]:
    """A test bed that waits for a person, in a process of its own."""
    call = "from conformance.cli.main import main; main()"
    command = [sys.executable, "-c", call, "testbed", "--port", "0", "--deadline", "3600"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        port = 0
        for line in process.stderr:
            if found := re.search(r" at http://127\.0\.0\.1:(\d+):", line):
                port = int(found[1])
                break
        try:
            yield Host(port=port, pid=process.pid)
        finally:
            process.kill()


def call(host: Host) -> socket.socket:
    return socket.create_connection(("127.0.0.1", host.port), timeout=60)


def outcome(line: socket.socket) -> str:
    """`HTTP 400` or how the line ended; waits for it."""
    try:
        received = line.recv(4096)
    except TimeoutError:
        return "nothing"
    except OSError:
        return "cut"
    return f"HTTP {received[9:12].decode()}" if received.startswith(b"HTTP/1.1 ") else "cut"


def silent(host: Host) -> str:
    with call(host) as line:
        return outcome(line)


def half_a_request(host: Host) -> str:
    with call(host) as line:
        line.sendall(b"POST /v1/trial-sync HTTP/1.1\r\nHost: b\r\nContent-Length: 100\r\n\r\n{")
        return outcome(line)


def garbage(host: Host) -> str:
    with call(host) as line, contextlib.suppress(OSError):
        line.sendall(random.Random(7).randbytes(MEBIBYTE))
        return outcome(line)
    return "cut"


def endless_header(host: Host) -> str:
    with call(host) as line, contextlib.suppress(OSError):
        line.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * MEBIBYTE)
        return outcome(line)
    return "cut"


def asks_for_a_token(host: Host) -> str:
    with call(host) as line:
        line.sendall(
            b"POST /oauth2/token HTTP/1.1\r\nHost: b\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(TOKEN), TOKEN)
        )
        return outcome(line)


def large_body(size: int, *, chunked: bool = False) -> Callable[[Host], str]:
    """A message of so many bytes, sent until the answer comes."""

    def send(host: Host) -> str:
        piece = b"7" * MEBIBYTE
        length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
        head = b"POST /v1/trial-sync HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n"
        if chunked:
            piece = b"%x\r\n%s\r\n" % (len(piece), piece)
        with call(host) as line:
            line.sendall(head + length + b"\r\n\r\n")
            for _ in range(size // MEBIBYTE):
                if select.select([line], [], [], 0)[0]:
                    break
                try:
                    line.sendall(piece)
                except OSError:
                    break
            if chunked:
                with contextlib.suppress(OSError):
                    line.sendall(b"0\r\n\r\n")
            return outcome(line)

    return send


def at_once(number: int, guest: Callable[[Host], str]) -> Callable[[Host], str]:
    """So many of one kind, all at the same time."""

    def come(host: Host) -> str:
        with ThreadPoolExecutor(max_workers=number) as crowd:
            got = Counter(crowd.map(guest, [host] * number))
        return ", ".join(f"{times} x {what}" for what, times in sorted(got.items()))

    return come


def behind_silent_ones(number: int) -> Callable[[Host], str]:
    """An honest guest while so many others hold a connection and say nothing."""

    def come(host: Host) -> str:
        with contextlib.ExitStack() as stack:
            for _ in range(number):
                stack.enter_context(call(host))
            return asks_for_a_token(host)

    return come


GUESTS: dict[str, Callable[[Host], str]] = {
    "1 MiB of garbage": garbage,
    "a header without an end": endless_header,
    "500 connections at once": at_once(500, asks_for_a_token),
    "an honest one behind 500 silent ones": behind_silent_ones(500),
    "1 GiB of body, announced": large_body(1024 * MEBIBYTE),
    "1 GiB of body, in chunks": large_body(1024 * MEBIBYTE, chunked=True),
    "500 bodies of 2 MiB at once": at_once(500, large_body(2 * MEBIBYTE)),
    "connects and sends nothing": silent,
    "half a request": half_a_request,
}


@dataclass(frozen=True)
class Visit:
    """What one guest got, and what it cost."""

    guest: str
    got: str
    seconds: float
    now: int
    most: int


def visits(host: Host) -> Iterator[Visit]:
    """All of them, one after the other."""
    for name, guest in GUESTS.items():
        began = time.monotonic()
        got = guest(host)
        now, most = host.memory()
        yield Visit(name, got, time.monotonic() - began, now, most)
