"""Faulty references: which keywords of a schema they overlook, and what they count."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, at
from conformance.packs.vn_cbccvc.batches import UNIT_BATCH, Batch
from conformance.packs.vn_cbccvc.intake import Case, Complaint, problems
from conformance.packs.vn_cbccvc.mutant import ProviderMutant

#: The longest name of a connection key.
_KEY_NAME: Final = 64
#: Beyond the basic plane: one character, two units in UTF-16.
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")


class SkipsPatterns(ProviderMutant):
    """Compares no text of a profile with its pattern, but for the id under which it is kept."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        return [
            problem
            for problem in super().shape_problems(case)
            if case.operation == UNIT_BATCH.operation
            or problem.keyword != "pattern"
            or problem.pointer == "/profileId"
        ]


class TakesNullInTables(ProviderMutant):
    """Takes null for any member of a row."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        return [
            problem
            for problem in super().shape_problems(case)
            if not _in_a_row(problem) or at(case.subject, problem.pointer) is not None
        ]


class WantsNothingOfRows(ProviderMutant):
    """Looks for the required members of a profile, and not for those of a row."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        return _without(super().shape_problems(case), "required", lambda p: "/" in p.pointer)


class TakesStrangersInRows(ProviderMutant):
    """Refuses members that it does not know in a profile, and takes them in a row."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        return _without(super().shape_problems(case), "additionalProperties", _in_a_table)


class TakesTablesOfAnyLength(ProviderMutant):
    """Counts no rows."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        return _without(super().shape_problems(case), "maxItems")


