"""What preflight asks about the test authority, and what it reads out of an answer."""

from __future__ import annotations

import json

import pytest

from conformance.contract.contract import Contract
from conformance.crypto.authority import Authority
from conformance.model.exchange import Response
from conformance.packs.vn_cbccvc.trusting import question, read
from tests.reference.conftest import NOW


def receipt(*rules):
    """One rejected record for each argument, under these rules."""
    results = [
        {"recordNo": number, "status": "REJECTED", "errors": [{"rule": rule} for rule in broken]}
        for number, broken in enumerate(rules, start=1)
    ]
    return Response(status=200, body=json.dumps({"results": results}).encode())


UNIT, STRANGE, REVOKED = ("unit-unknown",), ("signature-untrusted",), ("signature-revoked",)


@pytest.mark.parametrize(
    ("rules", "known"),
    [
        ((UNIT, REVOKED, STRANGE), {"test-ca": True, "revocations": True}),
        ((UNIT, UNIT, STRANGE), {"test-ca": True, "revocations": False}),
        (((), (), STRANGE), {"test-ca": True, "revocations": False}),
        ((STRANGE, STRANGE, STRANGE), {"test-ca": False}),
        ((UNIT, STRANGE, STRANGE), {"test-ca": True}),
        # Units first: then nothing is known of signatures.
        ((UNIT, UNIT, UNIT), {}),
        # Something is wrong with every signature, and it is not the authority.
        ((("signature-invalid",), REVOKED, STRANGE), {}),
        ((UNIT, REVOKED), {}),
    ],
)
def test_what_the_refusals_tell(rules, known):
    assert read(receipt(*rules)) == known


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"results": 7}', b'{"results": [7, {"recordNo": "1"}, {"recordNo": 2}]}'],
)
def test_an_odd_answer_tells_nothing(body):
    assert read(Response(status=200, body=body)) == {}


@pytest.mark.parametrize("root", ["H98", "H98.5.3", "H98.1.2.3.4"])
def test_the_message_is_in_order_but_for_the_unit(pack, tmp_path, root):
    authority = Authority.open(tmp_path, NOW, organisation=root, other="H97")
    asked = question(signer=authority, grants={"subtree_root": root}, at=NOW)
    message = json.loads(asked.request.body)
    contract = Contract.load(pack)
    assert contract.is_valid("TrialSyncMessage", message)
    assert {record["profile"]["managingAgencyCode"] for record in message["records"]} == {
        f"{root}.0"
    }
    again = question(signer=authority, grants={"subtree_root": root}, at=NOW)
    people = [
        record["profile"]["profileId"] for record in json.loads(again.request.body)["records"]
    ]
    assert people == [record["profile"]["profileId"] for record in message["records"]]


def test_below_the_deepest_unit_nothing_is_asked(tmp_path):
    root = "H98.1.2.3.4.5"
    authority = Authority.open(tmp_path, NOW, organisation=root, other="H97")
    assert question(signer=authority, grants={"subtree_root": root}, at=NOW) is None
