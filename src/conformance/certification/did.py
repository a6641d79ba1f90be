"""
`did:jwk`: an issuer's name that carries its public key, so that a stranger verifies offline.

The key proves who signed, never that the signer deserves trust. Signing is in `crypto`.
"""

from __future__ import annotations

from typing import Final

from conformance.certification import strict
from conformance.crypto import issuer_key
from conformance.crypto.jws import SignatureProblem
from conformance.model.json import JsonObject, compact

PREFIX: Final = "did:jwk:"
_MEMBERS: Final = ("crv", "kty", "x", "y")


def of(jwk: JsonObject) -> str:
    """The did:jwk of a public EC JWK; members that are not the key itself are left out."""
    return PREFIX + strict.encode(compact({name: jwk[name] for name in _MEMBERS}).encode())


def jwk_of(did: str) -> JsonObject:
    """
    The public key inside a did:jwk.

    Raises:
        ValueError: not a did:jwk, or not of an EC P-256 public key; the message says which.
    """
    if not did.startswith(PREFIX):
        raise ValueError("it does not begin with did:jwk:")
    try:
        jwk = strict.json_object(strict.decode(did.removeprefix(PREFIX)))
    except ValueError:
        raise ValueError("it is not the base64url of a JSON object") from None
    if "d" in jwk:
        raise ValueError("it holds a private key, which is now no secret any more")
    try:
        issuer_key.thumbprint(jwk)
    except SignatureProblem:
        raise ValueError("it holds another kind of key, or a point off the curve") from None
    return {name: str(jwk[name]) for name in _MEMBERS}
