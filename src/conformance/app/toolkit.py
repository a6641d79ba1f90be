"""Who we are: the toolkit's name, and digests of its code and suites."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import conformance
from conformance import resources
from conformance.model.pack import LoadedPack


def name() -> str:
    """Distribution name and version."""
    return f"api-conformance-toolkit {conformance.__version__}"


@cache
def toolkit_digest() -> str:
    """`sha256:` over the package's own files; equal in a checkout and in a wheel."""
    root = Path(conformance.__file__).resolve().parent
    return _digest([("conformance", root)], leave_out={"_data"})


def suite_digest(pack: LoadedPack) -> str:
    """`sha256:` over the suites that judge a pack."""
    return _digest([(pack.id, pack.suites), ("contract", resources.suites() / "contract")])


def _digest(
    roots: Iterable[tuple[str, Path]], leave_out: frozenset[str] | set[str] = frozenset()
) -> str:
    whole = hashlib.sha256()
    for name_, root in roots:
        for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix()):
            parts = path.relative_to(root).parts
            if not path.is_file() or parts[0] in leave_out or "__pycache__" in parts:
                continue
            content = path.read_bytes()
            relative = path.relative_to(root).as_posix()
            whole.update(f"{name_}/{relative}\n{len(content)}\n".encode())
            whole.update(content)
    return "sha256:" + whole.hexdigest()
