"""Mutants: named, documented, and different from the reference in one decision."""

from __future__ import annotations

import pytest

from conformance.errors import UsageError
from conformance.model.requirement import Role
from conformance.packs.vn_cbccvc import plugin
from conformance.packs.vn_cbccvc.mutants import PROVIDER_MUTANTS, variant
from conformance.packs.vn_cbccvc.reference import Reference


def test_every_provider_requirement_has_its_mutant(pack):
    broken = {name for mutant in PROVIDER_MUTANTS for name in mutant.breaks}
    judged = {r.id for r in pack.catalogue.of(Role.PROVIDER) if not r.not_judged}
    assert broken == judged


def test_mutants_come_in_the_order_of_the_catalogue(pack):
    order = [r.id for r in pack.catalogue.requirements]
    places = [order.index(m.breaks[0]) for m in plugin.mutants() if m.role is Role.PROVIDER]
    assert places == sorted(places)


@pytest.mark.parametrize("mutant", PROVIDER_MUTANTS, ids=lambda cls: cls.__name__)
def test_a_mutant_says_what_it_does_and_takes_one_decision_of_the_reference(mutant):
    summary = mutant.__doc__.splitlines()[0]
    assert summary.endswith(".")
    overridden = [name for name in vars(mutant) if not name.startswith("__") and name != "breaks"]
    assert len(overridden) == 1
    assert callable(getattr(Reference, overridden[0]))


@pytest.mark.parametrize("mutant", PROVIDER_MUTANTS, ids=lambda cls: cls.__name__)
def test_a_mutant_serves(mutant, serve):
    # Whether it is caught is the kill matrix's business; here, that it runs at all.
    server = serve(mutant=mutant.__name__)
    assert server.token
    assert server.call("GET", "/v1/metadata").status_code == 200


def test_mutants_combine(serve):
    server = serve(mutant="ServesWithoutToken+HidesItsEnvironment")
    server.token = ""
    assert server.call("GET", "/v1/metadata").json()["environment"] == "production"


def test_an_unknown_mutant_is_a_usage_error_that_names_the_near_ones():
    with pytest.raises(UsageError, match="TokenWithoutLifetime"):
        variant("TokenWithoutLivetime")
    with pytest.raises(UsageError):
        variant("AcceptsAnySecret+Nope")


def test_no_name_means_the_reference():
    assert variant(None) is variant("") is Reference
