"""
Seeds: every random choice of a run follows from one integer in its plan.

Children are derived by hashing a path, never by drawing from a shared stream, so
that adding a scenario changes no other scenario's data.
"""

from __future__ import annotations

import hashlib
import random
import uuid


def derive(seed: int, *path: str | int) -> int:
    """A 63-bit child of `seed` for `path`; equal inputs give equal children on every machine."""
    material = "\x1f".join([str(seed), *(str(part) for part in path)])
    return int.from_bytes(hashlib.sha256(material.encode()).digest()[:8], "big") >> 1


def randomness(seed: int, *path: str | int) -> random.Random:
    """A generator of its own for `path` (not for secrets)."""
    return random.Random(derive(seed, *path))  # noqa: S311 - reproducible by design


def derived_uuid(seed: int, *path: str | int) -> str:
    """A version 4 shaped UUID that follows from `seed` and `path`."""
    return str(uuid.UUID(int=randomness(seed, "uuid", *path).getrandbits(128), version=4))
