"""Every keyword of the schemas of a profile and of a unit is enforced, and by itself."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.changing import moved
from conformance.packs.vn_cbccvc.profile_oracles import of_receipt
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.shape_oracles import keeps_every_keyword, results
from conformance.pytest_plugin import verifies


@verifies("VN-PRO-032", "VN-VEC-001", "VN-VEC-005")
def test_a_profile_that_breaks_one_keyword_is_rejected_where_it_does_and_its_twin_is_not(
    agency, registry, judge
):
    """
    Hundreds of people, each with one fault that the form forbids or one code that no list holds,
    after their faultless twins; behind each batch the same colleague, who has moved meanwhile.

    A limit that counts bytes cuts Vietnamese names short; one that nobody checks fills the
    national database with what the next system cannot read, and so does a code that nobody looks
    up. The twins stand on the boundary:
    as long, as large and as many as the form allows.
    """
    found = agency.faulty_profiles()
    miscoded = agency.miscoded_profiles(found.twins)
    faulty = [*found.vectors, *miscoded.vectors]
    place = {"unitCode": found.twins[0]["employingUnitCode"]}
    (colleague,) = agency.employed(agency.newcomers(1), place)

    twins_done, vectors_done = (
        registry.job_done(
            registry.submit_batch(agency.batch_of([agency.signed(person) for person in people]))
        )
        for people in (
            [*found.twins, colleague],
            [*(vector.value for vector in faulty), moved(colleague, 5)],
        )
    )

    # How a job ends is judged elsewhere; without its receipt nothing can be judged here.
    of_twins, of_vectors = results(twins_done, "/receipt"), results(vectors_done, "/receipt")
    places = [f"/records/{index}/profile" for index in range(len(faulty))]
    ahead = len(found.vectors)
    of_miscoded = {number - ahead: row for number, row in of_vectors.items() if number > ahead}
    with judge("VN-PRO-032", twins_done, vectors_done):
        ends = ((twins_done, len(found.twins) + 1), (vectors_done, len(faulty) + 1))
        for done, number in ends:
            of_receipt(done, lambda receipt, number=number: accepted(receipt, number))

    with judge("VN-VEC-001", vectors_done, twins_done):
        keeps_every_keyword(found, of_twins, of_vectors, places[:ahead])

    with judge("VN-VEC-005", vectors_done, twins_done):
        keeps_every_keyword(miscoded, of_twins, of_miscoded, places[ahead:], rule="code-list")


@verifies("VN-VEC-002")
def test_a_unit_that_breaks_one_keyword_is_rejected_where_it_does_and_its_twin_is_not(
    agency, registry, judge
):
    """
    Dozens of units, each with one fault that the contract forbids, after two faultless twins.

    A unit without an end is not one that ends on the thirtieth of February.
    """
    found = agency.faulty_units()

    twins = registry.submit_units(agency.unit_message(found.twins))
    vectors = registry.submit_units(agency.unit_message(v.value for v in found.vectors))
    # Units cannot be taken away: whatever was taken by mistake is put right again.
    registry.submit_units(agency.unit_message(found.twins))

    with judge("VN-VEC-002", vectors, twins):
        places = [f"/units/{index}" for index in range(len(found.vectors))]
        keeps_every_keyword(found, results(twins), results(vectors), places)
