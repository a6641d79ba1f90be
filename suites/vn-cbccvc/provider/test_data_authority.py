"""Who owns which field: nobody else overwrites it, and nobody is asked for it twice."""

from __future__ import annotations

from conformance.oracles.body import equal_json, member
from conformance.packs.vn_cbccvc.owner_oracles import (
    became,
    fields_of,
    gives_each_field_one_owner,
    holds,
    names_owner,
)
from conformance.packs.vn_cbccvc.receipts import accepted, not_stored, rejected, stored
from conformance.packs.vn_cbccvc.records import but, composed, without
from conformance.pytest_plugin import verifies

SINCE = "2026-07-01"
CARD, OTHER_CARD = "HC4999900000011", "HC4999900000012"
"""Numbers of health insurance that were never issued."""


@verifies("VN-AUTH-001")
def test_the_published_table_gives_each_field_one_owner(registry, contract, judge):
    """
    A vendor reads from the server who owns which field.

    Two owners of one field overwrite each other for ever; what nobody owns nobody corrects.
    """
    table = registry.code_list("authority", version=SINCE, limit=1000)
    known = registry.code_list("data-owners", version=SINCE, limit=1000)

    with judge("VN-AUTH-001", *table, *known):
        gives_each_field_one_owner(table, known, fields_of(contract.document))


@verifies("VN-AUTH-002", "VN-AUTH-003", "VN-AUTH-004")
def test_an_agency_does_not_overwrite_what_is_anothers(agency, owners, registry, judge):
    """
    The insurance register has stated a number; an agency sends another one, and then the right one.

    A typing error in one office would replace what the whole state knows; but a server that
    refuses every file which repeats it stops every promotion.
    """
    branch = agency.branch(children=1)
    known, twin = (
        owners.unsaid(person, "INSURANCE")
        for person in agency.employed(agency.newcomers(2), branch[-1])
    )
    wrong = but(known, "/healthInsuranceNumber", OTHER_CARD)
    right = but(but(known, "/healthInsuranceNumber", CARD), "/strength", "Tổng hợp, soạn thảo")

    registry.submit_units(agency.unit_message(branch))
    stated = registry.state(
        owners.message("INSURANCE", owners.event(known, {"healthInsuranceNumber": CARD}))
    )
    overwriting = registry.submit(
        agency.trial([wrong, but(twin, "/healthInsuranceNumber", OTHER_CARD)])
    )
    untouched = registry.profile(known)
    agreeing = registry.submit(agency.trial([right]))
    read = registry.profile(known)

    with judge("VN-AUTH-002", stated, overwriting, untouched):
        became(stated, "APPLIED")
        rejected(
            overwriting, 1, rule="not-owner", pointer="/records/0/profile/healthInsuranceNumber"
        )
        accepted(overwriting, 2)
        not_stored(untouched, wrong, mark="/healthInsuranceNumber")

    with judge("VN-AUTH-003", overwriting):
        names_owner(overwriting, 1, "INSURANCE")

    with judge("VN-AUTH-004", agreeing, read):
        accepted(agreeing, 1)
        stored(read, right)
        pointer = "/profile/strength"
        equal_json(composed(member(read, pointer)), composed(right["strength"]), pointer=pointer)


@verifies("VN-AUTH-005", "VN-AUTH-006")
def test_what_the_owner_knows_need_not_be_sent_and_what_it_does_not_know_can_be(
    agency, owners, registry, judge
):
    """
    The population register knows another name of somebody, and not yet who issued the card.

    Agencies may not ask people for what is there already; and what nobody else knows yet would
    be known by nobody if it were refused.
    """
    branch = agency.branch(children=1)
    half, spared = agency.employed(agency.newcomers(2), branch[-1])
    half = but(without(half, "otherNames"), "/idIssuePlace", "Nơi cấp thử nghiệm")
    spared = owners.unsaid(spared, "INSURANCE")

    registry.submit_units(agency.unit_message(branch))
    named = registry.state(
        owners.message("POPULATION", owners.event(half, {"otherNames": "Tên gọi thử nghiệm"}))
    )
    numbered = registry.state(
        owners.message("INSURANCE", owners.event(spared, {"healthInsuranceNumber": CARD}))
    )
    with_more = registry.submit(agency.trial([half]))
    with_less = registry.submit(agency.trial([spared]))
    read = registry.profile(spared)

    with judge("VN-AUTH-005", named, with_more):
        became(named, "APPLIED")
        accepted(with_more, 1)

    with judge("VN-AUTH-006", numbered, with_less, read):
        became(numbered, "APPLIED")
        accepted(with_less, 1)
        stored(read, spared)
        pointer = "/profile/healthInsuranceNumber"
        equal_json(member(read, pointer), CARD, pointer=pointer)


@verifies("VN-AUTH-007", "VN-AUTH-008")
def test_an_owner_states_its_own_fields_and_who_asks_is_told_what_is_held(
    agency, owners, registry, judge
):
    """
    The insurance register renames somebody and insures somebody else; an agency asks what is held.

    A connection that was opened for insurance numbers must not rename people; and software can
    only spare people a question when it can find out what is known.
    """
    renamed, insured, unknown = agency.newcomers(3)

    stated = registry.state(
        owners.message(
            "INSURANCE",
            owners.event(renamed, {"otherNames": "Tên không thuộc thẩm quyền"}),
            owners.event(insured, {"healthInsuranceNumber": CARD}),
        )
    )
    held = registry.held_fields(owners.question([insured, unknown]))

    with judge("VN-AUTH-007", stated):
        became(stated, "REJECTED", "APPLIED")
        rejected(stated, 1, rule="not-owner", pointer="/events/0/fields/otherNames")

    with judge("VN-AUTH-008", stated, held):
        holds(held, 1, {"/healthInsuranceNumber": "INSURANCE"})
        holds(held, 2, {})
