"""Which operation a request line means."""

from __future__ import annotations

import pytest

from conformance.contract.contract import Contract


def test_a_literal_path_wins_over_a_templated_one(contract):
    assert next(iter(contract.operations)) == "readLatest"
    assert contract.match("GET", "/books/latest?x=1")[0].id == "readLatest"


def test_path_values_are_decoded(contract):
    operation, values = contract.match("get", "/books/a%2Fb%20c?limit=2#top")

    assert operation.id == "readBook"
    assert values == {"isbn": "a/b c"}


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/books"), ("GET", "/books/"), ("GET", "/books/1/2"), ("POST", "/books/1")],
)
def test_what_is_not_documented_matches_nothing(contract, method, target):
    assert contract.match(method, target) is None


def test_the_methods_of_a_path_are_known(contract):
    assert contract.methods("/books/1234567890") == ("DELETE", "GET")
    assert contract.methods("/nowhere") == ()


def test_an_operation_knows_what_it_takes_and_gives(contract):
    read, remove = contract.operation("readBook"), contract.operation("removeBook")

    assert (read.method, read.template, read.path_parameters) == ("GET", "/books/{isbn}", ("isbn",))
    assert read.parameters[0].required
    assert read.needs_authorisation
    assert not contract.operation("readLatest").needs_authorisation
    assert remove.api_code == "B7"
    assert read.documented(404).status == "4XX"
    assert read.documented(500) is None
    with pytest.raises(KeyError):
        contract.operation("burnBook")


def test_a_pack_s_contract_is_loaded_once():
    from conformance.catalogue import packs
    from conformance.packs.vn_cbccvc import plugin

    with packs.register(plugin):
        pack = packs.load("vn-cbccvc")
    contract = Contract.load(pack)

    assert Contract.load(pack) is contract
    assert contract.operation("submitTrialSync").api_code == "M51"
    for operation in contract.operations.values():
        for response in operation.responses.values():
            for schema in response.content.values():
                assert contract.problems_at(schema, 5) != ()
