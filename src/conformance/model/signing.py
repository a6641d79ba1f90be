"""What was looked at when a signature was checked: step by step, each with its outcome."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCheck:
    """
    One step of checking a signature.

    Attributes:
        step: its name, stable (`algorithm`, `chain`, `signature-value` ...).
        passed: None when it could not be asked, because an earlier step failed.
        fault: what a failure is called, in one word (`expired`); "" unless it failed.
        detail: one English sentence: what was found, or what is wrong.
        seen: the value that decided (`RS256`), "" where there is none.
    """

    step: str
    passed: bool | None
    fault: str = ""
    detail: str = ""
    seen: str = ""
