"""
Lists of words harvested from a Faker locale: once, in-process, seeded.

Faker costs two milliseconds a record and is never asked per record; a pool is. A pool is a
sorted set, so it depends on the locale's words and not on how Faker draws them. Faker is
imported when the first pool is harvested.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, Final

from conformance.errors import SuiteDefect

_DRAWS: Final = 2000
_SEED: Final = 20250701


@cache
def pool(locale: str, method: str) -> tuple[str, ...]:
    """
    The distinct words that a Faker method gives in a locale, in NFC, sorted.

    `pool("en_GB", "street_name")` holds what `Faker("en_GB").street_name()` can say.

    Raises:
        SuiteDefect: the locale or the method does not exist.
    """
    faker = _faker(locale)
    speak = getattr(faker, method, None)
    if speak is None:
        raise SuiteDefect(f"Faker's {locale} knows no {method!r}")
    faker.seed_instance(_SEED)
    return tuple(sorted({unicodedata.normalize("NFC", str(speak())) for _ in range(_DRAWS)}))


@cache
def _faker(locale: str) -> Any:
    from faker import Faker

    try:
        return Faker(locale)
    except AttributeError as error:
        raise SuiteDefect(f"Faker knows no locale {locale!r}") from error
