"""The `conformance` command: its sub-commands by name, loaded when they are used."""

from __future__ import annotations

import sys
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
    for name, where in _COMMANDS.items():
        tree.command(where, name=name)
    return tree


_COMMANDS = {
    "certify": "conformance.cli.certify:certify",
    "run": "conformance.cli.certify:run",
    "preflight": "conformance.cli.preflight:preflight",
    "rejudge": "conformance.cli.rejudge:rejudge",
    "verify": "conformance.cli.verify:verify",
    "explain": "conformance.cli.explain:explain",
    "mock": "conformance.cli.serve:mock",
    "testbed": "conformance.cli.certify:testbed",
    "selftest": "conformance.cli.selftest:selftest",
    "coverage": "conformance.cli.coverage:coverage",
    "generate": "conformance.cli.generate:generate",
    "canonical": "conformance.cli.sign:canonical",
    "sign": "conformance.cli.sign:sign",
    "pack": "conformance.cli.pack:pack",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        # Diacritics on a Windows console or in a C locale must not end a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
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
