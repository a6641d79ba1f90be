"""Every record is signed by somebody who may sign, or it is not taken."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import but, reordered, without
from conformance.pytest_plugin import verifies


@verifies("VN-SIG-001", "VN-SIG-002", "VN-SIG-003", "VN-SYNC-006")
def test_only_what_an_authorised_signer_signed_as_it_stands_is_taken(agency, registry, judge):
    """
    One batch: unsigned, changed after signing, another's signature, a stranger's, and a sound one.

    The signature is the approval: without it the registry does not know who answers for a
    pay step, and a step can be changed between the office and the registry.
    """
    unsigned, changed, exchanged, foreign, sound = agency.people(5)
    promoted = but(changed, "/currentResidence/detail", "Sửa sau khi ký")
    faulty = [
        without(agency.signed(unsigned), "signature"),
        {**agency.signed(changed), "profile": promoted},
        {**agency.signed(exchanged), "signature": agency.signed(sound)["signature"]},
        agency.signed(foreign, signer="untrusted"),
        agency.signed(sound),
    ]
    # The signature is over the canonical form: another order of members is the same record.
    signed = [
        {**agency.signed(person), "profile": reordered(person)}
        for person in (unsigned, promoted, exchanged, foreign)
    ]

    mixed = registry.submit(agency.trial_of(faulty))
    twins = registry.submit(agency.trial_of(signed))

    with judge("VN-SIG-001", mixed, twins):
        rejected(mixed, 1, rule="signature-missing", pointer=("/records/0", "/records/0/signature"))
        accepted(twins, 1)

    with judge("VN-SIG-002", mixed, twins):
        for number in (2, 3):
            rejected(
                mixed,
                number,
                rule="signature-invalid",
                pointer=(f"/records/{number - 1}", f"/records/{number - 1}/signature"),
            )
        accepted(twins, 2, 3)

    with judge("VN-SIG-003", mixed, twins):
        rejected(
            mixed, 4, rule="signature-untrusted", pointer=("/records/3", "/records/3/signature")
        )
        accepted(twins, 4)

    with judge("VN-SYNC-006", mixed):
        accepted(mixed, 5)
