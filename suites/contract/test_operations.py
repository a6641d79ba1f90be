"""For every operation of any contract: no crash, no undocumented answer, no bad message taken."""

from __future__ import annotations

from conformance.contract import schemathesis_adapter
from conformance.contract.requests import Scope, request_problems
from conformance.contract.schemathesis_adapter import CONTROL
from conformance.errors import Deviation, SuiteDefect
from conformance.oracles.schema import documented
from conformance.oracles.status import outline, says_no, served, status_is
from conformance.pytest_plugin import verifies_binding


@verifies_binding("no-server-error", "documented-answer", "bad-input-refused")
def test_every_answer_is_one_that_the_contract_documents(
    operation_id, shown, contract, pack, judge, take_away
):
    """
    One operation is shown realistic, odd and broken requests.

    The next agency's software will send what nobody thought of. A server that then breaks, or
    answers what no client can read, or takes what it should refuse, breaks its clients too.
    """
    answered = shown(operation_id)
    exchanges = [exchange for _, exchange in answered]
    asked = pack.binding
    crashed = [exchange for exchange in exchanges if exchange.response.status >= 500]
    # A crash is one requirement's business; but where nothing else came, nothing was documented.
    answers = [exchange for exchange in exchanges if exchange not in crashed] or exchanges

    if "no-server-error" in asked:
        with judge(asked["no-server-error"], *(crashed or exchanges)):
            for exchange in crashed:
                raise Deviation(
                    "unexpected-status", observed=outline(exchange), required="no server error"
                )

    if "documented-answer" in asked:
        with judge(asked["documented-answer"], *answers):
            for exchange in answers:
                documented(contract, exchange)
                second_opinion(contract, exchange)

    if "bad-input-refused" in asked:
        bad = [exchange for exchange in answers if condemned(contract, exchange.request)]
        unwrap = pack.plugin.dialect.unwrap
        refused = [exchange for exchange in bad if says_no(exchange, unwrap)]
        taken = [e for e in bad if e.response.status < 400 and e not in refused]
        with judge(asked["bad-input-refused"], *(taken or answers)):
            for exchange in taken:
                fault = condemned(contract, exchange.request)[0]
                raise Deviation(
                    "not-refused",
                    observed=outline(exchange),
                    required=f"a refusal for {fault.place} {fault.pointer or '/'}: {fault.keyword}",
                )
            if bad and not refused:
                status_is(bad[0], *range(400, 500))
            if bad and answered[0][0]["mode"] == CONTROL:
                # Whoever refuses everything has not seen what is wrong with it.
                served(exchanges[0], unwrap)

    take_away(exchanges)


def condemned(contract, request):
    """What condemns the whole message, and is no other requirement's to judge."""
    problems = request_problems(contract, request)
    return [problem for problem in problems if problem.scope is Scope.MESSAGE]


def second_opinion(contract, exchange):
    """Schemathesis agrees that the answer is documented; where it does not, one of us is wrong."""
    for objection in schemathesis_adapter.objections(contract, exchange.request, exchange.response):
        raise SuiteDefect(f"a second opinion disagrees: {objection}")
