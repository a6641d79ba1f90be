"""
Whether a word is spelled as a syllable of Vietnamese: onset, rime, tone.

The spelling rules of the national script (quốc ngữ), as school grammars list them; generous, so
that a rare but possible syllable is never called impossible. Not a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Combining grave, acute, tilde, hook above, dot below: the five written tones.
TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHARP: Final = frozenset("\u0301\u0323")

_ONSETS: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"  # and none
_RIMES: Final = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh
ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen
oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uên uênh uêt ui um un ung uôc uôi uôm uôn uông uôt uơ uơn up ut
uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu
ưt ưu y yêm yên yêng yêt yêu yn ych ynh yt yu
"""
_SHAPE: Final = re.compile(
    rf"({'|'.join(sorted(_ONSETS.split(), key=len, reverse=True))})?"
    rf"({'|'.join(sorted(_RIMES.split(), key=len, reverse=True))})"
)
#: A syllable that ends in one of these carries the acute or the dot, if it is stressed at all.
_STOPS: Final = ("c", "ch", "p", "t")


_VOWELS: Final = frozenset("aăâeêioôơuưy")
_SHAPED: Final = frozenset("ăâêôơư")
#: Both ways to place a tone are in use: hòa and hoà, thúy and thuý.
_EITHER: Final = ("oa", "oe", "uy")


@lru_cache(maxsize=1 << 14)
def is_syllable(word: str) -> bool:
    """
    Whether `word` (composed, any case) can be one Vietnamese syllable.

    It bears at most one tone, on the letter on which it is written.
    """
    letters: list[str] = []
    tones: list[tuple[int, str]] = []
    for place, character in enumerate(word.lower()):
        parts = unicodedata.normalize("NFD", character)
        tones += ((place, part) for part in parts if part in TONES)
        letters.append(
            unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        )
    found = _SHAPE.fullmatch("".join(letters))
    if found is None or len(tones) > 1:
        return False
    if not tones:
        return True
    ((place, tone),) = tones
    if found[2].endswith(_STOPS) and tone not in _SHARP:
        return False
    return place - found.start(2) in _seats(found[2])


def _seats(rime: str) -> tuple[int, ...]:
    """On which letters of a rime its tone may be written."""
    vowels = [place for place, letter in enumerate(rime) if letter in _VOWELS]
    shaped = [place for place in vowels if rime[place] in _SHAPED]
    if shaped:
        return (shaped[-1],)
    if len(vowels) < len(rime):
        return (vowels[-1],)
    if rime in _EITHER:
        return (0, 1)
    return (1,) if len(vowels) > 2 or rime == "uya" else (0,)
