"""Our tree is RFC 6962's: its published vectors, and its words followed naively."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model import merkle

#: The inputs and roots with which Certificate Transparency's own implementations are tested.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

leaves = st.lists(st.binary(max_size=4), max_size=20)


def naive(entries):
    """MTH of RFC 6962 section 2.1, word for word."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + naive(entries[:k]) + naive(entries[k:])).digest()


def ours(entries):
    return merkle.root([merkle.leaf(entry) for entry in entries])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size):
    assert ours(INPUTS[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_is_the_hash_of_nothing():
    assert merkle.root(()).hex() == hashlib.sha256(b"").hexdigest()


@given(leaves)
def test_every_tree_is_that_of_the_rfc(entries):
    assert ours(entries) == naive(entries)


@given(leaves.filter(lambda entries: len(entries) >= 2))
def test_an_inner_node_cannot_pass_for_a_leaf(entries):
    hashes = [merkle.leaf(entry) for entry in entries]
    assert merkle.root(hashes) != merkle.leaf(b"".join(hashes))
    assert merkle.root(hashes[:2]) != merkle.leaf(hashes[0] + hashes[1])


@given(leaves, leaves)
def test_equal_roots_mean_equal_evidence(one, other):
    assert (ours(one) == ours(other)) == (one == other)
