"""
Every exception of the toolkit, grouped by who was wrong.

The grouping is the verdict: what escapes a judgement is classified by its base
class alone, so raising the right one *is* deciding whose fault it was.

=====================  =============  ==========================================
base                   who            becomes
=====================  =============  ==========================================
`Deviation`            the target     FAIL
`WorldTrouble`         the world      INCONCLUSIVE, with what was tried
`SuiteDefect`          us             ERROR, as does anything unforeseen
`PackDefect`           the pack       nothing runs: exit 2
`UsageError`           the operator   nothing runs: exit 2
=====================  =============  ==========================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


class Deviation(AssertionError):
    """
    The target did something that a requirement forbids.

    It carries a code and parameters instead of a sentence, so that the
    explanation can be rendered in every language the reader may have.
    """

    def __init__(
        self,
        code: str,
        *,
        observed: object,
        required: object,
        pointer: str = "",
        **more: object,
    ) -> None:
        self.code: Final = code
        self.observed: Final = str(observed)
        self.required: Final = str(required)
        #: JSON pointer into the answer, or "" for the whole of it.
        self.pointer: Final = pointer
        self.more: Final[Mapping[str, str]] = {key: str(value) for key, value in more.items()}
        super().__init__(f"{code}: observed {self.observed}; required {self.required}")


class WorldTrouble(Exception):
    """Something between us and the target failed; nobody can be accused."""

    #: The fault that stands beside the verdict: "network" or "configuration".
    fault = "network"

    def __init__(self, code: str, detail: str, *, remedy: str = "") -> None:
        self.code: Final = code
        self.detail: Final = detail
        self.remedy: Final = remedy
        super().__init__(f"{code}: {detail}")


class TargetUnreachable(WorldTrouble):
    """The target could not be reached, or cut the connection."""


class TargetTimeout(WorldTrouble):
    """The target took a request and did not answer inside the deadline."""


class GrantUnmet(WorldTrouble):
    """The configuration lacks what a scenario needs (a second identity, a subtree, trust)."""

    fault = "configuration"


class SuiteDefect(Exception):
    """We are wrong: a scenario, an oracle or the engine broke its own promise."""


class ReplayDiverged(BaseException):
    """
    A scenario, run again on its journal, asked something else than was recorded.

    A `BaseException`, because no judgement may swallow it: the whole scenario's
    verdicts are void, not one of them.
    """

    def __init__(self, scenario: str, event: int, detail: str) -> None:
        self.scenario: Final = scenario
        self.event: Final = event
        self.detail: Final = detail
        super().__init__(f"{scenario}: event {event}: {detail}")


class Located(Exception):
    """
    A mistake in something a person wrote, told so that it can be put right.

    Attributes:
        what: the law that was broken, in one sentence.
        where: "file:line", an option as it was typed, or "".
        value: the offending value as it was written, or "".
        remedy: what to do about it, as an imperative.
    """

    def __init__(self, what: str, *, where: str = "", value: str = "", remedy: str = "") -> None:
        self.what: Final = what
        self.where: Final = where
        self.value: Final = value
        self.remedy: Final = remedy
        parts = [f"{where}: {what}" if where else what]
        if value:
            parts.append(f"(got {value!r})")
        text = " ".join(parts)
        super().__init__(f"{text}. {remedy}" if remedy else text)


class UsageError(Located):
    """The operator's mistake: a bad option, or a named file missing or malformed."""


class PackDefect(Located):
    """The pack's mistake: nothing can run until its author repairs the named line."""
