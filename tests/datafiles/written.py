"""Composed Vietnamese, written in the encodings that it may be found in."""

from __future__ import annotations

import unicodedata

#: TCVN 5712:1993 VN3, from small and capital letters that have a code.
_TCVN3 = dict(
    zip(
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadae"
            "b5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcdddedfe1e2e3e4e5e6e7e8e9"
            "eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ),
        strict=True,
    )
)
_TONE = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_ROUND = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_BREVE = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_WHOLE = {"ơ": "ô", "ư": "ö", "đ": "ñ", "ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


def tcvn3(text):
    """Bytes; a capital with a tone has the code of its small letter (a font of capitals)."""
    made = bytearray()
    for letter in text:
        made += letter.encode() if letter.isascii() else bytes([_code(letter)])
    return bytes(made)


def _code(letter):
    return _TCVN3[letter] if letter in _TCVN3 else _TCVN3[letter.lower()]


def vni(text):
    return "".join(map(_vni, text)).encode("cp1252")


def _vni(letter):
    small = letter.lower()
    if letter.isascii():
        return letter
    if small in _WHOLE:
        made = _WHOLE[small]
    else:
        base, *marks = unicodedata.normalize("NFD", small)
        tone = next((mark for mark in marks if mark in _TONE), "")
        if "\u0302" in marks:
            made = base + _ROUND[tone]
        elif "\u0306" in marks:
            made = base + _BREVE[tone]
        elif "\u031b" in marks:
            made = ("ô" if base == "o" else "ö") + _TONE[tone]
        else:
            made = base + _TONE[tone]
    return made.upper() if letter != small else made


def half(text):
    """Letters composed, tones apart: what Windows-1258 decodes to."""
    made = []
    for letter in text:
        try:
            letter.encode("cp1258")
            made.append(letter)
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tones = "".join(part for part in parts if part in _TONE)
            rest = "".join(part for part in parts if part not in _TONE)
            made.append(unicodedata.normalize("NFC", rest) + tones)
    return "".join(made)


def cp1258(text):
    return half(text).encode("cp1258")


def shown(raw):
    """Bytes as a program shows them that takes them for Windows-1252 (five bytes stay controls)."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in raw)
