"""Whether a walk gave everything, once."""

from __future__ import annotations

import pytest

from conformance.errors import Deviation
from conformance.oracles.paging import complete_walk, count_is, each_once


def test_a_complete_walk_passes_among_strangers():
    complete_walk([["a", "x"], [], ["b", "x"]], ["b", "a"])


def test_an_item_on_no_page_is_missing():
    with pytest.raises(Deviation) as caught:
        complete_walk([["a"], ["b"]], ["a", "b", "c"])
    assert caught.value.code == "item-missing"
    assert caught.value.observed == "c on none of 2 pages"


@pytest.mark.parametrize("pages", [[["a", "b"], ["b"]], [["a"], ["b", "b"]]])
def test_an_item_at_two_places_stands_there_twice(pages):
    with pytest.raises(Deviation) as caught:
        complete_walk(pages, ["a", "b"])
    assert caught.value.code == "item-twice"
    assert "b on pages" in caught.value.observed


def test_no_pages_hold_nothing():
    complete_walk([], [])
    with pytest.raises(Deviation):
        complete_walk([], ["a"])


def test_counts_and_repetitions_are_named():
    count_is("records", 2, 2)
    each_once(["a", "b"])
    with pytest.raises(Deviation) as caught:
        count_is("records received", 1, 2, pointer="/received")
    assert (caught.value.code, caught.value.pointer) == ("count-differs", "/received")
    assert caught.value.observed == "1 records received"
    with pytest.raises(Deviation) as caught:
        each_once(["a", "b", "a"])
    assert caught.value.code == "item-twice"
