"""An import only points down the list of layers: the contracts stand in pyproject.toml."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.architecture.tree import ROOT

RUN = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


def lint(folder, source):
    # A process of its own: the linter puts folders on sys.path and caches modules.
    return subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_every_layer_contract_is_kept():
    result = lint(ROOT, ROOT / "src")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_broken_layer_is_noticed(tmp_path):
    # The same contracts over a package of two layers, the lower of which looks up.
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for name, body in {
        "__init__": "",
        "errors": "import pytest",
        "resources": "import cryptography",
        "model/__init__": "import conformance.packs.nation",
        "packs/__init__": "",
        "packs/nation": "",
    }.items():
        path = tmp_path / "conformance" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")

    result = lint(tmp_path, tmp_path)

    assert result.returncode == 1, result.stdout + result.stderr
    kept = [line for line in result.stdout.splitlines() if line.endswith("KEPT")]
    broken = [line for line in result.stdout.splitlines() if line.endswith("BROKEN")]
    assert (len(kept), len(broken)) == (1, 4), result.stdout
