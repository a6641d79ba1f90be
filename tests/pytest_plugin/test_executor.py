"""What becomes of scenarios that end in every way a scenario can, under our own pytest."""

from __future__ import annotations

import os
from dataclasses import replace
from textwrap import dedent

import pytest

from conformance.errors import SuiteDefect
from conformance.model.requirement import Role
from conformance.model.verdict import Fault, Verdict
from conformance.running.evidence import file_name
from conformance.running.plan import ScenarioKind


def came_to(house):
    return [(f.requirement, f.verdict.name, f.fault and f.fault.value) for f in house.found()]


# ── collecting ───────────────────────────────────────────────────────────────
def test_scenarios_are_collected_as_sentences(house):
    at = house.suite("""
        @verifies("XX-2", "XX-1", "XX-2")
        def test_a_batch_is_kept(judge): ...

        @mission
        @verifies("XX-4")
        def test_a_mission(judge): ...

        @invariant
        @verifies("XX-4")
        def test_an_invariant(judge): ...

        @verifies("XX-1")
        @pytest.mark.parametrize("n", [1, 2])
        def test_twice(n, judge): ...
    """)
    found = house.collect()
    assert [s.id.removeprefix(at) for s in found] == [
        "test_a_batch_is_kept",
        "test_twice[1]",
        "test_twice[2]",
        "test_a_mission",
        "test_an_invariant",
    ]
    assert found[0].title == "A batch is kept"
    assert found[1].title == "Twice [1]"
    assert found[0].requirements == ("XX-2", "XX-1")
    assert [s.role for s in found[2:4]] == [Role.PROVIDER, Role.CONSUMER]
    assert [s.kind for s in found[2:]] == list(ScenarioKind)


def test_what_is_drawn_comes_last_and_what_others_rest_on_first(house):
    at = house.suite("""
        @pytest.fixture
        def drawn(budget):
            return budget

        @verifies("XX-1")
        def test_drawn_through_a_fixture(drawn, judge): ...

        @verifies("XX-1")
        def test_drawn(budget, judge): ...

        @verifies("XX-4")
        def test_of_a_later_class(judge): ...

        @verifies("XX-2", "XX-1")
        def test_of_the_first_class_too(judge): ...

        @verifies("XX-1")
        def test_of_the_first_class(judge): ...
    """)
    assert [s.id.removeprefix(at) for s in house.collect()] == [
        "test_of_the_first_class_too",
        "test_of_the_first_class",
        "test_of_a_later_class",
        "test_drawn_through_a_fixture",
        "test_drawn",
    ]


def test_a_pack_neutral_scenario_judges_what_the_pack_binds(house):
    at = house.suite(
        """
        @verifies_binding("bound", "unbound")
        def test_each(operation_id, judge): ...

        @verifies_binding("unbound")
        def test_nobody_asks_for_this(judge): ...
    """,
        at="contract",
    )
    found = house.collect()
    assert [s.id for s in found] == [f"{at}test_each[readUnit]", f"{at}test_each[listUnits]"]
    assert {s.requirements for s in found} == {("XX-2",)}


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('@verifies("XX-77")\ndef test_it(judge): ...', "XX-77"),
        ("def test_it(judge): ...", "verifies no requirement"),
        ("@verifies()\ndef test_it(judge): ...", "verifies no requirement"),
        ('@verifies("XX-1", "XX-4")\ndef test_it(judge): ...', "requirements of both roles"),
        ("import nowhere_at_all", "nowhere_at_all"),
        ("def test_it(:", "SyntaxError"),
        ("raise RuntimeError('while importing')", "while importing"),
        ('@pytest.mark.unheard_of\n@verifies("XX-1")\ndef test_it(judge): ...', "unheard_of"),
    ],
)
def test_a_broken_suite_is_named(house, source, named):
    house.suite('@verifies("XX-1")\ndef test_good(judge): ...')
    bad = house.suite(source)
    with pytest.raises(SuiteDefect) as caught:
        house.collect()
    assert named in str(caught.value)
    assert bad.split("/")[1].split("::")[0] in str(caught.value)


