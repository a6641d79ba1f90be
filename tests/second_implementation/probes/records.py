"""Probes of what a record is judged by."""

from __future__ import annotations

import copy
import unicodedata
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.second_implementation import contract
from tests.second_implementation.rules import Rules

from . import probe
from .client import FULL, Client, now, person, rules, sign, signer, unit

OPPOSITE = "2" if FULL["gender"] == "1" else "1"


def bare(**changes: Any) -> dict[str, Any]:
    """The demanded members alone."""
    demanded = contract.documents()["profile-fields.yaml"]["components"]["schemas"]["Profile"]
    return {key: value for key, value in person().items() if key in demanded["required"]} | changes


def signed_for(client: Client, agency: str, managing: str) -> list[str]:
    client.units(unit("H98.1"), unit("H98.10"), unit("H98.1.2", "H98.1"))
    profile = person(managingAgencyCode=managing, employingUnitCode=managing)
    return client.sent(profile, sign(profile, signer(agency)))


@probe
def numbers_as_texts(client: Client) -> Any:
    return client.sent(person(salaryStep=str(FULL["salaryStep"])))


@probe
def days_overflow(client: Client) -> Any:
    return client.sent(person(idIssueDate="2022-02-30"))


@probe
def newline_behind(client: Client) -> Any:
    return client.sent(person(phone="0990123456\n"))


@probe
def letters_as_bytes(client: Client) -> Any:
    return client.sent(person(birthFullName="NGUYỄN " + "Ế" * 60))


@probe
def first_error_only(client: Client) -> Any:
    return client.sent(person(gender="x", phone="y"))


@probe
def rules_before_signature(client: Client) -> Any:
    return client.sent(person(gender=OPPOSITE), sign(person()))


@probe
def codes_any_case(client: Client) -> Any:
    return client.sent(person(familyClassOrigin="nd"))


@probe
def addresses_of_today(client: Client) -> Any:
    return client.sent(person(birthPlace={"provinceCode": "02", "codeListVersion": "2004-11-26"}))


@probe
def communes_unread(client: Client) -> Any:
    place = {"provinceCode": "01", "communeCode": "99999", "codeListVersion": "2025-07-01"}
    return client.sent(person(birthPlace=place))


@probe
def tables_unread(client: Client) -> Any:
    profile = copy.deepcopy(person())
    profile["family"][0]["relation"] = "77"
    return client.sent(profile)


@probe
def signed_as_sent(client: Client) -> Any:
    return client.sent(dict(reversed(person().items())))


@probe
def signed_normalised(client: Client) -> Any:
    profile = person(mainDuty="Quản lý hồ sơ")
    changed = {**profile, "mainDuty": unicodedata.normalize("NFD", profile["mainDuty"])}
    return client.sent(changed, sign(profile))


@probe
def signer_without_dot(client: Client) -> Any:
    return signed_for(client, "H98.1", "H98.10")


@probe
def signer_below(client: Client) -> Any:
    return signed_for(client, "H98.1.2", "H98.1")


@probe
def valid_when_signed(client: Client) -> Any:
    then = (now() - timedelta(days=30)).isoformat()
    return client.sent(person(), sign(person(), signer(days=(-60, -1)), then))


@probe
def issuer_by_name(client: Client) -> Any:
    stranger = ec.generate_private_key(ec.SECP256R1())
    return client.sent(person(), sign(person(), signer(ca=stranger)))


@probe
def time_without_offset(client: Client) -> Any:
    return client.sent(person(), sign(person(), at="yesterday"))


@probe
def last_day_counts(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo=contract.today()))
    return client.sent(person(managingAgencyCode="H98", employingUnitCode="H98.1"))


@probe
def faulty_counts_as_first(client: Client) -> Any:
    return rules(client.trial(person(phone="x"), person()))


@probe
def secret_stored(client: Client) -> Any:
    client.trial(person(stateSecret=True))
    return client.profile().status_code


@probe
def retired_a_month_late(client: Client) -> Any:
    """Somebody whose last working month was the one before this."""
    last = contract.add_months(contract.today()[:7] + "-01", -1)[:7]
    births = (f"{year}-{month:02}-10" for year in range(1950, 1990) for month in range(1, 13))
    born = next(each for each in births if Rules().last_month(each, "1") == last)
    own = f"0980{int(born[:4]) - 1900:02}123456"
    return client.sent(bare(profileId=own, gender="1", birthDate=born))


@probe
def registry_of_today(client: Client) -> Any:
    return client.sent(bare(profileId="002" + FULL["profileId"][3:]))


@probe
def first_pay_row_unread(client: Client) -> Any:
    profile = copy.deepcopy(person())
    profile["salaryHistory"][0]["coefficient"] = "9.99"
    return client.sent(profile)


@probe
def birthday_shifted(client: Client) -> Any:
    year, month, day = FULL["birthDate"].split("-")
    eve = f"{int(year) + 14}-{month}-{int(day) - 1:02}"
    return client.sent(person(idIssueDate=eve))
