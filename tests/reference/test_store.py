"""Both stores keep the same laws."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.reference.store import MemoryStore, SqliteStore, Store, open_store

KINDS = ("memory", "sqlite")
NAMES = st.sampled_from(["a", "b", "units/H98", "", "đơn vị"])
VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
PUTS = st.lists(st.tuples(NAMES, NAMES, VALUES), max_size=12)


@contextmanager
def store_of(kind: str) -> Iterator[Store]:
    if kind == "memory":
        yield MemoryStore()
        return
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "deep" / "mock.sqlite")
        try:
            yield store
        finally:
            store.close()


def interrupted(store: Store, puts) -> None:
    with store.transaction():
        for put in puts:
            store.put(*put)
        raise KeyboardInterrupt


def content(store: Store, puts) -> dict:
    return {
        collection: [(key, store.get(collection, key)) for key in store.keys(collection)]
        for collection, _, _ in puts
    }


@pytest.mark.parametrize("kind", KINDS)
@given(puts=PUTS)
def test_what_was_put_last_is_found_in_order_of_first_arrival(kind, puts):
    model: dict[str, dict] = {}
    with store_of(kind) as store:
        for collection, key, value in puts:
            store.put(collection, key, value)
            model.setdefault(collection, {})[key] = value
        assert content(store, puts) == {name: list(rows.items()) for name, rows in model.items()}


@pytest.mark.parametrize("kind", KINDS)
@given(before=PUTS, inside=PUTS)
def test_a_failed_transaction_leaves_nothing(kind, before, inside):
    with store_of(kind) as store:
        for put in before:
            store.put(*put)
        expected = content(store, [*before, *inside])
        with pytest.raises(KeyboardInterrupt):
            interrupted(store, inside)
        assert content(store, [*before, *inside]) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_transaction_that_ends_well_is_kept(kind):
    with store_of(kind) as store:
        with store.transaction():
            store.put("a", "k", 1)
            assert store.get("a", "k") == 1
        assert store.get("a", "k") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_transactions_do_not_nest(kind):
    with store_of(kind) as store, store.transaction(), pytest.raises(RuntimeError):
        interrupted(store, ())


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_changes_the_store_by_changing_what_he_holds(kind):
    with store_of(kind) as store:
        value: dict = {"list": [1]}
        store.put("a", "k", value)
        value["list"].append(2)
        store.get("a", "k")["list"].append(3)
        assert store.get("a", "k") == {"list": [1]}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_none_and_empty(kind):
    with store_of(kind) as store:
        assert store.get("a", "k") is None
        assert store.keys("a") == ()


def test_a_file_survives_its_process(tmp_path):
    path = tmp_path / "mock.sqlite"
    first = open_store(path)
    first.put("a", "k", {"n": 1})
    first.close()
    second = open_store(path)
    assert second.get("a", "k") == {"n": 1}
    second.close()


def test_without_a_path_a_store_is_in_memory():
    assert isinstance(open_store(None), MemoryStore)