class TakesNumbersOfAnySize(ProviderMutant):
    """Knows the least that a number of a profile can be, and not the most."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        if case.operation == UNIT_BATCH.operation:
            return super().shape_problems(case)
        return _without(super().shape_problems(case), "maximum")


class TakesDaysOfNoCalendar(ProviderMutant):
    """Takes for a day of a row whatever looks like one, the thirtieth of February included."""

    breaks = ("VN-VEC-001",)

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        return _without(super().shape_problems(case), "format", _in_a_row)


class CountsBytes(ProviderMutant):
    """Measures the texts of a profile in bytes of UTF-8."""

    breaks = ("VN-VEC-001", "VN-PRO-031", "VN-VEC-005")

    def profile_schema(self, case: Case) -> Sequence[Complaint]:
        def misread(text: str) -> str:
            return text.encode("utf-8", "surrogatepass").decode("latin-1")

        return super().profile_schema(_measured(self, "Profile", case, misread))


class CountsHalvesOfCharacters(ProviderMutant):
    """Measures the texts of a profile in units of UTF-16."""

    breaks = ("VN-VEC-001", "VN-VEC-005")

    def profile_schema(self, case: Case) -> Sequence[Complaint]:
        return super().profile_schema(
            _measured(self, "Profile", case, lambda text: _ASTRAL.sub("xx", text))
        )


class NamesTheTableAlone(ProviderMutant):
    """Says in which table the fault lies, and not in which row and member."""

    breaks = ("VN-VEC-001",)

    def profile_schema(self, case: Case) -> Sequence[Complaint]:
        return [
            replace(complaint, pointer="/".join(complaint.pointer.split("/")[:2]))
            for complaint in super().profile_schema(case)
        ]


class CountsBytesOfUnits(ProviderMutant):
    """Measures the texts of a unit in bytes of UTF-8."""

    breaks = ("VN-VEC-002", "VN-UNIT-021", "VN-UNIT-022")

    def unit_schema(self, case: Case) -> Sequence[Complaint]:
        return super().unit_schema(
            _measured(self, "Unit", case, lambda text: text.encode().decode("latin-1"))
        )


class TakesUnitsOfAnyLength(ProviderMutant):
    """Takes texts of any length in a unit."""

    breaks = ("VN-VEC-002",)

    def unit_schema(self, case: Case) -> Sequence[Complaint]:
        kept = tuple(_without(case.shape, "maxLength"))
        return super().unit_schema(replace(case, shape=kept))


class TakesAnyTaxCode(ProviderMutant):
    """Takes any text for a tax code."""

    breaks = ("VN-VEC-002",)

    def unit_schema(self, case: Case) -> Sequence[Complaint]:
        kept = _without(case.shape, "pattern", lambda problem: problem.pointer == "/taxCode")
        return super().unit_schema(replace(case, shape=tuple(kept)))


class TakesAnyKeyName(ProviderMutant):
    """Takes a name of any length for the connection key."""

    breaks = ("VN-CON-003",)

    def header_counts(self, fault: SchemaProblem) -> bool:
        return fault.pointer != "/header/keyId" or fault.keyword == "type"


class TakesStrangersInMessages(ProviderMutant):
    """Passes over members of a message that no contract names."""

    breaks = ("VN-CON-003",)

    def header_counts(self, fault: SchemaProblem) -> bool:
        return fault.keyword != "additionalProperties" or bool(fault.pointer)


class TakesAHundredAndOneUnits(ProviderMutant):
    """Takes more units in a message than it may hold."""

    breaks = ("VN-CON-003",)

    def fits(self, batch: Batch, records: Sequence[Json]) -> bool:
        return super().fits(batch, records) or (batch is UNIT_BATCH and len(records) > batch.most)


class CountsBytesOfKeyNames(ProviderMutant):
    """Measures the name of the connection key in bytes of UTF-8."""

    breaks = ("VN-VEC-003",)

    def header_faults(
        self, code: str, message: Json, found: Sequence[SchemaProblem]
    ) -> Sequence[SchemaProblem]:
        faults = super().header_faults(code, message, found)
        header = message.get("header") if isinstance(message, dict) else None
        name = header.get("keyId") if isinstance(header, dict) else None
        if faults or not isinstance(name, str) or len(name.encode()) <= _KEY_NAME:
            return faults
        return [
            SchemaProblem(
                pointer="/header/keyId", keyword="maxLength", message="too long", excerpt=""
            )
        ]


def _in_a_table(problem: SchemaProblem) -> bool:
    return "/" in problem.pointer


def _in_a_row(problem: SchemaProblem) -> bool:
    return problem.pointer.count("/") > 2


def _without(
    found: Sequence[SchemaProblem],
    keyword: str,
    where: Callable[[SchemaProblem], bool] = lambda _: True,
) -> Sequence[SchemaProblem]:
    """All problems but those of a keyword, at the places meant."""
    return [problem for problem in found if problem.keyword != keyword or not where(problem)]


def _measured(
    server: ProviderMutant, component: str, case: Case, read: Callable[[str], str]
) -> Case:
    """The case as somebody sees it who reads every text so, and finds some too long."""
    seen = problems(server.knowledge.contract, component, _read(case.subject, read))
    kept = tuple(problem for problem in case.shape if problem.keyword != "maxLength")
    return replace(case, shape=(*kept, *(p for p in seen if p.keyword == "maxLength")))


def _read(value: Json, read: Callable[[str], str]) -> Json:
    match value:
        case str():
            return read(value)
        case list():
            return [_read(item, read) for item in value]
        case dict():
            return {name: _read(item, read) for name, item in value.items()}
    return value


SHAPES: Final = (
    SkipsPatterns,
    TakesNullInTables,
    WantsNothingOfRows,
    TakesStrangersInRows,
    TakesTablesOfAnyLength,
    TakesNumbersOfAnySize,
    TakesDaysOfNoCalendar,
    CountsBytes,
    CountsHalvesOfCharacters,
    NamesTheTableAlone,
    CountsBytesOfUnits,
    TakesUnitsOfAnyLength,
    TakesAnyTaxCode,
    CountsBytesOfKeyNames,
)
MESSAGES: Final = (TakesAnyKeyName, TakesStrangersInMessages, TakesAHundredAndOneUnits)
