"""`pack`: the contracts that are installed."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import App, Parameter

from conformance.cli.common import (
    Exit,
    FormatOption,
    LanguageOption,
    guarded,
    say,
)

pack = App(name="pack", help="List, show, check and freeze contracts.")

Reference = Annotated[str, Parameter(help="ID or ID@REVISION.")]


@pack.command(name="list")
@guarded
def list_packs(
    *,
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """Every installed contract with its revisions."""
    from conformance.catalogue import packs

    found = {name: packs.revisions(name) for name in packs.available()}
    if format == "json":
        document = {"packs": [{"id": name, "revisions": list(r)} for name, r in found.items()]}
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for name, revisions in found.items():
            say(f"{name}  {', '.join(revisions)}")
    return Exit.OK


@pack.command
@guarded
def show(
    reference: Reference = "",
    /,
    *,
    suites: Annotated[
        bool, Parameter(name="--suites", help="Only the suites' path, for pytest.", negative="")
    ] = False,
    lang: LanguageOption = "en",
) -> int:
    """What a contract is: provenance, digest, classes, operations."""
    from conformance.catalogue import packs
    from conformance.contract.contract import Contract
    from conformance.model.requirement import Language

    loaded = packs.load(reference or packs.default())
    if suites:
        say(str(loaded.suites))
        return Exit.OK
    language = Language(lang)
    say(f"{loaded.id} {loaded.revision}  {loaded.title.within(language)}")
    say(f"provenance  {loaded.provenance}")
    say(f"digest      {loaded.digest}")
    say(f"roles       {', '.join(loaded.plugin.roles)}")
    for conformance_class in loaded.catalogue.classes:
        count = sum(
            r.conformance_class == conformance_class.id for r in loaded.catalogue.requirements
        )
        title = conformance_class.title.within(language)
        say(f"class       {conformance_class.id:14} {count:3}  {title}")
    for operation in Contract.load(loaded).operations.values():
        code = f"  ({operation.api_code})" if operation.api_code else ""
        say(f"operation   {operation.id:18} {operation.method} {operation.template}{code}")
    return Exit.OK


@pack.command
@guarded
def lint(
    reference: Reference = "",
    /,
    *,
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """Look for mistakes in a contract's files; exit code 1 when there are any."""
    from conformance.catalogue import packs
    from conformance.catalogue.lint import lint as check

    messages = check(packs.load(reference or packs.default()))
    if format == "json":
        document = {
            "messages": [
                {
                    "severity": m.severity.value,
                    "where": m.where,
                    "what": m.what,
                    "value": m.value,
                    "remedy": m.remedy,
                }
                for m in messages
            ]
        }
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for m in messages:
            say(
                f"{m.severity.value}: {m.where}: {m.what}"
                + (f" (got {m.value!r})" if m.value else "")
            )
            if m.remedy:
                say(f"    {m.remedy}")
        say(f"{len(messages)} message(s)")
    return Exit.NONCONFORMITY if any(m.severity.value == "error" for m in messages) else Exit.OK


@pack.command
@guarded
def freeze(reference: Reference, /) -> int:
    """Release a revision: name the digest of every file; from then on none may change."""
    from conformance.catalogue import freeze as freezing
    from conformance.catalogue import packs
    from conformance.reference.clock import SystemClock

    say(str(freezing.freeze(packs.load(reference), SystemClock().now())))
    return Exit.OK
