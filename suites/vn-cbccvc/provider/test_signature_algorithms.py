"""With what a record may be signed: which algorithms, which keys, which digests."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.pytest_plugin import verifies


@verifies("VN-SIG-004", "VN-SIG-005", "VN-SIG-006")
def test_es256_and_ps256_prove_a_record_and_nothing_else_does(agency, registry, judge):
    """
    One batch is signed with RS256 and with no algorithm at all, one with PS256 and with ES256.

    Libraries take what the header says. A registry that does not choose for itself lets the
    sender choose, and the sender may choose that no key is needed.
    """
    people = agency.people(4)

    faulty = registry.submit(_signed_by(agency, people[:2], ("rs256", "none")))
    twins = registry.submit(agency.trial(people[:2]))
    sound = registry.submit(_signed_by(agency, people[2:], ("authorised-ps256", "authorised")))

    with judge("VN-SIG-004", faulty, twins):
        _rejected(faulty, 1, "signature-algorithm")
        accepted(twins, 1)

    with judge("VN-SIG-005", faulty, twins):
        _rejected(faulty, 2, "signature-algorithm")
        accepted(twins, 2)

    with judge("VN-SIG-006", sound):
        accepted(sound, 1)


@verifies("VN-SIG-007", "VN-SIG-014")
def test_a_short_key_and_a_weak_digest_prove_nothing(agency, registry, judge):
    """
    A key of 1024 bits signs one record, a certificate over SHA-1 stands under another.

    Both are still found in offices that bought their tokens ten years ago, and both can be
    forged by somebody who wants a pay step badly enough.
    """
    people = agency.people(3)

    mixed = registry.submit(_signed_by(agency, people, ("short-key", "sha1", "authorised")))
    twins = registry.submit(agency.trial(people[:2]))

    with judge("VN-SIG-007", mixed, twins):
        _rejected(mixed, 1, "signature-key")
        accepted(twins, 1)

    with judge("VN-SIG-014", mixed, twins):
        _rejected(mixed, 2, "signature-algorithm")
        accepted(twins, 2)


def _signed_by(agency, people, signers):
    """A trial message of which each record has a signer of its own."""
    return agency.trial_of(
        agency.signed(person, signer=signer) for person, signer in zip(people, signers, strict=True)
    )


def _rejected(receipt, number, rule):
    place = f"/records/{number - 1}"
    rejected(receipt, number, rule=rule, pointer=(place, f"{place}/signature"))
