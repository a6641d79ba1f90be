"""A list of known failures quiets what it names, and is wrong as soon as it is out of date."""

from __future__ import annotations

import pytest

from conformance.errors import UsageError
from conformance.model.requirement import Language
from conformance.model.verdict import Verdict
from conformance.running import baseline, ledger
from conformance.running.baseline import Known, compare
from conformance.running.evidence import gather
from tests.running.little import CATALOGUE, finding, journal_of, plan, run_of, scenario


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "known.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_entries_are_read_in_order(written):
    path = written(
        '[[known]]\nrequirement = "XX-2"\nreason = "Ticket 7"\n\n'
        '[[ known ]] # later\nrequirement = "XX-1"\nreason = "lỗi đã biết"\n'
    )
    assert baseline.load(path, CATALOGUE) == (
        Known(requirement="XX-2", reason="Ticket 7"),
        Known(requirement="XX-1", reason="lỗi đã biết"),
    )
    assert baseline.load(written(""), CATALOGUE) == ()


GOOD = '[[known]]\nrequirement = "XX-1"\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        (f'{GOOD}[[known]]\nrequirement = "XX-9"\nreason = "r"', 4, "no such requirement"),
        (f'{GOOD}\n[[ known ]]  # x\nreason = "r"', 5, "no such requirement"),
        (f'{GOOD}[[known]]\nrequirement = ["XX-1"]\nreason = "r"', 4, "no such requirement"),
        (f'{GOOD}[[known]]\nrequirement = "XX-1"', 4, "without a reason"),
        (f'[[known]]\nrequirement = "XX-1"\nreason = "  "\n{GOOD}', 1, "without a reason"),
        (f'[[known]]\nrequirement = "XX-1"\nreason = 3\n{GOOD}', 1, "without a reason"),
        (f"{GOOD}[[known]\n", 4, "not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(written, text, line, named):
    path = written(text)
    with pytest.raises(UsageError) as caught:
        baseline.load(path, CATALOGUE)
    assert caught.value.where == f"{path}:{line}"
    assert named in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text", ["known = 3", 'known = ["XX-1"]', "knwon = []", "[known]\nrequirement = 'XX-1'"]
)
def test_what_is_no_list_of_failures_is_named(written, text):
    path = written(text)
    with pytest.raises(UsageError) as caught:
        baseline.load(path, CATALOGUE)
    assert str(path) in caught.value.where


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UsageError) as caught:
        baseline.load(tmp_path / "none.toml", CATALOGUE)
    assert (caught.value.where, caught.value.value) == ("--baseline", str(tmp_path / "none.toml"))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError):
        baseline.load(tmp_path / "binary", CATALOGUE)


# ── comparing ────────────────────────────────────────────────────────────────
def report(**verdicts):
    found = [finding(id_.replace("_", "-"), "a", verdict) for id_, verdict in verdicts.items()]
    of = plan(scenario("a", "XX-1", "XX-2", "XX-3"))
    gathered = gather([("a", journal_of("a", exchanges=1, found=found))])
    return ledger.assemble(of, CATALOGUE, gathered, ledger.recorded(gathered), run_of(of))


def known(*ids):
    return tuple(Known(requirement=id_, reason="r") for id_ in ids)


FAIL, PASS, ERROR, UNKNOWN = Verdict.FAIL, Verdict.PASS, Verdict.ERROR, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("of", "listed", "tolerated", "stale", "unexpected", "code"),
    [
        (report(XX_1=FAIL, XX_2=PASS), ["XX-1"], ["XX-1"], [], [], 0),
        (report(XX_1=FAIL, XX_2=FAIL), ["XX-1"], ["XX-1"], [], ["XX-2"], 1),
        (report(XX_1=PASS, XX_2=PASS), ["XX-1"], [], ["XX-1"], [], 1),
        # Nobody knows whether these still fail.
        (report(XX_1=ERROR, XX_2=PASS), ["XX-1"], [], [], [], 0),
        (report(XX_1=UNKNOWN, XX_2=PASS), ["XX-1"], [], [], [], 0),
        (report(XX_2=PASS), ["XX-1"], [], [], [], 0),
        (report(XX_1=FAIL, XX_2=FAIL), [], [], [], ["XX-1", "XX-2"], 1),
        # A failed SHOULD is nobody's surprise, but it may be listed.
        (report(XX_1=PASS, XX_2=PASS, XX_3=FAIL), [], [], [], [], 0),
        (report(XX_1=PASS, XX_2=PASS, XX_3=FAIL), ["XX-3"], ["XX-3"], [], [], 0),
        # Nobody looked at what this run did not select.
        (report(XX_1=PASS, XX_2=PASS), ["XX-5", "XX-4", "XX-6"], [], [], [], 0),
    ],
)
def test_what_is_known_what_is_new_and_what_is_stale(
    of, listed, tolerated, stale, unexpected, code
):
    found = compare(of, known(*listed))
    assert [k.requirement for k in found.tolerated] == tolerated
    assert [k.requirement for k in found.stale] == stale
    assert list(found.unexpected) == unexpected
    assert found.code(1) == code
    assert len(found.lines(Language.EN)) == len(tolerated) + len(stale)


def test_a_baseline_hides_no_other_trouble():
    found = compare(report(XX_1=FAIL), known("XX-1"))
    assert [found.code(code) for code in (0, 2, 3, 4, 130)] == [0, 2, 3, 4, 130]


@pytest.mark.parametrize("language", Language)
def test_the_operator_reads_it_in_every_language(language):
    found = compare(report(XX_1=FAIL, XX_2=PASS), known("XX-1", "XX-2"))
    tolerated, stale = found.lines(language)
    assert "XX-1" in tolerated
    assert "XX-2" in stale
    assert tolerated.isascii() == (language is not Language.VI)
