"""What every faulty agency is: the agency, but for one decision."""

from __future__ import annotations

from typing import ClassVar

from conformance.packs.vn_cbccvc.agency import AgencySoftware


class AgencyMutant(AgencySoftware):
    """The agency with one sin; `breaks` names the requirements that it breaks, and only those."""

    breaks: ClassVar[tuple[str, ...]]
