"""
Is this value what the schema says? One judge, and a second opinion before anybody is accused.

jsonschema-rs judges: offline, formats asserted, regular expressions as ECMA-262 has them. Only
when it says "invalid" is python-jsonschema asked too. The two differ by nature in their regex
dialects, so the second opinion borrows the first one's; whatever they then still disagree on is
our error, never the target's. Not here: what to do about an invalid value.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs

from conformance.errors import PackDefect, SuiteDefect
from conformance.model.json import Json, JsonObject, at, compact, escape, walk

#: The name of the bundled document inside the validators; never dereferenced.
_DOCUMENT: Final = "urn:contract"
_EXCERPT: Final = 120
_IRI_GRAMMAR: Final = "rfc3987_syntax"
#: Whoever shows a message and whoever answers it meet the first invalid one at the same time.
_LEAVING_OUT: Final = threading.Lock()

#: value -> is it valid? The shape of a second opinion.
Opinion = Callable[[Json], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaProblem:
    """
    One thing that is wrong with a value.

    Attributes:
        pointer: JSON pointer of the offending value inside the judged one. For a missing
            or an unexpected member it is the object's.
        keyword: the JSON Schema keyword that was broken (`pattern`, `required` ...); `unicode`
            for text that is no Unicode (a lone surrogate).
        message: an English sentence that does not repeat the value (it may be personal).
        excerpt: the offending value as JSON, cut to 120 characters.
        required: what the schema asks for, as JSON: the pattern, the limit, the missing name.
    """

    pointer: str
    keyword: str
    message: str
    excerpt: str
    required: str = ""


class Validator:
    """
    Judges values by one schema of a bundled document.

    `second_opinion` is replaceable so that a test can make it disagree.
    """

    def __init__(
        self, schemas: Schemas, pointer: str, *, second_opinion: Opinion | None = None
    ) -> None:
        self.pointer: Final = pointer
        self._schemas = schemas
        self._second = second_opinion
        try:
            self._judge = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_DOCUMENT}#{_quoted(pointer)}"},
                registry=schemas.registry,
                validate_formats=True,
                offline=True,
                mask="the value",
            )
        except ValueError as error:
            raise PackDefect(
                "a schema cannot be compiled", where=f"#{pointer}", value=str(error).splitlines()[0]
            ) from error

    def is_valid(self, value: Json) -> bool:
        """The judge's word alone: for hot paths that only keep what is valid."""
        try:
            return bool(self._judge.is_valid(value))
        except UnicodeEncodeError:
            return False

    def problems(self, value: Json) -> tuple[SchemaProblem, ...]:
        """
        Everything wrong with `value`, the most telling first; empty when it is valid.

        Raises:
            SuiteDefect: the second opinion finds the value valid.
        """
        try:
            found = tuple(_problem(error, value) for error in self._judge.iter_errors(value))
        except UnicodeEncodeError:
            return _not_unicode(value)
        if not found:
            return ()
        if self._opinion()(value):
            raise SuiteDefect(
                f"two validators disagree on #{self.pointer}: jsonschema-rs finds "
                f"{found[0].keyword!r} broken at {found[0].pointer or '/'!r}, "
                "python-jsonschema finds nothing"
            )
        return self._most_telling_first(found, value)

    def faults(self, value: Json, *, second: bool = False) -> tuple[tuple[str, str], ...]:
        """
        Pointer and keyword of everything that one validator alone finds wrong with `value`.

        Args:
            second: ask the second opinion instead of the judge.
        """
        if second:
            found = self._python().iter_errors(value)
            return tuple((_joined(e.absolute_path), str(e.validator)) for e in found)
        errors = self._judge.iter_errors(value)
        return tuple((_joined(error.instance_path), str(error.kind.name)) for error in errors)

    def _opinion(self) -> Opinion:
        return self._second or (lambda value: bool(self._python().is_valid(value)))

    def _python(self) -> Any:
        return self._schemas.python(self.pointer)

    def _most_telling_first(
        self, found: Sequence[SchemaProblem], value: Json
    ) -> tuple[SchemaProblem, ...]:
        if self._second is not None or not any(p.keyword in ("anyOf", "oneOf") for p in found):
            return tuple(sorted(found, key=lambda p: p.pointer.count("/"), reverse=True))
        # "Not valid under any of" helps nobody: best_match looks inside the alternatives.
        from jsonschema.exceptions import best_match

        best = best_match(self._python().iter_errors(value))
        pointer = _joined(best.absolute_path)
        telling = SchemaProblem(
            pointer=pointer,
            keyword=str(best.validator),
            message=_without(best.message, best.instance),
            excerpt=_excerpt(best.instance),
            required=_excerpt(best.validator_value),
        )
        rest = (p for p in found if (p.pointer, p.keyword) != (pointer, telling.keyword))
        return (telling, *rest)


