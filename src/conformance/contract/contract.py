"""
A pack's contract: what may be asked, what may be answered, and what is wrong with an answer.

The one face of this folder to the rest. It decides nothing: an answer's problems are values, and
oracles make deviations of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from conformance.contract import operations
from conformance.contract.bundle import bundle
from conformance.contract.operations import Operation
from conformance.contract.validators import SchemaProblem, Schemas
from conformance.errors import Deviation
from conformance.model.exchange import Response
from conformance.model.json import Json, JsonObject, at, escape
from conformance.model.pack import LoadedPack

COMPONENTS: Final = "/components/schemas"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseProblem:
    """
    One way in which an answer is not what the contract documents: the makings of a `Deviation`.

    Attributes:
        code: `undocumented-status`, `undocumented-media-type`, `not-json`, `body-too-large`,
            `schema-mismatch` or `missing-header`.
        pointer: JSON pointer into the body, "" for the whole answer.
        schema: the finding behind a `schema-mismatch`.
    """

    code: str
    observed: str
    required: str
    pointer: str = ""
    schema: SchemaProblem | None = None

    def deviation(self) -> Deviation:
        """The same, to be raised by whoever judges."""
        more = {} if self.schema is None else {"keyword": self.schema.keyword}
        return Deviation(
            self.code,
            observed=self.observed,
            required=self.required,
            pointer=self.pointer,
            **more,
        )


class Contract:
    """
    One pack's OpenAPI documents, ready to be asked.

    Attributes:
        document: the bundled document; every `$ref` in it begins with `#/`. Do not change it.
        operations: by operationId, literal paths before templated ones.
    """

    def __init__(self, document: JsonObject) -> None:
        self.document: Final = document
        self.operations: Final[Mapping[str, Operation]] = {
            operation.id: operation for operation in operations.read(document)
        }
        self._schemas = Schemas(document)
        self._coded: dict[str, Mapping[str, str]] = {}

    @staticmethod
    def load(pack: LoadedPack) -> Contract:
        """
        The contract of a pack; the same object for the same content.

        Raises:
            PackDefect: with file and line.
        """
        return _load(pack.root, pack.documents, pack.digest)

    # -- asking ------------------------------------------------------------------

    @cached_property
    def components(self) -> tuple[str, ...]:
        """The names of all component schemas, in the order of the documents."""
        found = at(self.document, COMPONENTS)
        return tuple(found) if isinstance(found, dict) else ()

    def operation(self, operation_id: str) -> Operation:
        """One operation. Raises KeyError."""
        return self.operations[operation_id]

    def match(self, method: str, target: str) -> tuple[Operation, Mapping[str, str]] | None:
        """
        The operation that a request line means, and its decoded path values.

        `target` is path and query; None when the contract knows no such path and method.
        """
        return operations.match(self.operations.values(), method, target)

    def methods(self, target: str) -> tuple[str, ...]:
        """The methods documented for the path of `target`; empty when the path is unknown."""
        return operations.methods(self.operations.values(), target)

    # -- judging values ------------------------------------------------------------

    def problems(self, component: str, value: Json) -> tuple[SchemaProblem, ...]:
        """
        What is wrong with `value` as an instance of a component schema; empty when nothing is.

        Raises:
            KeyError: no such component.
            SuiteDefect: two validators disagree.
        """
        return self.problems_at(_component(component), value)

    def problems_at(self, pointer: str, value: Json) -> tuple[SchemaProblem, ...]:
        """As `problems`, for the schema at a JSON pointer (`Operation.request_schema` ...)."""
        return self._schemas.at(pointer).problems(value)

    def faults_at(
        self, pointer: str, value: Json, *, second: bool = False
    ) -> tuple[tuple[str, str], ...]:
        """Pointer and keyword of what one of the two validators finds; see `Validator.faults`."""
        return self._schemas.at(pointer).faults(value, second=second)

    def is_valid(self, component: str, value: Json) -> bool:
        """Whether `value` is an instance of a component schema; the judge's word alone, fast."""
        return self._schemas.at(_component(component)).is_valid(value)

    def response_problems(
        self, operation_id: str, response: Response
    ) -> tuple[ResponseProblem, ...]:
        """
        Where an answer leaves the contract of its operation; empty when it keeps it.

        The first of these ends the search: an undocumented status, an undocumented media
        type, a body that is not JSON. Raises KeyError for an unknown operation.
        """
        operation = self.operations[operation_id]
        documented = operation.documented(response.status)
        if documented is None:
            return (
                ResponseProblem(
                    code="undocumented-status",
                    observed=str(response.status),
                    required=", ".join(sorted(operation.responses)),
                ),
            )
        missing = tuple(
            ResponseProblem(code="missing-header", observed="no such header", required=name)
            for name in documented.required_headers
            if response.header(name) is None
        )
        return (*missing, *self._body_problems(documented, response))

    def _body_problems(
        self, documented: operations.DocumentedResponse, response: Response
    ) -> Iterator[ResponseProblem]:
        if not documented.content:
            if response.body:
                yield ResponseProblem(
                    code="undocumented-media-type",
                    observed=response.media_type or f"{len(response.body)} bytes of no type",
                    required="no body",
                )
            return
        schema = documented.schema_for(response.media_type)
        if schema is None:
            yield ResponseProblem(
                code="undocumented-media-type",
                observed=response.media_type or "no content type",
                required=", ".join(documented.content),
            )
            return
        if not _is_json(response.media_type):
            return
        try:
            value = response.json()
        except Deviation as error:
            yield ResponseProblem(code=error.code, observed=error.observed, required=error.required)
            return
        if schema:
            yield from (_mismatch(problem) for problem in self.problems_at(schema, value))

    # -- coded fields ----------------------------------------------------------------

    def coded_fields(self, component: str) -> Mapping[str, str]:
        """
        Which fields of a component hold codes: JSON pointer -> code list, from `x-code-list`.

        A `*` in a pointer stands for every item of an array. Raises KeyError.
        """
        if component not in self._coded:
            pointer = _component(component)
            schema = at(self.document, pointer)
            self._coded[component] = dict(self._codes(schema, "", (pointer,)))
        return self._coded[component]

    def codes_in(self, component: str, value: Json) -> Iterator[tuple[str, str, str]]:
        """Every code inside an instance: its pointer, its code list, the code as written."""
        for pointer, name in self.coded_fields(component).items():
            for where, found in _select(value, pointer.split("/")[1:], ""):
                if isinstance(found, str):
                    yield where, name, found

    def _codes(self, schema: Json, pointer: str, seen: Sequence[str]) -> Iterator[tuple[str, str]]:
        if not isinstance(schema, dict):
            return
        name = schema.get("x-code-list")
        if isinstance(name, str):
            yield pointer, name
        reference = schema.get("$ref")
        # A schema that holds itself has no finite list of fields: one turn is enough.
        if isinstance(reference, str) and reference[1:] not in seen:
            target = reference.removeprefix("#")
            yield from self._codes(at(self.document, target), pointer, (*seen, target))
        for keyword in ("allOf", "anyOf", "oneOf"):
            parts = schema.get(keyword)
            for part in parts if isinstance(parts, list) else ():
                yield from self._codes(part, pointer, seen)
        properties = schema.get("properties")
        for key, member in (properties if isinstance(properties, dict) else {}).items():
            yield from self._codes(member, f"{pointer}/{escape(key)}", seen)
        yield from self._codes(schema.get("items"), f"{pointer}/*", seen)


@cache
def _load(root: Path, documents: tuple[str, ...], digest: str) -> Contract:
    del digest  # part of the key: another content is another contract
    return Contract(bundle(root, documents))


def _component(name: str) -> str:
    return f"{COMPONENTS}/{escape(name)}"


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


def _mismatch(problem: SchemaProblem) -> ResponseProblem:
    return ResponseProblem(
        code="schema-mismatch",
        observed=problem.excerpt,
        required=f"{problem.keyword}: {problem.required}" if problem.required else problem.message,
        pointer=problem.pointer,
        schema=problem,
    )


def _select(value: Json, tokens: Sequence[str], where: str) -> Iterator[tuple[str, Json]]:
    if not tokens:
        yield where, value
    elif tokens[0] == "*" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _select(item, tokens[1:], f"{where}/{index}")
    elif isinstance(value, dict):
        key = tokens[0].replace("~1", "/").replace("~0", "~")
        if key in value:
            yield from _select(value[key], tokens[1:], f"{where}/{tokens[0]}")
