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
    ("VN-SIG-008", "future", "signature-expired"),
    ("VN-SIG-009", "revoked-since", "signature-revoked"),
    ("VN-SIG-010", "go-between", "signature-signer"),
    ("VN-SIG-012", "assistant", "signature-authority"),
    ("VN-SIG-015", "demanding", "signature-invalid"),
)
REQUIREMENTS = tuple(dict.fromkeys(requirement for requirement, _, _ in SIGNERS))
#: `like-named` speaks for number 1, whose code begins this one's; `subordinate` for the office
#: below in which whoever he signs for works, and which does not keep the file;
#: `go-between` bears the code of this one in his own name, and speaks for another agency.
NUMBER = 10
BELOW = next(index for index, (_, signer, _) in enumerate(SIGNERS) if signer == "subordinate")
CLERK = next(index for index, (_, signer, _) in enumerate(SIGNERS) if signer == "clerk")
#: An approver whose certificate names the office before the authority; the clerk's twin signs so.
SECRETARY = "secretary"
#: In one message; whoever signs in the second one signs for somebody of the first.
AT_MOST = 9


@verifies(*REQUIREMENTS)
def test_only_an_approver_of_this_agency_in_office_and_at_a_stated_time_is_believed(
    agency, registry, judge
):
    """
    Fourteen records whose signatures are right to the last byte, and whose signers are not.

    Two left the service, and one of them sets the clock back; one has not begun; two lost the
    token, one of them after he signed; one belongs to another province, one to it and bears this
    agency in his name, one to an agency whose code begins alike, one to an office below; one does
    not say when, one not by which clock; one only types, one assists; one asks for what nobody
    knows. Then all of them by approvers, of whom one is called by his office first. Behind each
    stands a case that went to court somewhere.
    """
    office = agency.department(NUMBER)
    below = agency.office_below(office, 1)
    people = [
        agency.employed([person], below if number == BELOW else office, kept_by=office)[0]
        for number, person in enumerate(agency.unheard_of(AT_MOST))
    ]

    registry.submit_units(agency.unit_message([office, below]))
    mixed = [
        registry.submit(
            agency.trial_of(
                agency.signed(person, signer=signer)
                for person, (_, signer, _) in zip(people, SIGNERS[first:], strict=False)
            )
        )
        for first in range(0, len(SIGNERS), AT_MOST)
    ]
    twins = registry.submit(
        agency.trial_of(
            agency.signed(person, signer=SECRETARY if number == CLERK else "authorised")
            for number, person in enumerate(people)
        )
    )

    for wanted in REQUIREMENTS:
        with judge(wanted, *mixed, twins):
            for index, (requirement, _, rule) in enumerate(SIGNERS):
                if requirement == wanted:
                    message, place = divmod(index, AT_MOST)
                    where = f"/records/{place}"
                    pointer = (where, f"{where}/signature")
                    rejected(mixed[message], place + 1, rule=rule, pointer=pointer)
                    accepted(twins, place + 1)


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
