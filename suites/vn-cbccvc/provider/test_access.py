"""Who may speak to the registry, and what it says of itself."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.oracles.body import header, member_is, number_within, text_at
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.receipts import not_stored
from conformance.pytest_plugin import verifies


@verifies("VN-ACC-001", "VN-ACC-002")
def test_the_right_secret_receives_a_token_and_a_wrong_one_receives_none(registry, world, judge):
    """
    An agency's software asks for a token; somebody who guesses the secret asks too.

    Without a lifetime the agency cannot renew in time and its night run breaks off; with any
    secret good enough, everybody can write into everybody's file.
    """
    granted = registry.ask_for_token()
    guesses = (
        registry.ask_for_token(secret="a-secret-that-nobody-was-given"),
        # One character more than an id and a secret may have.
        registry.ask_for_token(secret="s" * 257),
        registry.ask_for_token(client_id="c" * 129),
        # Ours but for one letter at its end, which a column that is cut would not show.
        registry.ask_for_token(secret=world.lookalike(world.secret("client_secret"))),
        # Ours, and a space at either end, which a form binding takes away.
        registry.ask_for_token(secret=f" {world.secret('client_secret')} "),
    )

    with judge("VN-ACC-001", granted):
        status_is(granted, 200)
        text_at(granted, "/access_token")
        member_is(granted, "/token_type", "Bearer")
        number_within(granted, "/expires_in", 60, 86400)

    with judge("VN-ACC-002", *guesses, granted):
        for guessed in guesses:
            status_is(guessed, 401)
            member_is(guessed, "/error", "invalid_client")
        status_is(granted, 200)
        text_at(granted, "/access_token")


@verifies("VN-ACC-003", "VN-ACC-004", "VN-ACC-006")
def test_nobody_is_served_without_a_token_that_the_registry_issued(
    agency, registry, refused, world, judge
):
    """
    Somebody calls without a token, somebody with one of his own making or one that looks like ours.

    The registry holds the files of two million people: what it gives to a caller whom it
    does not know, it gives to everybody.
    """
    token = registry.token_for_us()
    nobody, forger, holder = (
        registry.for_a_stranger(),
        registry.for_bearer("made-up.by-somebody"),
        registry.for_bearer(token),
    )
    (person,) = agency.unheard_of(1)
    batch = agency.trial([person])

    without = (nobody.metadata(), nobody.first_page(limit=1), nobody.submit(batch))
    afterwards = holder.profile(person)
    forged = (
        forger.metadata(),
        forger.first_page(limit=1),
        forger.submit(batch),
        # A store that does not tell capitals from small letters finds this one.
        registry.for_bearer(world.lookalike(token)).metadata(),
    )
    served = holder.metadata()

    with judge("VN-ACC-003", *without, afterwards, served):
        for answer in without:
            refused(answer, status=401, name="unauthorised")
        not_stored(afterwards, person, mark="/birthFullName")
        status_is(served, 200)
        text_at(served, "/environment")

    with judge("VN-ACC-004", *forged, served):
        for answer in forged:
            refused(answer, status=401, name="unauthorised")
        status_is(served, 200)
        text_at(served, "/environment")

    with judge("VN-ACC-006", *without, *forged):
        refusals = [answer for answer in (*without, *forged) if answer.response.status == 401]
        if not refusals:
            status_is(without[0], 401)
        for answer in refusals:
            challenge = header(answer, "WWW-Authenticate")
            if "bearer" not in challenge.lower().replace(",", " ").split():
                raise Deviation("wrong-value", observed=challenge, required="Bearer")


@verifies("VN-ACC-005")
def test_the_registry_says_what_it_is_before_anybody_sends_a_person(registry, judge):
    """
    An agency asks where it is, before it sends anything.

    Test data in the production registry, or messages after yesterday's code lists, are
    found by hand and weeks later.
    """
    metadata = registry.metadata()

    with judge("VN-ACC-005", metadata):
        status_is(metadata, 200)
        for pointer, value in (
            ("/environment", "test"),
            ("/schemaVersion", "1.0"),
            ("/codeListVersion", "2025-07-01"),
            ("/receiverCode", "G09"),
            ("/trialSync/minRecords", 1),
            ("/trialSync/maxRecords", 10),
        ):
            member_is(metadata, pointer, value)
        number_within(metadata, "/pageLimit/max", 1, 100)
