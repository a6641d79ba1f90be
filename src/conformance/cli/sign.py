"""`canonical` and `sign`: the bytes under a signature, for vendors who debug their own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

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
    from conformance.model.requirement import Language
    from conformance.reporting import signatures as telling

    language = Language(lang)
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
            say(json.dumps(telling.document(looked, language), ensure_ascii=False, indent=2))
        else:
            for one in looked:
                for line in telling.lines(one, language):
                    say(line)
        return Exit.OK if all(one.holds for one in looked) else Exit.NONCONFORMITY
    record = signing.read_record(file)
    signed = signing.sign_record(record, file, home=home(), signer=signer, pack=pack)
    say(signed.signature)
    complain(telling.header_line(signed.header, language))
    complain(telling.payload_line(signed.size, signed.digest, language))
    return Exit.OK
