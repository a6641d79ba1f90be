"""What becomes of one record: the stages of the contract, in its order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from . import contract, shapes
from .codelists import CodeLists
from .profiles import Profiles
from .rules import Rules
from .saying import Teller, Wrong
from .signatures import Signatures, Unsound, receipt_time
from .units import Units

PROFILE = {"$ref": "profile-fields.yaml#/components/schemas/Profile"}


class Records:
    """Judges signed records and keeps those that are sound."""

    def __init__(
        self,
        *,
        codes: CodeLists,
        signatures: Signatures,
        units: Units,
        rules: Rules,
        profiles: Profiles,
        teller: Teller,
    ) -> None:
        self.codes = codes
        self.signatures = signatures
        self.units = units
        self.rules = rules
        self.profiles = profiles
        self.teller = teller

    def take(
        self,
        base: sqlite3.Connection,
        number: int,
        record: dict[str, Any],
        message: str,
        seen: set[str],
    ) -> dict[str, Any]:
        """The result of record ``number`` (from 0); ``seen``: the people accepted before it."""
        wrongs = self.wrongs(base, record, seen)
        if wrongs:
            return self.rejected(number, wrongs)
        return self.accepted(base, number, record, message, seen)

    def accepted(
        self,
        base: sqlite3.Connection,
        number: int,
        record: dict[str, Any],
        message: str,
        seen: set[str],
    ) -> dict[str, Any]:
        profile = record["profile"]
        seen.add(profile["profileId"])
        version = self.profiles.keep(base, profile, message)
        return {"version": version, "status": "ACCEPTED", "recordNo": number + 1}

    def rejected(self, number: int, wrongs: list[Wrong]) -> dict[str, Any]:
        prefix = self.place(number)
        errors = [self.teller.error(each.below(prefix), number + 1) for each in wrongs]
        return {"errors": errors, "status": "REJECTED", "recordNo": number + 1}

    def place(self, number: int) -> str:
        return f"/records/{number}"

    def wrongs(
        self, base: sqlite3.Connection, record: dict[str, Any], seen: set[str]
    ) -> list[Wrong]:
        """All errors of the first stage that fails."""
        profile, day = record["profile"], contract.today()
        stages: tuple[Callable[[], list[Wrong]], ...] = (
            lambda: self.unsigned(record),
            lambda: self.malformed(profile),
            lambda: self.secret(profile),
            lambda: self.unlisted(profile, day),
            lambda: self.unsound(record),
            lambda: self.unhoused(base, profile, day),
            lambda: self.rules.broken(profile, self.units.on(base, _unit(profile), day) or {}, day),
            lambda: self.repeated(profile, seen),
        )
        for number, stage in enumerate(stages):
            found = stage()
            if found:
                # Only the signature stands beside the profile, and its errors name it whole.
                return found if number in {0, 4} else [each.below("/profile") for each in found]
        return []

    def unsigned(self, record: dict[str, Any]) -> list[Wrong]:
        # An empty text says as little as none; what else is no JWS is an invalid one.
        missing = record.get("signature") is None or record["signature"] == ""
        return [Wrong("/signature", "signature-missing")] if missing else []

    def malformed(self, profile: dict[str, Any]) -> list[Wrong]:
        return shapes.record("profile-fields.yaml", "Profile", profile)

    def secret(self, profile: dict[str, Any]) -> list[Wrong]:
        return [Wrong("/stateSecret", "state-secret")] if profile.get("stateSecret") else []

    def unlisted(self, profile: dict[str, Any], day: str) -> list[Wrong]:
        found = self.codes.wrong("profile-fields.yaml", PROFILE, profile, day)
        return [Wrong(where, "code-list", code) for where, code in found]

    def unsound(self, record: dict[str, Any]) -> list[Wrong]:
        try:
            self.signatures.check(record["profile"], record["signature"], receipt_time())
        except Unsound as fault:
            return [Wrong("/signature", fault.rule)]
        return []

    def unhoused(self, base: sqlite3.Connection, profile: dict[str, Any], day: str) -> list[Wrong]:
        """The units that the profile names today; those of its movements belong to the past."""
        found = []
        for name in dict.fromkeys(("employingUnitCode", "managingAgencyCode")):
            code = profile[name]
            if not self.units.known(base, code):
                found.append(Wrong(f"/{name}", "unit-unknown", code))
            elif self.units.on(base, code, day) is None:
                found.append(Wrong(f"/{name}", "unit-closed", code))
        return found

    def repeated(self, profile: dict[str, Any], seen: set[str]) -> list[Wrong]:
        person = profile["profileId"]
        return [Wrong("/profileId", "duplicate-record", person)] if person in seen else []


def _unit(profile: dict[str, Any]) -> str:
    return str(profile["employingUnitCode"])
