"""Looking at signatures by hand: every step of checking them, named, for whoever debugs his own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from conformance.app.authority import authority_for
from conformance.app.signing import parsed, read_text
from conformance.catalogue import packs
from conformance.crypto.canonical import canonical
from conformance.crypto.jws import SignatureProblem, protected_header
from conformance.errors import UsageError
from conformance.model.json import Json, JsonObject
from conformance.model.merkle import digest
from conformance.model.pack import Surroundings
from conformance.model.signing import SignatureCheck
from conformance.reference.clock import ManualClock, SystemClock
from conformance.reporting.signatures import Looked


def look(
    file: Path,
    *,
    home: Path,
    pack: str = "",
    signature: Path | None = None,
    at: str = "",
    trust: Path | None = None,
    crl: Path | None = None,
) -> Sequence[Looked]:
    """
    Check every signature in a message, on one signed record, or over a bare record.

    Args:
        file: the JSON; "-" is standard input.
        signature: the file that holds the signature over a bare record.
        at: RFC 3339; "" for now.
        trust: PEM certificates to believe in place of the test CA.
        crl: PEM revocation lists in place of the test CA's.

    Raises:
        UsageError: a file cannot be read, or holds nothing signed.
    """
    text = read_text(file)
    value = parsed(text, str(file), 1)
    loaded = packs.load(pack or packs.default())
    moment = _moment(at)
    authority = authority_for(loaded, home, SystemClock().now())
    surroundings = Surroundings(
        clock=ManualClock(moment),
        seed=0,
        trust_anchors=authority.trust_anchors if trust is None else (_pem(trust, "--trust"),),
        revocations=(
            (_pem(crl, "--crl"),)
            if crl is not None
            else authority.revocations
            if trust is None
            else ()
        ),
    )
    given = read_text(signature).strip() if signature is not None else ""
    signed = loaded.plugin.signed_records(value, given)
    if not signed:
        raise UsageError(
            "there is no signature to check",
            where="FILE",
            value=str(file),
            remedy="Name a message, a signed record, or a record and its --signature.",
        )
    # The text of the file explains a signature only where the file is the record itself.
    own = text.encode() if given and value == next(iter(signed.values()))[0] else None
    try:
        return [
            _looked(
                pointer,
                record,
                held,
                loaded.plugin.signature_checks(record, held, surroundings, text=own),
            )
            for pointer, (record, held) in signed.items()
        ]
    except ValueError as error:
        raise UsageError(
            f"the certificates cannot be read: {error}",
            where="--trust",
            value=str(trust),
            remedy="Name a file with PEM certificates.",
        ) from None


def _looked(
    pointer: str, record: Json, signature: Json, checks: Sequence[SignatureCheck]
) -> Looked:
    header: JsonObject | None = None
    with suppress(SignatureProblem):
        header = protected_header(str(signature))
    try:
        data = canonical(record)
    except ValueError:
        data = b""
    return Looked(
        pointer=pointer,
        header=header,
        size=len(data),
        digest=digest(data) if data else "",
        checks=checks,
    )


def _moment(text: str) -> datetime:
    if not text:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            "this is no moment",
            where="--at",
            value=text,
            remedy="Write it as 2026-11-20T02:15:00Z.",
        )
    return moment


def _pem(file: Path, where: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"this file cannot be read: {error.strerror}",
            where=where,
            value=str(file),
            remedy="Name an existing PEM file.",
        ) from None
