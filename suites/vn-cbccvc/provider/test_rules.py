"""Every rule of rules.toml is enforced, and by itself: one scenario, told of each rule."""

from __future__ import annotations

import pytest

from conformance import resources
from conformance.contract.rules import RuleBook
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.pytest_plugin import verifies

RULES = RuleBook.read(resources.specs() / "vn-cbccvc" / "1.0").rules


def requirement(rule_id: str) -> str:
    """The requirement that demands a rule: both bear its number."""
    return rule_id.replace("VN-R-", "VN-RULE-")


@pytest.mark.parametrize(
    "rule_id",
    [pytest.param(rule.id, id=rule.id, marks=verifies(requirement(rule.id))) for rule in RULES],
)
def test_a_profile_that_breaks_one_rule_is_rejected_and_its_twin_is_not(
    agency, registry, judge, rule_id
):
    """
    Two people in one message, alike but for their ids and for what breaks the rule.

    A rule that is not enforced lets one kind of error through for ever; one that is enforced
    too widely keeps honest files out. The twin tells the two apart.
    """
    pair = agency.breaking(rule_id)

    receipt = registry.submit(agency.trial([pair.twin, pair.record]))

    with judge(requirement(rule_id), receipt):
        accepted(receipt, 1)
        rejected(receipt, 2, rule=rule_id, pointer=f"/records/1/profile{pair.pointer}")
