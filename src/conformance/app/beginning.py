"""
A new pack from the template in `fixtures/new-pack`: small, complete, and proven by its own test.

Names in file names and texts stand between `@@`; every file ends in `.tmpl`, so that neither
pytest nor a linter takes the template for code.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from conformance import resources
from conformance.catalogue import packs
from conformance.errors import UsageError

_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SUFFIX: Final = ".tmpl"
_FAMILY_AT_MOST: Final = 8


def begin(identifier: str, out: Path) -> tuple[Path, ...]:
    """
    Write the distribution of a new pack into `out`, which must be new or empty.

    Returns:
        The files written, relative to `out`, sorted.

    Raises:
        UsageError: the id is taken or no id, or the folder holds something.
    """
    if not _ID.fullmatch(identifier):
        raise UsageError(
            "an id is small letters and digits, with single hyphens between them",
            where="pack new",
            value=identifier,
            remedy="Write it like th-ocsc.",
        )
    if identifier in packs.available():
        raise UsageError(
            "a pack of this id is installed",
            where="pack new",
            value=identifier,
            remedy="Choose another id.",
        )
    template = resources.fixtures() / "new-pack"
    names = {
        "@@id@@": identifier,
        "@@module@@": f"conformance_{identifier.replace('-', '_')}",
        "@@FAMILY@@": _family(identifier),
    }
    written: list[Path] = []
    try:
        if out.exists() and any(out.iterdir()):
            raise UsageError(
                "the folder is not empty",
                where="--out",
                value=str(out),
                remedy="Name a new folder; nothing is overwritten.",
            )
        for source in sorted(template.rglob(f"*{_SUFFIX}")):
            relative = Path(_filled(source.relative_to(template).as_posix(), names))
            path = out / relative.with_name(relative.name.removesuffix(_SUFFIX))
            path.parent.mkdir(parents=True, exist_ok=True)
            text = _filled(source.read_text(encoding="utf-8"), names)
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path.relative_to(out))
    except OSError as error:
        raise UsageError(
            f"the pack cannot be written: {error.strerror or error}",
            where="--out",
            value=str(out),
            remedy="Name a folder that you may write.",
        ) from None
    return tuple(sorted(written))


def _family(identifier: str) -> str:
    """The letters before a requirement's number; at least two, as its law wants."""
    letters = re.sub(r"[^a-z]", "", identifier).upper()[:_FAMILY_AT_MOST]
    return letters if len(letters) > 1 else f"{letters}X"


def _filled(text: str, names: dict[str, str]) -> str:
    for mark, name in names.items():
        text = text.replace(mark, name)
    return text
