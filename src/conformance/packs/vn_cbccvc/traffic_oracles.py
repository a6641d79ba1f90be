"""
Judgements over what an agency sent; pure: exchanges in, nothing or a Deviation out.

Where there is nothing to judge they raise TargetTimeout, which accuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from conformance.contract.contract import Contract
from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.content_reading import body_of
from conformance.packs.vn_cbccvc.missions import (
    SUBMIT_UNITS,
    Sent,
    Work,
    in_vain,
    mapping,
    messages,
    objects,
    text,
)

#: What the published metadata say, and every message header repeats.
DECLARED: Final[Mapping[str, str]] = {
    "environment": "test",
    "schemaVersion": "1.0",
    "codeListVersion": "2025-07-01",
}
MOST_RECORDS: Final = 10

#: Seconds travel through JSON as floats.
_ROUNDING: Final = timedelta(milliseconds=1)
_UNIT_MEMBERS: Final = ("managingAgencyCode", "employingUnitCode")
_SECRET_PARAMETERS: Final = frozenset({"access_token", "client_secret", "token"})
_RULE: Final = re.compile(r"schema|code-list|VN-R-[0-9]+")


def units_come_first(work: Work) -> None:
    """
    Every unit of the tree was accepted before the first profile that names it.

    Raises:
        Deviation: `unit-not-accepted-first`.
        TargetTimeout: no profile named any.
    """
    codes = {text(unit, "unitCode") for unit in work.units}
    accepted: dict[str, datetime] = {}
    named = 0
    for sent in work.messages:
        if sent.exchange.request.operation == SUBMIT_UNITS:
            for unit in sent.accepted():
                accepted.setdefault(text(unit, "unitCode"), answered(sent.exchange))
            continue
        for n, profile in sent.profiles.items():
            for member in _UNIT_MEMBERS:
                code = text(profile, member)
                if code not in codes:
                    continue
                named += 1
                since = accepted.get(code)
                if since is None or since > sent.exchange.at + _ROUNDING:
                    raise Deviation(
                        "unit-not-accepted-first",
                        observed=f"message {sent.id} names {code}, which was not accepted yet",
                        required=f"unit {code} sent and accepted before it is named",
                        pointer=f"/records/{n}/profile/{member}",
                    )
    if not named:
        raise in_vain("no profile named a unit of the tree")


def no_message_is_too_large(work: Work) -> None:
    """
    Every trial message holds one to ten records.

    Raises:
        Deviation: `wrong-batch-size`.
        TargetTimeout: there was no trial message.
    """
    for sent in work.trials:
        if not 1 <= sent.length <= MOST_RECORDS:
            raise Deviation(
                "wrong-batch-size",
                observed=f"{sent.length} records",
                required=f"1 to {MOST_RECORDS} records",
                pointer="/records",
            )
    _some([len(work.trials)])


def every_record_is_signed(work: Work) -> None:
    """
    Every record of every trial message bears a signature that verifies.

    Raises:
        Deviation: `signature-not-valid`.
        TargetTimeout: no trial message held a record.
    """
    for sent in work.trials:
        for n, record in sent.records.items():
            measured = sent.exchange.facts.get(f"signature/{n}", "unmeasured")
            if not text(record, "signature"):
                measured = "no signature"
            if measured != "valid":
                raise Deviation(
                    "signature-not-valid",
                    observed=measured,
                    required="a signature over the profile as it was sent",
                    pointer=f"/records/{n}/signature",
                )
    _some(len(sent.records) for sent in work.trials)


def everybody_arrived(work: Work) -> None:
    """
    Every person of the assignment was accepted.

    Raises:
        Deviation: `item-missing`, naming the first one.
        TargetTimeout: no trial message came at all.
    """
    _some(sent.length for sent in work.trials)
    arrivals = _arrivals(work.trials)
    missing = [i for person in work.people if (i := text(person, "profileId")) not in arrivals]
    if missing:
        raise Deviation(
            "item-missing",
            observed=f"{len(work.people) - len(missing)} of {len(work.people)} people arrived",
            required=f"profile {missing[0]} accepted as well",
        )


def everybody_arrived_once(work: Work) -> None:
    """
    Every person of the assignment was accepted, and in one message only.

    A repeated message with one id is one message.

    Raises:
        Deviation: `item-missing` or `item-twice`.
        TargetTimeout: as `everybody_arrived`.
    """
    everybody_arrived(work)
    for identifier, carriers in _arrivals(work.trials).items():
        if len(carriers) > 1:
            raise Deviation(
                "item-twice",
                observed=f"profile {identifier} accepted in {len(carriers)} messages",
                required="one message",
            )


def records_keep_the_contract(work: Work, contract: Contract) -> None:
    """
    Every record, unit or person, keeps the schema, the code lists and the rules.

    The schema is judged here, the rest by what the national side answered. Headers, batch
    sizes and signatures are other requirements' matter.

    Raises:
        Deviation: `not-json`, `schema-mismatch` or `record-rejected`, with the pointer.
        TargetTimeout: no record was ever looked at.
    """
    for sent in work.messages:
        sent.exchange.request.json()
        for n in range(sent.length):
            pointer, value, component = _subject(sent, n)
            for problem in contract.problems(component, value):
                raise Deviation(
                    "schema-mismatch",
                    observed=problem.excerpt,
                    required=problem.message,
                    pointer=f"{pointer}{problem.pointer}",
                    keyword=problem.keyword,
                )
        for complaint in _complaints(sent):
            rule = text(complaint, "rule")
            raise Deviation(
                "record-rejected",
                observed=f"{rule}: {text(mapping(complaint.get('message')), 'en')}",
                required="a record that keeps code lists and rules",
                pointer=text(complaint, "pointer"),
                rule=rule,
            )
    _some(len(sent.results) for sent in work.messages)


def headers_declare_what_is_published(exchanges: Sequence[Exchange]) -> None:
    """
    Every message header declares environment, schema version and code-list version.

    Raises:
        Deviation: `wrong-value`.
        TargetTimeout: there was no message.
    """
    # A mission may publish another version first; what was told last is what holds.
    told: dict[str, str] = {}
    found = 0
    for exchange in exchanges:
        if exchange.request.operation == "getMetadata" and exchange.response.status == 200:
            told[exchange.scenario] = text(body_of(exchange), "codeListVersion")
        for sent in messages([exchange]):
            found += 1
            lists = told.get(exchange.scenario) or DECLARED["codeListVersion"]
            for member, required in {**DECLARED, "codeListVersion": lists}.items():
                if sent.header.get(member) != required:
                    raise Deviation(
                        "wrong-value",
                        observed=sent.header.get(member, "absent"),
                        required=required,
                        pointer=f"/header/{member}",
                    )
    _some([found])


def secrets_stay_in_their_place(exchanges: Sequence[Exchange]) -> None:
    """
    Every call but the token request bears a token; no secret travels anywhere else.

    Credentials belong in the body of the token request, the token in the Authorization
    header of the other calls.

    Raises:
        Deviation: `no-bearer-token` or `secret-leaked`, with the place.
        TargetTimeout: nothing was called but the token request.
    """
    calls = 0
    for exchange in exchanges:
        request = exchange.request
        asks_token = request.operation == "issueToken"
        if request.operation and not asks_token:
            calls += 1
            # A scheme's name is read in any case (RFC 9110, 11.1).
            scheme = (request.header("authorization") or "none").partition(" ")[0]
            if scheme.lower() != "bearer":
                raise Deviation(
                    "no-bearer-token",
                    observed=f"{request.operation} with authorization {scheme[:16]}",
                    required="Authorization: Bearer",
                )
        allowed = "body" if asks_token else "header:authorization"
        places = set(exchange.facts.get("secret-in", "").split()) - {allowed}
        names = {name for name, _ in parse_qsl(request.target.partition("?")[2])}
        if names & _SECRET_PARAMETERS:
            places.add("target")
        if places:
            raise Deviation(
                "secret-leaked",
                observed=f"{request.method} {request.operation}: a secret in {min(places)}",
                required=f"secrets in {allowed} only",
            )
    _some([calls])


def answered(exchange: Exchange) -> datetime:
    """When the answer was given, by the test bed's clock."""
    return exchange.at + timedelta(seconds=exchange.elapsed)


def _subject(sent: Sent, n: int) -> tuple[str, Json, str]:
    """Pointer, value and component of what the n-th record is about."""
    record = sent.records.get(n)
    if sent.exchange.request.operation == SUBMIT_UNITS:
        return f"/units/{n}", record, "Unit"
    if record is None:
        return f"/records/{n}", None, "Profile"
    return f"/records/{n}/profile", record.get("profile"), "Profile"


def _complaints(sent: Sent) -> Iterable[JsonObject]:
    """What the national side held against single records, and nothing else."""
    for result in sent.results.values():
        if result.get("status") == "REJECTED":
            for error in objects(result.get("errors")):
                if _RULE.fullmatch(text(error, "rule")):
                    yield error


def _arrivals(trials: Sequence[Sent]) -> Mapping[str, set[str]]:
    """Person -> ids of the messages in which it was accepted."""
    carriers: dict[str, set[str]] = {}
    for sent in trials:
        for record in sent.accepted():
            identifier = text(mapping(record.get("profile")), "profileId")
            carriers.setdefault(identifier, set()).add(sent.id)
    return carriers


def _some(counts: Iterable[int]) -> None:
    if not any(counts):
        raise in_vain("nothing came that could be judged")
