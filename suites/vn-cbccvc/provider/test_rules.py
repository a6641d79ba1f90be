"""Every rule of rules.toml is enforced, and by itself: five are asked about in one message."""

from __future__ import annotations

import pytest

from conformance import resources
from conformance.contract.rules import RuleBook
from conformance.errors import Deviation
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.pytest_plugin import verifies

RULES = [rule.id for rule in RuleBook.read(resources.specs() / "vn-cbccvc" / "1.0").rules]
#: A trial message holds ten records: a pair for each of five rules.
IN_A_MESSAGE = 5
#: So many in a scenario, which sends the units of its people once.
TOGETHER = 4 * IN_A_MESSAGE


def requirement(rule_id: str) -> str:
    """The requirement that demands a rule: both bear its number."""
    return rule_id.replace("VN-R-", "VN-RULE-")


def group(*rule_ids):
    """Rules that are asked about together, called by the first and the last."""
    name = f"{rule_ids[0]}-to-{rule_ids[-1].rpartition('-')[2]}"
    return pytest.param(rule_ids, id=name, marks=verifies(*map(requirement, rule_ids)))


@pytest.mark.parametrize(
    "rule_ids",
    [group(*RULES[first : first + TOGETHER]) for first in range(0, len(RULES), TOGETHER)],
)
def test_a_profile_that_breaks_one_rule_is_rejected_and_its_twin_is_not(
    agency, registry, judge, rule_ids
):
    """
    Pairs of people, five in a message, alike but for their ids and for what breaks a rule.

    A rule that is not enforced lets one kind of error through for ever; one that is enforced
    too widely keeps honest files out. The twin tells the two apart. A pair of which another
    answer was expected is sent again alone: nobody is accused for what a neighbour in the
    message brought about.
    """
    pairs = agency.breaking(*rule_ids)
    for some in (pairs[at : at + IN_A_MESSAGE] for at in range(0, len(pairs), IN_A_MESSAGE)):
        receipt = registry.submit(agency.trial(each for p in some for each in (p.twin, p.record)))
        for place, sent in enumerate(some):
            pair, told, first = sent, receipt, 2 * place
            if not kept(told, first, pair):
                (pair,) = agency.breaking(sent.breaks)
                told, first = registry.submit(agency.trial([pair.twin, pair.record])), 0
            with judge(requirement(pair.breaks), told):
                keeps(told, first, pair)


def keeps(receipt, first, pair):
    """The twin, whose index this is, was accepted, and whoever follows was rejected by the rule."""
    accepted(receipt, first + 1)
    pointer = f"/records/{first + 1}/profile{pair.pointer}"
    rejected(receipt, first + 2, rule=pair.breaks, pointer=pointer)


def kept(receipt, first, pair):
    """Whether `keeps` has nothing to say."""
    try:
        keeps(receipt, first, pair)
    except Deviation:
        return False
    return True
