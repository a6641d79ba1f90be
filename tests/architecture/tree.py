"""The source tree as these tests read it: files, words and imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "conformance"
SUITES = ROOT / "suites"

#: Bytes that no reviewer reads; never searched for words.
_BINARY = {".png", ".pdf", ".gz", ".p12", ".parquet", ".ttf", ".woff2", ".mo", ".pyc"}


def modules(root: Path = PACKAGE) -> list[Path]:
    """Every Python file below `root`, in order."""
    return sorted(path for path in root.rglob("*.py") if "_data" not in path.parts)


def texts(root: Path) -> list[Path]:
    """Every text file below `root`, code and data alike, in order."""
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file()
        and path.suffix not in _BINARY
        and not {"__pycache__", "_data"} & set(path.parts)
    )


def tracked() -> list[Path]:
    """
    What a commit would hold: tracked files and new ones that are not ignored.

    Outside a Git checkout (an unpacked sdist) every text file of the project counts.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        return [path for path in texts(ROOT) if not path.relative_to(ROOT).parts[0].startswith(".")]
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return sorted(path for path in paths if path.is_file() and path.suffix not in _BINARY)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every absolute import, also those inside functions."""
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in names)


def home(path: Path) -> str:
    """The first folder below `src/conformance`, or the module itself: `wire`, `packs`, `errors`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def at(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}: {what}"
