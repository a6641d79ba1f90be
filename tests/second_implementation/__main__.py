"""``python -m tests.second_implementation --port N``: serve until interrupted."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import faults
from .server import listening, state_folder


def main() -> int:
    """Exit code: 0 when interrupted, 2 when the test authority is not there."""
    arguments = argparse.ArgumentParser(prog="python -m tests.second_implementation")
    arguments.add_argument("--port", type=int, default=8097)
    arguments.add_argument("--home", type=Path, default=state_folder(), help="the state folder")
    arguments.add_argument("--database", default=":memory:", help="a SQLite file")
    arguments.add_argument("--fault", choices=sorted(faults.every()), default="", help="one fault")
    arguments.add_argument("--list-faults", action="store_true")
    given = arguments.parse_args()
    if given.list_faults:
        for each in faults.every().values():
            print(f"{each.name:28} {', '.join(each.violates)}: {each.says}")  # noqa: T201
        return 0
    instead = faults.parts(given.fault)
    try:
        with listening(
            given.home, port=given.port, database=given.database, instead=instead
        ) as server:
            server.serve_forever()
    except FileNotFoundError as missing:
        sys.stderr.write(f"{missing.filename} is missing: type `conformance sign --authority`.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
