"""
What the rules of this contract see beside the record: rows joined to its codes, and days added up.

Shared by the reference, the suites and the population, so that all three ask the same question.
The members are documented at the head of `rules.toml`; that text is the contract, this module
only follows it. The record satisfies its schema: what does not is refused before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.retirement import last_working_month
from conformance.packs.vn_cbccvc.vocabulary import OUR_PLACES

#: Rules are silent about what the code lists already refused, so an empty row is right.
_NO_UNIT: Final[JsonObject] = {}
_NOTHING: Final[Mapping[str, str]] = {}
_AGES: Final = (14, 15, 17)
_ADDRESSES: Final = ("birthPlace", "nativePlace", "currentResidence")
#: The version that an address means when it names none.
_TODAYS_LIST: Final = "2025-07-01"
#: Where the months of `days` end: nobody's retirement is computed beyond them.
_EARLIEST, _LATEST = days.of_month(1900, 1), days.of_month(2200, 1)


def rule_context(
    record: Mapping[str, Json],
    codelists: CodeLists,
    as_of: date,
    *,
    unit: JsonObject | None = None,
) -> JsonObject:
    """
    The `context` of a profile that satisfies its schema; see the head of `rules.toml`.

    Args:
        unit: the unit of `employingUnitCode`, where the caller knows it.
    """
    join = _joins(codelists, as_of)
    rank = join.row("ranks", _text(record, "rankCode"))
    born = _text(record, "birthDate")
    recruited = _text(record, "firstRecruitmentDate")
    brief = record.get("professionalLevel") in ("SC", "TC")
    return {
        "rank": dict(rank),
        "coefficient": join.coefficient(rank, record.get("salaryStep")),
        "unit": unit or _NO_UNIT,
        "birthRegistry": join.registry(_text(record, "profileId")[:3]),
        "birthYear": int(born[:4] or "0"),
        "turns": {str(age): _years_later(born, age) for age in _AGES},
        "lastWorkingMonth": _last_month(_text(record, "gender"), born),
        "probationEnds": _months_later(recruited, 6 if brief else 12),
        "termEnds": _months_later(_text(record, "appointmentDate"), 60),
        "positionAllowance": join.allowance(_text(record, "currentPositionCode")),
        "overScaleDue": _over_scale_due(record, rank),
        "provinceOfCommune": {name: join.province(record.get(name)) for name in _ADDRESSES},
        "salaryHistory": list(_salary_history(record, join)),
        "discipline": [
            {"form": form, "from": _text(row, "from"), **join.form(form)}
            for row in _rows(record, "discipline")
            for form in (_text(row, "form"),)
        ],
        "workHistory": [
            {"from": _text(row, "from"), "to": _text(row, "to"), "next": _text(after, "from")}
            for row, after in _pairs(record, "workHistory")
        ],
        "movement": [
            {
                "effectiveDate": _text(row, "effectiveDate"),
                "decisionDate": _text(row, "decisionDate"),
                "fromUnitCode": _text(row, "fromUnitCode"),
                "toUnitCode": _text(row, "toUnitCode"),
                "next": _text(after, "effectiveDate"),
                "nextUnit": _text(after, "fromUnitCode"),
                "yearBefore": _months_later(_text(row, "effectiveDate"), -12),
            }
            for row, after in _pairs(record, "movement")
        ],
    }


class _Joins:
    """The code lists on one day; each answer is looked up once."""

    def __init__(self, lists: CodeLists, as_of: date) -> None:
        self._lists = lists
        self._as_of = as_of
        self._names = frozenset(lists.names)
        self._known: dict[tuple[str, str], Mapping[str, str]] = {}
        self._forms: dict[str, JsonObject] = {}

    def row(self, name: str, code: str) -> Mapping[str, str]:
        """The row in force, or {}."""
        key = (name, code)
        found = self._known.get(key)
        if found is None:
            found = self._lists.row(name, code, self._as_of) if name in self._names else None
            if found is None:
                # Not kept: the codes that strangers send must not fill the memory.
                return _NOTHING
            self._known[key] = found
        return found

    def coefficient(self, rank: Mapping[str, str], step: Json) -> str:
        if not rank or not isinstance(step, (int, float)) or step != int(step):
            return ""
        return self.row("salary", f"{rank['salary_group']}/{int(step)}").get("coefficient", "")

    def registry(self, place: str) -> str:
        if place in OUR_PLACES:
            return "test"
        if place[:1] == "0":
            return "province" if self._lists.known("provinces", place[1:]) else ""
        return "country" if place > "100" else ""

    def allowance(self, position: str) -> str:
        return self.row("positions", position).get("coefficient", "")

    def form(self, code: str) -> JsonObject:
        if code not in self._forms:
            row = self.row("discipline-forms", code)
            found: JsonObject = {
                "regime": row.get("regime", ""),
                "staffType": row.get("staff_type", ""),
                "leadersOnly": row.get("leaders_only", ""),
                "abolished": row.get("abolished", ""),
            }
            if not row:
                return found
            self._forms[code] = found
        return self._forms[code]

    def province(self, address: Json) -> str:
        """The province of an address's commune, in the list that the address names."""
        if not isinstance(address, dict):
            return ""
        commune, version = _text(address, "communeCode"), _text(address, "codeListVersion")
        if not commune:
            return ""
        if version in ("", _TODAYS_LIST):
            return self.row("communes", commune).get("province_code", "")
        if "communes" not in self._names:
            return ""
        row = self._lists.row("communes", commune, date.fromisoformat(version))
        return row["province_code"] if row else ""


