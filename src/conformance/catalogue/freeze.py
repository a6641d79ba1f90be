"""
What a revision is, as a digest, and the promise that a released one only grows.

`frozen.toml` names the digest of every file at the day of release. Files may be added
later (a new requirement comes in a file of its own); a listed one may not change or vanish.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from conformance.catalogue.load import MANIFEST, display
from conformance.catalogue.reading import TomlFile
from conformance.errors import PackDefect, UsageError
from conformance.model.pack import LoadedPack

FROZEN: Final = "frozen.toml"
_LITTER: Final = re.compile(
    r"\..*|.*~|#.*#|.*\.(swp|swo|orig|rej|bak|tmp|pyc)|__pycache__|Thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)
_TEXT: Final = frozenset({".toml", ".yaml", ".yml", ".csv", ".json", ".md", ".txt"})
_UNRELEASED: Final = re.compile(r"(?m)^(\s*released\s*=\s*)false\b")


def digest(root: Path) -> str:
    """
    `sha256:…` over every file below `root`: its path and its bytes, by sorted path.

    What an editor or a file system left behind does not count, nor does `frozen.toml` (it
    speaks about the others). Paths are written with "/" and in NFC, and line ends of text files
    as LF: a checkout on Windows is the same pack.
    """
    return _over(_digests(root))


def freeze(pack: LoadedPack, released_at: datetime) -> Path:
    """
    Release a revision: mark it released in `pack.toml` and write `frozen.toml`.

    Returns:
        The file that was written.

    Raises:
        UsageError: the revision is frozen already, or the time has no zone.
    """
    if released_at.tzinfo is None:
        raise UsageError("a release has a time with a zone", value=released_at.isoformat())
    target = pack.root / FROZEN
    if target.exists():
        raise UsageError(
            "the revision is frozen already",
            where=f"{display(pack.root, FROZEN)}:1",
            value=f"{pack.id}@{pack.revision}",
            remedy="Copy it to the folder of a new revision and change that.",
        )
    manifest = pack.root / MANIFEST
    before = manifest.read_bytes()
    marked = _UNRELEASED.sub(r"\1true", before.decode("utf-8"), count=1).encode("utf-8")
    if marked != before:
        manifest.write_bytes(marked)
    digests = _digests(pack.root)
    lines = [
        "# Written by `pack freeze`: a file listed here never changes; new files may come.",
        f"released_at = {released_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f'digest      = "{_over(digests)}"',
        "",
        "[files]",
        *(f'"{path}" = "{value}"' for path, value in digests.items()),
    ]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return target


def check(pack: LoadedPack) -> None:
    """
    Compare a revision with its `frozen.toml`; one that is not released has nothing to keep.

    Raises:
        PackDefect: a frozen file was changed or is gone, or `frozen.toml` itself is broken.
    """
    # A pack in memory was checked when it was opened; its files may have changed since.
    check_root(pack.root, released=None)


def check_root(root: Path, *, released: bool | None) -> None:
    """
    As `check`, for a folder; `released` is what its manifest says, None not to ask.

    Raises:
        PackDefect: as `check`; also when manifest and `frozen.toml` contradict each other.
    """
    path = root / FROZEN
    if not path.exists():
        if released:
            raise PackDefect(
                "a released revision is frozen",
                where=f"{display(root, MANIFEST)}:1",
                value="released = true",
                remedy=f"Restore {FROZEN}, or set released = false and freeze it.",
            )
        return
    if released is False:
        raise PackDefect(
            "a frozen revision is released",
            where=f"{display(root, MANIFEST)}:1",
            value="released = false",
            remedy="Restore released = true; a change goes into a new revision.",
        )
    table = TomlFile(path, display(root, FROZEN)).root("freeze record")
    table.only({"released_at", "digest", "files"})
    listed = table.inner("files")
    promised = {name: listed.string(name) for name in listed.names()}
    if not promised or table.string("digest") != _over(promised):
        raise PackDefect(
            "the freeze record contradicts itself",
            where=table.where("digest"),
            remedy="Restore it from the release.",
        )
    now = _digests(root)
    for name, value in promised.items():
        if now.get(name) != value:
            raise PackDefect(
                "a released revision grows and never changes",
                where=f"{display(root, name)}:1",
                value="changed" if name in now else "vanished",
                remedy="Restore the file; put the change into a new revision.",
            )


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        if path.is_file() and not any(_LITTER.fullmatch(part) for part in relative.parts):
            name = unicodedata.normalize("NFC", str(PurePosixPath(*relative.parts)))
            if name != FROZEN:
                yield name, path


def _digests(root: Path) -> Mapping[str, str]:
    return {name: _of(path) for name, path in sorted(_files(root))}


def _of(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix.lower() in _TEXT:
        data = data.replace(b"\r\n", b"\n")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _over(digests: Mapping[str, str]) -> str:
    whole = hashlib.sha256()
    for name, value in sorted(digests.items()):
        # Lengths before the parts, so that no two listings have the same bytes.
        for part in (name.encode(), value.encode()):
            whole.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{whole.hexdigest()}"
