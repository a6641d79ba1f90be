"""Nothing about a nation is hard-wired into the engine: its words stand in packs only."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import PACKAGE, SUITES, at, texts

#: Whole words, any case. `_` and `-` divide words here: VN_CBCCVC and id-siasn are caught too.
WORDS = (
    # Vietnam: the national database, its ministry, message codes, identity papers, kinds of staff
    *("vietnam", "viet nam", "việt nam", "cbccvc", "moha", "bnv", "ccvc"),
    *("cccd", "cmnd", "m50", "m51", "h98", "g09", "can bo", "cong chuc", "vien chuc"),
    *("cán bộ", "công chức", "viên chức"),
    # Indonesia: the national system, its agency, numbers
    *("indonesia", "siasn", "bkn", "nip", "nik", "asn", "pppk", "pupr"),
    # hosts of governments
    *("gov.vn", "go.id"),
)
#: A language is not a nation: Vietnamese and Indonesian are words of the engine, as `vi` and `id`,
#: and so is the name by which its own speakers choose it.
NATIONAL = re.compile(
    r"(?<![^\W_])(?<!Bahasa )(?:" + "|".join(re.escape(word) for word in WORDS) + r")(?![^\W_])",
    re.IGNORECASE,
)
#: A requirement id of a nation's pack, such as VN-SYNC-014; in examples write XX-SYNC-014.
PACK_ID = re.compile(r"(?<!\w)(?:VN|ID)-[A-Z]+-\d{3}\b")


def engine():
    yield from (path for path in texts(PACKAGE) if "packs" not in path.relative_to(PACKAGE).parts)
    yield from texts(SUITES / "contract")


def found(path, pattern):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield from (at(path, number, match.group()) for match in pattern.finditer(line))


def test_no_nations_word_stands_in_the_engine():
    assert [hit for path in engine() for hit in found(path, NATIONAL)] == []


def test_no_requirement_of_a_pack_is_named_in_the_engine():
    assert [hit for path in engine() for hit in found(path, PACK_ID)] == []


@pytest.mark.parametrize(
    "line",
    [
        "conformance.packs.vn_cbccvc:plugin",
        "the SIASN dialect",
        'header["x-api-code"] = "M51"',
        "NIP, 18 digits",
        "https://api.bkn.go.id/v1",
        "Cơ sở dữ liệu quốc gia về cán bộ",
    ],
)
def test_the_words_are_recognised(line):
    assert NATIONAL.search(line)


@pytest.mark.parametrize(
    "line", ["snippet", "manipulate", "unik", "category", "ASN1", "in Vietnamese", "Tiếng Việt"]
)
def test_other_words_are_left_alone(line):
    assert not NATIONAL.search(line)
