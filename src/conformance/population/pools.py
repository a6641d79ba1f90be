"""
Lists of words harvested from Faker once, and kept beside this module.

Faker costs milliseconds a record and its words change with its releases; people must follow
from a seed alone, on the machine of whoever replays a run years later. So Faker is asked when
a pool is made (`python -m conformance.population.pools`), and never in a run.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from conformance.errors import SuiteDefect

#: What is harvested: locale -> the Faker methods that packs draw from.
HARVEST: Final[Mapping[str, tuple[str, ...]]] = {
    "vi_VN": ("commune_name", "first_name_female", "first_name_male", "street_name"),
}
_FOLDER: Final = Path(__file__).with_name("harvest")
_DRAWS: Final = 2000
_SEED: Final = 20250701


@cache
def pool(locale: str, method: str) -> tuple[str, ...]:
    """
    The distinct words that a Faker method gives in a locale, in NFC, sorted.

    Raises:
        SuiteDefect: nothing was harvested under that name.
    """
    found = _harvest(locale).get(method)
    if not found:
        raise SuiteDefect(f"no pool {locale}/{method} was harvested; add it to HARVEST")
    return tuple(found)


@cache
def _harvest(locale: str) -> Mapping[str, list[str]]:
    file = _FOLDER / f"{locale}.json"
    if not file.is_file():
        raise SuiteDefect(f"no pool of {locale} was harvested; add it to HARVEST")
    held: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return held


def harvest(locale: str) -> dict[str, list[str]]:
    """Ask Faker anew; the words do not depend on how it draws, because a pool is a sorted set."""
    from faker import Faker

    faker = Faker(locale)
    return {method: _words(faker, method) for method in HARVEST[locale]}


def _words(faker: Any, method: str) -> list[str]:
    faker.seed_instance(_SEED)
    speak = getattr(faker, method)
    return sorted({unicodedata.normalize("NFC", str(speak())) for _ in range(_DRAWS)})


def main() -> None:
    """Write every pool anew."""
    _FOLDER.mkdir(exist_ok=True)
    for locale in HARVEST:
        text = json.dumps(harvest(locale), ensure_ascii=False, indent=1, sort_keys=True)
        (_FOLDER / f"{locale}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
