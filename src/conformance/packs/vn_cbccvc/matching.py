"""
Matching people with the population register, as far as the reference plays it.

The register of a test environment knows the people whose profiles were accepted. One decision
stands in one method; see `reference`.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.batches import Batches
from conformance.packs.vn_cbccvc.intake import problems
from conformance.reference.exchange import Outgoing

COMPONENT: Final = "PopulationMatchMessage"
CODE: Final = "M53"

MATCHED: Final = "MATCHED"
NOT_FOUND: Final = "NOT_FOUND"
#: Member of a person -> what is said when the register knows another value; in this order.
MISMATCHES: Final = {
    "birthFullName": "MISMATCH_NAME",
    "birthDate": "MISMATCH_BIRTH_DATE",
    "gender": "MISMATCH_SEX",
}

#: Grave, acute, tilde, hook above, dot below: a syllable bears one at most.
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


class Matching(Batches):
    """Compares people with those whose profiles are stored."""

    def match_population(self, message: Json) -> Outgoing:
        """The checks of the message, then each person by himself; nothing is stored."""
        found = problems(self.knowledge.contract, COMPONENT, message)
        wrong = self.header_faults(CODE, message, found)
        if wrong or not isinstance(message, dict):
            return self.refuse_message(wrong)
        header, persons = message["header"], message["persons"]
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
        row = self.stored_profile(str(person["profileId"]))
        known = row["profile"] if row else None
        if not isinstance(known, dict):
            return NOT_FOUND
        return next(
            (word for name, word in MISMATCHES.items() if self.differs(name, person, known)),
            MATCHED,
        )

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
    return " ".join(
        "".join(c for c in syllable if c not in _TONES)
        + "".join(sorted(c for c in syllable if c in _TONES))
        for syllable in syllables
    )
