"""In which order a record is checked, and that all is told that the first check found."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.family import CHILD, FATHER
from conformance.packs.vn_cbccvc.preparing import UNSENT
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import but, without
from conformance.packs.vn_cbccvc.stage_oracles import (
    tells_all_of_the_first_stage,
    tells_of_both_rules,
)
from conformance.pytest_plugin import verifies

#: What is wrong with a record, in the order of checks, and how each check says so.
WORDS = {
    "unsigned": "signature-missing",
    "misshapen": "schema",
    "secret": "state-secret",
    "miscoded": "code-list",
    "forged": "signature-invalid",
    "unhoused": "unit-unknown",
    "contradictory": "VN-R-",
}
STAGES = tuple(WORDS)
#: Two rules about one member, which each of these members of a family breaks.
OF_ONE_MEMBER = {FATHER: "VN-R-071", CHILD: "VN-R-073"}
#: Where two things are wrong, where they may be said to lie.
PAIRS = {
    "misshapen": (("/gender",), ("/birthFullName",)),
    "miscoded": (("/ethnicCode",), ("/religionCode",)),
    "unhoused": (("/managingAgencyCode",), ("/employingUnitCode",)),
}
NO_CODE = "98"


@verifies("VN-SYNC-031")
def test_a_record_is_told_every_fault_of_the_first_check_that_fails_and_no_other(
    agency, registry, judge
):
    """
    One person seven times: each time one thing fewer is wrong. Then each of the seven alone; and
    somebody as old as the father, as old as the child, and as old as both.

    Who is told one fault a day needs a week for one file; who is told what a forged record lacks
    learns how to forge a better one.
    """
    person, other = agency.people(2)

    # Nine at most in a message: who refuses the tenth is told so elsewhere.
    everything = registry.submit(
        agency.trial_of(
            [
                agency.signed(person),
                *(faulty(agency, person, other, STAGES[n:]) for n in range(len(STAGES))),
                agency.signed(agency.as_old_as(person, *OF_ONE_MEMBER)),
            ]
        )
    )
    alone = registry.submit(
        agency.trial_of(
            [
                *(faulty(agency, person, other, (stage,)) for stage in STAGES),
                *(agency.signed(agency.as_old_as(person, one)) for one in OF_ONE_MEMBER),
            ]
        )
    )

    with judge("VN-SYNC-031", everything, alone):
        accepted(everything, 1)
        told = [
            tells_all_of_the_first_stage(
                everything, number + 1, alone, number, word=WORDS[stage], pairs=PAIRS.get(stage, ())
            )
            for number, stage in enumerate(STAGES, start=1)
        ]
        behind = len(STAGES) + 1
        tells_of_both_rules(
            (everything, behind + 1),
            ((alone, behind), (alone, behind + 1)),
            rules=OF_ONE_MEMBER.values(),
            pointer="/family",
        )
        if not any(told):
            # Who checks nothing keeps to no order of checks.
            rejected(alone, 1, rule=WORDS[STAGES[0]], pointer="/records/0/signature")


def faulty(agency, person, other, wrong):
    """A record about a person in which these things are wrong, and no others."""
    profile = agency.contradicting(person) if "contradictory" in wrong else person
    if "unhoused" in wrong:
        nowhere = f"{person['employingUnitCode']}{UNSENT}"
        profile = {**profile, "managingAgencyCode": nowhere, "employingUnitCode": nowhere}
    if "miscoded" in wrong:
        profile = {**profile, "ethnicCode": NO_CODE, "religionCode": NO_CODE}
    if "secret" in wrong:
        profile = but(profile, "/stateSecret", True)
    if "misshapen" in wrong:
        profile = {**profile, "gender": "x", "birthFullName": ""}
    record = agency.signed(other if "forged" in wrong else profile)
    if "unsigned" in wrong:
        record = without(record, "signature")
    return {**record, "profile": profile}
