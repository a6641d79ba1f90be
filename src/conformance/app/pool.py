"""
Jobs: scenarios spread over processes of our own, each running pytest on its share.

Processes, because pytest.main is not thread-safe; pytest-xdist works on the same
suites and is not the engine. Secrets travel through a pipe, never through a file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from conformance.errors import SuiteDefect
from conformance.model.json import JsonObject


def shares(scenarios: Sequence[str], jobs: int) -> list[list[str]]:
    """Deal scenarios like cards, so that long neighbours part; every share keeps plan order."""
    dealt = [list(scenarios[start::jobs]) for start in range(jobs)]
    return [share for share in dealt if share]


def run(orders: Sequence[JsonObject], on_closed: Callable[[str, Mapping[str, int]], None]) -> None:
    """
    Run one worker process for each order, and wait for all.

    Raises:
        SuiteDefect: a worker broke; what it said is in the message.
        KeyboardInterrupt: passed on after the workers were stopped.
    """
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "conformance.app.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in orders
    ]
    lock = threading.Lock()
    complaints: list[str] = []

    def attend(worker: subprocess.Popen[str], order: JsonObject) -> None:
        assert worker.stdin and worker.stdout and worker.stderr
        errors: list[str] = []
        reader = threading.Thread(target=lambda: errors.append(worker.stderr.read()), daemon=True)  # type: ignore[union-attr]
        reader.start()
        # A worker that died at once is complained about below, by its code.
        with suppress(OSError):
            worker.stdin.write(json.dumps(order) + "\n")
            worker.stdin.flush()
        for line in worker.stdout:
            told = json.loads(line)
            with lock:
                on_closed(told["closed"], told["verdicts"])
        code = worker.wait()
        reader.join()
        # Its standard input was open until now: while it is, a worker knows that we live.
        for pipe in (worker.stdin, worker.stdout, worker.stderr):
            with suppress(OSError):
                pipe.close()
        if code != 0:
            with lock:
                complaints.append("".join(errors).strip() or f"a worker ended with {code}")

    attendants = [
        threading.Thread(target=attend, args=pair, daemon=True)
        for pair in zip(workers, orders, strict=True)
    ]
    for attendant in attendants:
        attendant.start()
    try:
        for attendant in attendants:
            attendant.join()
    except BaseException:
        for worker in workers:
            worker.terminate()
        # Whoever opened the target closes it next: no worker may take that for an answer.
        for worker in workers:
            worker.wait()
        raise
    if complaints:
        raise SuiteDefect("\n".join(complaints))
