"""Faults of judging a record: schema, code lists, signatures, units, rules, repetition."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import re
import sqlite3
import unicodedata
from datetime import datetime
from typing import Any

import rfc8785
from cryptography import x509

from tests.second_implementation import contract
from tests.second_implementation.codelists import CodeLists, all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.judging import Records
from tests.second_implementation.rules import Row, Rules
from tests.second_implementation.saying import Wrong
from tests.second_implementation.shapes import moment
from tests.second_implementation.signatures import Signatures, Unsound

Profile = dict[str, Any]
LENIENT_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])")


def rewritten(value: Any, change: Any) -> Any:
    """The value with every text in it changed."""
    if isinstance(value, dict):
        return {key: rewritten(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [rewritten(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


@fault("numbers-as-texts", "VN-SYNC-009")
class NumbersAsTexts(Records):
    """Takes "4" where the schema asks for 4: a lenient binding of JSON."""

    def malformed(self, profile: Profile) -> list[Wrong]:
        return [
            wrong
            for wrong in super().malformed(profile)
            if not (isinstance(wrong.value, str) and wrong.value.isdigit() and len(wrong.value) < 4)
        ]


@fault("days-overflow", "VN-SYNC-009")
class DaysOverflow(Records):
    """Takes 30 February: the parser of dates is lenient."""

    def malformed(self, profile: Profile) -> list[Wrong]:
        return [
            wrong
            for wrong in super().malformed(profile)
            if not LENIENT_DAY.fullmatch(str(wrong.value))
        ]


@fault("newline-behind", "VN-SYNC-009")
class NewlineBehind(Records):
    """Takes a line feed behind what a pattern asks for, as many engines do."""

    def malformed(self, profile: Profile) -> list[Wrong]:
        return super().malformed(rewritten(profile, lambda text: text.removesuffix("\n")))


@fault("letters-as-bytes", "VN-SYNC-001")
class LettersAsBytes(Records):
    """Counts the bytes of a text where the schema counts its letters."""

    def malformed(self, profile: Profile) -> list[Wrong]:
        name = profile.get("birthFullName")
        if isinstance(name, str) and len(name.encode("utf-8", "replace")) > 100:
            return [Wrong("/birthFullName", "schema", name)]
        return super().malformed(profile)


@fault("first-error-only", "none")
class FirstErrorOnly(Records):
    """Tells the first error of the stage that failed, and not all."""

    def wrongs(self, base: sqlite3.Connection, record: Profile, seen: set[str]) -> list[Wrong]:
        return super().wrongs(base, record, seen)[:1]


@fault("rules-before-signature", "none")
class RulesBeforeSignature(Records):
    """Judges the rules before the signature, so that a forged record is told what to mend."""

    def unsound(self, record: Profile) -> list[Wrong]:
        broken = self.rules.broken(record["profile"], {}, contract.today())
        return [each.below("/profile") for each in broken] or super().unsound(record)


@fault("codes-any-case", "VN-SYNC-010")
class CodesAnyCase(CodeLists):
    """Finds codes without regard to capitals."""

    def holds(self, name: str, code: str, day: str) -> bool:
        return any(
            row.lives(day) for row in all_lists()[name].rows if row.code.upper() == code.upper()
        )


@fault("addresses-of-today", "VN-SYNC-026")
class AddressesOfToday(CodeLists):
    """Reads the codes of every address in today's list."""

    def day_of(self, address: Profile, day: str) -> str:
        return day


@fault("communes-unread", "none")
class CommunesUnread(CodeLists):
    """Reads provinces in their list, and takes any five digits for a commune."""

    def holds(self, name: str, code: str, day: str) -> bool:
        return name == "communes" or super().holds(name, code, day)


@fault("tables-unread", "none")
class TablesUnread(CodeLists):
    """Reads the codes of the profile and of its addresses, and none in its tables."""

    def wrong(self, document: str, schema: Any, value: Any, day: str) -> Any:
        return () if isinstance(value, list) else super().wrong(document, schema, value, day)


@fault("signed-as-sent", "none")
class SignedAsSent(Signatures):
    """Verifies over the members in the order in which they came, not in that of RFC 8785."""

    def payload(self, profile: Profile) -> bytes:
        members = (f"{_text(key)}:{_text(each)}" for key, each in profile.items())
        return ("{" + ",".join(members) + "}").encode("utf-8")


def _text(value: Any) -> str:
    return rfc8785.dumps(value).decode("utf-8")


