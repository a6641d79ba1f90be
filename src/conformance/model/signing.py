"""What was looked at when a signature was checked: step by step, each with its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.model.remark import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCheck:
    """
    One step of checking a signature.

    Attributes:
        step: its name, stable (`algorithm`, `chain`, `signature-value` ...).
        passed: None when it could not be asked, because an earlier step failed.
        fault: what a failure is called, in one word (`expired`); "" unless it failed.
        detail: what was found, or what is wrong, as `reporting.signatures` tells it; None where
            nothing was asked.
        seen: the value that decided (`RS256`), "" where there is none.
    """

    step: str
    passed: bool | None
    fault: str = ""
    detail: Remark | None = None
    seen: str = ""
