"""
The blind sets: faults of the second implementation, written before anybody looked at the suite.

The second set was written when the suite had learnt from the first, the third when it had learnt
from both; the others are independent draws of the likeliest mistakes. A fault is found when a
requirement is FAIL on the faulty twin; on the faultless server none is.
Say `python -m tests.benchmarks.blind_set --seed 1 [--set 2] [--only NAME,NAME] [--jobs N]`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.second_implementation import faults
from tests.second_implementation.judged import judged


def outcome(name: str, seed: int) -> tuple[str, str]:
    """FOUND, MISSED or UNDECIDED, and the requirements that say so."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        code, report, said = judged(Path(folder), seed=seed, fault=name)
    seconds = f"{time.monotonic() - began:.0f} s"
    by_verdict: dict[str, list[str]] = {}
    for each in report.get("requirements", ()):
        if each["findings"]:
            by_verdict.setdefault(each["verdict"], []).append(each["id"])
    failed = by_verdict.get("FAIL", [])
    if failed:
        return "FOUND", f"{seconds} {' '.join(failed)}"
    if code == 0:
        return "MISSED", seconds
    return "UNDECIDED", f"{seconds} exit {code} {by_verdict.get('INCONCLUSIVE', said[-300:])}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", type=int, choices=range(1, 7), default=1, help="which blind set")
    parser.add_argument("--only", default="", help="names of faults, commas between them")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    known = {name: each for name, each in faults.known(given.set).items() if each.violates}
    names = given.only.split(",") if given.only else sorted(known)
    counts: dict[str, int] = {}
    with ThreadPoolExecutor(given.jobs) as pool:
        for name, (word, why) in zip(
            names, pool.map(lambda name: outcome(name, given.seed), names), strict=True
        ):
            counts[word] = counts.get(word, 0) + 1
            violated = " ".join(known[name].violates)
            sys.stdout.write(f"{word:9} {name:28} violates {violated}; {why}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{counts}\n")
    return 0 if set(counts) == {"FOUND"} else 1


if __name__ == "__main__":
    sys.exit(main())
