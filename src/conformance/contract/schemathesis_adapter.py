"""
The one door to Schemathesis: it generates requests and gives a second opinion on answers.

Sending is never its business. Its Python interface is half private and moves fast, so it is
imported here alone, and only when it is needed; everything that leaves this module is plain
JSON or our own types.
"""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlencode

from conformance.contract.cases import JSON_TYPE, as_json, pairs, stated
from conformance.contract.contract import Contract
from conformance.contract.drawing import nothing_local
from conformance.contract.grafting import grafted, with_marks
from conformance.contract.operations import Operation
from conformance.contract.requests import Scope, request_problems
from conformance.model import seeds
from conformance.model.exchange import Request, Response
from conformance.model.json import Json, JsonObject, compact

CONTROL: Final = "control"
POSITIVE: Final = "positive"
NEGATIVE: Final = "negative"
#: Some drawn cases cannot be sent, or are drawn twice: so often is drawn again.
_ROUNDS: Final = 3
_CHECKS: Final = (
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
_BASE: Final = "http://target.invalid"


def cases(
    contract: Contract,
    operation_id: str,
    *,
    seed: int,
    count: int,
    realistic: JsonObject | None = None,
) -> list[JsonObject]:
    """
    Requests for one operation: a control, then generated ones, good and bad by turns.

    Each case holds `method`, `target`, `headers`, `body` and `operation` as journals write
    them, `mode` (`control` | `positive` | `negative`) and a `description`. Equal arguments
    give equal cases in one process; journal them, because another process may draw others.

    Args:
        count: how many, at most.
        realistic: a request in the form of `PackPlugin.contract_case`, the control; None where
            none can be made.

    Raises:
        KeyError: no such operation.
    """
    operation = contract.operation(operation_id)
    chosen: list[JsonObject] = []
    if realistic is not None:
        control = stated(operation, realistic)
        chosen.append(as_json(control, CONTROL, "a realistic request"))
    left = max(count - len(chosen), 0)
    model = realistic.get("body") if realistic else None
    bad = list(_drawn(contract, operation, seed, left // 2, model, negative=True))
    good = list(_drawn(contract, operation, seed, left - len(bad), model, negative=False))
    by_turns = (case for pair in zip_longest(good, bad) for case in pair if case is not None)
    return [*chosen, *by_turns][:count]


def objections(contract: Contract, request: Request, response: Response) -> list[str]:
    """
    What Schemathesis finds wrong with an answer of ours: a second opinion, in its own words.

    Its checks of status, content type and schema; nothing else. Raises KeyError when the
    request names no operation of the contract.
    """
    from schemathesis import checks
    from schemathesis.core.failures import Failure, FailureGroup
    from schemathesis.core.transport import Response as Answer

    operation = _operations(contract)[request.operation]
    # Its messages end in a curl line, which must be writable; that it is not ours is no matter.
    names = contract.operation(request.operation).path_parameters
    made = operation.Case(method=request.method, path_parameters=dict.fromkeys(names, "x"))
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name.lower(), []).append(value)
    # Of the request its messages show method, address and headers, and nothing else.
    asked: Any = SimpleNamespace(
        method=request.method, url=_BASE + request.target, headers={}, body=None
    )
    answer = Answer(
        status_code=response.status,
        headers=headers,
        content=response.body,
        request=asked,
        elapsed=0.0,
        verify=True,
    )
    wanted = [checks.CHECKS.get_one(name) for name in _CHECKS]
    try:
        made.validate_response(answer, checks=wanted)
    except FailureGroup as group:
        return [_said(failure) for failure in group.exceptions]
    except Failure as failure:
        return [_said(failure)]
    return []


def _said(failure: BaseException) -> str:
    title = getattr(failure, "title", type(failure).__name__)
    return " ".join(f"{title}: {getattr(failure, 'message', '')}".split())[:400]


# -- generating ----------------------------------------------------------------------


def _drawn(
    contract: Contract, operation: Operation, seed: int, count: int, model: Json, *, negative: bool
) -> Iterator[JsonObject]:
    mode = NEGATIVE if negative else POSITIVE
    seen: set[str] = set()
    for round_ in range(_ROUNDS):
        if len(seen) >= count:
            return
        drawn = seeds.derive(seed, operation.id, mode, round_)
        wanted = count - len(seen) + 2
        requests = _requests(
            contract, operation.id, drawn, wanted, negative=negative, bare=model is not None
        )
        for request in requests:
            whole = grafted(request, model)
            if _is_bad(contract, whole) is not negative:
                continue
            case = as_json(whole, mode, f"generated, {mode}")
            identity = compact(case)
            if identity not in seen and len(seen) < count:
                seen.add(identity)
                yield case


@cache
def _requests(
    contract: Contract, operation_id: str, seed: int, count: int, *, negative: bool, bare: bool
) -> tuple[Request, ...]:
    """Cached: every mutant of a selftest is shown the same ones."""
    operation = contract.operation(operation_id)
    examples = _examples(_operations(contract, bare=bare)[operation_id], seed, count, negative)
    requests = (_sendable(contract, operation, example) for example in examples)
    return tuple(request for request in requests if request is not None)


def _is_bad(contract: Contract, request: Request) -> bool | None:
    """
    Whether the request breaks the contract: our own validator has the last word, not the generator.

    None for a request that only breaks what a requirement of its own is about.
    """
    problems = request_problems(contract, request)
    if problems and all(problem.scope is Scope.ELSEWHERE for problem in problems):
        return None
    return bool(problems)


def _examples(operation: Any, seed: int, count: int, negative: bool) -> list[Any]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import HypothesisException
    from schemathesis import GenerationMode

    mode = GenerationMode.NEGATIVE if negative else GenerationMode.POSITIVE
    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        found.append(case)

    # An operation without parameters cannot be broken: then there is nothing to draw.
    with suppress(HypothesisException), nothing_local():
        collect()
    return found


@cache
def _operations(contract: Contract, *, bare: bool = False) -> dict[str, Any]:
    """Schemathesis' operations of a contract, by operationId; bare ones draw marks for records."""
    import hypothesis.configuration
    import schemathesis

    # Its caches belong to the machine and not into the operator's folder.
    home = Path(tempfile.gettempdir()) / "conformance-hypothesis"
    hypothesis.configuration.set_hypothesis_home_dir(home)
    document = with_marks(contract.document) if bare else copy.deepcopy(contract.document)
    schema = schemathesis.openapi.from_dict(document)
    return {
        str(operation_id): schema.find_operation_by_id(operation_id)
        for operation_id in contract.operations
    }


# -- from its cases to our requests ------------------------------------------------------


def _sendable(contract: Contract, operation: Operation, case: Any) -> Request | None:
    """The request that a drawn case means, None when HTTP or the contract's paths cannot say it."""
    stated = case.as_transport_kwargs(base_url=_BASE)
    target = str(stated["url"]).removeprefix(_BASE)
    query = urlencode(pairs(stated.get("params")), errors="surrogatepass")
    target = f"{target}{'&' if '?' in target else '?'}{query}" if query else target
    segments = target.partition("?")[0].split("/")
    # A client folds `/./` and `/../` away and asks for something else.
    if not (target.isascii() and target.isprintable()) or {".", ".."} & set(segments):
        return None
    found = contract.match(operation.method, target)
    if found is None or found[0].id != operation.id:
        return None
    headers, body = _content(operation, stated)
    for name, value in (stated.get("headers") or {}).items():
        documented = any(
            p.location == "header" and p.name.lower() == name.lower() for p in operation.parameters
        )
        # Identities and tool names are not the case's; what is no ASCII cannot be sent.
        if documented:
            headers = (*headers, (str(name), str(value)))
    if not all(value.isascii() and value.isprintable() for _, value in headers):
        return None
    return Request(
        method=operation.method, target=target, headers=headers, body=body, operation=operation.id
    )


def _content(
    operation: Operation, stated: Mapping[str, Any]
) -> tuple[tuple[tuple[str, str], ...], bytes | None]:
    """Headers and body of a case as Schemathesis states them for its transport."""
    kind = next(
        (str(v) for k, v in (stated.get("headers") or {}).items() if k.lower() == "content-type"),
        operation.request_media_type or JSON_TYPE,
    )
    headers = (("Content-Type", kind),)
    if "json" in stated:
        return headers, json.dumps(stated["json"]).encode()
    match stated.get("data"):
        case None:
            return (), None
        case bytes() as data:
            return headers, data
        case str() as text:
            return headers, text.encode("utf-8", "surrogatepass")
        case form:
            return headers, urlencode(pairs(form), errors="surrogatepass").encode()
