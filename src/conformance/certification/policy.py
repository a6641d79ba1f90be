"""
What a certificate takes, as data: `policy.toml` of a pack revision, parsed at the edge.

Whether a report satisfies it is decided in `decision`, not here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from conformance.errors import PackDefect
from conformance.model.requirement import Role, Text

_FILE: Final = "policy.toml"
_KEYS: Final = frozenset({"level", "title", "validity_days", "minimum_judged", "classes", "limits"})
_LONGEST_VALIDITY: Final = 3660
#: Under it stand the classes that both roles together require.
_BOTH: Final = "both"


class AssuranceLevel(StrEnum):
    """Who stands behind the statement, and how strongly."""

    L0 = "L0"
    """Self-declared: the supplier says so, of a run on its own machine (ISO/IEC 17050)."""
    L1 = "L1"
    """Challenged: the issuer's fresh nonce seeded the run, and every verdict was re-decided."""
    L2 = "L2"
    """Witnessed: the traffic passed the issuer, and both logs agree."""
    L3 = "L3"
    """Rerun by the issuer, with cases that the supplier had not seen."""
    L4 = "L4"
    """Operated: proven in production, and probed there since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    What it takes to be certified against one pack revision.

    Attributes:
        validity_days: from the day of issue.
        minimum_judged: how many requirements of each required class must have been judged
            (ended in PASS or FAIL); at least 1, so that nothing observed never means success.
        required: the classes without which a role is not certified.
        required_of_both: those without which nobody is certified for both roles together.
        limits: what the certificate does not say, one sentence each.
    """

    level: AssuranceLevel
    title: Text
    validity_days: int
    minimum_judged: int
    required: Mapping[Role, tuple[str, ...]]
    limits: tuple[Text, ...]
    required_of_both: tuple[str, ...] = ()


def load(root: Path) -> Policy:
    """
    Read `policy.toml` below a pack's root.

    Raises:
        PackDefect: the file is missing, is no TOML, or breaks a law; with file and line.
    """
    path = root / _FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackDefect(
            "a pack needs a readable policy",
            where=f"{path.name}:1",
            value=str(error),
            remedy=f"Write {_FILE} beside pack.toml, in UTF-8.",
        ) from None
    return parse(text, name=_FILE)


def parse(text: str, *, name: str = _FILE) -> Policy:
    """
    Parse a policy's text; `name` is how messages call its file.

    Raises:
        PackDefect: as `load`.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise PackDefect(
            "the policy is not TOML",
            where=f"{name}:{line[1] if line else len(text.splitlines())}",
            value=str(error),
            remedy="Repair the syntax.",
        ) from None
    return _Reader(text, name, table).policy()


class _Reader:
    """Turns the parsed table into a Policy, remembering where each key stands."""

    def __init__(self, text: str, name: str, table: Mapping[str, object]) -> None:
        self._lines = text.splitlines()
        self._name = name
        self._table = table

    def policy(self) -> Policy:
        for key in self._table:
            if key not in _KEYS:
                raise self._defect(
                    "the policy knows no such key",
                    key,
                    key,
                    f"Use one of {', '.join(sorted(_KEYS))}.",
                )
        required = self._classes()
        return Policy(
            level=self._level(),
            title=self._text(self._member("title"), "title"),
            validity_days=self._whole("validity_days", 1, _LONGEST_VALIDITY),
            minimum_judged=self._whole("minimum_judged", 1, 10_000),
            required={Role(name): ids for name, ids in required.items() if name != _BOTH},
            required_of_both=required.get(_BOTH, ()),
            limits=self._limits(),
        )

    def _defect(self, what: str, key: str, value: object, remedy: str) -> PackDefect:
        # tomllib keeps no positions; the first line that begins with the key is where it stands.
        begins = re.compile(rf"\s*\[*\s*{re.escape(key)}\b")
        line = next((n for n, text in enumerate(self._lines, 1) if begins.match(text)), 1)
        return PackDefect(what, where=f"{self._name}:{line}", value=str(value), remedy=remedy)

    def _member(self, key: str) -> object:
        if key not in self._table:
            raise self._defect(f"the policy does not say its {key}", key, "", f"Add {key}.")
        return self._table[key]

    def _level(self) -> AssuranceLevel:
        value = self._member("level")
        try:
            return AssuranceLevel(str(value))
        except ValueError:
            raise self._defect(
                "there is no such assurance level",
                "level",
                value,
                f"Use one of {', '.join(AssuranceLevel)}.",
            ) from None

    def _whole(self, key: str, low: int, high: int) -> int:
        value = self._member(key)
        if type(value) is not int or not low <= value <= high:
            raise self._defect(
                f"{key} must be a whole number from {low} to {high}", key, value, "Correct it."
            )
        return value

    def _text(self, value: object, key: str) -> Text:
        match value:
            case {"en": str(en), "vi": str(vi), "id": str(indonesian), **more} if not more:
                if en.strip() and vi.strip() and indonesian.strip():
                    return Text(en=en, vi=vi, id=indonesian)
        raise self._defect(
            f"{key} must be said in en, vi and id, and in no other member",
            key,
            value,
            "Write all three sentences.",
        )

    def _limits(self) -> tuple[Text, ...]:
        value = self._member("limits")
        if not isinstance(value, list) or not value:
            raise self._defect(
                "a certificate must say what it does not say",
                "limits",
                value,
                "List at least one sentence, each a table of en, vi and id.",
            )
        return tuple(self._text(item, "limits") for item in value)

    def _classes(self) -> Mapping[str, tuple[str, ...]]:
        value = self._member("classes")
        if not isinstance(value, dict) or not value:
            raise self._defect(
                "the policy requires no class of any role",
                "classes",
                value,
                "Name the required classes by role.",
            )
        required: dict[str, tuple[str, ...]] = {}
        for key, ids in value.items():
            if key not in {*Role, _BOTH}:
                raise self._defect(
                    "there is no such role", key, key, f"Use one of {', '.join(Role)}, {_BOTH}."
                )
            named = (
                tuple(item for item in ids if isinstance(item, str) and item)
                if isinstance(ids, list)
                else ()
            )
            if not named or len(named) != len(ids) or len(set(named)) != len(named):
                raise self._defect(
                    "the required classes of a role are a list of different class ids, "
                    "and not an empty one",
                    key,
                    ids,
                    "Name at least one class, each once.",
                )
            required[key] = named
        return required
