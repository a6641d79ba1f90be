"""The chains ask for all that the pairs ask for."""

from itertools import pairwise

from conformance.packs.vn_cbccvc.stories_of_units import VERBS, chains, pairs


def verbs(story):
    return [verb for verb, _, _ in story]


def test_every_two_decisions_of_a_pair_stand_side_by_side_in_one_chain():
    asked = [two for chain in chains() for two in pairwise(verbs(chain))]

    assert sorted(asked) == sorted(tuple(verbs(pair)) for pair in pairs())


def test_no_unit_stands_in_two_chains_and_no_partner_is_taken_twice():
    for chain in chains():
        (unit,) = {one for _, one, _ in chain}
        partners = [other for _, _, other in chain]
        assert len({unit, *partners}) == 1 + len(VERBS) + 1

    named = [{n for _, *numbers in chain for n in numbers} for chain in chains()]
    assert sum(map(len, named)) == len(set().union(*named))