@fault("signed-normalised", "VN-SIG-002")
class SignedNormalised(Signatures):
    """Composes letters (NFC) before it verifies: a change that decomposes them passes."""

    def payload(self, profile: Profile) -> bytes:
        return super().payload(rewritten(profile, lambda text: unicodedata.normalize("NFC", text)))


@fault("signer-without-dot", "VN-SIG-010")
class SignerWithoutDot(Signatures):
    """Takes H98.1 for an agency above H98.10: one text begins with the other."""

    def above(self, agency: str, managing: str) -> bool:
        return managing.startswith(agency)


@fault("signer-below", "VN-SIG-010")
class SignerBelow(Signatures):
    """Lets an agency approve for the one above it, and for every one that shares its root."""

    def above(self, agency: str, managing: str) -> bool:
        return super().above(agency, managing) or super().above(managing, agency)


@fault("valid-when-signed", "VN-SIG-008")
class ValidWhenSigned(Signatures):
    """Asks whether the certificate was valid when the record says that it was signed."""

    when: datetime

    def time(self, header: dict[str, Any]) -> None:
        super().time(header)
        self.when = moment(header["sigT"])

    def valid(self, chain: list[x509.Certificate], issuer: x509.Certificate, now: datetime) -> None:
        super().valid(chain, issuer, self.when)


@fault("issuer-by-name", "VN-SIG-003")
class IssuerByName(Signatures):
    """Trusts whoever names the authority as the issuer."""

    def trusted(self, chain: list[x509.Certificate]) -> x509.Certificate:
        for anchor in self._trust.authorities():
            if chain[0].issuer == anchor.subject:
                return anchor
        raise Unsound("untrusted")


@fault("time-without-offset", "none")
class TimeWithoutOffset(Signatures):
    """Takes any text for the time of signing."""

    def time(self, header: dict[str, Any]) -> None:
        if not header.get("sigT"):
            raise Unsound("time")


@fault("last-day-counts", "VN-SYNC-028")
class ClosedTomorrow(Records):
    """Takes people into a unit on the day on which it no longer lives."""

    def unhoused(self, base: sqlite3.Connection, profile: Profile, day: str) -> list[Wrong]:
        return [
            wrong
            for wrong in super().unhoused(base, profile, day)
            if wrong.rule != "unit-closed"
            or (self.units.last(base, str(wrong.value)) or {}).get("effectiveTo") != day
        ]


@fault("faulty-counts-as-first", "VN-SYNC-023")
class FaultyCountsAsFirst(Records):
    """Counts a rejected record as the first about its person."""

    def wrongs(self, base: sqlite3.Connection, record: Profile, seen: set[str]) -> list[Wrong]:
        found = super().wrongs(base, record, seen)
        if found:
            seen.add(str(record["profile"].get("profileId")))
        return found


@fault("secret-stored", "VN-SYNC-027")
class SecretStored(Records):
    """Rejects a state secret and keeps it all the same."""

    def take(
        self, base: sqlite3.Connection, number: int, record: Profile, message: str, seen: set[str]
    ) -> Profile:
        told = super().take(base, number, record, message, seen)
        if told["status"] == "REJECTED" and told["errors"][0]["rule"] == "state-secret":
            self.profiles.keep(base, record["profile"], message)
        return told


@fault("retired-a-month-late", "VN-RULE-018")
class RetiredAMonthLate(Rules):
    """Lets people work a month longer."""

    def last_month(self, born: str, sex: str) -> str:
        return contract.add_months(super().last_month(born, sex) + "-01", 1)[:7]


@fault("registry-of-today", "VN-RULE-012")
class RegistryOfToday(Rules):
    """Reads the first digits of a personal id in the list of the 34 provinces."""

    def registry(self, digits: str) -> str:
        found = super().registry(digits)
        if found == "province" and not all_lists()["provinces"].on(digits[1:], "2025-07-01"):
            return ""
        return found


@fault("first-pay-row-unread", "VN-RULE-048")
class FirstPayRowUnread(Rules):
    """Compares every row of the pay history with the table but the first."""

    def pay(self, rows: list[Row]) -> list[Row]:
        told = super().pay(rows)
        return [{**each, "table": ""} for each in told[:1]] + told[1:]


@fault("birthday-shifted", "VN-RULE-017")
class TurnsADayEarly(Rules):
    """Counts ages from the day before the birthday, by a time zone."""

    def context(self, record: Row, unit: Row, day: str) -> Row:
        seen = super().context(record, unit, day)
        eve = f"{record['birthDate'][:8]}{max(int(record['birthDate'][8:]) - 1, 1):02}"
        years = {age: str(int(eve[:4]) + int(age)) + eve[4:] for age in seen["turns"]}
        return {**seen, "turns": years}