class Schemas:
    """The schemas of one bundled document, each compiled when it is first asked for."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self.registry = jsonschema_rs.Registry(
            [(_DOCUMENT, document)], draft=jsonschema_rs.Draft202012
        )
        self._validators: dict[str, Validator] = {}
        self._opinions: dict[str, Any] = {}
        self._python_registry: Any = None

    def at(self, pointer: str) -> Validator:
        """
        The validator of the schema that stands at a JSON pointer.

        Raises:
            KeyError: nothing stands there.
        """
        if pointer not in self._validators:
            at(self._document, pointer)
            self._validators[pointer] = Validator(self, pointer)
        return self._validators[pointer]

    def python(self, pointer: str) -> Any:
        """python-jsonschema's validator of the same schema."""
        if pointer not in self._opinions:
            from referencing import Registry
            from referencing.jsonschema import DRAFT202012

            kind = _python_validator()
            if self._python_registry is None:
                resource = DRAFT202012.create_resource(self._document)
                self._python_registry = Registry().with_resource(_DOCUMENT, resource)
            self._opinions[pointer] = kind(
                {"$ref": f"{_DOCUMENT}#{_quoted(pointer)}"},
                registry=self._python_registry,
                format_checker=kind.FORMAT_CHECKER,
            )
        return self._opinions[pointer]


@cache
def _python_validator() -> Any:
    """Draft 2020-12 of python-jsonschema with the judge's regular expressions."""
    with _without_iri_grammar():
        from jsonschema import Draft202012Validator, ValidationError
        from jsonschema.validators import extend

    def pattern(validator: Any, expression: str, value: object, _: object) -> Iterator[Any]:
        if validator.is_type(value, "string") and not _ecma(expression).is_valid(value):
            yield ValidationError(f"the value does not match {expression!r}")

    for name in ("iri", "iri-reference"):
        Draft202012Validator.FORMAT_CHECKER.checks(name, raises=ValueError)(_iri(name))
    extended: Any = extend
    return extended(Draft202012Validator, {"pattern": pattern})


@contextmanager
def _without_iri_grammar() -> Iterator[None]:
    """
    Import without the grammar of `iri`, which takes a second to build and is seldom asked for.

    What is left out is put back by `_iri`.
    """
    with _LEAVING_OUT:
        held = sys.modules.get(_IRI_GRAMMAR)
        sys.modules[_IRI_GRAMMAR] = None  # type: ignore[assignment]
        try:
            yield
        finally:
            del sys.modules[_IRI_GRAMMAR]
            if held is not None:
                sys.modules[_IRI_GRAMMAR] = held


def _iri(name: str) -> Callable[[object], bool]:
    """The check of a format, as python-jsonschema makes it; its grammar is built when asked for."""

    def check(value: object) -> bool:
        from rfc3987_syntax import is_valid_syntax

        term = name.replace("-", "_")
        return not isinstance(value, str) or bool(is_valid_syntax(term, value))

    return check


@cache
def _ecma(expression: str) -> Any:
    return jsonschema_rs.Draft202012Validator({"pattern": expression}, offline=True)


def _problem(error: jsonschema_rs.ValidationError, value: Json) -> SchemaProblem:
    pointer = _joined(error.instance_path)
    asked = error.kind.as_dict()
    asked.pop("context", None)
    return SchemaProblem(
        pointer=pointer,
        keyword=str(error.kind.name),
        message=error.message,
        excerpt=_excerpt(at(value, pointer)),
        required=_excerpt(next(iter(asked.values()), None)) if asked else "",
    )


def _not_unicode(value: Json) -> tuple[SchemaProblem, ...]:
    """Where lone surrogates stand: JSON's grammar allows them, no text can hold them (RFC 7493)."""
    return tuple(
        SchemaProblem(
            pointer=pointer.encode("utf-8", "replace").decode(),
            keyword="unicode",
            message="the value holds a lone surrogate, which is no Unicode text",
            excerpt=_excerpt(found),
        )
        for pointer, found in walk(value)
        if (isinstance(found, str) and _broken(found))
        or (isinstance(found, dict) and any(_broken(key) for key in found))
    )


def _broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _joined(path: Sequence[str | int]) -> str:
    return "".join(f"/{escape(str(token))}" for token in path)


def _quoted(pointer: str) -> str:
    # A pointer travels in a URI fragment here; `{` of a path template must not stand there bare.
    return quote(pointer, safe="/~!$&'()*+,;=:@")


def _excerpt(value: Json) -> str:
    text = compact(value).encode("utf-8", "replace").decode()
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def _without(message: str, instance: object) -> str:
    return message.replace(repr(instance), "the value")
