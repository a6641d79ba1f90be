"""The table of owners: every field of the schema once, and one owner for a whole table."""

from __future__ import annotations

import tomllib
from collections import Counter

import pytest

from conformance import resources
from conformance.contract.bundle import bundle
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.packs.vn_cbccvc.owner_oracles import fields_of
from conformance.packs.vn_cbccvc.ownership import owner_titles, owners

ROOT = resources.specs() / "vn-cbccvc" / "1.0"
MANIFEST = tomllib.loads((ROOT / "pack.toml").read_text(encoding="utf-8"))
CONTRACT = Contract(bundle(ROOT, MANIFEST["documents"]))
LISTS = CodeLists.read(ROOT)
ROWS = LISTS.rows("authority", LISTS.versions("authority")[-1])
KNOWN = {row["code"] for row in LISTS.rows("data-owners", LISTS.versions("data-owners")[-1])}


def test_every_field_of_the_schema_has_exactly_one_row():
    assert Counter(row["code"] for row in ROWS) == Counter(fields_of(CONTRACT.document))


def test_every_row_names_a_known_owner_a_role_a_source_and_a_basis():
    for row in ROWS:
        assert row["owner"] in KNOWN, row
        copies = row["owner"] != "AGENCY"
        assert row["role"] in (("reference",) if copies else ("original", "master")), row
        assert row["source"].strip(), row
        assert row["basis"] in ("quoted", "known", "inferred"), row


def test_all_columns_of_a_table_have_one_owner():
    # An owner states a table as one value.
    whose = {(row["code"].split("/")[1], row["owner"]) for row in ROWS}
    assert Counter(member for member, _ in whose).most_common(1)[0][1] == 1
    assert dict(whose) == dict(owners(LISTS))


def test_whoever_may_state_is_an_owner_of_the_list():
    stating = CONTRACT.document["components"]["schemas"]["Owner"]["enum"]
    assert {*stating, "AGENCY"} == KNOWN
    assert {row["owner"] for row in ROWS} == KNOWN


@pytest.mark.parametrize("owner", sorted(KNOWN))
def test_an_owner_has_a_name_in_vietnamese_and_english(owner):
    vi, en = owner_titles(LISTS, owner)
    assert owner not in (vi, en)
    assert vi != en
