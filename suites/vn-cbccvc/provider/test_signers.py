"""Who may sign: somebody in office, for this agency, with authority, and at a stated time."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.pytest_plugin import verifies

#: Requirement, a signer who breaks it, and how the record is rejected.
SIGNERS = (
    ("VN-SIG-008", "expired", "signature-expired"),
    ("VN-SIG-008", "backdated", "signature-expired"),
    ("VN-SIG-009", "revoked", "signature-revoked"),
    ("VN-SIG-010", "other-unit", "signature-signer"),
    ("VN-SIG-010", "like-named", "signature-signer"),
    ("VN-SIG-010", "subordinate", "signature-signer"),
    ("VN-SIG-011", "untimed", "signature-time"),
    ("VN-SIG-011", "clockless", "signature-time"),
    ("VN-SIG-012", "clerk", "signature-authority"),
)
REQUIREMENTS = tuple(dict.fromkeys(requirement for requirement, _, _ in SIGNERS))
#: `like-named` speaks for number 1, whose code begins this one's; `subordinate` for a part of it.
NUMBER = 10


@verifies(*REQUIREMENTS)
def test_only_an_approver_of_this_agency_in_office_and_at_a_stated_time_is_believed(
    agency, registry, judge
):
    """
    Nine records whose signatures are right to the last byte, and whose signers are not.

    Two left the service, and one of them sets the clock back; one lost the token; one belongs to
    another province, one to an agency whose code begins alike, one to an office below; one does
    not say when, one not by which clock; one only types. Behind each stands a case that went to
    court somewhere.
    """
    office = agency.department(NUMBER)
    people = agency.employed(agency.unheard_of(len(SIGNERS)), office)

    registry.submit_units(agency.unit_message([office]))
    mixed = registry.submit(
        agency.trial_of(
            agency.signed(person, signer=signer)
            for person, (_, signer, _) in zip(people, SIGNERS, strict=True)
        )
    )
    twins = registry.submit(agency.trial(people))

    for wanted in REQUIREMENTS:
        with judge(wanted, mixed, twins):
            for number, (requirement, _, rule) in enumerate(SIGNERS, start=1):
                if requirement == wanted:
                    place = f"/records/{number - 1}"
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
