"""The population register: who is who, and what differs."""

from __future__ import annotations

import unicodedata

from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.profile_oracles import (
    announces,
    answered_alike,
    matches,
    not_silent_about,
)
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import but
from conformance.pytest_plugin import verifies

NAME = "ĐẶNG THỊ MỸ HÒA THÚY"
#: The same name by another keyboard: capitals, spaces, decomposed letters.
SPELLINGS = (
    "Đặng Thị Mỹ Hòa Thúy",
    "  ĐẶNG  THỊ MỸ HÒA   THÚY ",
    unicodedata.normalize("NFD", NAME),
)
#: The same name by another schoolbook: where the tone mark stands.
PLACEMENTS = ("ĐẶNG THỊ MỸ HOÀ THÚY", "ĐẶNG THỊ MỸ HÒA THUÝ", "ĐẶNG THỊ MỸ HOÀ THUÝ")
#: Other names: another letter, tone or mark, a word less, and somebody else.
OTHERS = (
    "DẶNG THỊ MỸ HÒA THÚY",
    "ĐẶNG THỊ MĨ HÒA THÚY",
    "ĐẶNG THỊ MỸ HÓA THÚY",
    "ĐĂNG THỊ MỸ HÒA THÚY",
    "ĐẶNG THỊ MỸ HOA THUY",
    "ĐẶNG THỊ MỸ HÒA",
    "THÚY ĐẶNG THỊ MỸ HÒA",
    "TRẦN VĂN KHÁC",
)
#: As the agency wrote it before it looked at the birth certificate.
MISTAKEN = "NGUYỄN THỊ VIẾT NHẦM"

#: So many people may one question be about.
MOST = 10


@verifies("VN-MATCH-001", "VN-MATCH-002", "VN-MATCH-003", "VN-MATCH-004")
def test_a_person_is_found_however_the_name_is_spelt_and_nobody_else_is(agency, registry, judge):
    """
    An agency corrects a name, and asks the register about the person under fifteen names.

    Half of the mismatches that clerks run after are spellings of one keyboard or the other; the
    other half are two people with one number, and must not be overlooked.
    """
    (known,) = agency.people(1)
    known = but(known, "/birthFullName", NAME)

    registry.submit(agency.trial([but(known, "/birthFullName", MISTAKEN)]))
    receipt = registry.submit(agency.trial([known]))
    alike = registry.match(agency.question(named(known, NAME, *SPELLINGS, *PLACEMENTS)))
    others = registry.match(agency.question(named(known, *OTHERS)))

    with judge("VN-MATCH-001", receipt, alike):
        accepted(receipt, 1)
        matches(alike, {1: "MATCHED"})

    first = 2
    with judge("VN-MATCH-002", alike):
        answered_alike(alike, 1, *range(first, first + len(SPELLINGS)))

    first += len(SPELLINGS)
    with judge("VN-MATCH-003", alike):
        answered_alike(alike, 1, *range(first, first + len(PLACEMENTS)))

    with judge("VN-MATCH-004", receipt, others):
        accepted(receipt, 1)
        matches(others, dict.fromkeys(range(1, len(OTHERS) + 1), "MISMATCH_NAME"))


@verifies("VN-MATCH-005", "VN-MATCH-006", "VN-MATCH-007", "VN-MATCH-008")
def test_what_differs_is_named_and_whom_nobody_knows_is_not_found(agency, registry, judge):
    """
    An agency asks about a person with another day, year or sex, about somebody who is nobody, and
    about somebody who was taken back.

    The day decides about the retirement; an invented number that passes founds a file of nobody.
    """
    known, stranger, withdrawn = agency.people(3)
    month, year = str(known["birthDate"])[4:8], int(known["birthDate"][:4])
    other_day = f"{year}{month}{'02' if known['birthDate'].endswith('01') else '01'}"
    other_year = f"{year - 1}{month}15"
    other_sex = "1" if known["gender"] == "2" else "2"

    receipt = registry.submit(agency.trial([known, withdrawn]))
    registry.withdraw(withdrawn)
    gone = registry.profile(withdrawn)
    answer = registry.match(
        agency.question(
            [
                but(known, "/birthDate", other_day),
                but(known, "/birthDate", other_year),
                but(known, "/gender", other_sex),
                but(but(known, "/birthFullName", OTHERS[-1]), "/birthDate", other_year),
                but(but(known, "/birthDate", other_year), "/gender", other_sex),
                stranger,
                withdrawn,
            ]
        )
    )

    with judge("VN-MATCH-005", receipt, answer):
        accepted(receipt, 1)
        matches(answer, {1: "MISMATCH_BIRTH_DATE", 2: "MISMATCH_BIRTH_DATE"})

    with judge("VN-MATCH-006", receipt, answer):
        accepted(receipt, 1)
        matches(answer, {3: "MISMATCH_SEX"})

    with judge("VN-MATCH-007", receipt, answer):
        accepted(receipt, 1)
        matches(answer, {4: "MISMATCH_NAME", 5: "MISMATCH_BIRTH_DATE"})

    with judge("VN-MATCH-008", receipt, gone, answer):
        accepted(receipt, 2)
        matches(answer, {6: "NOT_FOUND"})
        # That whoever is withdrawn is gone is a requirement of its own.
        if gone.response.status == 404:
            matches(answer, {7: "NOT_FOUND"})


@verifies("VN-MATCH-009", "VN-MATCH-010", "VN-MATCH-011")
def test_the_dead_the_doubled_and_the_silent_register_are_told_apart(agency, registry, judge):
    """
    An agency asks about the test persons that the metadata announce, and somebody beside them.

    The dead whom nobody notices go on being paid, whatever name they are asked by; a night
    without the register must not turn a province's staff into people who do not exist, and
    silence about one is none about the others.
    """
    (stranger,) = agency.unheard_of(1)
    metadata = registry.metadata()
    announced = {word: [*announced_as(metadata, word)] for word in ("DECEASED", "DUPLICATE")}
    silent = [*announced_as(metadata, "SOURCE_UNAVAILABLE")][: MOST - 1]
    # Whoever died, or stands there twice, is told so before any name is compared.
    asked = {
        word: (people[: MOST - 1], named(people[0], MISTAKEN) if people else [])
        for word, people in announced.items()
    }

    answers = {
        word: registry.match(agency.question([*people, *renamed] or [stranger]))
        for word, (people, renamed) in asked.items()
    }
    without_source = registry.match(agency.question([*silent, stranger]))

    for requirement, word in (("VN-MATCH-009", "DECEASED"), ("VN-MATCH-010", "DUPLICATE")):
        with judge(requirement, metadata, answers[word]):
            announces(metadata, word)
            numbers = range(1, sum(map(len, asked[word])) + 1)
            matches(answers[word], dict.fromkeys(numbers, word))

    with judge("VN-MATCH-011", metadata, without_source):
        announces(metadata, "SOURCE_UNAVAILABLE")
        status_is(without_source, 200)
        numbers = range(1, len(silent) + 1)
        matches(without_source, dict.fromkeys(numbers, "SOURCE_UNAVAILABLE"))
        not_silent_about(without_source, len(silent) + 1)


def named(person, *names):
    """One person under several names."""
    return [but(person, "/birthFullName", name) for name in names]


def announced_as(metadata, word):
    """The people of whom the register says a word, as far as they can be asked about."""
    told = answer_object(metadata).get("testPersons")
    asked = ("profileId", "birthFullName", "birthDate", "gender")
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict) and one.get("result") == word and one.keys() >= set(asked):
            yield {name: one[name] for name in asked}
