"""
Faulty references that leave out one rule each: `IgnoresRule001` breaks VN-RULE-001, and so on.

Each is a class of its own, made by one factory, because they differ in a number only.
"""

from __future__ import annotations

from typing import Final

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


RULES: Final = tuple(_ignoring(number) for number in range(1, COUNT + 1))
