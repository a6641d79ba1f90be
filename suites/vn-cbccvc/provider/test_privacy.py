"""What an answer must not give away: ids, sensitive data, names, and who is a state secret."""

from __future__ import annotations

from conformance.oracles.body import header, text_at
from conformance.oracles.privacy import masks
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.privacy_oracles import (
    keeps_from_addresses,
    keeps_from_sentences,
    keeps_to_itself,
)
from conformance.packs.vn_cbccvc.profile_oracles import lists_none_of, matches
from conformance.packs.vn_cbccvc.receipts import not_stored, rejected
from conformance.packs.vn_cbccvc.records import but, text
from conformance.packs.vn_cbccvc.sync_oracles import kept_out, tells_of_nobody
from conformance.pytest_plugin import verifies

#: Codes that stand in no list, written so that nothing else in an answer looks like them.
NO_BLOOD, NO_HEALTH = "QXZ7", "WVK8"


@verifies("VN-PRIV-006", "VN-PRIV-009", "VN-PRIV-010")
def test_a_refusal_tells_what_is_wrong_and_not_whom_it_is_about(agency, registry, refused, judge):
    """
    A message holds a contradiction, a blood group and a state of health that no list knows.

    The clerk mails the errors to the vendor, who files them in a ticket: there the id, the name
    and the illness of somebody who never asked for it stay for ten years.
    """
    wrong, bled, unwell = agency.people(3)
    contradicting = agency.contradicting(wrong)
    sent = [
        contradicting,
        but(bled, "/bloodType", NO_BLOOD),
        but(unwell, "/healthStatus", NO_HEALTH),
    ]
    ids = [text(person, "profileId") for person in sent]
    mistyped = f"{ids[0]}0"

    receipt = registry.submit(agency.trial(sent))
    batch = agency.batch_of([agency.signed(person) for person in sent])
    done = registry.job_done(registry.submit_batch(batch))
    parameter = registry.get(f"/v1/profiles/{mistyped}", "readProfile")
    cursor = registry.page_of_changes(f"{ids[0]}", 10)
    message = registry.submit(agency.trial([wrong]).under("keyId", ids[0] * 6))

    with judge("VN-PRIV-006", done, parameter, cursor, message):
        # Which refusal is right is judged elsewhere; here, that there was occasion to name one.
        if not any(400 <= answer.response.status < 500 for answer in (parameter, cursor, message)):
            refused(parameter, status=400, name="invalid-parameter")
        for answer in (done, parameter, cursor, message):
            masks(answer, ids)

    with judge("VN-PRIV-009", receipt):
        for number, pointer in ((2, "bloodType"), (3, "healthStatus")):
            at = f"/records/{number - 1}/profile/{pointer}"
            rejected(receipt, number, rule="code-list", pointer=at)
        keeps_to_itself(receipt, (NO_BLOOD, NO_HEALTH))

    with judge("VN-PRIV-010", receipt):
        kept_out(receipt, 1)
        names = [text(person, "birthFullName") for person in (wrong, bled, unwell)]
        keeps_from_sentences(receipt, names)


@verifies("VN-PRIV-007")
def test_addresses_name_nobody(agency, registry, judge):
    """
    Every proxy on the way writes down the addresses that it sees, and keeps them for years.

    An id that a server puts into a cursor is in all those files, in base64 or not.
    """
    branch = agency.branch(children=1)
    people = agency.employed(agency.unheard_of(4), branch[-1])
    *most, last = people
    ids = [text(person, "profileId") for person in people]

    start = registry.end_of_changes()
    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial(most))
    job = registry.submit_batch(agency.batch_of([agency.signed(last)]))
    pages = registry.profiles(unit=branch[-1]["unitCode"], limit=1)
    feed = registry.page_of_changes(start, 6)
    (never_sent,) = agency.unheard_of(1)
    unknown = registry.profile(never_sent)

    with judge("VN-PRIV-007", job, *pages, feed, unknown):
        cursors = [answer_object(page).get("nextCursor") for page in (*pages, feed)]
        made = [cursor for cursor in cursors if isinstance(cursor, str)]
        text_at(pages[0], "/nextCursor")
        keeps_from_addresses([header(job, "Location"), *made], ids)
        instance = answer_object(unknown).get("instance")
        keeps_from_addresses([str(instance or "")], [text(never_sent, "profileId")])


@verifies("VN-PRIV-008")
def test_a_refused_state_secret_leaves_no_trace(agency, registry, refused, judge):
    """
    A file that is a state secret is sent by mistake, and refused.

    Whoever can read of its refusal that somebody of this name exists has learnt the secret.
    """
    branch = agency.branch(children=1)
    unit = branch[-1]["unitCode"]
    (person,) = agency.employed(agency.unheard_of(1), branch[-1])
    secret = but(person, "/stateSecret", True)

    start = registry.end_of_changes()
    registry.submit_units(agency.unit_message(branch))
    leaked = registry.submit(agency.trial([secret]))
    read, history = registry.profile(person), registry.history(person)
    listed, pages = registry.profiles(unit=unit), registry.changes(start, 100, 100, 100)
    known = registry.match(agency.question([person]))

    with judge("VN-PRIV-008", leaked, read, history, *listed, *pages, known):
        places = ("/records/0/profile/stateSecret", "/records/0/profile")
        rejected(leaked, 1, rule="state-secret", pointer=places)
        not_stored(read, secret, mark="/birthDate")
        refused(history, status=404, name="not-found")
        lists_none_of(listed, [person])
        tells_of_nobody(pages, [text(person, "profileId")])
        matches(known, {1: "NOT_FOUND"})
