"""A plan is frozen: it reads back equal, and any other plan has another digest."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import resources
from conformance.errors import UsageError
from conformance.model.report import Applicability
from conformance.model.requirement import Role
from conformance.running import ledger
from conformance.running import plan as plans
from conformance.running.plan import ScenarioKind, select
from tests.running.little import CATALOGUE, plan, scenario

S, M, LAST = ScenarioKind.SCENARIO, ScenarioKind.MISSION, ScenarioKind.INVARIANT
PLAN = plan(scenario("a/test_a.py::test_one", "XX-1"), scenario("b", "XX-2", "XX-3"))

texts = st.text(max_size=5)
whole_plans = st.builds(
    lambda scenarios, locator, classes, seed, day, budget: plan(
        *scenarios, locator=locator, classes=classes, seed=seed, as_of=day, budget=budget
    ),
    st.lists(
        st.builds(
            lambda name, kind, role, ids: scenario(name, *ids, kind=kind, role=role),
            texts,
            st.sampled_from(ScenarioKind),
            st.sampled_from(Role),
            st.lists(texts, min_size=1, max_size=2),
        ),
        max_size=3,
    ),
    texts,
    st.lists(texts, max_size=2).map(tuple),
    st.integers(0, 2**63 - 1),
    st.dates(),
    st.integers(1, 99),
)


@given(whole_plans)
def test_a_plan_reads_back_equal(made):
    text = json.dumps(plans.to_json(made))
    again = plans.from_json(text, name="plan.json")
    assert again == made
    assert again.digest() == made.digest()


def test_a_plan_is_what_its_schema_says():
    schema = json.loads(resources.schema("plan").read_text(encoding="utf-8"))
    checked = json.loads(json.dumps(plans.to_json(replace(PLAN, **digests()))))
    jsonschema_rs.validator_for(schema).validate(checked)


def digests():
    digest = "sha256:" + "0" * 64
    return {
        "toolkit_digest": digest,
        "suite_digest": digest,
        "pack": replace(PLAN.pack, digest=digest),
    }


def test_the_digest_is_the_same_on_every_machine():
    assert (
        PLAN.digest() == "sha256:696338a28fc7a4218d32dbcaec505795b5d0d2de67e5771e70234790380e5dbb"
    )
    assert replace(PLAN).digest() == PLAN.digest()


@pytest.mark.parametrize("name", [f.name for f in fields(PLAN)])
def test_every_part_of_a_plan_is_in_its_digest(name):
    other = {
        "pack": replace(PLAN.pack, revision="1.1"),
        "roles": (Role.CONSUMER,),
        "implementation": replace(PLAN.implementation, version="2"),
        "classes": ("reading",),
        "selected": ("writing",),
        "seed": 8,
        "as_of": date(2026, 11, 21),
        "budget": 13,
        "scenarios": PLAN.scenarios[::-1],
    }.get(name, "other")
    assert replace(PLAN, **{name: other}).digest() != PLAN.digest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '"plan"',
        "{}",
        '{"schema": "conformance-plan/1"}',
        '{"schema": "conformance-plan/2"}',
        "[" * 100000,
    ],
)
def test_what_is_no_plan_is_named(text):
    with pytest.raises(UsageError) as caught:
        plans.from_json(text, name="out/plan.json")
    assert caught.value.where == "out/plan.json"
    assert caught.value.remedy


@given(
    st.sampled_from(
        [
            ["seed"],
            ["as_of"],
            ["pack"],
            ["target", "implementation"],
            ["roles"],
            ["scenarios"],
            ["claim"],
            ["target"],
            ["schema"],
            ["selected"],
            ["budget"],
        ]
    ),
    st.sampled_from([None, [], {}, [[]], [{}], "x", float("inf"), {"x": 1}]),
)
def test_a_garbled_member_is_the_operators_mistake_or_another_plan(path, value):
    document = json.loads(json.dumps(plans.to_json(PLAN)))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    try:
        again = plans.from_json(json.dumps(document), name="plan.json")
    except UsageError:
        return
    assert again.digest() != PLAN.digest()


# ── selection ────────────────────────────────────────────────────────────────
def chosen(*scenarios, **other):
    return [s.id for s in select(scenarios, CATALOGUE, plan(**other))]


def test_invariants_come_last_and_missions_before_them():
    found = chosen(
        scenario("invariant", kind=LAST),
        scenario("mission 1", kind=M),
        scenario("b"),
        scenario("mission 2", kind=M),
        scenario("a"),
    )
    assert found == ["b", "a", "mission 1", "mission 2", "invariant"]


@given(st.permutations([("s", S), ("m", M), ("i", LAST), ("t", S), ("n", M), ("j", LAST)]))
def test_the_order_within_a_kind_is_that_of_the_files(order):
    found = chosen(*(scenario(name, kind=kind) for name, kind in order))
    by_kind = {kind: [name for name, k in order if k is kind] for kind in (S, M, LAST)}
    assert found == by_kind[S] + by_kind[M] + by_kind[LAST]


def test_only_what_judges_something_applicable_is_played():
    scenarios = (
        scenario("reading", "XX-1"),
        scenario("writing", "XX-2"),
        scenario("both", "XX-1", "XX-2"),
        scenario("not claimed", "XX-5"),
        scenario("other role", "XX-4", role=Role.CONSUMER),
        scenario("excused", "XX-6"),
        scenario("partly excused", "XX-6", "XX-1"),
    )
    assert chosen(*scenarios) == ["reading", "writing", "both", "partly excused"]
    assert chosen(*scenarios, selected=("reading",)) == ["reading", "both", "partly excused"]
    assert chosen(*scenarios, roles=(Role.CONSUMER,), selected=("pushing",)) == ["other role"]


def test_what_needs_both_roles_applies_where_both_are_judged():
    both = replace(CATALOGUE.by_id["XX-4"], needs=(Role.PROVIDER, Role.CONSUMER))
    catalogue = replace(CATALOGUE, requirements=(both,))
    scenarios = (scenario("a", "XX-4", kind=M, role=Role.CONSUMER),)
    for roles, chosen in (
        ((Role.CONSUMER,), ()),
        ((Role.PROVIDER,), ()),
        ((Role.PROVIDER, Role.CONSUMER), scenarios),
    ):
        made = plan(roles=roles, classes=("pushing",), selected=("pushing",))
        assert select(scenarios, catalogue, made) == chosen
        assert (ledger.applies(made, both) is Applicability.OTHER_ROLE) is not bool(chosen)
