"""
Matching people with the population register, as far as the reference plays it.

The register of a test environment knows the people whose profiles were accepted, what it stated
itself, and a few test persons. One decision stands in one method; see `reference`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.ownership import Ownership
from conformance.reference.exchange import Outgoing

COMPONENT: Final = "PopulationMatchMessage"
CODE: Final = "M53"

MATCHED: Final = "MATCHED"
NOT_FOUND: Final = "NOT_FOUND"
DECEASED: Final = "DECEASED"
DUPLICATE: Final = "DUPLICATE"
SOURCE_UNAVAILABLE: Final = "SOURCE_UNAVAILABLE"
#: Member of a person -> what is said when the register knows another value; in this order.
MISMATCHES: Final = {
    "birthFullName": "MISMATCH_NAME",
    "birthDate": "MISMATCH_BIRTH_DATE",
    "gender": "MISMATCH_SEX",
}

#: Whom the metadata announce, and what is said of them. Nobody else's id ends in 000000.
TEST_PERSONS: Final[tuple[JsonObject, ...]] = tuple(
    {
        "result": result,
        "profileId": profile_id,
        "birthFullName": name,
        "birthDate": birth_date,
        "gender": gender,
    }
    for result, profile_id, name, birth_date, gender in (
        (DECEASED, "097030000000", "LÊ VĂN ĐÃ MẤT", "1930-01-31", "1"),
        (DUPLICATE, "097150000000", "TRẦN THỊ TRÙNG LẶP", "1950-02-28", "2"),
        (SOURCE_UNAVAILABLE, "097070000000", "PHẠM VĂN CHỜ ĐỢI", "1970-03-31", "1"),
    )
)

#: Grave, acute, tilde, hook above, dot below: a syllable bears one at most.
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


class Matching(Ownership):
    """Compares people with those whom the register knows."""

    def match_population(self, message: Json) -> Outgoing:
        """The checks of the message, then each person by himself; nothing is stored."""
        opened = self.opened(CODE, COMPONENT, message)
        if isinstance(opened, Outgoing):
            return opened
        header, persons = opened["header"], opened["persons"]
        assert isinstance(header, dict)
        assert isinstance(persons, list)
        results: list[Json] = [
            {"recordNo": number, "result": self.match(person)}
            for number, person in enumerate(persons, start=1)
            if isinstance(person, dict)
        ]
        return Outgoing(status=200, json={"messageId": header["messageId"], "results": results})

    def match(self, person: JsonObject) -> str:
        """What the register says of one person: the first member that differs, if any does."""
        profile_id = str(person["profileId"])
        if special := self.special(profile_id):
            return special
        known = self.known(profile_id)
        if known is None:
            return self.answer_about_nobody()
        found = (
            word for name, word in self.questions().items() if self.differs(name, person, known)
        )
        return next(found, self.answer_without_difference())

    def special(self, profile_id: str) -> str:
        """What is said of a test person; "" for everybody else."""
        return next(
            (str(one["result"]) for one in TEST_PERSONS if one["profileId"] == profile_id), ""
        )

    def known(self, profile_id: str) -> JsonObject | None:
        """What the register knows of somebody: its own word before an agency's."""
        row = self.stored_profile(profile_id)
        profile = row["profile"] if row else None
        stated = {member: fact["value"] for member, fact in self.facts(profile_id).items()}
        known = {**(profile if isinstance(profile, dict) else {}), **stated}
        return known if all(name in known for name in MISMATCHES) else None

    def answer_about_nobody(self) -> str:
        """What is said of an id that the register does not know."""
        return NOT_FOUND

    def answer_without_difference(self) -> str:
        """What is said of somebody of whom nothing differs."""
        return MATCHED

    def questions(self) -> Mapping[str, str]:
        """Which members are compared, in which order, and what a difference is called."""
        return MISMATCHES

    def differs(self, name: str, person: JsonObject, known: JsonObject) -> bool:
        """Whether one member is another's; names are compared as they are spoken."""
        if name == "birthFullName":
            return self.spoken(str(person[name])) != self.spoken(str(known[name]))
        return person[name] != known[name]

    def spoken(self, name: str) -> str:
        """A name without what only its spelling decides."""
        return spoken(name)


def spoken(name: str) -> str:
    """
    A name in one spelling: composed or not, capitals, spaces, and where the tone mark stands.

    `hoà` and `hòa` are one syllable (both placements are taught): the mark is moved to the
    syllable's end. Marks that make another letter (circumflex, breve, horn) stay in place.
    """
    syllables = unicodedata.normalize("NFD", name.casefold()).split()
    return " ".join(tone_last(syllable) for syllable in syllables)


def tone_last(syllable: str) -> str:
    """A decomposed syllable with its tone mark, if it bears one, at the end."""
    tones = "".join(sorted(c for c in syllable if c in _TONES))
    return "".join(c for c in syllable if c not in _TONES) + tones
