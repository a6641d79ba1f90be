"""What somebody has to be told, before it is known in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """
    A code with its parameters; `reporting` makes a sentence of it.

    Attributes:
        details: what the sentence names; a remark among them is told in the same language.
    """

    code: str
    details: Mapping[str, str | Remark]


def remark(code: str, /, **details: object) -> Remark:
    """A remark; whatever it names is written down as text."""
    return Remark(code, {k: v if isinstance(v, Remark) else str(v) for k, v in details.items()})
