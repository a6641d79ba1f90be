"""
Faulty references that leave out one rule each: `IgnoresRule001` breaks VN-RULE-001, and so on.

Each is a class of its own, made by one factory, because they differ in a number only. Beside them
one that keeps every rule and reckons one day wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant

#: How many rules rules.toml holds; a test compares the two.
COUNT: Final = 77


def _ignoring(number: int) -> type[ProviderMutant]:
    ignored = f"VN-R-{number:03d}"

    class IgnoresRule(ProviderMutant):
        breaks = (f"VN-RULE-{number:03d}",)

        def rule_is_judged(self, rule_id: str) -> bool:
            return rule_id != ignored and super().rule_is_judged(rule_id)

    IgnoresRule.__name__ = IgnoresRule.__qualname__ = f"IgnoresRule{number:03d}"
    IgnoresRule.__doc__ = f"Takes profiles that break rule {ignored}."
    return IgnoresRule


class CelebratesLeapDaysEarly(ProviderMutant):
    """Lets those who were born on a 29 February be a year older on 28 February."""

    breaks = ("VN-RULE-017", "VN-RULE-028", "VN-RULE-033")

    def rules_kept(self, case: Case) -> Sequence[Complaint]:
        found = super().rules_kept(case)
        if not str(case.subject.get("birthDate")).endswith("-02-29"):
            return found
        of_age = [name.replace("RULE", "R") for name in self.breaks]
        return [
            complaint
            for complaint in found
            if complaint.rule not in of_age or not str(complaint.value).endswith("-02-28")
        ]


RULES: Final = tuple(_ignoring(number) for number in range(1, COUNT + 1))
AGES: Final = (CelebratesLeapDaysEarly,)
