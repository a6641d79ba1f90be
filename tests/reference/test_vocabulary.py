"""What is taken for a personal id, and what is told of one."""

from __future__ import annotations

import re

import pytest

from conformance.packs.vn_cbccvc.vocabulary import VOCABULARY, mask

ID = re.compile(VOCABULARY.personal_id)


@pytest.mark.parametrize(
    "text",
    [
        "098090123456",
        "id=001090123456;",
        "CCCD001090123456",
        "2026-001090123456",
        "/001090123456/",
    ],
)
def test_an_id_is_found_wherever_it_stands(text):
    assert ID.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "00109012345",
        "0010901234567",
        "6f1c1a52-6a0e-4f0b-9d0a-001090123456",
        "2026-11-22T02:15:00Z",
    ],
)
def test_other_numbers_are_no_ids(text):
    assert not ID.search(text)


def test_ours_are_the_places_that_were_never_issued():
    assert all(VOCABULARY.is_ours(f"{place}090123456") for place in ("097", "098", "099"))
    assert not any(VOCABULARY.is_ours(f"{place:03}090123456") for place in range(1, 97))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("098090123456", "098******456"),
        ("0980901234567", "098******567"),
        ("phone 0990123456.", "phone 099******456."),
        ("step 11 since 2023", "step 11 since 2023"),
    ],
)
def test_personal_numbers_are_masked_and_others_are_not(text, shown):
    assert mask(text) == shown


@pytest.mark.parametrize(
    "host", ["moha.gov.vn", "GOV.VN", "api.cbccvc.moha.gov.vn.", "x.dcs.vn", "lgsp.tslcd.vn"]
)
def test_national_hosts_are_refused(host):
    assert any(re.search(pattern, host) for pattern in VOCABULARY.refused_hosts)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "gov.vn.example.org", "notgov.vn"])
def test_other_hosts_are_not(host):
    assert not any(re.search(pattern, host) for pattern in VOCABULARY.refused_hosts)
