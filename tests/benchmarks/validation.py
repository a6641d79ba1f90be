"""
What judging profiles costs: by the schema, by the rules, by both, and by a peer.

A script: `python -m tests.benchmarks.validation [--count N] [--profiles N]` from the repository's
root. First one profile again and again: that of `fixtures/messages/full.json`, which fills every
field of the form. Then as many different ones as are asked for, each judged once; the people
generator makes them. The peer is python-jsonschema with the same schema and with formats asserted,
as ours are; where all of them would take it more than two minutes, it judges a sample.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from jsonschema import Draft202012Validator

from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.model.json import Json
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.rules_context import rule_context

FULL = Path(__file__).parents[2] / "fixtures" / "messages" / "full.json"
DAY = date(2026, 11, 21)
PEER = "python-jsonschema"
#: The peer is so much slower that fewer rounds tell as much.
FEWER = 20
#: What the peer may take of one's time, in seconds, and how many profiles tell its rate.
PATIENCE, TASTE = 120.0, 100


def microseconds(judge: Callable[[], object], rounds: int) -> float:
    """One round's time, the best of five series: what else the machine does only adds."""
    judge()
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(rounds):
            judge()
        best = min(best, time.perf_counter() - began)
    return best / rounds * 1e6


def seconds(judge: Callable[[Json], bool], profiles: Sequence[Json]) -> float:
    """Each judged once. Raises ValueError when one is found wrong: then nothing was compared."""
    began = time.perf_counter()
    wrong = sum(not judge(profile) for profile in profiles)
    spent = time.perf_counter() - began
    if wrong:
        raise ValueError(f"{wrong} of {len(profiles)} profiles are not valid")
    return spent


def many(count: int, ways: Mapping[str, Callable[[Json], bool]]) -> None:
    """Different profiles, once each, with a line for each way of judging."""
    profiles = tuple(population.stream(seed=1, count=count, as_of=DAY))
    size = sum(len(json.dumps(one, ensure_ascii=False).encode()) for one in profiles)
    peer = ways[PEER]
    taste = seconds(peer, profiles[:TASTE]) / min(TASTE, count)
    sample = profiles[:: max(1, math.ceil(taste * count / PATIENCE))]
    sys.stdout.write(f"{count} different profiles, {size / count:.0f} bytes on average\n")
    shown = {name: sample if judge is peer else profiles for name, judge in ways.items()}
    rates = {name: len(shown[name]) / seconds(judge, shown[name]) for name, judge in ways.items()}
    for name, rate in rates.items():
        of = f"  (a sample of {len(sample)})" if len(shown[name]) < count else ""
        sys.stdout.write(
            f"{name:20} {rate:9.0f} /s  {rate / rates[PEER]:6.1f} times as fast as the peer{of}\n"
        )


def one(count: int, ways: Mapping[str, Callable[[Json], bool]]) -> None:
    """One full profile, again and again, with a line for each way of judging."""
    profile = json.loads(FULL.read_text(encoding="utf-8"))["records"][0]["profile"]
    size = len(json.dumps(profile, ensure_ascii=False).encode())
    sys.stdout.write(f"one full profile, {size} bytes\n")
    spent = {}
    for name, judge in ways.items():
        seconds(judge, [profile])
        rounds = count if name != PEER else max(1, count // FEWER)
        spent[name] = microseconds(partial(judge, profile), rounds)
    for name, time_of_one in spent.items():
        ratio = spent[PEER] / time_of_one
        sys.stdout.write(
            f"{name:20} {time_of_one:9.0f} us  {ratio:6.1f} times as fast as the peer\n"
        )


def main() -> int:
    """Print one line for each way of judging; 1 when a way finds a right profile wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--profiles", type=int, default=10_000)
    asked = parser.parse_args()
    contract = Contract.load(packs.load("vn-cbccvc"))
    lists, rules = population.code_lists(), population.rule_book()
    schema = {**contract.document, "$ref": "#/components/schemas/Profile"}
    peer = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def by_schema(profile: Json) -> bool:
        return not contract.problems("Profile", profile)

    def by_rules(profile: Json) -> bool:
        return not list(rules.broken(profile, rule_context(profile, lists, DAY), DAY))

    ways: dict[str, Callable[[Json], bool]] = {
        f"schema and {len(rules.rules)} rules": lambda p: by_schema(p) and by_rules(p),
        "schema": by_schema,
        "rules": by_rules,
        PEER: peer.is_valid,
    }
    try:
        one(asked.count, ways)
        if asked.profiles:
            many(asked.profiles, ways)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
