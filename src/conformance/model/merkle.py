"""
A Merkle tree over evidence, hashed as RFC 6962 section 2.1 does.

Leaves and nodes carry different prefixes, so that no inner node can pass for a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf(data: bytes | memoryview) -> bytes:
    """The 32-byte hash of one leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The 32-byte root over leaf hashes; the hash of nothing for an empty tree."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def digest(data: bytes) -> str:
    """`sha256:` and the hexadecimal digest: how every file of ours names another one."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
