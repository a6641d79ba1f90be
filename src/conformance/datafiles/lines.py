"""The lines of a text file; one that is no UTF-8 is read all the same, and told about."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from conformance.datafiles.encodings import lenient

#: A longer line is no record; it would have to be read whole to be refused.
LINE_AT_MOST: Final = 8 * 2**20
_BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The first line of a file that is no UTF-8, as Windows-1252 shows it."""

    line: int
    text: str


def lines(stream: BinaryIO, other: Callable[[Decoded], None]) -> Iterator[str]:
    """
    The lines with their ends. UTF-8, with or without its mark, and marked UTF-16.

    Any other is read as Windows-1252 shows it, and `other` hears of the first such line.
    """
    start = stream.read(3)
    stream.seek(0)
    if start[:2] in _UTF16:
        yield from _wide(stream)
        return
    if start == _BOM:
        stream.seek(len(_BOM))
    number, told = 0, False
    while raw := stream.readline(LINE_AT_MOST):
        number += 1
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            text_line = lenient(raw)
            if not told and len(raw) < LINE_AT_MOST:
                told = True
                other(Decoded(number, text_line))
            yield text_line


def _wide(stream: BinaryIO) -> Iterator[str]:
    """The lines of UTF-16, of which no byte alone ends one."""
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    rest = ""
    while chunk := stream.read(1 << 16):
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (f"{line}\n" for line in whole)
        if len(rest) > LINE_AT_MOST:
            yield rest
            rest = ""
    if rest:
        yield rest
