"""Every record is signed by somebody who may sign, or it is not taken."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import but, reordered, without
from conformance.pytest_plugin import verifies


@verifies("VN-SIG-001", "VN-SIG-002", "VN-SIG-003", "VN-SYNC-006")
def test_only_what_an_authorised_signer_signed_as_it_stands_is_taken(agency, registry, judge):
    """
    One batch: unsigned, changed after signing, a stranger's, and a sound one; then the sound
    one changed under its old signature.

    The signature is the approval: without it the registry does not know who answers for a
    pay step, and a step can be changed between the office and the registry.
    """
    unsigned, changed, foreign, sound = agency.people(4)
    promoted = but(changed, "/currentResidence/detail", "Sửa sau khi ký")
    moved = but(sound, "/currentResidence/detail", "Sửa sau khi ký")
    approved = agency.signed(sound)
    faulty = [
        without(agency.signed(unsigned), "signature"),
        {**agency.signed(changed), "profile": promoted},
        agency.signed(foreign, signer="untrusted"),
        approved,
    ]
    # The signature is over the canonical form: another order of members is the same record.
    signed = [
        {**agency.signed(person), "profile": reordered(person)}
        for person in (unsigned, promoted, foreign, moved)
    ]

    mixed = registry.submit(agency.trial_of(faulty))
    later = registry.submit(agency.trial_of([{**approved, "profile": moved}]))
    twins = registry.submit(agency.trial_of(signed))

    with judge("VN-SIG-001", mixed, twins):
        rejected(mixed, 1, rule="signature-missing", pointer=("/records/0", "/records/0/signature"))
        accepted(twins, 1)

    with judge("VN-SIG-002", mixed, later, twins):
        for receipt, number, twin in ((mixed, 2, 2), (later, 1, 4)):
            rejected(
                receipt,
                number,
                rule="signature-invalid",
                pointer=(f"/records/{number - 1}", f"/records/{number - 1}/signature"),
            )
            accepted(twins, twin)

    with judge("VN-SIG-003", mixed, twins):
        rejected(
            mixed, 3, rule="signature-untrusted", pointer=("/records/2", "/records/2/signature")
        )
        accepted(twins, 3)

    with judge("VN-SYNC-006", mixed):
        accepted(mixed, 4)
