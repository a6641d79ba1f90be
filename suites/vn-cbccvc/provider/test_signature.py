"""Every record is signed by somebody who may sign, or it is not taken."""

from __future__ import annotations

import unicodedata

from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import but, reordered, without
from conformance.pytest_plugin import verifies


@verifies("VN-SIG-001", "VN-SIG-002", "VN-SIG-003", "VN-SYNC-006")
def test_only_what_an_authorised_signer_signed_as_it_stands_is_taken(agency, registry, judge):
    """
    One batch: unsigned, changed after signing, a stranger's, a sound one, one whose letters alone
    were taken apart, one under a forged certificate of the authority, and one under a certificate
    that a signer gave to somebody else, and one whose signature brings along what it was made
    over; then the sound one changed under its old signature.

    The signature is the approval: without it the registry does not know who answers for a
    pay step, and a step can be changed between the office and the registry.
    """
    unsigned, changed, foreign, sound, spelt, forged, handed_on, laden = agency.people(8)
    promoted = but(changed, "/currentResidence/detail", "Sửa sau khi ký")
    moved = but(sound, "/currentResidence/detail", "Sửa sau khi ký")
    spelt = but(spelt, "/currentResidence/detail", "Sửa sau khi ký")
    apart = unicodedata.normalize("NFD", "Sửa sau khi ký")
    approved = agency.signed(sound)
    laden, signed_before = but(laden, "/currentResidence/detail", "Sửa sau khi ký"), laden
    faulty = [
        without(agency.signed(unsigned), "signature"),
        {**agency.signed(changed), "profile": promoted},
        agency.signed(foreign, signer="untrusted"),
        approved,
        {**agency.signed(spelt), "profile": but(spelt, "/currentResidence/detail", apart)},
        agency.signed(forged, signer="impostor"),
        agency.signed(handed_on, signer="appointed"),
        {**agency.carrying(signed_before), "profile": laden},
    ]
    # The signature is over the canonical form: another order of members is the same record, and
    # so is one in which 100 is written as 100.0.
    signed = [
        {**agency.signed(person), "profile": reordered(person)}
        for person in (unsigned, promoted, foreign, moved, spelt, forged, handed_on, laden)
    ]
    pointed = but(reordered(promoted), "/salaryPercent", float(promoted["salaryPercent"]))
    signed[1] = {**signed[1], "profile": pointed}

    mixed = registry.submit(agency.trial_of(faulty))
    later = registry.submit(agency.trial_of([{**approved, "profile": moved}]))
    twins = registry.submit(agency.trial_of(signed))

    with judge("VN-SIG-001", mixed, twins):
        rejected(mixed, 1, rule="signature-missing", pointer=("/records/0", "/records/0/signature"))
        accepted(twins, 1)

    with judge("VN-SIG-002", mixed, later, twins):
        for receipt, number, twin in ((mixed, 2, 2), (mixed, 5, 5), (mixed, 8, 8), (later, 1, 4)):
            rejected(
                receipt,
                number,
                rule="signature-invalid",
                pointer=(f"/records/{number - 1}", f"/records/{number - 1}/signature"),
            )
            accepted(twins, twin)

    with judge("VN-SIG-003", mixed, twins):
        for number in (3, 6, 7):
            place = f"/records/{number - 1}"
            places = (place, f"{place}/signature")
            rejected(mixed, number, rule="signature-untrusted", pointer=places)
            accepted(twins, number)

    with judge("VN-SYNC-006", mixed):
        accepted(mixed, 4)
