"""What commands share: options, exit codes, and how a mistake is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from enum import IntEnum
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Annotated, Literal, ParamSpec

from cyclopts import Parameter, validators

P = ParamSpec("P")


class Exit(IntEnum):
    """Exit codes of every command but `verify`, whose own are in `certification.checks`."""

    OK = 0
    NONCONFORMITY = 1
    USAGE = 2
    INCONCLUSIVE = 3
    OURS = 4
    NOTHING_SELECTED = 5
    INTERRUPTED = 130


PackOption = Annotated[
    str, Parameter(name="--pack", help="ID or ID@REVISION of the contract.", show_default=False)
]
RoleOption = Annotated[
    Literal["provider", "consumer", "both"] | None,
    Parameter(name="--role", help="The side on which the software under test stands."),
]
ClassOption = Annotated[
    tuple[str, ...],
    Parameter(
        name="--class",
        help="Only this conformance class; repeatable.",
        negative="",
        show_default=False,
    ),
]
LanguageOption = Annotated[
    Literal["en", "vi", "id"], Parameter(name="--lang", help="Language of what people read.")
]
FormatOption = Annotated[
    Literal["text", "json"],
    Parameter(name="--format", help="json: standard output holds the document and nothing else."),
]
SeedOption = Annotated[
    int | None,
    Parameter(
        name="--seed",
        help="All generated data follow from it; drawn when absent.",
        validator=validators.Number(gte=0, lt=2**63),
    ),
]
JobsOption = Annotated[
    str, Parameter(name="--jobs", help="Processes that share the work, or auto.")
]
OutOption = Annotated[Path, Parameter(name="--out", help="Folder for plan, evidence and reports.")]


def home() -> Path:
    """The operator's state folder: keys, test CA, attempt ledger."""
    from conformance.crypto.state import state_folder

    return state_folder(os.environ)


def say(text: str = "") -> None:
    """One line for the reader."""
    print(text)


def complain(text: str) -> None:
    """One line about what went wrong, beside the output."""
    print(text, file=sys.stderr)


def guarded(command: Callable[P, int]) -> Callable[P, int]:
    """
    Turn the exceptions of a command into an exit code and one message.

    A user's mistake never shows a traceback; ours does when CONFORMANCE_TRACEBACK is set.
    """
    resumable = "resume" in signature(command).parameters

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        from conformance.errors import Located, SuiteDefect, WorldTrouble

        try:
            return command(*args, **kwargs)
        except Located as error:
            complain(f"error: {error}")
            return Exit.USAGE
        except WorldTrouble as error:
            complain(f"inconclusive: {error}")
            return Exit.INCONCLUSIVE
        except KeyboardInterrupt:
            complain(f"interrupted{'; --resume goes on from here' if resumable else ''}")
            return Exit.INTERRUPTED
        except BrokenPipeError:
            # The reader of our output left; that is no error of anybody.
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
            return Exit.OK
        except Exception as error:
            if os.environ.get("CONFORMANCE_TRACEBACK"):
                raise
            kind = "" if isinstance(error, SuiteDefect) else f"{type(error).__name__}: "
            complain(
                f"internal error: {kind}{error}\n"
                "This is our mistake and says nothing about the target. "
                "Set CONFORMANCE_TRACEBACK=1 to see where."
            )
            return Exit.OURS

    return run


def day(text: str | None) -> date | None:
    """A date as typed. Raises UsageError."""
    from conformance.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "this is no date", where="--as-of", value=text, remedy="Write it as 2026-07-01."
        ) from None


def processes(jobs: str) -> int:
    """The number behind `--jobs`; 0 for one per core. Raises UsageError."""
    from conformance.errors import UsageError

    if jobs != "auto" and not (jobs.isdecimal() and 0 < int(jobs) <= 64):
        raise UsageError(
            "jobs are counted from 1 to 64", where="--jobs", value=jobs, remedy="Or write auto."
        )
    return 0 if jobs == "auto" else int(jobs)


def roles(named: str | None) -> Sequence[str]:
    """The roles behind `--role`; none when it was not given."""
    match named:
        case None:
            return ()
        case "both":
            return ("provider", "consumer")
    return (named,)