def test_a_scenario_that_does_not_exist_is_named(house):
    at = house.suite('@verifies("XX-1")\ndef test_it(judge): ...')
    with pytest.raises(SuiteDefect, match=r"no such scenario: .*test_gone"):
        house.play(f"{at}test_it", f"{at}test_gone")


def test_scenarios_are_played_in_the_order_given(house):
    at = house.suite("""
        @verifies("XX-1")
        @pytest.mark.parametrize("n", [1, 2, 3])
        def test_it(n, judge):
            with judge("XX-1"): ...
    """)
    wanted = [f"{at}test_it[{n}]" for n in (2, 3, 1)]
    house.play(*wanted)
    assert house.closed == wanted


# ── playing ──────────────────────────────────────────────────────────────────
def test_a_failing_judgement_never_stops_the_next_one(house):
    house.suite("""
        @verifies("XX-1", "XX-2", "XX-3")
        def test_it(judge):
            with judge("XX-1"):
                raise Deviation("wrong-value", observed=1, required=2)
            with judge("XX-2"):
                assert 1 == 2
            with judge("XX-3"): ...
    """)
    house.play()
    assert came_to(house) == [
        ("XX-1", "FAIL", "target"),
        ("XX-2", "FAIL", "target"),
        ("XX-3", "PASS", None),
    ]


@pytest.mark.parametrize(
    ("act", "verdict", "fault", "code"),
    [
        ("pass", "INCONCLUSIVE", "toolkit", "suite-defect"),
        ("return", "INCONCLUSIVE", "toolkit", "suite-defect"),
        ("raise TargetTimeout('timeout', 'd')", "INCONCLUSIVE", "network", "timeout"),
        ("world.grant('subtree')", "INCONCLUSIVE", "configuration", "grant-unmet"),
        ("raise Deviation('x', observed=1, required=2)", "INCONCLUSIVE", "target", "not-reached"),
        ("assert False", "INCONCLUSIVE", "target", "not-reached"),
        ("raise SuiteDefect('x')", "ERROR", "toolkit", "suite-defect"),
        ("1 / 0", "ERROR", "toolkit", "internal-error"),
        ("judge('XX-5').__enter__()", "ERROR", "toolkit", "suite-defect"),
        ("pytest.fail('x')", "INCONCLUSIVE", "toolkit", "suite-defect"),
        ("pytest.skip('x')", "INCONCLUSIVE", "toolkit", "suite-defect"),
        ("raise SystemExit(0)", "INCONCLUSIVE", "toolkit", "suite-defect"),
    ],
)
@pytest.mark.parametrize("where", ["test", "fixture"])
def test_whatever_ends_a_scenario_is_what_its_requirements_are_told(
    house, where, act, verdict, fault, code
):
    house.suite(f"""
        @pytest.fixture
        def arranged(world, judge):
            {act if where == "fixture" else "pass"}

        @verifies("XX-1", "XX-2")
        def test_it(judge, world, arranged):
            with judge("XX-1"): ...
            {act if where == "test" else "pass"}
    """)
    house.play()
    reached = where == "test" or act in ("pass", "return")
    expected = ("XX-1", "PASS", None) if reached else ("XX-1", verdict, fault)
    assert came_to(house) == [expected, ("XX-2", verdict, fault)]
    assert house.found()[1].explanation.code == code


def test_a_judgement_that_was_reached_keeps_its_verdict_when_tidying_up_fails(house):
    house.suite("""
        @pytest.fixture
        def arranged():
            yield
            raise RuntimeError("while tidying up")

        @verifies("XX-1", "XX-2")
        def test_it(judge, arranged):
            with judge("XX-1"): ...
            with judge("XX-2"): ...
    """)
    house.play()
    assert came_to(house) == [("XX-1", "PASS", None), ("XX-2", "PASS", None)]


def test_a_scenario_that_uses_nothing_is_accounted_for_too(house):
    house.suite('@verifies("XX-1")\ndef test_it(): ...')
    house.play()
    assert came_to(house) == [("XX-1", "INCONCLUSIVE", "toolkit")]


