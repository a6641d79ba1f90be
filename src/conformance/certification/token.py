"""
A certificate's outer form: a compact JWS, read strictly and before anything is believed.

Whether its signature fits is judged in `verification`, with the help of `crypto`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.certification import strict
from conformance.certification.reasons import Reason, reason
from conformance.model.json import JsonObject

#: Characters; a declaration with two dozen classes takes about ten thousand.
LARGEST: Final = 256 * 1024
ALGORITHM: Final = "ES256"
TYPE: Final = "vc+jwt"
CONTENT_TYPE: Final = "vc"
_HEADER: Final = frozenset({"alg", "typ", "cty", "kid", "iss"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """
    A compact JWS in its parts, unverified.

    Attributes:
        text: as read, without surrounding white space.
        issuer: the payload's `issuer`, "" when it is no text.
    """

    text: str
    header: JsonObject
    payload: JsonObject

    @property
    def issuer(self) -> str:
        """What the payload calls its issuer; "" when it is no text."""
        named = self.payload.get("issuer")
        return named if isinstance(named, str) else ""


def read(content: bytes | str) -> Token | Reason:
    """Take a certificate file's content apart, or say why it cannot be one."""
    if len(content) > LARGEST:
        return reason("form-too-large", limit=LARGEST)
    try:
        # An editor may have added a line end; inside the token nothing is forgiven.
        text = (content.decode("ascii") if isinstance(content, bytes) else content).strip(" \t\r\n")
    except UnicodeDecodeError:
        return reason("form-not-jws", detail="it holds bytes outside ASCII")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        return reason("form-not-jws", detail="it does not have three parts between two dots")
    try:
        header = _object(parts[0], "header")
        payload = _object(parts[1], "payload")
        strict.decode(parts[2])
    except ValueError as error:
        return reason("form-not-jws", detail=error)
    return _objection(header) or Token(text=text, header=header, payload=payload)


def _objection(header: JsonObject) -> Reason | None:
    if header.get("alg") != ALGORITHM:
        return reason("form-algorithm", value=header.get("alg"))
    if header.get("typ") != TYPE:
        return reason("form-type", member="typ", value=header.get("typ"), required=TYPE)
    if header.get("cty", CONTENT_TYPE) != CONTENT_TYPE:
        return reason("form-type", member="cty", value=header["cty"], required=CONTENT_TYPE)
    for member in sorted(header.keys() - _HEADER):
        # `crit`, and whatever would bring a key of its own (`jwk`, `jku`, `x5c`).
        return reason("form-header", member=member)
    return None


def _object(encoded: str, part: str) -> JsonObject:
    try:
        return strict.json_object(strict.decode(encoded))
    except ValueError as error:
        raise ValueError(f"the {part} is unreadable ({error})") from None
