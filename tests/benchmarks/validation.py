"""
What judging one full profile costs: by the schema, by the rules, by both, and by a peer.

A script: `python -m tests.benchmarks.validation [--count N]` from the repository's root. The
profile is the one of `fixtures/messages/full.json`, which fills every field of the form. The peer
is python-jsonschema with the same schema and with formats asserted, as ours are.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from jsonschema import Draft202012Validator

from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.rules_context import rule_context

FULL = Path(__file__).parents[2] / "fixtures" / "messages" / "full.json"
DAY = date(2026, 11, 21)
#: The peer is so much slower that fewer rounds tell as much.
FEWER = 20


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


def main() -> int:
    """Print one line for each way of judging; 1 when they do not agree that it is valid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    count = parser.parse_args().count
    profile = json.loads(FULL.read_text(encoding="utf-8"))["records"][0]["profile"]
    contract = Contract.load(packs.load("vn-cbccvc"))
    lists, rules = population.code_lists(), population.rule_book()
    schema = {**contract.document, "$ref": "#/components/schemas/Profile"}
    peer = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def by_schema() -> bool:
        return not contract.problems("Profile", profile)

    def by_rules() -> bool:
        return not list(rules.broken(profile, rule_context(profile, lists, DAY), DAY))

    def by_both() -> bool:
        return by_schema() and by_rules()

    def by_peer() -> bool:
        return bool(peer.is_valid(profile))

    ways = {
        f"schema and {len(rules.rules)} rules": (by_both, count),
        "schema": (by_schema, count),
        "rules": (by_rules, count),
        "python-jsonschema": (by_peer, max(1, count // FEWER)),
    }
    spent = {name: microseconds(judge, rounds) for name, (judge, rounds) in ways.items()}
    size = len(json.dumps(profile, ensure_ascii=False).encode())
    sys.stdout.write(f"one full profile, {size} bytes\n")
    for name, one in spent.items():
        ratio = spent["python-jsonschema"] / one
        sys.stdout.write(f"{name:20} {one:9.0f} us  {ratio:6.1f} times as fast as the peer\n")
    return 0 if all(judge() for judge, _ in ways.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
