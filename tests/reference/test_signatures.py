"""Whose signature counts in this contract, and where in a file signatures are looked for."""

from __future__ import annotations

import pytest

from conformance.crypto.authority import Authority
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc.signatures import examined, signed_records, trouble_with
from conformance.packs.vn_cbccvc.vocabulary import offices
from conformance.reference.clock import ManualClock
from tests.reference.conftest import NOW

PROFILE = {"profileId": "098090123456", "managingAgencyCode": "H98.10.2"}


def worth(folder, organisation: str, profile=PROFILE) -> str:
    authority = Authority.open(folder, NOW, organisation=organisation)
    trust = Surroundings(clock=ManualClock(NOW), seed=0, trust_anchors=authority.trust_anchors)
    signature = authority.sign(profile, signer="authorised", at=NOW)
    return trouble_with(examined(profile, signature, trust, NOW))


@pytest.mark.parametrize("organisation", ["H98.10.2", "H98.10", "H98"])
def test_the_managing_agency_signs_or_one_above_it(organisation, tmp_path):
    assert worth(tmp_path, organisation) == ""


@pytest.mark.parametrize("organisation", ["H98.1", "H98.10.2.1", "H9", "H99", "Sở Nội vụ", "h98"])
def test_nobody_below_beside_or_elsewhere_signs(organisation, tmp_path):
    assert worth(tmp_path, organisation) == "signer"


@pytest.mark.parametrize("agency", [None, 7, ""])
def test_a_profile_that_names_no_agency_has_no_signer(agency, tmp_path):
    assert worth(tmp_path, "H98", {"managingAgencyCode": agency}) == "signer"


def test_a_value_without_a_canonical_form_was_signed_by_nobody(authority):
    trust = Surroundings(clock=ManualClock(NOW), seed=0, trust_anchors=authority.trust_anchors)
    sound = authority.sign(PROFILE, signer="authorised", at=NOW)
    assert trouble_with(examined({"n": 2**60}, sound, trust, NOW)) == "invalid"
    assert trouble_with(examined(PROFILE, 7, trust, NOW)) == "invalid"
    assert trouble_with(examined(PROFILE, None, trust, NOW)) == "missing"


def test_signatures_are_found_in_messages_records_and_beside_a_profile():
    record = {"profile": PROFILE, "signature": "a..b"}
    assert signed_records({"header": {}, "records": [record, 7, {}]}) == {
        "/records/0": (PROFILE, "a..b"),
        "/records/2": (None, None),
    }
    assert signed_records(record) == {"": (PROFILE, "a..b")}
    assert signed_records(PROFILE, "c..d") == {"": (PROFILE, "c..d")}
    assert signed_records(record, "c..d") == {"": (PROFILE, "c..d")}
    assert signed_records({"record": PROFILE, "signature": "a..b"}) == {"": (PROFILE, "a..b")}
    assert signed_records(PROFILE) == signed_records([record]) == {}


@pytest.mark.parametrize(
    ("grants", "own", "other"),
    [
        ({}, "H98", "H97"),
        ({"subtree_root": "H98.5"}, "H98.5", "H97"),
        ({"subtree_root": "H97.1"}, "H97.1", "H99"),
    ],
)
def test_test_signers_speak_for_what_a_target_grants(grants, own, other):
    found = offices(grants)
    assert (found.own, found.other) == (own, other)
