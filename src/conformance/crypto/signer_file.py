"""A signer made from the PEM file that software under test is given."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509

from conformance.crypto import certificates as make
from conformance.crypto.canonical import canonical
from conformance.crypto.jws import sign_detached
from conformance.model.json import Json


class SignerFile:
    """
    Signs with the key of one file (key, certificate, CA); fulfils `model.pack.Signer`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no key, or no certificate.
    """

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        self._key = make.load_key(content)
        self._chain = tuple(x509.load_pem_x509_certificates(content))

    def sign(self, record: Json, *, signer: str, at: datetime) -> str:
        """A detached signature over `record`; whoever is named, there is one key."""
        del signer
        return sign_detached(canonical(record), key=self._key, chain=self._chain, at=at)
