"""
Which tools find which faults of one server, at what price, and what they say of the faultless one.

A script: `python -m tests.benchmarks.peers --out DIR [--faults NAMES|all] [--only WORDS]` from the
repository's root. The server is the second implementation, whose faults were thought of by
somebody who had not read our suite. Every result is kept in DIR, so that a run goes on where it was
stopped; `--again WORDS` forgets those of a competitor. npm fetches its tools into DIR/npm.

A fault is found when a competitor reports a failure on the faulty server that it reports in none of
two runs against the faultless one, with the same seed. Requests are counted at the server.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.peer_service import authority, serving, stored
from tests.benchmarks.peer_tools import COMPETITORS, Bench, Competitor, Missing, Toolkit, install
from tests.second_implementation import faults

Result = dict[str, Any]
OURS = Toolkit.name
#: Every sixth name of the sorted list: twenty of 117, and nobody chose them.
EVERY = 6
#: Two, because what differs between them is chance and no finding.
FAULTLESS = ("faultless-1", "faultless-2")


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def sample(words: str, every: int) -> list[str]:
    """The faults asked for; what breaks no requirement but uses a freedom is none."""
    known = sorted(each.name for each in faults.known().values() if each.violates)
    if not words:
        return known[::every]
    wanted = known if words == "all" else words.split(",")
    if unknown := sorted(set(wanted) - set(known)):
        raise SystemExit(f"no such fault: {', '.join(unknown)}")
    return wanted


def measured(competitor: Competitor, fault: str, out: Path, seed: int) -> Result:
    """One run against one server, or what is known of it from before."""
    kept = out / _folder(competitor) / f"{fault}.json"
    if kept.is_file():
        return dict(json.loads(kept.read_text("utf-8")))
    folder = (kept.parent / "work").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    home = out.resolve() / "state"
    with serving("" if fault in FAULTLESS else fault, home) as service:
        signer = authority(home)
        known = stored(service, signer)
        bench = Bench(folder, home, service, known, signer, seed, (out / "npm").resolve())
        failures = competitor.judge(bench)
        seconds = time.time() - bench.began
        calls = list(service.calls)
    firsts = {
        key: [sum(call <= at for call in calls), at - bench.began]
        for key, at in competitor.firsts(bench).items()
    }
    result = {
        "version": competitor.version(),
        "failures": failures,
        "requests": len(calls),
        "seconds": seconds,
        "firsts": firsts,
    }
    kept.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    return result


def _folder(competitor: Competitor) -> str:
    return competitor.name.replace(",", "").replace(" ", "-").lower()


def usual(faultless: Sequence[Result]) -> set[str]:
    """What is reported of the faultless server, in any of the runs."""
    return {key for each in faultless for key in each["failures"]}


def new(result: Result, faultless: Sequence[Result]) -> list[str]:
    """What is reported of the faulty server alone."""
    return sorted(set(result["failures"]) - usual(faultless))


def first(result: Result, found: Sequence[str]) -> tuple[int, float] | None:
    """Requests and seconds until the first new failure was known."""
    known = [tuple(result["firsts"][key]) for key in found if key in result["firsts"]]
    return min(known, key=lambda each: each[1]) if known else None


def table(results: dict[str, dict[str, Result]], names: Sequence[str]) -> None:
    """The comparison, who found what, and what is said of the faultless server, as Markdown."""
    say()
    say("| competitor | found | requests a run | seconds a run | accuses the faultless server |")
    say("|---|---|---|---|---|")
    found: dict[str, dict[str, list[str]]] = {}
    for competitor, told in results.items():
        faultless = [told[each] for each in FAULTLESS]
        found[competitor] = {name: new(told[name], faultless) for name in names}
        caught = sum(map(bool, found[competitor].values()))
        say(
            f"| {competitor} ({faultless[0]['version']}) | {caught} of {len(names)} "
            f"| {_mean([told[name]['requests'] for name in names]):,.0f} "
            f"| {_mean([told[name]['seconds'] for name in names]):,.1f} "
            f"| {_accusations(usual(faultless))} |"
        )
        firsts = [first(told[name], found[competitor][name]) for name in names]
        if known := [each for each in firsts if each]:
            say(
                f"| until it knew of one that it found | | {_mean([r for r, _ in known]):,.0f} "
                f"| {_mean([s for _, s in known]):,.1f} | |"
            )
    say(f"\n| fault | {' | '.join(results)} |")
    say(f"|---{'|---' * len(results)}|")
    for name in names:
        told_by = [_short(found[competitor][name], 2, "; ") for competitor in results]
        say(f"| {name} | {' | '.join(told_by)} |")
    if OURS in results:
        lost = [
            name
            for name in names
            if not found[OURS][name] and any(found[each][name] for each in results)
        ]
        say(f"\nFound by a peer and not by {OURS}: {', '.join(lost) or 'nothing'}.")
    for competitor, told in results.items():
        if reported := usual([told[each] for each in FAULTLESS]):
            say(f"\n{competitor} of the faultless server:\n")
            for operation in sorted({_operation(key) for key in reported}):
                own = sorted(key for key in reported if _operation(key) == operation)
                say(f"- {_short(own, 1, ', ')}")


def _mean(figures: Sequence[float]) -> float:
    return statistics.mean(figures)


def _operation(key: str) -> str:
    return key.partition(": ")[0]


def _accusations(keys: set[str]) -> str:
    operations = len({_operation(key) for key in keys})
    return f"{len(keys)} times, in {operations} operations" if keys else "never"


def _short(keys: Sequence[str], most: int, between: str) -> str:
    more = f" (and {len(keys) - most} more)" if len(keys) > most else ""
    return between.join(keys[:most]) + more


def main() -> int:
    """Exit code: 0, or 2 when a tool is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("peers-out"))
    parser.add_argument("--faults", default="", help="names with commas, or all")
    parser.add_argument("--every", type=int, default=EVERY, help="of the sorted names, each Nth")
    parser.add_argument("--only", default="", help="words in the names of competitors, with commas")
    parser.add_argument("--again", default="", help="the same, whose results are forgotten")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chosen = [each for each in COMPETITORS if _named(each, given.only or each.name)]
    names = sample(given.faults, given.every)
    results: dict[str, dict[str, Result]] = {}
    try:
        install(chosen, given.out / "npm")
        for competitor in chosen:
            if given.again and _named(competitor, given.again):
                shutil.rmtree(given.out / _folder(competitor), ignore_errors=True)
            told = results[competitor.name] = {}
            for fault in (*FAULTLESS, *names):
                told[fault] = measured(competitor, fault, given.out, given.seed)
                found = new(told[fault], [told[each] for each in FAULTLESS if each in told])
                say(
                    f"{competitor.name}, {fault}: {told[fault]['requests']} requests, "
                    f"{told[fault]['seconds']:.1f} s, new: {', '.join(found) or 'nothing'}"
                )
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    table(results, names)
    return 0


def _named(competitor: Competitor, words: str) -> bool:
    return any(word.strip().lower() in competitor.name.lower() for word in words.split(","))


if __name__ == "__main__":
    sys.exit(main())