def test_an_interrupt_leaves_the_journal_unsealed(house):
    at = house.suite("""
        @verifies("XX-1")
        def test_a(judge):
            with judge("XX-1"): ...

        @verifies("XX-1", "XX-2")
        def test_b(judge):
            with judge("XX-1"): ...
            raise KeyboardInterrupt

        @verifies("XX-1")
        def test_c(judge): ...
    """)
    with pytest.raises(KeyboardInterrupt):
        house.play()
    assert house.closed == [f"{at}test_a"]
    gathered = house.evidence()
    assert list(gathered.closed) == [f"{at}test_a"]
    assert gathered.attempts == {f"{at}test_a": 1, f"{at}test_b": 1}
    assert gathered.damage == ()


def test_a_journal_says_from_which_seed_its_scenario_was_drawn(house):
    at = house.suite("""
        @verifies("XX-1")
        def test_it(judge, world):
            with judge("XX-1"):
                assert world.seed >= 0
                assert world.as_of.isoformat() == "2026-11-20"
    """)
    house.play()
    (kept,) = house.evidence().closed.values()
    assert kept.header["attempt"] == 1
    assert kept.header["as_of"] == "2026-11-20"
    assert list(house.sinks) == [file_name(f"{at}test_it", 1)]


# ── replaying ────────────────────────────────────────────────────────────────
STORY = """
    @verifies("XX-1", "XX-2", "XX-3")
    def test_it(judge, world):
        drawn = world.draw("one")
        with judge("XX-1"):
            assert drawn == -1
        with judge("XX-2"):
            world.grant("subtree")
        {more}
"""


def test_verdicts_are_decided_anew_from_the_journal_and_agree(house):
    at = house.suite(STORY.format(more="raise TargetTimeout('timeout', 'd')"))
    house.play()
    stage = house.replay()
    assert stage.divergences == []
    assert stage.decided[f"{at}test_it"] == house.found()
    assert [f.verdict for f in house.found()] == [
        Verdict.FAIL,
        Verdict.INCONCLUSIVE,
        Verdict.INCONCLUSIVE,
    ]
    assert house.found()[1].fault is Fault.CONFIGURATION


@pytest.mark.parametrize("where", ["test", "judgement"])
@pytest.mark.parametrize(
    ("then", "now", "named"),
    [
        ("", "now", "the scenario asked for now, the journal holds repeat"),
        ("now", "", "the scenario asked for repeat, the journal holds now"),
        ("now", "draw", "the scenario asked for draw, the journal holds now"),
    ],
)
def test_a_scenario_that_asks_something_else_diverges(house, monkeypatch, where, then, now, named):
    ask = "{'now': world.now, 'draw': lambda: world.draw('two'), '': int}[os.environ['ASK']]()"
    if where == "judgement":
        ask = f"with judge('XX-3'): {ask}"
    house.suite("import os\n" + dedent(STORY.format(more=ask)))
    monkeypatch.setenv("ASK", then)
    house.play()
    monkeypatch.setenv("ASK", now)
    stage = house.replay()
    assert len(stage.divergences) == 1
    assert named in stage.divergences[0]


# ── alone ────────────────────────────────────────────────────────────────────
def test_nothing_of_the_operators_pytest_matters(house, tmp_path, monkeypatch):
    at = house.suite("""
        @verifies("XX-1")
        def test_it(judge):
            with judge("XX-1"): ...
    """)
    there = tmp_path / "theirs"
    there.mkdir()
    for name in ("pytest.ini", "tox.ini", "setup.cfg"):
        section = "tool:pytest" if name == "setup.cfg" else "pytest"
        (there / name).write_text(f"[{section}]\naddopts = --no-such-option\n")
    (there / "pyproject.toml").write_text('[tool.pytest.ini_options]\nminversion = "999"\n')
    (there / "conftest.py").write_text("raise RuntimeError('not yours')")
    # Above the suites, too.
    (house.root.parent / "conftest.py").write_text("raise RuntimeError('not yours either')")
    monkeypatch.chdir(there)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin_at_all")
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)

    house.play()

    assert house.closed == [f"{at}test_it"]
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option -k nothing"
    assert "PYTEST_DISABLE_PLUGIN_AUTOLOAD" not in os.environ
    assert not list(there.glob(".pytest_cache"))


