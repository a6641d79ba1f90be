"""`rejudge`: every verdict decided anew, from the journals alone."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.cli.common import Exit, FormatOption, complain, guarded, say


@guarded
def rejudge(
    folder: Path,
    /,
    *,
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Decide every verdict of a run anew and compare; nothing leaves this machine.

    Args:
        folder: the --out folder of a run.
    """
    from conformance.app.rejudge import rejudge_folder

    done = rejudge_folder(folder)
    if format == "json":
        document = {
            "schema": "conformance-rejudgement/1",
            "same": not done.differences,
            "verdicts": done.verdicts,
            "differences": list(done.differences),
            "warnings": list(done.warnings),
        }
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for warning in done.warnings:
            complain(f"warning: {warning}")
        for difference in done.differences:
            say(f"differs: {difference}")
        if not done.differences:
            say(f"same: {done.verdicts} verdicts decided anew")
    return Exit.NONCONFORMITY if done.differences else Exit.OK
