"""
Text that was written for another encoding than Unicode in its composed form (NFC).

Recognised, with what it should read; nothing is converted. The eight-bit encodings are seen as
what a program shows that takes them for Windows-1252, which is how they reach spreadsheets. A
text is accused only when every word that looks foreign becomes a Vietnamese syllable, and
enough of them were none before: a name of another language stays in peace.

Sources: TCVN 5712:1993 (VN3, the fonts .Vn...), the code page of VNI Windows fonts, Windows-1258
(Python's codec), Unicode Standard Annex 15.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from conformance.datafiles.syllables import TONES, is_syllable

TCVN3: Final = "tcvn3"
VNI: Final = "vni"
CP1258: Final = "cp1258"
UTF8: Final = "utf-8"
NFD: Final = "nfd"
#: Every encoding that can be asked for.
ENCODINGS: Final = (NFD, CP1258, UTF8, TCVN3, VNI)

#: TCVN 5712:1993, VN3, from 0xA1; a dot stands for what is no letter.
_TCVN3_A1: Final = (
    "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ.......ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"
)
#: VNI: the mark follows its letter; with a circumflex or a breve both are one mark.
_VNI_TONES: Final = dict(zip("øùûõï", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_TOGETHER: Final = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_VNI_ROUND: Final = dict(zip("âáàåãä", _TOGETHER, strict=True))
_VNI_BREVE: Final = dict(zip("êéèúüë", _TOGETHER, strict=True))
_VNI_ALONE: Final = {"ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}

#: A no-break space is no end of a word here: it is the second byte of many a letter.
_WORD: Final = re.compile(r"[^\x00-\x2f:-@\[-`{-\x7f]+")
#: Windows-1252 leaves five bytes undefined; a lenient reader shows them as controls.
_BYTES: Final[Mapping[str, int]] = {
    bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(256)
}
#: Evidence that is enough to accuse: one foreign word of three letters, or two shorter ones.
_ENOUGH: Final = 2


@dataclass(frozen=True, slots=True)
class Recognised:
    """
    What a text was written in.

    Attributes:
        encoding: one of `ENCODINGS`.
        reads: the text as it was meant, composed.
    """

    encoding: str
    reads: str


def recognise(text: str, wanted: Collection[str] = ENCODINGS) -> Recognised | None:
    """The other encoding in which `text` was written; None when it may be as it is."""
    if text.isascii():
        return None
    composed = unicodedata.normalize("NFC", text)
    if composed != text and any(unicodedata.combining(character) for character in text):
        # Windows-1258 composes the letter and leaves the tone apart; NFD takes all apart.
        name = NFD if unicodedata.normalize("NFD", text) == text else CP1258
        return Recognised(name, composed) if name in wanted else None
    if any(character not in _BYTES for character in text):
        return None
    for name, decode in _DECODERS.items():
        if name in wanted and (meant := _meant(text, decode)):
            return Recognised(name, meant)
    return None


def lenient(raw: bytes) -> str:
    """Bytes as a program shows them that takes them for Windows-1252; no byte is refused."""
    return "".join(map(_shown().__getitem__, raw))


def _meant(text: str, decode: Callable[[str], str | None]) -> str | None:
    """`text` as it was meant when it was written so, None when it was not."""
    pieces: list[str] = []
    end, evidence = 0, 0
    for found in _WORD.finditer(text):
        word = found[0]
        pieces.append(text[end : found.start()])
        end = found.end()
        if word.isascii():
            pieces.append(word)
            continue
        read = decode(word)
        if read is None or not is_syllable(read):
            return None
        if not is_syllable(word):
            evidence += _weight(word)
        pieces.append(read.upper() if _capital(word) else read)
    if evidence < _ENOUGH:
        return None
    return "".join(pieces) + text[end:]


def _weight(word: str) -> int:
    """What a word says that is no syllable as it stands: signs inside say as much as length."""
    signs = any(not character.isalnum() for character in word)
    return 2 if len(word) > 2 or (signs and len(word) == 2) else 1


def _capital(word: str) -> bool:
    """Whether a word was set in the capitals' font, where marked vowels keep small codes."""
    plain = [character for character in word if "A" <= character <= "z"]
    return len(plain) > 1 and all("A" <= character <= "Z" for character in plain)


def _tcvn3(word: str) -> str | None:
    read = "".join(
        character if character.isascii() else _tcvn3_table().get(_BYTES[character], ".")
        for character in word
    )
    return None if "." in read else read


def _vni(word: str) -> str | None:
    read: list[str] = []
    for character in word:
        small = character.lower()
        if small.isascii():
            read.append(character)
            continue
        before = read[-1] if read else ""
        upper = character != small
        joined = _vni_joined(before, small)
        if joined:
            read[-1] = joined
        elif small in _VNI_ALONE:
            letter = _VNI_ALONE[small]
            read.append(letter.upper() if upper else letter)
        elif small in "íì":
            read.append(character)
        else:
            return None
    return "".join(read)


def _vni_joined(before: str, mark: str) -> str:
    """The letter before, with its mark; "" when they do not belong together."""
    base = before.lower()
    if base in "aeo" and base and mark in _VNI_ROUND:
        made = f"{before}\u0302{_VNI_ROUND[mark]}"
    elif base == "a" and mark in _VNI_BREVE:
        made = f"{before}\u0306{_VNI_BREVE[mark]}"
    elif base and base in "aeouyơư" and mark in _VNI_TONES:
        made = before + _VNI_TONES[mark]
    else:
        return ""
    return unicodedata.normalize("NFC", made)


def _bytes(word: str) -> bytes:
    return bytes(_BYTES[character] for character in word)


def _cp1258(word: str) -> str | None:
    try:
        read = unicodedata.normalize("NFC", _bytes(word).decode("cp1258"))
    except UnicodeDecodeError:
        return None
    return None if any(character in TONES for character in read) else read


def _utf8(word: str) -> str | None:
    try:
        return unicodedata.normalize("NFC", _bytes(word).decode("utf-8"))
    except UnicodeDecodeError:
        return None


_DECODERS: Final[Mapping[str, Callable[[str], str | None]]] = {
    # The most particular first: what is VNI or UTF-8 by chance is rarer than the other way round.
    UTF8: _utf8,
    VNI: _vni,
    TCVN3: _tcvn3,
    CP1258: _cp1258,
}


@cache
def _tcvn3_table() -> Mapping[int, str]:
    return {0xA1 + place: letter for place, letter in enumerate(_TCVN3_A1) if letter != "."}


@cache
def _shown() -> tuple[str, ...]:
    return tuple(sorted(_BYTES, key=lambda character: _BYTES[character]))
