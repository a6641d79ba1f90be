"""The rules between the fields of a profile: CEL over what `rules.toml` says an expression sees."""

from __future__ import annotations

from functools import cache
from typing import Any

from cel_expr_python import cel

from . import contract
from .codelists import all_lists
from .contract import add_months
from .saying import Wrong

Row = dict[str, Any]
CALENDAR = "2004-11-26"


@cache
def _compiled() -> tuple[Any, list[tuple[dict[str, Any], Any]]]:
    kinds = {"record": cel.Type.DYN, "context": cel.Type.DYN, "as_of": cel.Type.STRING}
    environment = cel.NewEnv(variables=kinds)
    return environment, [
        (rule, environment.compile(rule["expression"])) for rule in contract.rules()
    ]


class Rules:
    """Decides which rules a profile breaks."""

    def broken(self, record: Row, unit: Row, day: str) -> list[Wrong]:
        environment, compiled = _compiled()
        seen = environment.Activation(
            data={"record": record, "context": self.context(record, unit, day), "as_of": day}
        )
        return [
            Wrong(
                rule["pointer"],
                rule["id"],
                _at(record, rule["pointer"]),
                rule["message"]["vi"],
                rule["message"]["en"],
            )
            for rule, expression in compiled
            if self.counts(rule["id"]) and not self.keeps(expression, seen)
        ]

    def counts(self, _rule: str) -> bool:
        return True

    def keeps(self, expression: Any, seen: Any) -> bool:
        """An expression that cannot be evaluated counts as broken."""
        try:
            return expression.eval(seen).value() is True
        except (RuntimeError, ValueError):
            return False

    def context(self, record: Row, unit: Row, day: str) -> Row:
        rank = _on("ranks", record["rankCode"], day)
        return {
            "rank": rank,
            "coefficient": _pay(rank, record["salaryStep"]),
            "unit": unit,
            "birthRegistry": self.registry(record["profileId"][:3]),
            "birthYear": int(record["birthDate"][:4]),
            "turns": {str(age): _turns(record["birthDate"], age) for age in (14, 15, 17)},
            "lastWorkingMonth": self.last_month(record["birthDate"], record["gender"]),
            "probationEnds": add_months(record["firstRecruitmentDate"], self.probation(record)),
            "termEnds": _later(record, "appointmentDate", 60),
            "positionAllowance": _on("positions", record.get("currentPositionCode", ""), day).get(
                "coefficient", ""
            ),
            "overScaleDue": self.over_scale(record, rank),
            "provinceOfCommune": {
                name: _province(record[name])
                for name in ("birthPlace", "nativePlace", "currentResidence")
            },
            "salaryHistory": self.pay(record.get("salaryHistory", [])),
            "discipline": [_discipline(row, day) for row in record.get("discipline", [])],
            "workHistory": _chained(record.get("workHistory", []), ("from", "to"), "from"),
            "movement": _movements(record.get("movement", [])),
        }

    def probation(self, record: Row) -> int:
        """Months; decree 138/2020/NĐ-CP, article 20, has six *instead* for the two lower levels."""
        return 6 if record["professionalLevel"] in {"SC", "TC"} else 12

    def registry(self, digits: str) -> str:
        if digits in {"097", "098", "099"}:
            return "test"
        provinces = all_lists()["provinces"]
        if digits[0] == "0" and provinces.on(digits[1:], CALENDAR):
            return "province"
        return "country" if digits >= "101" else ""

    def last_month(self, born: str, sex: str) -> str:
        """The first month of a listed or later year in which that year's age is reached."""
        ages = {
            row.more["year"]: row.more["age_months"]
            for row in all_lists()["retirement-ages"].rows
            if row.more["sex"] == sex
        }
        first, last = min(ages), max(ages)
        birth = int(born[:4]) * 12 + int(born[5:7]) - 1
        for year in range(first, max(last, int(born[:4]) + 100) + 1):
            reached = birth + ages[min(year, last)]
            if reached < (year + 1) * 12:
                found = max(reached, year * 12)
                return f"{found // 12:04}-{found % 12 + 1:02}"
        raise AssertionError("nobody works for a hundred years")

    def over_scale(self, record: Row, rank: Row) -> str:
        percent = record.get("overScalePercent")
        if percent is None or not rank or record["salaryStep"] != rank["max_step"]:
            return ""
        months = rank["months_to_next_step"] + 12 * (int(percent) - 5)
        return add_months(record["salaryFromDate"], months)

    def pay(self, rows: list[Row]) -> list[Row]:
        told = []
        for number, row in enumerate(rows):
            after = rows[number + 1] if number + 1 < len(rows) else {}
            rank = _then("ranks", row["rankCode"], row["from"] + "-01")
            next_from = after.get("from", "")
            same = after.get("rankCode") == row["rankCode"]
            told.append(
                {
                    "from": row["from"],
                    "to": row.get("to", ""),
                    "coefficient": row["coefficient"],
                    "next": next_from,
                    "table": _pay(rank, row["step"]),
                    "months": _months(next_from) - _months(row["from"]) if next_from else 0,
                    "period": rank.get("months_to_next_step", 0),
                    "rise": int(after["step"] - row["step"]) if same else 0,
                }
            )
        return told


def _at(record: Row, where: str) -> Any:
    found: Any = record
    for part in where.strip("/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _on(name: str, code: str, day: str) -> Row:
    row = all_lists()[name].on(code, day)
    return row.more if row else {}


def _then(name: str, code: str, day: str) -> Row:
    row = all_lists()[name].ever(code, day)
    return row.more if row else {}


def _pay(rank: Row, step: float) -> str:
    if not rank:
        return ""
    return str(
        _on("salary", f"{rank['salary_group']}/{int(step)}", "2025-07-01").get("coefficient", "")
    )


def _turns(born: str, age: int) -> str:
    """No calendar is asked: 2022-02-29 stands before 2022-03-01 and behind 2022-02-28."""
    return f"{int(born[:4]) + age:04}{born[4:]}"


def _later(record: Row, name: str, months: int) -> str:
    return add_months(record[name], months) if name in record else ""


def _months(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def _province(address: Row) -> str:
    code = address.get("communeCode", "")
    return str(_on("communes", code, address["codeListVersion"]).get("province_code", ""))


def _discipline(row: Row, day: str) -> Row:
    form = _on("discipline-forms", row["form"], day)
    return {
        "form": row["form"],
        "from": row["from"],
        "regime": form.get("regime", ""),
        "staffType": form.get("staff_type", ""),
        "leadersOnly": form.get("leaders_only", ""),
        "abolished": form.get("abolished", ""),
    }


def _chained(rows: list[Row], names: tuple[str, ...], begins: str) -> list[Row]:
    starts = [row[begins] for row in rows[1:]] + [""]
    return [
        {**{name: row.get(name, "") for name in names}, "next": following}
        for row, following in zip(rows, starts, strict=False)
    ]


def _movements(rows: list[Row]) -> list[Row]:
    names = ("effectiveDate", "decisionDate", "fromUnitCode", "toUnitCode")
    told = _chained(rows, names, "effectiveDate")
    for number, row in enumerate(told):
        after = rows[number + 1] if number + 1 < len(rows) else {}
        row["nextUnit"] = after.get("fromUnitCode", "")
        row["yearBefore"] = add_months(row["effectiveDate"], -12)
    return told
