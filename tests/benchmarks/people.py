"""
What people cost: many of them made, checked against schema, code lists and rules, beside Faker.

A script: `python -m tests.benchmarks.people [--count N]` from the repository's root. Every person
is checked, none is kept. Faker alone makes as many flat records of the same person's data, which
agree with nothing. POSIX only, because the peak comes from `resource`.
"""

from __future__ import annotations

import argparse
import collections
import resource
import sys
import time
from datetime import date

from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.rules_context import rule_context

#: ru_maxrss counts kilobytes on Linux and bytes on macOS.
UNIT = 1 if sys.platform == "darwin" else 1024
DAY = date(2026, 11, 21)


def made(count: int) -> float:
    """Seconds to make them."""
    began = time.perf_counter()
    collections.deque(population.stream(seed=1, count=count, as_of=DAY), maxlen=0)
    return time.perf_counter() - began


def checked(count: int) -> tuple[float, collections.Counter[str], int]:
    """Seconds to make and check them, what is wrong with them, and how many ids there were."""
    lists, rules = population.code_lists(), population.rule_book()
    faults: collections.Counter[str] = collections.Counter()
    seen: set[str] = set()
    began = time.perf_counter()
    for person in population.stream(seed=1, count=count, as_of=DAY):
        seen.add(str(person["profileId"]))
        if not population.well_formed(person, DAY):
            faults["schema or code lists"] += 1
        for rule in rules.broken(person, rule_context(person, lists, DAY), DAY):
            faults[rule.id] += 1
    return time.perf_counter() - began, faults, len(seen)


def faker_alone(count: int) -> float:
    """Seconds for as many flat records of Faker's, which keep no rule."""
    from faker import Faker

    fake = Faker("vi_VN")
    fake.seed_instance(1)
    began = time.perf_counter()
    for _ in range(count):
        {
            "name": fake.name(),
            "birthDate": fake.date_of_birth(minimum_age=22, maximum_age=60).isoformat(),
            "address": fake.address(),
            "phone": fake.phone_number(),
            "job": fake.job(),
            "company": fake.company(),
            "number": fake.numerify("############"),
            "recruited": fake.date_between(start_date="-30y").isoformat(),
        }
    return time.perf_counter() - began


def told(what: str, count: int, seconds: float) -> None:
    """One line."""
    rate = count / seconds
    sys.stdout.write(f"{what:9} {count} in {seconds:.2f} s, {rate:.0f} a second\n")


def main() -> int:
    """Print the figures; 1 when anybody was wrong or came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    seconds = made(count)
    told("made", count, seconds)
    seconds, faults, ids = checked(count)
    told("checked", count, seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT >> 20
    sys.stdout.write(f"faults    {dict(faults) or 'none'}; {count - ids} ids twice; {peak} MiB\n")
    told("Faker", count, faker_alone(count))
    return 1 if faults or ids != count else 0


if __name__ == "__main__":
    sys.exit(main())
