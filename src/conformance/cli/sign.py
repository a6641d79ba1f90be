"""`canonical` and `sign`: the bytes under a signature, for vendors who debug their own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from conformance.cli.common import (
    Exit,
    FormatOption,
    LanguageOption,
    PackOption,
    SeedOption,
    complain,
    guarded,
    home,
    say,
)

if TYPE_CHECKING:
    from conformance.app.signatures import Looked

_WORDS = {
    "en": {
        "whole": "the record",
        "holds": "{place}: the signature holds",
        "differs": "{place}: the signature does not hold, see {step}",
        True: "ok",
        False: "failed",
        None: "not asked",
    },
    "vi": {
        "whole": "bản ghi",
        "holds": "{place}: chữ ký hợp lệ",
        "differs": "{place}: chữ ký không hợp lệ, xem bước {step}",
        True: "đạt",
        False: "sai",
        None: "chưa xét",
    },
    "id": {
        "whole": "rekaman",
        "holds": "{place}: tanda tangan sah",
        "differs": "{place}: tanda tangan tidak sah, lihat {step}",
        True: "sesuai",
        False: "salah",
        None: "tidak diperiksa",
    },
}


@guarded
def canonical(
    file: Path,
    /,
    *,
    digest: Annotated[
        bool, Parameter(name="--digest", help="Only the SHA-256 of the bytes.", negative="")
    ] = False,
) -> int:
    """
    The exact bytes that are signed for a record (RFC 8785), and their digest.

    The bytes go to standard output without a newline, the digest beside it.

    Args:
        file: one JSON record; - is standard input.
    """
    from conformance.app.signing import canonical_bytes, read_record
    from conformance.model.merkle import digest as digest_of

    data = canonical_bytes(read_record(file), file)
    if digest:
        say(digest_of(data))
        return Exit.OK
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    complain(f"\n{len(data)} bytes, {digest_of(data)}")
    return Exit.OK


@guarded
def sign(
    file: Annotated[Path | None, Parameter(help="One JSON record; - is standard input.")] = None,
    /,
    *,
    message: Annotated[
        Path | None,
        Parameter(name="--message", help="People, one JSON record a line: make a signed message."),
    ] = None,
    units: Annotated[
        Path | None, Parameter(name="--units", help="Their units, one JSON record a line.")
    ] = None,
    out: Annotated[
        Path, Parameter(name="--out", help="Folder for people-message.json, units-message.json.")
    ] = Path(),
    signer: Annotated[
        str, Parameter(name="--signer", help="One of the test signers.")
    ] = "authorised",
    authority: Annotated[
        bool,
        Parameter(
            name="--authority",
            help="Where the test CA's certificate and revocation list stand.",
            negative="",
        ),
    ] = False,
    check: Annotated[
        bool,
        Parameter(name="--check", help="Check the signatures in FILE, step by step.", negative=""),
    ] = False,
    signature: Annotated[
        Path | None, Parameter(name="--signature", help="With --check: the signature over FILE.")
    ] = None,
    at: Annotated[
        str, Parameter(name="--at", help="With --check: the moment that counts, RFC 3339.")
    ] = "",
    trust: Annotated[
        Path | None, Parameter(name="--trust", help="With --check: CA certificates, PEM.")
    ] = None,
    crl: Annotated[
        Path | None, Parameter(name="--crl", help="With --check: revocation lists, PEM.")
    ] = None,
    pack: PackOption = "",
    seed: SeedOption = None,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Sign a record with the test authority, make whole messages, or check signatures.

    The signature (a detached JWS) goes to standard output, its header beside it. With --check,
    FILE is a message, a signed record, or a record and its --signature, and every step of
    checking it is told; the exit code is 1 when one fails.
    """
    from conformance.app import signing
    from conformance.errors import UsageError

    if authority:
        for path in signing.to_trust(home=home(), pack=pack):
            say(str(path))
        return Exit.OK
    if message is not None or units is not None:
        if file is not None:
            raise UsageError(
                "a record and a message are two different things",
                where="FILE",
                value=str(file),
                remedy="Leave FILE out, or --message and --units.",
            )
        for made in signing.write_messages(
            people=message, units=units, out=out, home=home(), signer=signer, pack=pack, seed=seed
        ):
            say(str(made))
        return Exit.OK
    if file is None:
        raise UsageError(
            "there is nothing to sign", where="FILE", remedy="Name a record, or use --message."
        )
    if check:
        from conformance.app import signatures

        looked = signatures.look(
            file, home=home(), pack=pack, signature=signature, at=at, trust=trust, crl=crl
        )
        if format == "json":
            say(signatures.document(looked))
        else:
            for one in looked:
                _tell(one, lang)
        return Exit.OK if all(one.holds for one in looked) else Exit.NONCONFORMITY
    record = signing.read_record(file)
    signed = signing.sign_record(record, file, home=home(), signer=signer, pack=pack)
    say(signed.signature)
    complain(f"header: {signed.header}")
    complain(f"payload: {signed.size} bytes, {signed.digest}")
    return Exit.OK


def _tell(looked: Looked, lang: str) -> None:
    """One signature: what came of it, then its steps."""
    words = _WORDS[lang]
    failed = next((str(c.step) for c in looked.checks if c.passed is False), "")
    place = looked.pointer or words["whole"]
    say(words["differs" if failed else "holds"].format(place=place, step=failed))
    width = max(len(words[state]) for state in (True, False, None))
    for check in looked.checks:
        say(f"  {words[check.passed]:<{width}}  {check.step:<18}  {check.detail}".rstrip())
    if looked.header is not None:
        say(f"  header: {json.dumps(looked.header, ensure_ascii=False)}")
    if looked.digest:
        say(f"  payload: {looked.size} bytes, {looked.digest}")
