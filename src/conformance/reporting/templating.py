"""Our pages' templates, in `templates/`: layout and no decisions."""

from __future__ import annotations

from functools import cache
from typing import Any


def template(name: str) -> Any:
    """One template by its file's name."""
    return _environment().get_template(name)


@cache
def _environment() -> Any:
    import jinja2  # late: only pages need it

    return jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
