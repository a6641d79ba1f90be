"""How the registry says no before it has looked at a single record."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.oracles.body import header, member_is, text_at
from conformance.oracles.status import outline, status_is
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import but, text
from conformance.pytest_plugin import verifies


@verifies("VN-ACC-007", "VN-ACC-008", "VN-ACC-009")
def test_a_token_request_is_refused_for_what_is_wrong_with_it_and_a_token_is_not_kept(
    registry, judge
):
    """
    An agency's software asks in another way than agreed, and then leaves something out.

    A vendor who is told "wrong secret" when the grant type is missing asks the connection
    office for a new key; a token that a platform keeps in its cache is the next caller's.
    """
    names = ("grant_type", "client_id", "client_secret")

    granted = registry.ask_for_token()
    other = registry.ask_for_token(grant_type="password")
    # Empty is as good as absent (RFC 6749, section 3.2).
    incomplete = [
        *(registry.ask_for_token(leave_out=name) for name in ("grant_type", "client_secret")),
        # What stands in a query stands in logs too: there nothing is looked for, and not even a
        # test sends a secret that way.
        registry.ask_for_token(in_query="client_id"),
        *(registry.ask_for_token(leave_empty=name) for name in names),
    ]

    with judge("VN-ACC-007", other, granted):
        status_is(other, 400)
        member_is(other, "/error", "unsupported_grant_type")
        status_is(granted, 200)
        text_at(granted, "/access_token")

    with judge("VN-ACC-008", *incomplete, granted):
        for answer in incomplete:
            status_is(answer, 400)
            member_is(answer, "/error", "invalid_request")
        status_is(granted, 200)
        text_at(granted, "/access_token")

    with judge("VN-ACC-009", granted):
        status_is(granted, 200)
        text_at(granted, "/access_token")
        said = header(granted, "Cache-Control")
        if "no-store" not in [word.strip().lower() for word in said.split(",")]:
            raise Deviation("wrong-value", observed=said, required="no-store")


@verifies("VN-ACC-010", "VN-ACC-011")
def test_a_refusal_states_its_status_and_a_wrong_method_is_told_the_right_ones(
    agency, registry, refused, judge
):
    """
    Somebody asks for what is not there, sends nothing, and uses a verb that no path knows.

    Between the agency and the registry stands a platform that logs and rewrites; only a
    refusal that repeats its status can still be understood afterwards.
    """
    department, unit = agency.branch(children=0)
    (person,) = agency.unheard_of(1)
    units = agency.unit_message([department])
    others = agency.unit_message([but(department, "/name", "Sở khác")])

    removed = registry.by_method("DELETE", "/v1/metadata")
    patched = registry.by_method("PATCH", "/v1/trial-sync")
    replaced = registry.by_method("PUT", f"/v1/profiles/{person['profileId']}")
    registry.submit_units(units)
    refusals = (
        registry.for_a_stranger().metadata(),
        registry.unit(unit),
        registry.submit(agency.trial([])),
        registry.submit_units(others.under("messageId", units.id)),
        registry.submit_units(others.under("sentAt", "yesterday")),
        registry.submit_bytes(b"{"),
        registry.submit_bytes(b"{}", media_type="text/plain"),
        registry.first_page(limit=0),
        removed,
    )
    served = registry.metadata()

    with judge("VN-ACC-010", *refusals):
        problems = [
            answer
            for answer in refusals
            if answer.response.media_type == "application/problem+json"
            and answer.response.status >= 400
        ]
        if not problems:
            raise Deviation(
                "wrong-media-type",
                observed=outline(refusals[0]),
                required="application/problem+json",
            )
        for answer in problems:
            member_is(answer, "/status", answer.response.status)

    with judge("VN-ACC-011", removed, patched, replaced, served):
        for answer, methods in (
            (removed, {"GET"}),
            (patched, {"POST"}),
            (replaced, {"GET", "DELETE"}),
        ):
            refused(answer, status=405, name="method-not-allowed")
            allowed = header(answer, "Allow")
            if not methods <= {word.strip() for word in allowed.split(",")}:
                required = ", ".join(sorted(methods))
                raise Deviation("wrong-value", observed=allowed, required=required)
        status_is(served, 200)


@verifies("VN-ACC-012", "VN-ACC-013")
def test_a_body_that_is_no_json_is_refused_as_what_it_is(agency, registry, refused, judge):
    """
    A message arrives as plain text, as XML, as other JSON, cut off, with a tail, with letters of
    another alphabet than UTF-8, with what is no number; then whole.

    Lines to the districts broke in the middle of a message daily. Whoever is told that his
    records are faulty corrects records that were right.
    """
    (person,) = agency.people(1)
    batch = agency.trial([person])
    body = batch.body()
    # In the place of a letter and of a number of the profile, and of nothing else; under an id of
    # its own, so that who takes it can still take the whole one.
    spoilt = agency.trial([person]).body()
    name = text(person, "birthFullName").encode()
    windows = spoilt.replace(name, name[:1] + b"\xf5" + name[1:])
    percent = f'"salaryPercent":{person["salaryPercent"]}'.encode()
    not_a_number = spoilt.replace(percent, b'"salaryPercent":NaN')

    as_text = registry.submit_bytes(body, media_type="text/plain")
    as_xml = registry.submit_bytes(b"<message/>", media_type="application/xml")
    as_linked_data = registry.submit_bytes(body, media_type="application/ld+json")
    cut_off = registry.submit_bytes(body[: len(body) // 2])
    no_json = registry.submit_bytes(b"{'header': {}, 'records': []}")
    with_a_tail = registry.submit_bytes(body + b" {}")
    in_windows = registry.submit_bytes(windows)
    with_nan = registry.submit_bytes(not_a_number)
    whole = registry.submit(batch)
    in_utf8 = registry.submit_bytes(
        agency.trial([person]).body(), media_type="application/json; charset=utf-8"
    )

    with judge("VN-ACC-012", as_text, as_xml, as_linked_data, whole, in_utf8):
        for answer in (as_text, as_xml, as_linked_data):
            refused(answer, status=415, name="unsupported-media-type")
        accepted(whole, 1)
        accepted(in_utf8, 1)

    malformed = (cut_off, no_json, with_a_tail, in_windows, with_nan)
    with judge("VN-ACC-013", *malformed, whole):
        for answer in malformed:
            refused(answer, status=400, name="malformed-json")
        accepted(whole, 1)