def test_a_run_says_nothing_on_the_operators_terminal(house, capfd):
    house.suite("""
        @verifies("XX-1")
        def test_it(judge):
            print("from a scenario")
            with judge("XX-1"): ...
    """)
    house.play()
    assert capfd.readouterr() == ("", "")


# ── once wrong accuses nobody ────────────────────────────────────────────────
def test_a_failure_is_repeated_with_other_identities_and_the_same_cases_before_it_accuses(house):
    house.suite("""
        @pytest.fixture
        def fresh():
            return []

        @verifies("XX-1", "XX-2")
        def test_wrong(judge, world, fresh):
            fresh.append(1)
            assert fresh == [1]
            with judge("XX-2"):
                pass
            with judge("XX-1"):
                asked = world.draw_case("x")
                raise Deviation("wrong-value", observed=world.draw("x"), required=asked)
    """)
    house.play()
    assert came_to(house) == [("XX-2", "PASS", None), ("XX-1", "FAIL", "target")]
    (journal,) = house.evidence().closed.values()
    case, first, again, second = (e.answer for e in journal.events if e.kind == "draw")
    assert case == again == first
    assert first != second
    assert house.found()[1].explanation.details["observed"] == str(second)
    stage = house.replay()
    assert stage.divergences == []
    assert [f for found in stage.decided.values() for f in found] == house.found()


@pytest.mark.parametrize("wrong", [1, 2])
def test_what_goes_wrong_once_of_two_times_is_nobodys_fault(house, wrong):
    house.suite(f"""
        times = []

        @verifies("XX-1", "XX-2")
        def test_flaky(judge, world):
            times.append(1)
            with judge("XX-1"):
                if len(times) == {wrong}:
                    raise Deviation("wrong-value", observed=1, required=2)
            with judge("XX-2"):
                if len(times) == 1:
                    raise Deviation("wrong-value", observed=1, required=2)
    """)
    house.play()
    verdicts = [(name, verdict) for name, verdict, _ in came_to(house)]
    assert verdicts == [("XX-1", "INCONCLUSIVE"), ("XX-2", "INCONCLUSIVE")]
    assert {f.explanation.code for f in house.found()} == {"not-repeated"}
    # Whoever looks for what came and went is told what it was.
    details = [f.explanation.details for f in house.found()]
    told = [(each["once"], each["observed"]) for each in details]
    assert told == [("wrong-value", "1")] * 2


def test_what_accuses_nobody_and_what_cannot_begin_again_is_not_repeated(house):
    house.suite("""
        told = []

        @verifies("XX-1")
        def test_right(judge):
            told.append("right")
            with judge("XX-1"):
                pass

        @verifies("XX-2")
        def test_unreachable(judge):
            told.append("unreachable")
            with judge("XX-2"):
                raise TargetUnreachable("tls", "d")

        @mission
        @verifies("XX-4")
        def test_mission(judge):
            told.append("mission")
            with judge("XX-4"):
                raise Deviation("wrong-value", observed=1, required=2)

        @verifies("XX-4")
        def test_last(judge):
            with judge("XX-4"):
                assert told == ["right", "unreachable", "mission"]
    """)
    house.play()
    assert [v for _, v, _ in came_to(house)] == ["PASS", "INCONCLUSIVE", "FAIL", "PASS"]


def test_a_scenario_that_needs_both_roles_judges_nothing_that_needs_one(house):
    """In a run of one role half of it would be asked of nobody."""
    alone = house.pack.catalogue.by_id["XX-4"]
    both = replace(alone, id="XX-7", needs=(Role.PROVIDER, Role.CONSUMER))
    house.pack.catalogue = replace(
        house.pack.catalogue, requirements=(*house.pack.catalogue.requirements, both)
    )
    house.suite('@mission\n@verifies("XX-4", "XX-7")\ndef test_it(judge): ...')
    with pytest.raises(SuiteDefect, match="need both roles"):
        house.collect()
