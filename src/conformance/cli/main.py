"""The `conformance` command: its sub-commands by name, loaded when they are used."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence

from cyclopts import App, CycloptsError

import conformance

_HELP = """
Decide, with evidence, whether civil-service HR software conforms to a national
data-exchange contract, and sign the answer.
"""


def app() -> App:
    """The command tree."""
    tree = App(
        name="conformance",
        help=_HELP,
        version=conformance.__version__,
        print_error=False,
        exit_on_error=False,
        result_action="return_value",
    )
    order: list[str] = []
    for name, (where, purpose) in _COMMANDS.items():
        tree.command(f"conformance.cli.{where}", name=name, help=purpose, sort_key=len(order))
        order.append(name)
    return tree


#: Name -> where it stands, and what the overview says; loading them all would take seconds.
_COMMANDS = {
    "certify": ("certify:certify", "Run the suites, decide, and sign the declaration."),
    "run": ("certify:run", "Run the suites and report; nothing is decided or signed."),
    "preflight": ("preflight:preflight", "Is the target there, and is it configured?"),
    "rejudge": ("rejudge:rejudge", "Decide every verdict of a run anew, and compare."),
    "verify": ("verify:verify", "Make every check of a certificate."),
    "explain": ("explain:explain", "A requirement, or a finding of a report."),
    "mock": ("serve:mock", "Serve the bundled reference, or a faulty one."),
    "testbed": ("testbed:testbed", "Be the national side, for software that pushes."),
    "selftest": ("selftest:selftest", "Run every faulty implementation against the suites."),
    "coverage": ("coverage:coverage", "Requirement x scenario x mutant."),
    "generate": ("generate:generate", "Write synthetic people or unit trees."),
    "check": ("check:check", "Check a data file against schema, rules and code lists."),
    "canonical": ("sign:canonical", "The bytes that are signed for a record."),
    "sign": ("sign:sign", "Sign a record, or make whole messages."),
    "pack": ("pack:pack", "List, show, compare, check and begin contracts."),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        # Diacritics on a Windows console or in a C locale must not end a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if threading.current_thread() is threading.main_thread():
        # A cancelled pipeline says SIGTERM: what we started must not outlive us.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app()(arguments)
    except CycloptsError as error:
        said = str(error).strip()
        command = " ".join(["conformance", *(error.command_chain or ())][:2])
        print(f"error: {said}\nSee {command} --help.", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
