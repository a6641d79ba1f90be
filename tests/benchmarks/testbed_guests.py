"""
What uninvited guests get from the test bed, and what they cost it: one table.

    python -m tests.benchmarks.testbed_guests
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.testbed.guests import host, visits


def main() -> None:
    """Print a line as each guest leaves. Linux: memory is read from /proc."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    sys.stdout.write(f"{'guest':38} {'got':34} {'s':>6} {'MiB now':>8} {'most':>5}\n")
    with tempfile.TemporaryDirectory() as folder, host(Path(folder)) as bed:
        now, most = bed.memory()
        sys.stdout.write(f"{'(before the first)':38} {'':34} {'':>6} {now:>8} {most:>5}\n")
        for visit in visits(bed):
            sys.stdout.write(
                f"{visit.guest:38} {visit.got:34} {visit.seconds:>6.1f} "
                f"{visit.now:>8} {visit.most:>5}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
