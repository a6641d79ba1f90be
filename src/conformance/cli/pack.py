"""`pack`: the contracts that are installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from conformance.cli.common import (
    Exit,
    FormatOption,
    LanguageOption,
    PackOption,
    guarded,
    home,
    say,
)

if TYPE_CHECKING:
    from conformance.model.pack import LoadedPack
    from conformance.model.requirement import Language

pack = App(name="pack", help="List, show, compare, check, begin and freeze contracts.")

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
        document = {
            "schema": "conformance-packs/1",
            "packs": [{"id": name, "revisions": list(r)} for name, r in found.items()],
        }
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
    fields: Annotated[
        bool, Parameter(name="--fields", help="The field guide of its records.", negative="")
    ] = False,
    openapi: Annotated[
        bool,
        Parameter(name="--openapi", help="Its documents as one OpenAPI document.", negative=""),
    ] = False,
    lang: Annotated[
        Literal["en", "vi", "id"] | None,
        Parameter(name="--lang", help="Language of what people read; of field guides, first vi."),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's published name
        Literal["text", "json", "html"],
        Parameter(name="--format", help="Of --fields; html is one page that needs nothing else."),
    ] = "text",
) -> int:
    """What a contract is: provenance, digest, classes, operations."""
    from conformance.catalogue import packs
    from conformance.contract.contract import Contract
    from conformance.errors import UsageError
    from conformance.model.requirement import Language

    loaded = packs.load(reference or packs.default())
    if suites:
        say(str(loaded.suites))
        return Exit.OK
    if fields:
        _say_fields(loaded, Language(lang or "vi"), format)
        return Exit.OK
    if openapi:
        say(json.dumps(Contract.load(loaded).document, ensure_ascii=False, indent=2))
        return Exit.OK
    if format != "text":
        raise UsageError(
            "only the field guide has other forms",
            where="--format",
            value=format,
            remedy="Add --fields.",
        )
    language = Language(lang or "en")
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


def _say_fields(loaded: LoadedPack, language: Language, form: str) -> None:
    from conformance.app.describing import field_guide
    from conformance.reporting import field_guide as telling

    guide = field_guide(loaded)
    match form:
        case "json":
            say(json.dumps(telling.document(guide), ensure_ascii=False, indent=2))
        case "html":
            say(telling.page(guide, language))
        case _:
            for line in telling.lines(guide, language):
                say(line)


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
            "schema": "conformance-lint/1",
            "messages": [
                {
                    "severity": m.severity.value,
                    "where": m.where,
                    "what": m.what,
                    "value": m.value,
                    "remedy": m.remedy,
                }
                for m in messages
            ],
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
def diff(
    old: Annotated[str, Parameter(help="ID@REVISION, a folder, or an OpenAPI file.")],
    new: Annotated[str, Parameter(help="The same, for the later one.")],
    /,
    *,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """What changed between two contracts, and what breaks; exit code 1 when something does."""
    from conformance.app.comparing import changes, side
    from conformance.catalogue.diff import Severity
    from conformance.model.requirement import Language
    from conformance.reporting import changes as telling

    before, after = side(old), side(new)
    found = changes(before, after)
    language = Language(lang)
    if format == "json":
        document = telling.document(found, before.name, after.name, language)
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in telling.lines(found, language):
            say(line)
    broken = any(change.severity is Severity.BREAKING for change in found)
    return Exit.NONCONFORMITY if broken else Exit.OK


@pack.command
@guarded
def new(
    identifier: Annotated[str, Parameter(help="The new contract's id, such as th-ocsc.")],
    /,
    *,
    out: Annotated[Path, Parameter(name="--out", help="A folder that is new or empty.")],
) -> int:
    """Begin a contract of your own: a distribution that passes its own selftest."""
    from conformance.app.beginning import begin

    for written in begin(identifier, out):
        say(str(out / written))
    say(f"\npip install -e {out}\nconformance selftest --pack {identifier}")
    return Exit.OK


@pack.command
@guarded
def adopt(
    file: Annotated[Path, Parameter(help="The official OpenAPI document.")],
    /,
    *,
    pack: PackOption = "",
    out: Annotated[Path, Parameter(name="--out", help="Where the derived revision is written.")],
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Put an official document in the place of ours.

    What matches is tested by `--pack` with the folder that is written; the rest is listed.
    """
    from conformance.app.adopting import REPORT, adopt_file
    from conformance.model.requirement import Language
    from conformance.reporting import adoption as telling

    language = Language(lang)
    adopted = adopt_file(file, pack=pack, out=out, home=home(), language=language)
    if format == "json":
        say((adopted.root / REPORT).read_text(encoding="utf-8").rstrip())
        return Exit.OK
    for line in telling.lines(adopted, language):
        say(line)
    return Exit.OK


@pack.command
@guarded
def freeze(reference: Reference, /) -> int:
    """Release a revision: name the digest of every file; from then on none may change."""
    from conformance.catalogue import freeze as freezing
    from conformance.catalogue import packs
    from conformance.reference.clock import SystemClock

    say(str(freezing.freeze(packs.load(reference), SystemClock().now())))
    return Exit.OK
