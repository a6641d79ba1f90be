"""What the main job tells its reader: before, while it runs, and at its end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.cli.common import Exit, complain, say

if TYPE_CHECKING:
    from conformance.app.options import RunOptions, Told
    from conformance.app.prepare import Prepared
    from conformance.app.run import Outcome
    from conformance.model.report import Report
    from conformance.running.evidence import Evidence

_WORDS = {
    "en": {
        "granted": "Granted: {file}\nVerify it: conformance verify {file}",
        "withheld": "No declaration is signed:",
        "plan": "{n} scenarios against {target} under {pack}, seed {seed}",
        "stopped": "Nothing was judged: the target cannot be tested as it is.",
    },
    "vi": {
        "granted": "Đã cấp: {file}\nKiểm tra: conformance verify {file}",
        "withheld": "Không ký bản tuyên bố nào:",
        "plan": "{n} kịch bản với {target} theo {pack}, hạt giống {seed}",
        "stopped": "Chưa đánh giá gì: hệ thống đích chưa ở trạng thái kiểm thử được.",
    },
    "id": {
        "granted": "Diberikan: {file}\nPeriksa: conformance verify {file}",
        "withheld": "Tidak ada pernyataan yang ditandatangani:",
        "plan": "{n} skenario terhadap {target} menurut {pack}, benih {seed}",
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
def telling(prepared: Prepared, *, as_json: bool) -> Iterator[Told]:
    """A line before, a counter while it runs; both beside the output."""
    from conformance.app.options import Told
    from conformance.model.verdict import Verdict, combine
    from conformance.reporting import terminal

    plan, language = prepared.plan, prepared.options.language
    if not as_json:
        complain(headline(prepared))
    with terminal.progress(sys.stderr, len(plan.scenarios), language) as bar:

        def closed(_scenario: str, verdicts: Mapping[str, int]) -> None:
            bar.closed(combine(Verdict[name] for name in verdicts))

        yield Told(planned=lambda _total, done: bar.resumed(done), closed=closed)


def headline(prepared: Prepared) -> str:
    plan = prepared.plan
    return words(prepared.options)["plan"].format(
        n=len(plan.scenarios),
        target=plan.locator,
        pack=f"{plan.pack.id} {plan.pack.revision}",
        seed=plan.seed,
    )


def show_report(
    prepared: Prepared, report: Report, gathered: Evidence | None, *, as_json: bool
) -> None:
    """Say what came of a run; `gathered` is its evidence, where it was read already."""
    from conformance.app.exchanges import exchange_reader
    from conformance.reporting import terminal

    options = prepared.options
    if as_json:
        say((options.out / "report.json").read_text(encoding="utf-8").rstrip("\n"))
        return
    lines = terminal.summary_lines(
        report,
        prepared.pack.catalogue,
        options.language,
        exchange_of=exchange_reader(options.out / "evidence", report, gathered),
        report_path=str(options.out / "report.json"),
    )
    terminal.show(lines, sys.stdout, report, options.language)


def warn(outcome: Outcome, options: RunOptions) -> None:
    """What preflight found amiss, beside the output: it may be why something failed."""
    from conformance.reporting import preflight as told

    if outcome.preflight is not None:
        for line in told.warnings(outcome.preflight, options.language):
            complain(line)


def stopped(outcome: Outcome, options: RunOptions, *, as_json: bool) -> int:
    """Preflight found nobody to judge: say what was seen, and what to do."""
    from conformance.reporting import preflight as told

    assert outcome.preflight is not None
    if as_json:
        document = told.document(outcome.preflight, options.language)
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        complain(words(options)["stopped"])
        for line in told.lines(outcome.preflight, options.language):
            complain(line)
    return Exit.INCONCLUSIVE


def nothing_selected(prepared: Prepared) -> int:
    complain(
        f"the selection holds no requirement: roles {', '.join(prepared.plan.roles)}, "
        f"classes {', '.join(prepared.plan.selected) or 'none'}"
    )
    return Exit.NOTHING_SELECTED


def show_plan(prepared: Prepared, *, as_json: bool) -> int:
    from conformance.running import plan as plans

    if as_json:
        say(json.dumps(plans.to_json(prepared.plan), ensure_ascii=False, indent=2))
        return Exit.OK
    say(headline(prepared))
    for scenario in prepared.plan.scenarios:
        say(f"  {scenario.title}  ({', '.join(scenario.requirements)})")
    return Exit.OK
