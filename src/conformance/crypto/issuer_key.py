"""
The operator's own key, with which declarations are signed; it is made on first use.

On disk: `issuer/key.pem` (private, 0600) and `issuer/public.json` (the JWK to hand out,
with the moment of its making) below the state folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from conformance.crypto.canonical import canonical
from conformance.crypto.jws import MAX_HEADER, SignatureProblem, Trouble, protected_header
from conformance.crypto.state import publish_folder
from conformance.model.json import JsonObject, compact

ALGORITHM: Final = "ES256"
_MAX_PAYLOAD: Final = 4 * 1024 * 1024


class WideRegistry(jws.JWSRegistry):
    """
    joserfc's registry, whose own 512-byte limit on headers and payloads refuses every declaration.

    It knows ES256 and nothing else.
    """

    max_header_length = MAX_HEADER
    max_payload_length = _MAX_PAYLOAD * 4 // 3
    max_signature_length = 512


_REGISTRY: Final = WideRegistry(algorithms=[ALGORITHM], strict_check_header=False)


class IssuerKey:
    """An EC P-256 key pair that signs JWTs with ES256."""

    def __init__(self, key: ECKey) -> None:
        self._key = key
        self._kid = key.thumbprint()

    @classmethod
    def open(cls, folder: Path, now: datetime) -> IssuerKey:
        """
        The key of a state folder, made there when it is missing.

        Raises:
            OSError: the folder cannot be read or written.
            ValueError: the key file holds no EC P-256 key.
        """
        home = folder / "issuer"
        if not (home / "key.pem").exists():
            fresh = cls(ECKey.generate_key("P-256"))
            description: JsonObject = {
                "created_at": now.astimezone(UTC).isoformat(),
                "jwk": dict(fresh.public_jwk),
            }
            # Of two processes that race, one publishes; both read what was published.
            publish_folder(
                home,
                {
                    "key.pem": fresh._key.as_pem(private=True),
                    "public.json": compact(description).encode() + b"\n",
                },
            )
        key = ECKey.import_key((home / "key.pem").read_bytes())
        if not key.is_private or key.curve_name != "P-256":
            raise ValueError(f"{home / 'key.pem'} holds no private EC P-256 key")
        return cls(key)

    @property
    def kid(self) -> str:
        """The key's RFC 7638 thumbprint (SHA-256, base64url)."""
        return self._kid

    @property
    def public_jwk(self) -> JsonObject:
        """The public half as an RFC 7517 JWK with `kid`, `alg` and `use`."""
        public = self._key.as_dict(private=False)
        jwk: JsonObject = {name: str(public[name]) for name in ("kty", "crv", "x", "y")}
        return jwk | {"kid": self._kid, "alg": ALGORITHM, "use": "sig"}

    def sign_jwt(
        self,
        payload: bytes | JsonObject,
        typ: str = "vc+jwt",
        *,
        header: Mapping[str, str] | None = None,
    ) -> str:
        """
        A compact JWS over `payload` (an object is written in canonical form).

        Args:
            header: more protected members, such as `iss` or `cty`.
        """
        protected = {**(header or {}), "alg": ALGORITHM, "typ": typ, "kid": self._kid}
        body = payload if isinstance(payload, bytes) else canonical(payload)
        return jws.serialize_compact(protected, body, self._key, registry=_REGISTRY)


def thumbprint(jwk: Mapping[str, object]) -> str:
    """
    The RFC 7638 thumbprint of a public EC JWK.

    Raises:
        SignatureProblem: it is none (step `key`).
    """
    return _import(jwk).thumbprint()


def verify_jwt(token: str, jwk: Mapping[str, object], *, typ: str | None = "vc+jwt") -> JsonObject:
    """
    The payload of `token`, when the holder of `jwk` signed it.

    Args:
        typ: what the header's `typ` must be; None for anything.

    Raises:
        SignatureProblem: `missing` (no token), `untrusted` (it names another key) or
            `invalid` (everything else); `step` says which check failed.
    """
    token = token.strip()
    if not token:
        raise SignatureProblem(Trouble.MISSING, "presence", "there is no token")
    if token.count(".") != 2 or ".." in token:
        raise SignatureProblem(Trouble.INVALID, "format", "a compact JWS has three parts")
    key = _import(jwk)
    header = protected_header(token)
    if header.get("alg") != ALGORITHM:
        raise SignatureProblem(
            Trouble.INVALID, "algorithm", f"alg is {header.get('alg')!r}, not {ALGORITHM!r}"
        )
    if "crit" in header:
        raise SignatureProblem(
            Trouble.INVALID, "header", "crit names extensions that are not understood"
        )
    if typ is not None and header.get("typ") != typ:
        raise SignatureProblem(
            Trouble.INVALID, "header", f"typ is {header.get('typ')!r}, not {typ!r}"
        )
    signer, trusted = header.get("kid"), key.thumbprint()
    if signer not in (None, trusted):
        raise SignatureProblem(
            Trouble.UNTRUSTED, "key", f"signed with key {signer!r}, not {trusted!r}"
        )
    try:
        verified = jws.deserialize_compact(token, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):
        raise SignatureProblem(
            Trouble.INVALID, "signature", "the signature does not match the content"
        ) from None
    return _object(verified.payload)


def _object(payload: bytes) -> JsonObject:
    try:
        value = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SignatureProblem(Trouble.INVALID, "payload", "the payload is not a JSON object")
    return value


def _import(jwk: Mapping[str, object]) -> ECKey:
    try:
        public: dict[str, str | list[str]] = {
            name: str(jwk[name]) for name in ("kty", "crv", "x", "y")
        }
        key = ECKey.import_key(public)
        # Importing is lazy: a point off the curve shows only now.
        if key.public_key.curve.name == "secp256r1":
            return key
    except (KeyError, ValueError, TypeError, JoseError):
        pass
    raise SignatureProblem(Trouble.UNTRUSTED, "key", "the trusted key is not a public EC P-256 JWK")
