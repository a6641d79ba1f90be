"""
Operations of a contract, and which of them a request line means.

Not here: schemas (an operation only says where they stand in the bundled document).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from conformance.errors import PackDefect
from conformance.model.json import Json, JsonObject, at, escape

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_PARAMETER: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """
    One parameter of an operation.

    Attributes:
        location: `path`, `query`, `header` or `cookie`.
        schema: JSON pointer of its schema in the bundled document, "" without one.
    """

    name: str
    location: str
    required: bool
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedResponse:
    """
    One answer that the contract foresees.

    Attributes:
        status: `200`, `4XX` or `default`.
        content: media type -> JSON pointer of its schema, "" for "no schema"; empty for no body.
        required_headers: names, as written.
    """

    status: str
    content: Mapping[str, str]
    required_headers: tuple[str, ...]

    def schema_for(self, media_type: str) -> str | None:
        """The schema's pointer for a media type ("" = unrestricted), None when undocumented."""
        kind = media_type.partition("/")[0]
        for candidate in (media_type, f"{kind}/*", "*/*"):
            if candidate in self.content:
                return self.content[candidate]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """
    One operation of the contract.

    Attributes:
        method: upper case.
        template: the path as documented (`/v1/units/{unitCode}`).
        api_code: the code by which officials call it (`x-api-code`), "" for none.
        classes: the conformance classes that it is for (`x-classes`); none: for all of them.
        request_media_type: what its body is, "" when it takes none.
        request_schema: JSON pointer of the body's schema in the bundled document, "" for none.
        request_required: whether a body must be sent.
        responses: by documented status.
        pattern: matches a whole path; its groups are `path_parameters`, in order.
    """

    id: str
    method: str
    template: str
    summary: str
    api_code: str
    classes: tuple[str, ...]
    request_media_type: str
    request_schema: str
    request_required: bool
    parameters: tuple[Parameter, ...]
    responses: Mapping[str, DocumentedResponse]
    needs_authorisation: bool
    pattern: re.Pattern[str]
    path_parameters: tuple[str, ...]

    def documented(self, status: int) -> DocumentedResponse | None:
        """What the contract says about a status: exactly, by its class, or by default."""
        for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    def path_values(self, path: str) -> Mapping[str, str] | None:
        """The path parameters in `path`, percent-decoded; None when it is not this path."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        return {
            name: unquote(value, errors="replace")
            for name, value in zip(self.path_parameters, found.groups(), strict=True)
        }


def read(document: JsonObject) -> tuple[Operation, ...]:
    """
    All operations of a bundled document, literal paths before templated ones.

    Raises:
        PackDefect: an operation without an id, or an id that stands twice.
    """
    operations: list[Operation] = []
    seen: dict[str, str] = {}
    for template, stated in _object(document.get("paths")).items():
        pointer = f"/paths/{escape(template)}"
        item, pointer = _resolved(document, stated, pointer)
        for method in _METHODS:
            if method not in item:
                continue
            operation = _operation(document, template, method, item, f"{pointer}/{method}")
            here = f"{operation.method} {template}"
            if not operation.id:
                raise PackDefect("an operation has no operationId", where=here)
            if operation.id in seen:
                raise PackDefect(
                    f"{seen[operation.id]} has the same operationId", where=here, value=operation.id
                )
            seen[operation.id] = here
            operations.append(operation)
    return tuple(sorted(operations, key=_specificity))


def match(
    operations: Iterable[Operation], method: str, target: str
) -> tuple[Operation, Mapping[str, str]] | None:
    """The operation that `method` on `target` (path and query) means, and its path values."""
    path = target.partition("#")[0].partition("?")[0]
    for operation in operations:
        if operation.method == method.upper():
            values = operation.path_values(path)
            if values is not None:
                return operation, values
    return None


def methods(operations: Iterable[Operation], target: str) -> tuple[str, ...]:
    """The methods that the contract knows on the path of `target`; empty for an unknown path."""
    path = target.partition("#")[0].partition("?")[0]
    return tuple(sorted({o.method for o in operations if o.path_values(path) is not None}))


def _specificity(operation: Operation) -> tuple[tuple[int, ...], str, str]:
    # OpenAPI: "concrete definitions must be matched before their templated counterparts".
    segments = operation.template.split("/")
    return tuple(len(_PARAMETER.findall(s)) for s in segments), operation.template, operation.method


def _operation(
    document: JsonObject, template: str, method: str, item: JsonObject, pointer: str
) -> Operation:
    stated = _object(item.get(method))
    body, body_pointer = _resolved(document, stated.get("requestBody"), f"{pointer}/requestBody")
    content = _content(body, body_pointer)
    media_type = next(iter(content), "")
    pieces = _PARAMETER.split(template)
    pattern = "".join(
        "([^/]+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)
    )
    security = stated.get("security", document.get("security"))
    return Operation(
        id=str(stated.get("operationId", "")),
        method=method.upper(),
        template=template,
        summary=str(stated.get("summary", "")),
        api_code=str(stated.get("x-api-code", "")),
        classes=tuple(str(name) for name in _list(stated.get("x-classes"))),
        request_media_type=media_type,
        request_schema=content.get(media_type, ""),
        request_required=body.get("required") is True,
        parameters=_parameters(document, item, stated, pointer),
        responses=_responses(document, stated, pointer),
        # An empty requirement among them means that authorisation is optional.
        needs_authorisation=isinstance(security, list) and bool(security) and {} not in security,
        pattern=re.compile(pattern),
        path_parameters=tuple(pieces[1::2]),
    )


def _parameters(
    document: JsonObject, item: JsonObject, stated: JsonObject, pointer: str
) -> tuple[Parameter, ...]:
    found: dict[tuple[str, str], Parameter] = {}
    shared = pointer.rpartition("/")[0]
    # The operation's own come last: they override those of the path.
    for holder, base in ((item, shared), (stated, pointer)):
        listed = holder.get("parameters")
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            value, where = _resolved(document, entry, f"{base}/parameters/{index}")
            name, location = str(value.get("name", "")), str(value.get("in", ""))
            found[name, location] = Parameter(
                name=name,
                location=location,
                required=value.get("required") is True,
                schema=f"{where}/schema" if "schema" in value else "",
            )
    return tuple(found.values())


def _responses(
    document: JsonObject, stated: JsonObject, pointer: str
) -> Mapping[str, DocumentedResponse]:
    found: dict[str, DocumentedResponse] = {}
    for status, entry in _object(stated.get("responses")).items():
        value, where = _resolved(document, entry, f"{pointer}/responses/{escape(status)}")
        headers = _object(value.get("headers"))
        found[status] = DocumentedResponse(
            status=status,
            content=_content(value, where),
            required_headers=tuple(
                name
                for name, header in headers.items()
                if _resolved(document, header, "")[0].get("required") is True
            ),
        )
    return found


def _content(holder: JsonObject, pointer: str) -> Mapping[str, str]:
    return {
        media_type.partition(";")[0].strip().lower(): (
            f"{pointer}/content/{escape(media_type)}/schema" if "schema" in _object(stated) else ""
        )
        for media_type, stated in _object(holder.get("content")).items()
    }


def _resolved(document: JsonObject, value: Json, pointer: str) -> tuple[JsonObject, str]:
    """An object behind any number of references, and where it stands."""
    for _ in range(16):
        if not isinstance(value, dict):
            return {}, pointer
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return value, pointer
        pointer = reference.removeprefix("#")
        value = at(document, pointer)
    raise PackDefect("references go round in a circle", where=pointer)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
