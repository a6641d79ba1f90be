"""`canonical` and `sign`: the bytes under a signature, for vendors who debug their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from conformance.cli.common import Exit, PackOption, SeedOption, complain, guarded, home, say


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
    pack: PackOption = "",
    seed: SeedOption = None,
) -> int:
    """
    Sign a record with the test authority, or make whole messages ready to post.

    The signature (a detached JWS) goes to standard output, its header beside it.
    """
    from conformance.app import signing
    from conformance.errors import UsageError

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
    signed = signing.sign_record(signing.read_record(file), file, home=home(), signer=signer)
    say(signed.signature)
    complain(f"header: {signed.header}")
    complain(f"payload: {signed.size} bytes, {signed.digest}")
    return Exit.OK
