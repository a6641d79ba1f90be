"""Hostile guests from outside: each is answered or cut, and the test bed stays within bounds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.testbed.guests import host, visits

#: What they may get. A 401 or 413 is an answer; a 503 says that too much came.
ALLOWED = {
    "1 MiB of garbage": {"HTTP 400", "cut"},
    "a header without an end": {"HTTP 400", "HTTP 431", "cut"},
    "500 connections at once": {"500 x HTTP 401"},
    "an honest one behind 500 silent ones": {"HTTP 401"},
    "1 GiB of body, announced": {"HTTP 413"},
    "1 GiB of body, in chunks": {"HTTP 413"},
    "connects and sends nothing": {"cut"},
    "half a request": {"cut", "HTTP 503"},
}
#: MiB beyond what the bed takes before anybody came; one body of 1 GiB would be above.
MOST = 512


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_every_guest_is_answered_or_cut_and_memory_is_bounded(tmp_path: Path) -> None:
    with host(tmp_path) as bed:
        before, _ = bed.memory()
        for visit in visits(bed):
            sys.stdout.write(f"{visit}\n")
            if visit.guest in ALLOWED:
                assert visit.got in ALLOWED[visit.guest], visit
            else:
                # Some are refused for what they are, the others because the bed is full.
                assert {part.split(" x ")[1] for part in visit.got.split(", ")} <= {
                    "HTTP 401",
                    "HTTP 503",
                    "cut",
                }, visit
            assert visit.most - before < MOST, visit
