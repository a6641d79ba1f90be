"""Judgements over what an answer gives away beside whole personal ids (`oracles.privacy`)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import unquote

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, escape
from conformance.oracles.body import json_body
from conformance.packs.vn_cbccvc.receipts import errors_of, result_of

#: What can be hexadecimal or base64, with either alphabet.
_CODED: Final = re.compile(r"[0-9A-Za-z+_-]{16,}")
_SENTENCES: Final = ("message", "title", "detail")


def keeps_to_itself(answer: Exchange, values: Collection[str]) -> None:
    """
    None of these values stands anywhere in the answer.

    Raises:
        Deviation: `not-masked` with the pointer of the first place, `not-json`.
    """
    for pointer, text in _texts(json_body(answer), ""):
        if any(value in text for value in values):
            raise Deviation(
                "not-masked",
                observed="a sensitive value in clear",
                required="sensitive personal data left out",
                pointer=pointer,
            )


def keeps_from_sentences(answer: Exchange, values: Collection[str]) -> None:
    """
    No sentence for people (`message`, `title`, `detail`) holds one of these values.

    Raises:
        Deviation: `not-masked` with the pointer of the first place, `not-json`.
    """
    for pointer, text in _texts(json_body(answer), ""):
        if not set(pointer.split("/")) & set(_SENTENCES):
            continue
        if any(value.casefold() in text.casefold() for value in values):
            raise Deviation(
                "not-masked",
                observed="a value of the record in a sentence",
                required="sentences that quote nothing",
                pointer=pointer,
            )


def keeps_from_errors(receipt: Exchange, number: int, ids: Collection[str]) -> None:
    """
    What is said against the record of that number holds none of these personal ids.

    Raises:
        Deviation: `not-masked` with the pointer of the first place, or what a receipt without
            a result for the record deviates in.
    """
    place, result = result_of(receipt, number)
    for pointer, text in _texts(list(errors_of(result)), f"{place}/errors"):
        if any(one in text for one in ids):
            raise Deviation(
                "not-masked",
                observed="a personal id in clear in an error",
                required="personal ids masked",
                pointer=pointer,
            )


def keeps_from_addresses(addresses: Collection[str], ids: Collection[str]) -> None:
    """
    None of these addresses and cursors holds a personal id: in clear, escaped, in hexadecimal
    or in base64.

    Raises:
        Deviation: `not-masked`.
    """
    for address in addresses:
        for way, text in _readings(address):
            if any(one in text for one in ids):
                raise Deviation(
                    "not-masked",
                    observed=f"a personal id {way} in an address",
                    required="addresses that name nobody",
                )


def _readings(address: str) -> Iterator[tuple[str, str]]:
    plain = unquote(address)
    yield "in clear", plain
    for part in _CODED.findall(plain):
        with suppress(ValueError):
            yield "in hexadecimal", bytes.fromhex(part).decode("utf-8", "replace")
        try:
            padded = part + "=" * (-len(part) % 4)
            decoded = base64.b64decode(padded, altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            continue
        yield "in base64", decoded.decode("utf-8", "replace")


def _texts(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _texts(inner, f"{pointer}/{escape(name)}")
        case list():
            for index, inner in enumerate(value):
                yield from _texts(inner, f"{pointer}/{index}")
        case str():
            yield pointer, value
