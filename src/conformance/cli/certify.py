"""`certify`, `run` and `testbed`: the main job, with and without a signature."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter, validators

from conformance.cli.common import (
    ClassOption,
    Exit,
    FormatOption,
    LanguageOption,
    OutOption,
    PackOption,
    RoleOption,
    SeedOption,
    complain,
    day,
    guarded,
    home,
    roles,
    say,
)

if TYPE_CHECKING:
    from conformance.app.options import RunOptions, Told
    from conformance.app.prepare import Prepared
    from conformance.app.run import Outcome
    from conformance.model.pack import Assignment
    from conformance.model.report import Report

JobsOption = Annotated[
    str, Parameter(name="--jobs", help="Processes that share the scenarios, or auto.")
]
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
ConfigOption = Annotated[
    Path | None, Parameter(name="--config", help="Settings file; conformance.toml by default.")
]
AsOfOption = Annotated[
    str | None, Parameter(name="--as-of", help="The day on which generated people live.")
]
DryRunOption = Annotated[
    bool, Parameter(name="--dry-run", help="Print the plan and contact nobody.", negative="")
]
ResumeOption = Annotated[
    bool, Parameter(name="--resume", help="Go on with the run in --out.", negative="")
]
AcknowledgeOption = Annotated[
    tuple[str, ...],
    Parameter(
        name="--acknowledge-host",
        help="This host looks like production and is a test system; repeatable.",
        negative="",
    ),
]


@guarded
def certify(
    target: str,
    /,
    *,
    pack: PackOption = "",
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
    return _certify(options, as_json=format == "json", dry_run=dry_run)


@guarded
def run(
    target: str,
    /,
    *,
    pack: PackOption = "",
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


@guarded
def testbed(
    *,
    port: Annotated[
        int, Parameter(name="--port", validator=validators.Number(gte=0, lt=65536))
    ] = 8080,
    exec: Annotated[  # noqa: A002 - the option's published name
        str | None, Parameter(name="--exec", help="Start this command for each mission.")
    ] = None,
    pack: PackOption = "",
    claim: ClaimOption = None,
    seed: SeedOption = None,
    out: OutOption = Path("conformance-out"),
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """Be the national side: certify software that pushes, as `certify listen:PORT` does."""
    target = f"exec:{exec}" if exec else f"listen:{port}"
    options = _options(
        target, pack, "consumer", (), claim, None, seed, None, out, "1", 12, lang, False, ()
    )
    return _certify(options, as_json=format == "json", dry_run=False)


def _options(
    target: str,
    pack: str,
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
    from conformance.errors import UsageError
    from conformance.model.requirement import Language, Role

    if jobs != "auto" and not (jobs.isdecimal() and 0 < int(jobs) <= 64):
        raise UsageError(
            "jobs are counted from 1 to 64", where="--jobs", value=jobs, remedy="Or write auto."
        )
    return RunOptions(
        target=target,
        out=out,
        home=home(),
        pack=pack,
        roles=tuple(Role(name) for name in roles(role)),
        classes=classes,
        claim=claim,
        config=config,
        seed=seed,
        as_of=day(as_of),
        jobs=0 if jobs == "auto" else int(jobs),
        budget=budget,
        language=Language(lang),
        resume=resume,
        acknowledged_hosts=acknowledged,
    )


def _run(options: RunOptions, *, baseline: Path | None, as_json: bool, dry_run: bool) -> int:
    from conformance.app.prepare import prepare
    from conformance.app.publish import publish
    from conformance.app.run import run as play
    from conformance.running import baseline as baselines

    prepared = prepare(options)
    known = baselines.load(baseline, prepared.pack.catalogue) if baseline else None
    if not prepared.plan.scenarios:
        return _nothing(prepared)
    if dry_run:
        return _plan(prepared, as_json=as_json)
    with _telling(prepared, as_json=as_json) as told:
        outcome = play(prepared, told=told, announce=_announcer(prepared))
    if outcome.report is None:
        return _stopped(outcome, as_json=as_json)
    publish(outcome.report, prepared.pack.catalogue, options.out, options.language)
    _tell(prepared, outcome.report, as_json=as_json)
    if known is None:
        return code_of(outcome.report)
    compared = baselines.compare(outcome.report, known)
    for line in compared.lines(options.language):
        complain(line)
    return compared.code(code_of(outcome.report))


def _certify(options: RunOptions, *, as_json: bool, dry_run: bool) -> int:
    from conformance.app.certify import certify as main_job
    from conformance.app.prepare import prepare
    from conformance.certification.decision import Granted, Kind

    prepared = prepare(options)
    if not prepared.plan.scenarios:
        return _nothing(prepared)
    if dry_run:
        return _plan(prepared, as_json=as_json)
    with _telling(prepared, as_json=as_json) as told:
        outcome, certified = main_job(prepared, told=told, announce=_announcer(prepared))
    if outcome.report is None or certified is None:
        return _stopped(outcome, as_json=as_json)
    _tell(prepared, outcome.report, as_json=as_json)
    if isinstance(certified.decision, Granted):
        if not as_json:
            say(words(options)["granted"].format(file=certified.file))
        return Exit.OK
    complain(words(options)["withheld"])
    for reason in certified.decision.reasons:
        complain(f"  - {reason.within(options.language)}")
    match certified.decision.kind:
        case Kind.NONCONFORMITY:
            return Exit.NONCONFORMITY
        case Kind.INCONCLUSIVE:
            return Exit.INCONCLUSIVE
        case Kind.ERROR:
            return Exit.OURS


_WORDS = {
    "en": {
        "granted": "Granted: {file}\nVerify it: conformance verify {file}",
        "withheld": "No declaration is signed:",
        "plan": "{n} scenarios against {target} under {pack}, seed {seed}",
        "mission": "Mission {id} at {url}:\n  {brief}\n  Credentials: {credentials}",
        "stopped": "Nothing was judged: the target cannot be tested as it is.",
    },
    "vi": {
        "granted": "Đã cấp: {file}\nKiểm tra: conformance verify {file}",
        "withheld": "Không ký bản tuyên bố nào:",
        "plan": "{n} kịch bản với {target} theo {pack}, hạt giống {seed}",
        "mission": "Nhiệm vụ {id} tại {url}:\n  {brief}\n  Thông tin xác thực: {credentials}",
        "stopped": "Chưa đánh giá gì: hệ thống đích chưa ở trạng thái kiểm thử được.",
    },
    "id": {
        "granted": "Diberikan: {file}\nPeriksa: conformance verify {file}",
        "withheld": "Tidak ada pernyataan yang ditandatangani:",
        "plan": "{n} skenario terhadap {target} menurut {pack}, benih {seed}",
        "mission": "Misi {id} di {url}:\n  {brief}\n  Kredensial: {credentials}",
        "stopped": "Belum ada yang dinilai: sistem sasaran belum dapat diuji.",
    },
}


def words(options: RunOptions) -> Mapping[str, str]:
    """This command's own sentences in the reader's language."""
    return _WORDS[options.language.value]


def code_of(report: Report) -> int:
    """The exit code of a run, from the worst verdict among its MUSTs."""
    from conformance.model.verdict import Verdict

    match report.verdict:
        case Verdict.PASS:
            return Exit.OK
        case Verdict.FAIL:
            return Exit.NONCONFORMITY
        case Verdict.INCONCLUSIVE | Verdict.NOT_RUN:
            return Exit.INCONCLUSIVE
        case Verdict.ERROR:
            return Exit.OURS


@contextmanager
def _telling(prepared: Prepared, *, as_json: bool) -> Iterator[Told]:
    """A line before, a counter while it runs; both beside the output."""
    from conformance.app.options import Told
    from conformance.model.verdict import Verdict, combine
    from conformance.reporting import terminal

    plan, language = prepared.plan, prepared.options.language
    if not as_json:
        complain(_headline(prepared))
    with terminal.progress(sys.stderr, len(plan.scenarios), language) as bar:

        def closed(_scenario: str, verdicts: Mapping[str, int]) -> None:
            bar.closed(combine(Verdict[name] for name in verdicts))

        yield Told(planned=lambda _total, done: bar.resumed(done), closed=closed)


def _announcer(prepared: Prepared) -> Callable[[Assignment, str], None]:
    """Tells a person what the software under test has to do now."""
    options = prepared.options

    def announce(assignment: Assignment, url: str) -> None:
        credentials = prepared.settings.credentials or (
            prepared.pack.plugin.vocabulary.demonstration_credentials
        )
        shown = ", ".join(f"{k}={v}" for k, v in credentials.get("primary", {}).items())
        complain(
            words(options)["mission"].format(
                id=assignment.id,
                url=url,
                brief=assignment.brief.within(options.language),
                credentials=shown,
            )
        )

    return announce


def _headline(prepared: Prepared) -> str:
    plan = prepared.plan
    return words(prepared.options)["plan"].format(
        n=len(plan.scenarios),
        target=plan.locator,
        pack=f"{plan.pack.id} {plan.pack.revision}",
        seed=plan.seed,
    )


def _tell(prepared: Prepared, report: Report, *, as_json: bool) -> None:
    from conformance.app.run import exchange_reader
    from conformance.reporting import terminal

    options = prepared.options
    if as_json:
        say((options.out / "report.json").read_text(encoding="utf-8").rstrip("\n"))
        return
    lines = terminal.summary_lines(
        report,
        prepared.pack.catalogue,
        options.language,
        exchange_of=exchange_reader(options.out / "evidence", report),
        report_path=str(options.out / "report.json"),
    )
    terminal.show(lines, sys.stdout, report, options.language)


def _stopped(outcome: Outcome, *, as_json: bool) -> int:
    """Preflight found nobody to judge: say what was seen, and what to do."""
    from conformance.cli.preflight import lines, to_json

    assert outcome.preflight is not None
    if as_json:
        say(to_json(outcome.preflight))
    else:
        for line in lines(outcome.preflight):
            complain(line)
    return Exit.INCONCLUSIVE


def _nothing(prepared: Prepared) -> int:
    complain(
        f"the selection holds no requirement: roles {', '.join(prepared.plan.roles)}, "
        f"classes {', '.join(prepared.plan.selected) or 'none'}"
    )
    return Exit.NOTHING_SELECTED


def _plan(prepared: Prepared, *, as_json: bool) -> int:
    import json

    from conformance.running import plan as plans

    if as_json:
        say(json.dumps(plans.to_json(prepared.plan), ensure_ascii=False, indent=2))
        return Exit.OK
    say(_headline(prepared))
    for scenario in prepared.plan.scenarios:
        say(f"  {scenario.title}  ({', '.join(scenario.requirements)})")
    return Exit.OK
