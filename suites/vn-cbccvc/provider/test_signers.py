"""Who may sign: somebody in office, for this agency, with authority, and at a stated time."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.pytest_plugin import verifies

#: Requirement -> (the signer who breaks it, how the record is rejected).
SIGNERS = {
    "VN-SIG-008": ("expired", "signature-expired"),
    "VN-SIG-009": ("revoked", "signature-revoked"),
    "VN-SIG-010": ("other-unit", "signature-signer"),
    "VN-SIG-011": ("untimed", "signature-time"),
    "VN-SIG-012": ("clerk", "signature-authority"),
}


@verifies(*SIGNERS)
def test_only_an_approver_of_this_agency_in_office_and_at_a_stated_time_is_believed(
    agency, registry, judge
):
    """
    Five records whose signatures are right to the last byte, and whose signers are not.

    One left the service, one lost the token, one belongs to another province, one does not
    say when, one only types. Behind each stands a case that went to court somewhere.
    """
    people = agency.people(len(SIGNERS))

    mixed = registry.submit(
        agency.trial_of(
            agency.signed(person, signer=signer)
            for person, (signer, _) in zip(people, SIGNERS.values(), strict=True)
        )
    )
    twins = registry.submit(agency.trial(people))

    for number, (requirement, (_, rule)) in enumerate(SIGNERS.items(), start=1):
        place = f"/records/{number - 1}"
        with judge(requirement, mixed, twins):
            rejected(mixed, number, rule=rule, pointer=(place, f"{place}/signature"))
            accepted(twins, number)


@verifies("VN-SIG-013")
def test_a_signature_is_good_for_its_own_record_only(agency, registry, judge):
    """
    The second record of a batch bears the signature of the first.

    Software that signs in a loop and forgets to move on does this by mistake; who copies an
    approved signature to another file does it on purpose.
    """
    owner, borrower = agency.people(2)
    signed = agency.signed(owner)
    borrowed = {"profile": borrower, "signature": signed["signature"]}

    mixed = registry.submit(agency.trial_of([signed, borrowed]))
    twin = registry.submit(agency.trial([borrower]))

    with judge("VN-SIG-013", mixed, twin):
        accepted(mixed, 1)
        rejected(mixed, 2, rule="signature-invalid", pointer=("/records/1", "/records/1/signature"))
        accepted(twin, 1)