@cache
def _joins(lists: CodeLists, as_of: date) -> _Joins:
    return _Joins(lists, as_of)


def _salary_history(record: Mapping[str, Json], join: _Joins) -> Iterator[JsonObject]:
    for row, after in _pairs(record, "salaryHistory"):
        rank = join.row("ranks", _text(row, "rankCode"))
        start, following = _text(row, "from"), _text(after, "from")
        same = bool(after) and row.get("rankCode") == after.get("rankCode")
        yield {
            "from": start,
            "to": _text(row, "to"),
            "coefficient": _text(row, "coefficient"),
            "next": following,
            "table": join.coefficient(rank, row.get("step")),
            "months": _month(following) - _month(start) if following else 0,
            "period": int(rank.get("months_to_next_step", "0")),
            "rise": _whole(after, "step") - _whole(row, "step") if same else 0,
        }


def _over_scale_due(record: Mapping[str, Json], rank: Mapping[str, str]) -> str:
    percent = record.get("overScalePercent")
    if not rank or not isinstance(percent, (int, float)):
        return ""
    if _whole(record, "salaryStep") != int(rank["max_step"]):
        return ""
    # Beyond 100 the schema has spoken; a day must come out of it all the same.
    months = int(rank["months_to_next_step"]) + 12 * min(max(int(percent) - 5, 0), 100)
    return _months_later(_text(record, "salaryFromDate"), months)


def _last_month(sex: str, born: str) -> str:
    month = days.of_month(int(born[:4]), int(born[5:7])) if born else _LATEST
    if sex not in ("1", "2") or month >= _LATEST:
        return "9999-12"
    return days.iso_month(last_working_month(sex, max(month, _EARLIEST)))


def _years_later(day: str, years: int) -> str:
    return f"{int(day[:4]) + years:04d}{day[4:]}" if day else ""


def _months_later(day: str, months: int) -> str:
    if not day:
        return ""
    year, month = divmod(int(day[:4]) * 12 + int(day[5:7]) - 1 + months, 12)
    number = int(day[8:10])
    if number > 28:
        number = min(number, _length(year, month + 1))
    return f"{max(year, 0):04d}-{month + 1:02d}-{number:02d}"


def _length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7]) if text else 0


def _rows(record: Mapping[str, Json], name: str) -> list[JsonObject]:
    table = record.get(name)
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def _pairs(record: Mapping[str, Json], name: str) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Each row with the one after it; the last with {}."""
    rows = _rows(record, name)
    return zip(rows, [*rows[1:], {}], strict=True) if rows else iter(())


def _text(row: Mapping[str, Json], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _whole(row: Mapping[str, Json], name: str) -> int:
    value = row.get(name)
    return int(value) if isinstance(value, (int, float)) else 0
