"""`certify` and `run`: the main job, with and without a signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter, validators

from conformance.cli.common import (
    ClassOption,
    Exit,
    FormatOption,
    JobsOption,
    LanguageOption,
    OutOption,
    PackOption,
    RoleOption,
    SeedOption,
    complain,
    day,
    guarded,
    home,
    processes,
    roles,
    say,
)
from conformance.cli.standing import audience
from conformance.cli.telling import (
    code_of,
    nothing_selected,
    show_plan,
    show_report,
    stopped,
    telling,
    warn,
    words,
)

if TYPE_CHECKING:
    from conformance.app.options import RunOptions

BudgetOption = Annotated[
    int,
    Parameter(
        name="--budget",
        help="Generated cases for each operation.",
        validator=validators.Number(gte=2, lte=10_000),
    ),
]
ClaimOption = Annotated[
    Path | None, Parameter(name="--claim", help="What the implementation says it implements.")
]
PushesOption = Annotated[
    str,
    Parameter(
        name="--pushes",
        help="Whence software that serves at TARGET pushes as well: exec:COMMAND or listen:PORT.",
    ),
]
ConfigOption = Annotated[
    Path | None, Parameter(name="--config", help="Settings file; conformance.toml by default.")
]
AsOfOption = Annotated[
    str | None, Parameter(name="--as-of", help="The day on which generated people live.")
]
DryRunOption = Annotated[
    bool,
    Parameter(
        name="--dry-run", help="Print the plan and contact nobody.", negative="", show_default=False
    ),
]
ResumeOption = Annotated[
    bool,
    Parameter(
        name="--resume", help="Go on with the run in --out.", negative="", show_default=False
    ),
]
AcknowledgeOption = Annotated[
    tuple[str, ...],
    Parameter(
        name="--acknowledge-host",
        help="This host looks like production and is a test system; repeatable.",
        negative="",
        show_default=False,
    ),
]


@guarded
def certify(
    target: str,
    /,
    *,
    pack: PackOption = "",
    pushes: PushesOption = "",
    role: RoleOption = None,
    classes: ClassOption = (),
    claim: ClaimOption = None,
    config: ConfigOption = None,
    seed: SeedOption = None,
    as_of: AsOfOption = None,
    out: OutOption = Path("conformance-out"),
    jobs: JobsOption = "1",
    budget: BudgetOption = 12,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
    dry_run: DryRunOption = False,
    resume: ResumeOption = False,
    acknowledge_host: AcknowledgeOption = (),
    baseline: Annotated[Path | None, Parameter(name="--baseline", show=False)] = None,
) -> int:
    """
    Run the suites against a target, decide, and sign the declaration.

    Args:
        target: http(s)://host/base, reference, reference:MUTANT, process:COMMAND,
            asgi:module:app, listen:PORT, exec:COMMAND, or a [target.NAME] of conformance.toml.
    """
    from conformance.errors import UsageError

    if baseline is not None:
        raise UsageError(
            "a baseline touches only your own CI; no declaration rests on one",
            where="--baseline",
            value=str(baseline),
            remedy="Use it with `conformance run`.",
        )
    options = _options(
        target,
        pack,
        pushes,
        role,
        classes,
        claim,
        config,
        seed,
        as_of,
        out,
        jobs,
        budget,
        lang,
        resume,
        acknowledge_host,
    )
    return certified(options, as_json=format == "json", dry_run=dry_run)


@guarded
def run(
    target: str,
    /,
    *,
    pack: PackOption = "",
    pushes: PushesOption = "",
    role: RoleOption = None,
    classes: ClassOption = (),
    claim: ClaimOption = None,
    config: ConfigOption = None,
    seed: SeedOption = None,
    as_of: AsOfOption = None,
    out: OutOption = Path("conformance-out"),
    baseline: Annotated[
        Path | None,
        Parameter(name="--baseline", help="Your known failures; touches only this exit code."),
    ] = None,
    jobs: JobsOption = "1",
    budget: BudgetOption = 12,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
    dry_run: DryRunOption = False,
    resume: ResumeOption = False,
    acknowledge_host: AcknowledgeOption = (),
) -> int:
    """
    Run the suites against a target and report; nothing is decided or signed.

    Args:
        target: as for certify.
    """
    options = _options(
        target,
        pack,
        pushes,
        role,
        classes,
        claim,
        config,
        seed,
        as_of,
        out,
        jobs,
        budget,
        lang,
        resume,
        acknowledge_host,
    )
    return _run(options, baseline=baseline, as_json=format == "json", dry_run=dry_run)


def _options(
    target: str,
    pack: str,
    pushes: str,
    role: str | None,
    classes: tuple[str, ...],
    claim: Path | None,
    config: Path | None,
    seed: int | None,
    as_of: str | None,
    out: Path,
    jobs: str,
    budget: int,
    lang: Literal["en", "vi", "id"],
    resume: bool,
    acknowledged: tuple[str, ...],
) -> RunOptions:
    from conformance.app.options import RunOptions
    from conformance.model.requirement import Language, Role

    return RunOptions(
        target=target,
        out=out,
        home=home(),
        pack=pack,
        pushes=pushes,
        roles=tuple(Role(name) for name in roles(role)),
        classes=classes,
        claim=claim,
        config=config,
        seed=seed,
        as_of=day(as_of),
        jobs=processes(jobs),
        budget=budget,
        language=Language(lang),
        resume=resume,
        acknowledged_hosts=acknowledged,
    )


def _run(options: RunOptions, *, baseline: Path | None, as_json: bool, dry_run: bool) -> int:
    from conformance.app.prepare import prepare
    from conformance.app.publish import publish
    from conformance.app.run import ready
    from conformance.app.run import run as play
    from conformance.running import baseline as baselines

    prepared = prepare(options)
    known = baselines.load(baseline, prepared.pack.catalogue) if baseline else None
    if not prepared.plan.scenarios:
        return nothing_selected(prepared)
    if dry_run:
        return show_plan(prepared, as_json=as_json)
    prepared = ready(prepared)
    with telling(prepared, as_json=as_json) as told:
        outcome = play(prepared, told=told, audience=audience(prepared))
    if outcome.report is None:
        return stopped(outcome, options, as_json=as_json)
    warn(outcome, options)
    publish(
        outcome.report, prepared.pack.catalogue, options.out, options.language, outcome.gathered
    )
    show_report(prepared, outcome.report, outcome.gathered, as_json=as_json)
    if known is None:
        return code_of(outcome.report)
    compared = baselines.compare(outcome.report, known)
    for line in compared.lines(options.language):
        complain(line)
    return compared.code(code_of(outcome.report))


def certified(options: RunOptions, *, as_json: bool, dry_run: bool) -> int:
    """The main job, told as it goes on; its exit code."""
    from conformance.app.certify import certify as main_job
    from conformance.app.prepare import prepare
    from conformance.app.run import ready
    from conformance.certification.decision import Granted, Kind
    from conformance.certification.reasons import together

    prepared = prepare(options)
    if not prepared.plan.scenarios:
        return nothing_selected(prepared)
    if dry_run:
        return show_plan(prepared, as_json=as_json)
    prepared = ready(prepared)
    with telling(prepared, as_json=as_json) as told:
        outcome, certified = main_job(prepared, told=told, audience=audience(prepared))
    if outcome.report is None or certified is None:
        return stopped(outcome, options, as_json=as_json)
    warn(outcome, options)
    show_report(prepared, outcome.report, outcome.gathered, as_json=as_json)
    if isinstance(certified.decision, Granted):
        if not as_json:
            say(words(options)["granted"].format(file=certified.file))
        return Exit.OK
    complain(words(options)["withheld"])
    for reason in together(certified.decision.reasons):
        complain(f"  - {reason.within(options.language)}")
    match certified.decision.kind:
        case Kind.NONCONFORMITY:
            return Exit.NONCONFORMITY
        case Kind.INCONCLUSIVE:
            return Exit.INCONCLUSIVE
        case Kind.ERROR:
            return Exit.OURS
