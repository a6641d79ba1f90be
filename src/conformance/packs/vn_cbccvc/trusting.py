"""
Whether a server knows the test authority and its revocation list: a message refused either way.

Three people who work in a unit that nobody founded are signed for: by somebody who may, by
somebody whose certificate was revoked, and by a stranger. Only a server that refuses the stranger
for his signature looks at signatures before units, and tells by the other two what it knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from conformance.errors import Deviation
from conformance.model import seeds
from conformance.model.exchange import Request, Response
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Signer, TrustQuestion
from conformance.packs.vn_cbccvc import by_hand, population
from conformance.packs.vn_cbccvc.vocabulary import offices

#: In the order of the records.
_SIGNERS: Final = ("authorised", "revoked", "untrusted")
#: A code has at most six steps below its root; the unit and one below it need two.
_DEEPEST: Final = 4
#: Always the same three people: should a server take them, a second time adds nobody.
_SEED: Final = seeds.derive(1, "trust-question")


def question(*, signer: Signer, grants: Mapping[str, Json], at: datetime) -> TrustQuestion | None:
    """The message and how to read its answer; None where no unit fits below the granted one."""
    own = offices(grants).own
    if own.count(".") > _DEEPEST:
        return None
    nowhere: JsonObject = {
        # No unit of a suite bears this number.
        "unitCode": f"{own}.0",
        "parentCode": own,
        "name": "Đơn vị không tồn tại",
        "unitType": "SO",
        "provinceCode": "01",
        "effectiveFrom": "2025-07-01",
        "effectiveTo": None,
    }
    people = population.people(seed=_SEED, count=len(_SIGNERS), as_of=at.date(), units=(nowhere,))
    records: list[Json] = [
        {"profile": person, "signature": signer.sign(person, signer=name, at=at)}
        for person, name in zip(people, _SIGNERS, strict=True)
    ]
    message: JsonObject = {
        "header": {**by_hand.header(by_hand.TRIAL, _SEED, at), "senderCode": own},
        "records": records,
    }
    request = Request(
        method="POST",
        target="/v1/trial-sync",
        headers=(("Content-Type", "application/json"),),
        body=json.dumps(message, ensure_ascii=False).encode(),
        operation="submitTrialSync",
    )
    return TrustQuestion(request=request, read=read)


def read(answer: Response) -> Mapping[str, bool]:
    """What a receipt tells: `test-ca` and `revocations`, each only where it is told."""
    rules = _rules(answer)
    approved, revoked, strange = (rules.get(number, frozenset()) for number in (1, 2, 3))
    if len(rules) != len(_SIGNERS) or "signature-untrusted" not in strange:
        return {}
    if "signature-untrusted" in approved:
        return {"test-ca": False}
    if _about_signatures(approved):
        return {}
    known = {"test-ca": True}
    if "signature-revoked" in revoked or not _about_signatures(revoked):
        known["revocations"] = "signature-revoked" in revoked
    return known


def _about_signatures(rules: frozenset[str]) -> bool:
    return any(rule.startswith("signature-") for rule in rules)


def _rules(answer: Response) -> Mapping[int, frozenset[str]]:
    """Record number -> the rules under which the record was rejected."""
    try:
        receipt = answer.json()
    except Deviation:
        return {}
    results = receipt.get("results") if isinstance(receipt, dict) else None
    found: dict[int, frozenset[str]] = {}
    for result in results if isinstance(results, list) else ():
        if not isinstance(result, dict) or not isinstance(number := result.get("recordNo"), int):
            continue
        errors = result.get("errors")
        found[number] = frozenset(
            str(error.get("rule"))
            for error in (errors if isinstance(errors, list) else ())
            if isinstance(error, dict)
        )
    return found
