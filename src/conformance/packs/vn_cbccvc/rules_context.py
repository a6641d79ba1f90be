"""
What the rules of this contract see beside the record: rows joined to its codes.

Shared by the reference, the suites and the population, so that all three ask the same question.
The members are documented at the head of `rules.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.model.json import Json, JsonObject

#: Rules are silent about what the code lists already refused, so an empty row is right.
_NO_UNIT: Final[JsonObject] = {}


def rule_context(
    record: Mapping[str, Json],
    codelists: CodeLists,
    as_of: date,
    *,
    unit: JsonObject | None = None,
) -> JsonObject:
    """
    The `context` of a profile.

    Args:
        unit: the unit of `employingUnitCode`, where the caller knows it.

    Returns:
        `rank` (row of `rankCode` in force on `as_of`, or {}), `coefficient` (of the rank's
        salary group at `salaryStep`, or ""), `unit`.
    """
    rank = codelists.row("ranks", str(record.get("rankCode")), as_of) or {}
    step = record.get("salaryStep")
    coefficient = ""
    if rank and isinstance(step, (int, float)) and step == int(step):
        row = codelists.row("salary", f"{rank['salary_group']}/{int(step)}", as_of)
        coefficient = row["coefficient"] if row else ""
    return {"rank": dict(rank), "coefficient": coefficient, "unit": unit or _NO_UNIT}
