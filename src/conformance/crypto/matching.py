"""Whether a signature value is over some bytes, and if not, which of the usual slips it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from conformance.crypto.chain import HOSTILE
from conformance.crypto.jws import pss
from conformance.model.json import Json
from conformance.model.remark import Remark, remark

_COORDINATE: Final = 32

#: Other ways in which a record might have been written: (what it is, its bytes).
Forms = Callable[[], Iterable[tuple[Remark, bytes]]]


def matches(leaf: x509.Certificate, algorithm: str, raw: bytes, data: bytes) -> bool:
    """Whether `raw` is the signature of the leaf's key over `data` (ES256 or PS256)."""
    key = leaf.public_key()
    match algorithm, key:
        case "ES256", ec.EllipticCurvePublicKey():
            if len(raw) != 2 * _COORDINATE:
                return False
            r, s = (int.from_bytes(half, "big") for half in (raw[:_COORDINATE], raw[_COORDINATE:]))
            return _curve(key, encode_dss_signature(r, s), data)
        case "PS256", rsa.RSAPublicKey():
            return _rsa(key, raw, data, pss())
    return False


def mismatch(leaf: x509.Certificate, algorithm: str, raw: bytes, data: bytes) -> Remark:
    """Why `raw` does not match, where it is one of the usual slips."""
    key = leaf.public_key()
    match algorithm, key:
        case "ES256", ec.EllipticCurvePublicKey():
            if len(raw) != 2 * _COORDINATE and _curve(key, raw, data):
                return remark("value-der")
        case "PS256", rsa.RSAPublicKey():
            if _rsa(key, raw, data, padding.PKCS1v15()):
                return remark("value-pkcs1")
            any_salt = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO)
            if _rsa(key, raw, data, any_salt):
                return remark("value-salt")
    return remark("value-differs")


def other_forms(record: Json, text: bytes | None = None) -> Forms:
    """
    The ways in which software writes a record when it does not write RFC 8785.

    Args:
        text: the record's own file, when there is one.
    """

    def forms() -> Iterable[tuple[Remark, bytes]]:
        if text is not None:
            yield remark("form-file"), text
            yield remark("form-file-trimmed"), text.rstrip(b"\r\n")
        for order, by_name in ((remark("in-own-order"), False), (remark("sorted"), True)):
            for spacing, separators, indent in (
                ("", (",", ":"), None),
                (remark("with-spaces"), (", ", ": "), None),
                (remark("indented", width=2), (",", ": "), 2),
                (remark("indented", width=4), (",", ": "), 4),
            ):
                for escaping, ascii_only in (("", False), (remark("in-escapes"), True)):
                    written = json.dumps(
                        record,
                        sort_keys=by_name,
                        ensure_ascii=ascii_only,
                        separators=separators,
                        indent=indent,
                    )
                    name = remark("form-json", order=order, spacing=spacing, escaping=escaping)
                    yield name, written.encode("utf-8", "surrogatepass")

    return forms


def _curve(key: ec.EllipticCurvePublicKey, raw: bytes, data: bytes) -> bool:
    try:
        key.verify(raw, data, ec.ECDSA(hashes.SHA256()))
    except HOSTILE:
        return False
    return True


def _rsa(
    key: rsa.RSAPublicKey, raw: bytes, data: bytes, scheme: padding.PSS | padding.PKCS1v15
) -> bool:
    try:
        key.verify(raw, data, scheme, hashes.SHA256())
    except HOSTILE:
        return False
    return True
