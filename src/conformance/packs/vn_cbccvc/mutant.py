"""What every faulty reference has: a name, a sin in one sentence, and what it breaks."""

from __future__ import annotations

from typing import ClassVar

from conformance.packs.vn_cbccvc.reference import Reference


class ProviderMutant(Reference):
    """The reference with one sin; `breaks` names what it breaks, and nothing else."""

    breaks: ClassVar[tuple[str, ...]]
