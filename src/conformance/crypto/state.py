"""Where an operator's state lives: the test CA and the declaration key."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: Names the folder; without it `~/.conformance` is used.
VARIABLE: Final = "CONFORMANCE_HOME"


def state_folder(environ: Mapping[str, str]) -> Path:
    """The operator's state folder; it need not exist yet."""
    named = environ.get(VARIABLE, "").strip()
    return Path(named).expanduser() if named else Path.home() / ".conformance"


def publish_folder(folder: Path, files: Mapping[str, bytes]) -> bool:
    """
    Create `folder` with all of `files` at once, readable by its owner alone.

    Whoever comes second leaves the first one's folder untouched.

    Returns:
        Whether it was this call that created the folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / f".{folder.name}.{secrets.token_hex(8)}"
    draft.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            _write_private(draft / name, content)
        # A rename onto a folder that holds files is refused on every platform.
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if folder.is_dir():
            return False
        raise
    return True


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path` at once, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write_private(draft, content)
    draft.replace(path)


def _write_private(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
