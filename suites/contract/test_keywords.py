"""For every operation of any contract: each keyword of its message and parameters is enforced."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.cases import stated
from conformance.contract.request_vectors import (
    addressed,
    message_constraints,
    message_vectors,
    parameter_vectors,
)
from conformance.errors import Deviation
from conformance.oracles.schema import documented
from conformance.oracles.status import says_no, served, status_is
from conformance.pytest_plugin import verifies_binding

#: How many of those that were taken an explanation names.
NAMED = 6


@verifies_binding("bad-input-refused", "boundary-taken")
def test_a_request_that_breaks_one_keyword_is_refused_and_its_twin_is_not(
    operation_id, realistic, world, contract, pack, judge, take_away
):
    """
    One operation is shown requests that are right but for one keyword, after ones that are right.

    What one server lets through, the next one in the chain refuses, and nobody there knows who
    wrote it. What is allowed must be allowed to the last letter; that is only asked of a contract
    whose boundaries nothing but its schemas draws.
    """
    world.authorise()
    turn = world.draw_case("contract/keywords")
    # All operations share what they share by the same day, whatever their scenarios draw.
    day = world.as_of.toordinal()
    control = realistic(operation_id)
    case = addressed(contract, operation_id, control or {})
    made = [parameter_vectors(contract, operation_id, case, turn)]
    # Where nothing of ours is stored, a right address finds nobody: only the wrong ones tell.
    if control is not None:
        listed = message_constraints(contract, operation_id, day)
        made += [
            message_vectors(contract, operation_id, listed, lambda: realistic(operation_id), turn)
        ]
    asked, unwrap = pack.binding, pack.plugin.dialect.unwrap
    edges = [twin for vectors in made for twin in vectors.twins]
    right = [stated(contract.operation(operation_id), control)] if control else []
    broken = [vector for vectors in made for vector in vectors.vectors]

    twins = [world.send(request) for request in right]
    judged = control is not None and "boundary-taken" in asked
    on_edges = [world.send(request) for request in edges] if judged else []
    answers = [world.send(vector.request) for vector in broken]

    # Who was shown nothing is asked at least whether anybody is there: silence passes nothing.
    bare = world.send(stated(contract.operation(operation_id), case)) if not twins else None
    there = [bare] if bare is not None else []
    answers_at_all(contract, bare)

    if "boundary-taken" in asked:
        with judge(asked["boundary-taken"], *on_edges, *twins, *there):
            for answer in (*twins, *on_edges):
                served(answer, unwrap)

    if "bad-input-refused" in asked:
        with judge(asked["bad-input-refused"], *answers, *twins, *there):
            refuses_each(unwrap, broken, answers, twins)

    take_away([*twins, *on_edges, *answers, *there])


def answers_at_all(contract, answer):
    """A server that documents what it does stands behind the address."""
    if answer is not None:
        status_is(answer, *range(200, 300), *range(400, 500))
        documented(contract, answer)


def refuses_each(unwrap, broken, answers, twins):
    """Every broken request is refused, and the right one is not."""
    for twin in twins:
        served(twin, unwrap)
    taken = [
        vector.what
        for vector, answer in zip(broken, answers, strict=True)
        # A crash is another requirement's business.
        if answer.response.status < 400 and not says_no(answer, unwrap)
    ]
    if taken:
        more = f" and {len(taken) - NAMED} more" if len(taken) > NAMED else ""
        raise Deviation(
            "not-refused",
            observed=f"taken with a broken {', '.join(taken[:NAMED])}{more}",
            required=f"a refusal of each of {len(broken)}",
        )


@verifies_binding("stranger-refused", "other-media-refused")
def test_nobody_is_served_without_a_token_or_in_another_media_type(
    operation_id, realistic, world, contract, pack, judge, take_away
):
    """
    One operation is asked by a stranger, and then with a body that is not what it takes.

    One door that somebody forgot to lock is enough. The same request is served when we bring
    our token and say what we send.
    """
    operation, asked = contract.operation(operation_id), pack.binding
    control = realistic(operation_id)
    request = stated(operation, addressed(contract, operation_id, control or {}))
    other = tuple(
        (name, "text/plain" if name == "Content-Type" else value) for name, value in request.headers
    )

    unknown = world.send(request, identity="") if operation.needs_authorisation else None
    foreign = world.send(replace(request, headers=other)) if operation.documented(415) else None
    twins = [world.send(request)] if control is not None else []
    bare = world.send(request) if not twins else None
    there = [bare] if bare is not None else []
    answers_at_all(contract, bare)

    unwrap = pack.plugin.dialect.unwrap
    for name, answer, status in (
        ("stranger-refused", unknown, 401),
        ("other-media-refused", foreign, 415),
    ):
        if name in asked:
            with judge(asked[name], *([answer] if answer else []), *twins, *there):
                for twin in twins:
                    served(twin, unwrap)
                if answer is not None:
                    status_is(answer, status)

    asked_for = (unknown, foreign, *twins, *there)
    take_away([exchange for exchange in asked_for if exchange is not None])
