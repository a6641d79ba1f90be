"""The population register: who is who, and what differs."""

from __future__ import annotations

import unicodedata

from conformance.packs.vn_cbccvc.profile_oracles import matches
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import but
from conformance.pytest_plugin import verifies


@verifies("VN-PRO-015")
def test_a_person_is_found_however_the_name_is_spelt_and_differences_are_named(
    agency, registry, judge
):
    """
    An agency asks the register about its people before it sends their files.

    Half of the mismatches that clerks run after are spellings; the other half are two people
    with one number, and must not be overlooked.
    """
    known, stranger = agency.people(2)
    known = but(known, "/birthFullName", "NGUYỄN THỊ HÒA")
    other_day = "1990-02-28" if known["birthDate"] != "1990-02-28" else "1990-02-27"
    asked = (
        known,
        but(known, "/birthFullName", unicodedata.normalize("NFD", "Nguyễn Thị Hòa")),
        but(known, "/birthFullName", " Nguyễn  Thị Hoà "),
        but(known, "/birthFullName", "NGUYỄN THỊ HOA"),
        but(known, "/birthDate", other_day),
        but(known, "/gender", "1" if known["gender"] == "2" else "2"),
        stranger,
    )

    receipt = registry.submit(agency.trial([known]))
    answer = registry.match(agency.question(asked))

    with judge("VN-PRO-015", receipt, answer):
        accepted(receipt, 1)
        matches(
            answer,
            (
                "MATCHED",
                "MATCHED",
                "MATCHED",
                "MISMATCH_NAME",
                "MISMATCH_BIRTH_DATE",
                "MISMATCH_SEX",
                "NOT_FOUND",
            ),
        )
