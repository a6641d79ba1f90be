"""
What a signature over a profile must be in this contract: whose, and with what authority.

The engine checks form, value, chain, validity and revocation; what stands here is the rest:
the signer's organisation (O of the certificate) is the profile's managing agency or one above
it, and the signer is an approver (OU of the certificate). Both are modelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from conformance.crypto.canonical import canonical
from conformance.crypto.examining import examine
from conformance.crypto.jws import Trouble
from conformance.crypto.matching import other_forms
from conformance.crypto.steps import Step, Verified
from conformance.model.json import Json
from conformance.model.pack import Surroundings
from conformance.model.remark import Remark, remark
from conformance.model.signing import SignatureCheck

#: The role in a certificate that carries authority to approve.
APPROVER: Final = "Approver"
SIGNER: Final = "signer"
AUTHORITY: Final = "authority"


def examined(
    profile: Json,
    signature: Json,
    trust: Surroundings,
    moment: datetime,
    *,
    explain: bool = False,
    text: bytes | None = None,
) -> tuple[SignatureCheck, ...]:
    """
    Every step of checking the signature over a profile, in the order of refusals.

    Args:
        explain: look for the slip behind a signature that is over other bytes.
        text: the bytes of the profile's own file, if it has one.
    """
    if signature not in (None, "") and not isinstance(signature, str):
        return (_failed(Step.FORMAT, Trouble.INVALID, remark("signature-not-text")),)
    try:
        payload = canonical(profile)
    except ValueError as error:
        # What has no canonical form cannot have been signed.
        why = remark("form-impossible", reason=error)
        return (_failed(Step.CANONICAL_FORM, Trouble.INVALID, why),)
    found = examine(
        signature or "",
        payload,
        trust.trust_anchors,
        moment,
        revocations=trust.revocations,
        forms=other_forms(profile, text) if explain else None,
    )
    return (*found.checks, _speaks_for(profile, found.signer), _may_approve(found.signer))


def trouble_with(checks: Sequence[SignatureCheck]) -> str:
    """What the first failed step is called, "" when none failed."""
    return next((check.fault for check in checks if check.passed is False), "")


def signed_records(value: Json, signature: str = "") -> Mapping[str, tuple[Json, Json]]:
    """Pointer -> (profile, signature) of a message, of one signed record, or of a bare profile."""
    if not isinstance(value, dict):
        return {}
    if signature:
        return {"": (value.get("profile", value), signature)}
    records = value.get("records")
    if isinstance(records, list):
        return {
            f"/records/{index}": (record.get("profile"), record.get("signature"))
            for index, record in enumerate(records)
            if isinstance(record, dict)
        }
    # A published vector calls what it signs a record, whatever it is.
    name = next((name for name in ("profile", "record") if name in value), "")
    return {"": (value[name], value.get("signature"))} if name else {}


def _speaks_for(profile: Json, signer: Verified | None) -> SignatureCheck:
    agency = profile.get("managingAgencyCode") if isinstance(profile, dict) else None
    if signer is None:
        return SignatureCheck(step=SIGNER, passed=None)
    own = signer.organisation
    if own and isinstance(agency, str) and (agency + ".").startswith(own + "."):
        detail = remark("signer-speaks", organisation=own, agency=agency)
        return SignatureCheck(step=SIGNER, passed=True, detail=detail)
    detail = remark("signer-elsewhere", organisation=own or "-", agency=agency or "-")
    return _failed(SIGNER, Trouble.SIGNER, detail, seen=own)


def _may_approve(signer: Verified | None) -> SignatureCheck:
    if signer is None:
        return SignatureCheck(step=AUTHORITY, passed=None)
    held = ", ".join(signer.roles)
    if APPROVER in signer.roles:
        detail = remark("authority-held", held=held)
        return SignatureCheck(step=AUTHORITY, passed=True, detail=detail, seen=held)
    detail = remark("authority-lacking", held=held or "-", needed=APPROVER)
    return _failed(AUTHORITY, Trouble.AUTHORITY, detail, seen=held)


def _failed(step: str, fault: Trouble, detail: Remark, *, seen: str = "") -> SignatureCheck:
    return SignatureCheck(step=step, passed=False, fault=fault.value, detail=detail, seen=seen)
