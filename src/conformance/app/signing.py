"""Signing by hand with the test authority: single records, and whole messages."""

from __future__ import annotations

import base64
import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from conformance.app.authority import authority_for
from conformance.app.folder import write_json
from conformance.catalogue import packs
from conformance.crypto.authority import Authority
from conformance.crypto.canonical import canonical
from conformance.errors import UsageError
from conformance.model.json import Json, JsonObject
from conformance.model.merkle import digest
from conformance.model.pack import LoadedPack
from conformance.reference.clock import SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """
    Attributes:
        header: the protected header, as JSON text.
        size: bytes of the canonical form.
        digest: `sha256:` of it.
    """

    signature: str
    header: str
    size: int
    digest: str


def read_record(file: Path) -> Json:
    """
    One JSON value from a file, or from standard input when it is called "-".

    Raises:
        UsageError: it cannot be read, or is not JSON; the line is named.
    """
    return parsed(read_text(file), str(file), 1)


def canonical_bytes(record: Json, file: Path) -> bytes:
    """The bytes that are signed. Raises UsageError when the record has no canonical form."""
    try:
        return canonical(record)
    except ValueError as error:
        raise UsageError(
            f"this record has no canonical form: {error}",
            where=str(file),
            remedy="RFC 8785 knows no NaN, no lone surrogates and no integers beyond 2**53.",
        ) from None


def to_trust(*, home: Path, pack: str = "") -> tuple[Path, Path]:
    """The files that a target needs: the test CA's certificate (PEM), its revocation list (DER)."""
    loaded = packs.load(pack or packs.default())
    authority = authority_for(loaded, home, SystemClock().now())
    return authority.certificate, authority.crl


def sign_record(record: Json, file: Path, *, home: Path, signer: str, pack: str = "") -> Signed:
    """A detached signature by one of the test signers. Raises UsageError."""
    data = canonical_bytes(record, file)
    now = SystemClock().now()
    authority = _authority(packs.load(pack or packs.default()), home, signer)
    signature = authority.sign(record, signer=signer, at=now)
    encoded = signature.split(".")[0]
    header = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    return Signed(signature=signature, header=header, size=len(data), digest=digest(data))


def write_messages(
    *,
    people: Path | None,
    units: Path | None,
    out: Path,
    home: Path,
    signer: str,
    pack: str,
    seed: int | None,
) -> list[Path]:
    """
    Make the pack's messages for these records and write each to `out/<name>-message.json`.

    Raises:
        UsageError: a file cannot be read, a line is no record, the folder cannot be written.
    """
    loaded = packs.load(pack or packs.default())
    made = loaded.plugin.messages(
        people=_records(people),
        units=_records(units),
        sign=_authority(loaded, home, signer),
        signer=signer,
        at=SystemClock().now(),
        seed=seed if seed is not None else secrets.randbelow(2**31),
    )
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, message in made.items():
            path = out / f"{name}-message.json"
            write_json(path, message)
            written.append(path)
    except OSError as error:
        raise UsageError(
            f"the messages cannot be written: {error.strerror or error}",
            where="--out",
            value=str(out),
            remedy="Name a folder that you may write.",
        ) from None
    return written


def _authority(pack: LoadedPack, home: Path, signer: str) -> Authority:
    authority = authority_for(pack, home, SystemClock().now())
    if signer not in authority.signers:
        raise UsageError(
            "no such test signer",
            where="--signer",
            value=signer,
            remedy=f"Use one of: {', '.join(authority.signers)}.",
        )
    return authority


def _records(file: Path | None) -> list[JsonObject]:
    if file is None:
        return []
    found = []
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        record = parsed(line, str(file), number)
        if not isinstance(record, dict):
            raise UsageError(
                "a record is a JSON object",
                where=f"{file}:{number}",
                value=line[:60],
                remedy="Write one object a line.",
            )
        found.append(record)
    return found


def read_text(file: Path) -> str:
    """A UTF-8 file, or standard input when it is called "-". Raises UsageError."""
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(
            f"this file cannot be read: {said}",
            where="FILE",
            value=str(file),
            remedy="Name an existing JSON file.",
        ) from None


def parsed(text: str, name: str, line: int) -> Json:
    """The value of a JSON text; `line` is that of its first. Raises UsageError with its place."""
    try:
        value: Json = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"this is not JSON: {error.msg}",
            where=f"{name}:{line + error.lineno - 1}",
            value=error.doc[max(0, error.pos - 20) : error.pos + 20],
            remedy="Correct the line.",
        ) from None
    return value
