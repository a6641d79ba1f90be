"""
The trust file: whose keys the reader of a certificate has decided to believe.

An entry names a key by its did:jwk or by its RFC 7638 thumbprint, whichever was told over
the telephone. The toolkit ships no such file: whom to trust is never our decision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.certification import did
from conformance.crypto import issuer_key
from conformance.errors import UsageError
from conformance.model.json import Json

FORMAT: Final = "conformance-trust/1"
_REMEDY: Final = (
    'Write {"schema": "conformance-trust/1", "issuers": [{"name": "…", "issuer": "did:jwk:…"}]}, '
    'or "thumbprint" in the place of "issuer".'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """
    Attributes:
        names: RFC 7638 thumbprint -> what the reader calls its holder.
    """

    names: Mapping[str, str]


def load(path: Path) -> TrustList:
    """
    Read a trust file (schema: `specs/schemas/trust.schema.json`).

    Raises:
        UsageError: it is missing or malformed.
    """
    try:
        held: Json = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            "the trust file cannot be read",
            where=str(path),
            value=str(error.strerror),
            remedy="Name an existing file with --trust.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(
            "the trust file is not JSON", where=str(path), value=str(error), remedy=_REMEDY
        ) from None
    match held:
        case {"schema": str(schema), "issuers": [*entries]} if schema == FORMAT:
            named = [_entry(entry, f"{path}#/issuers/{n}") for n, entry in enumerate(entries)]
            return TrustList(names=dict(named))
    raise UsageError("this is not a trust file", where=str(path), remedy=_REMEDY)


def _entry(entry: Json, where: str) -> tuple[str, str]:
    match entry:
        case {"name": str(name), "issuer": str(named), **more} if name.strip() and not more:
            try:
                return issuer_key.thumbprint(did.jwk_of(named)), name
            except ValueError as error:
                raise UsageError(
                    f"the issuer is unusable: {error}", where=where, value=named, remedy=_REMEDY
                ) from None
        case {"name": str(name), "thumbprint": str(thumbprint), **more} if (
            name.strip() and not more
        ):
            if len(thumbprint) == 43:
                return thumbprint, name
            raise UsageError(
                "a thumbprint is 43 characters of base64url",
                where=where,
                value=thumbprint,
                remedy=_REMEDY,
            )
    raise UsageError(
        "an entry names its holder and one key", where=where, value=str(entry), remedy=_REMEDY
    )
