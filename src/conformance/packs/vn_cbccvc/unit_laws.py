"""
What must hold of a unit's place in the tree, and of its code, whoever sends it and how.

One decision stands in one method; see `reference`. Its fields are judged by `intake`, what a
reorganisation may do by `reorganisations`. Facts: vietnam.md, section 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from conformance.model.json import Json
from conformance.packs.vn_cbccvc.intake import Case, Complaint, Intake
from conformance.packs.vn_cbccvc.messages import FAULTS
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.packs.vn_cbccvc.tree import Tree

#: From the top of the state down. A type that stands at several levels names none of these.
_TIERS: Final[Mapping[str, int]] = {"central": 0, "province": 1, "district": 2, "commune": 3}


class UnitLaws(Tree, Intake):
    """Judges the place and the code of a unit."""

    def judge_unit(self, case: Case) -> Sequence[Complaint]:
        """All complaints of the first stage that has any."""
        for stage in (
            self.unit_schema,
            self.unit_is_ours,
            self.unit_lives,
            self.code_is_free,
            self.judge_place,
        ):
            if complaints := stage(case):
                return complaints
        return ()

    def judge_place(self, case: Case) -> Sequence[Complaint]:
        """The same for what also holds of a unit that a reorganisation names."""
        for stage in (
            self.unit_codes,
            self.parent_known,
            self.parent_lives,
            self.no_circle,
            self.tier_fits,
        ):
            if complaints := stage(case):
                return complaints
        return ()

    def unit_is_ours(self, case: Case) -> Sequence[Complaint]:
        """Nobody founds or changes another agency's units."""
        code = case.subject["unitCode"]
        return () if self.may_change_unit(code) else (complaint("other-agency", "/unitCode", code),)

    def unit_lives(self, case: Case) -> Sequence[Complaint]:
        """A unit lives on one day at least."""
        start, end = _life(case)
        if end is not None and end <= start:
            return (complaint("schema", "/effectiveTo", end),)
        return ()

    def code_is_free(self, case: Case) -> Sequence[Complaint]:
        """A code belongs to one unit for ever: what ended does not begin again."""
        code, end = str(case.subject["unitCode"]), _life(case)[1]
        if self.code_has_ended(code, end):
            return (complaint("code-reused", "/unitCode", code),)
        return ()

    def code_has_ended(self, code: str, end: str | None) -> bool:
        """Whether the code's unit has an end, and would outlive it if it ended on `end`."""
        known = self.owner(code)
        return known is not None and known.end is not None and (end is None or end > known.end)

    def owner(self, code: str) -> Standing | None:
        """The unit to which a code belongs, living or not."""
        return self.standing(code)

    def parent_lives(self, case: Case) -> Sequence[Complaint]:
        """The unit above lives on every day on which this one does."""
        parent, (start, end) = self.standing(case.subject["parentCode"]), _life(case)
        if parent is None:
            return ()
        if start < parent.start:
            return (complaint("parent-unknown", "/parentCode", parent.code),)
        if parent.end is not None and (end is None or end > parent.end):
            return (complaint("unit-closed", "/parentCode", parent.code),)
        return ()

    def no_circle(self, case: Case) -> Sequence[Complaint]:
        """Nothing stands below itself, on no day."""
        code, parent = str(case.subject["unitCode"]), case.subject["parentCode"]
        if self.closes_a_circle(code, parent, *_life(case)):
            return (complaint("cycle", "/parentCode", parent),)
        return ()

    def tier_fits(self, case: Case) -> Sequence[Complaint]:
        """A unit stands at the level of the one above it, or at a lower one."""
        above = self.unit(case.subject["parentCode"]) or {}
        high, low = (_TIERS.get(str(unit.get("tier"))) for unit in (above, case.subject))
        if high is not None and low is not None and high > low:
            return (complaint("parent-unknown", "/parentCode", case.subject["parentCode"]),)
        return ()


def complaint(word: str, pointer: str, value: Json) -> Complaint:
    """A fault by its word, about a single value."""
    shown = value if isinstance(value, str) else None
    return Complaint(stage=word, rule=word, pointer=pointer, sentence=FAULTS[word], value=shown)


def _life(case: Case) -> tuple[str, str | None]:
    end = case.subject["effectiveTo"]
    return str(case.subject["effectiveFrom"]), None if end is None else str(end)
