"""
How much of the contract one run has tried, each thing with a valid and with an invalid value.

A script: `python -m tests.benchmarks.keyword_coverage --evidence OUT/evidence`, after
`conformance run --out OUT`. It reads the journals of the run, the OpenAPI documents and the rules,
and knows nothing of whoever made the requests. Counted are:

- operations: answered with success, and refused;
- statuses that a client can cause (all documented ones but 413 and 429, which are a server's own
  limits, and those of 500 and above, and but 400 where there is nothing to be malformed): seen;
- parameters: a value that keeps the schema, and one that breaks it;
- schema keywords of parameters and bodies, each where it stands in the documents, each name under
  `required` by itself: kept, and broken while nothing else in the same record (or message) was.
  Not counted is what no client sends (`readOnly`), and that a parameter or a form's member is a
  text, which each of them is;
- rules: kept, and broken while every other rule was kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import jsonschema_rs

from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.contract.operations import Operation
from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject, at
from conformance.model.pack import LoadedPack
from conformance.running import evidence
from conformance.wire import codec

FORM: Final = "application/x-www-form-urlencoded"
#: Which of them are about which kinds of value; on others they say nothing.
ABOUT: Final[Mapping[str, tuple[type, ...]]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), (str,)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (int, float)),
    "multipleOf": (int, float),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems"), (list,)),
    **dict.fromkeys(("minProperties", "maxProperties"), (dict,)),
    "type": (object,),
}
#: Where a server draws these lines no contract says, and no client knows.
OWN_LIMITS: Final = frozenset({"413", "429"})
VALID, INVALID = "valid", "invalid"
#: No body; null is one.
NOTHING: Final = object()
#: What is counted: its kind, and what it is called.
Item = tuple[str, str]


@dataclass
class Coverage:
    """What there is to be seen of each item, and what was seen."""

    wanted: dict[Item, set[str]] = field(default_factory=dict)
    seen: dict[Item, set[str]] = field(default_factory=dict)

    def want(self, item: Item, *sides: str) -> None:
        """Count an item."""
        self.wanted.setdefault(item, set()).update(sides)

    def see(self, item: Item, side: str) -> None:
        """Something was there."""
        self.seen.setdefault(item, set()).add(side)

    def missing(self) -> dict[Item, set[str]]:
        """What was not seen, by item."""
        gaps = {item: sides - self.seen.get(item, set()) for item, sides in self.wanted.items()}
        return {item: sides for item, sides in gaps.items() if sides}


# -- what there is -------------------------------------------------------------------


def stated(document: JsonObject, pointer: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The pointers of all schemas that a value may meet from one schema on, each once a way."""
    node = at(document, pointer)
    if not isinstance(node, dict) or pointer in seen:
        return
    yield pointer
    if isinstance(reference := node.get("$ref"), str):
        yield from stated(document, reference[1:], (*seen, pointer))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index in range(len(parts(node, keyword))):
            yield from stated(document, f"{pointer}/{keyword}/{index}", (*seen, pointer))
    for name, member in properties(node).items():
        if not (isinstance(member, dict) and member.get("readOnly") is True):
            yield from stated(document, f"{pointer}/properties/{name}", (*seen, pointer))
    if "items" in node:
        yield from stated(document, f"{pointer}/items", (*seen, pointer))


def keywords(document: JsonObject, pointer: str) -> Iterator[str]:
    """What one schema itself demands: `pattern`, `required nativePlace` ..."""
    node: Any = at(document, pointer)
    for keyword in ABOUT:
        if keyword in node:
            yield keyword
    yield from (keyword for keyword in ("enum", "const") if keyword in node)
    yield from (f"required {name}" for name in node.get("required", ()))
    if node.get("additionalProperties") is False:
        yield "additionalProperties"


def textual(document: JsonObject, pointer: str) -> Iterator[str]:
    """What one schema demands of a text: that it is one, or a form of them, it cannot fail."""
    node: Any = at(document, pointer)
    given = node.get("type") in ("string", "object")
    yield from (k for k in keywords(document, pointer) if k != "type" or not given)


def inventory(contract: Contract, rules: RuleBook) -> Coverage:
    """Everything that is to be counted."""
    coverage = Coverage()
    for operation in contract.operations.values():
        coverage.want(("operation", operation.id), VALID, INVALID)
        for status in operation.responses:
            if status == "400" and not (operation.parameters or operation.request_schema):
                continue
            if status.isdecimal() and int(status) < 500 and status not in OWN_LIMITS:
                coverage.want(("status", f"{operation.id} {status}"), VALID)
        for parameter in operation.parameters:
            name = f"{operation.id} {parameter.location} {parameter.name}"
            pointers = list(stated(contract.document, parameter.schema))
            demands = [list(textual(contract.document, pointer)) for pointer in pointers]
            coverage.want(("parameter", name), *((VALID, INVALID) if any(demands) else (VALID,)))
            for pointer, found in zip(pointers, demands, strict=True):
                for keyword in found:
                    coverage.want(("keyword", f"{pointer} {keyword}"), VALID, INVALID)
        if operation.request_schema:
            demanded = textual if operation.request_media_type == FORM else keywords
            for pointer in stated(contract.document, operation.request_schema):
                for keyword in demanded(contract.document, pointer):
                    coverage.want(("keyword", f"{pointer} {keyword}"), VALID, INVALID)
    for rule in rules.rules:
        coverage.want(("rule", rule.id), VALID, INVALID)
    return coverage


def parts(node: JsonObject, keyword: str) -> Sequence[Json]:
    """The alternatives under a keyword."""
    held = node.get(keyword)
    return held if isinstance(held, list) else ()


def properties(node: JsonObject) -> JsonObject:
    """The members that a schema describes."""
    held = node.get("properties")
    return held if isinstance(held, dict) else {}


# -- what was seen -------------------------------------------------------------------


@cache
def single(keyword: str, value: str) -> Any:
    """A validator of one keyword alone; `value` is its JSON."""
    return jsonschema_rs.Draft202012Validator({keyword: json.loads(value)}, validate_formats=True)


@dataclass(frozen=True)
class Fault:
    """One keyword that one value of a body breaks; `record` is where its record stands."""

    keyword: str
    where: str
    record: str


def met(
    document: JsonObject, pointer: str, value: Json, where: str = "", record: str = ""
) -> Iterator[tuple[str, Fault | None]]:
    """Every keyword that `value` meets, with the fault where it breaks it."""
    node: Any = at(document, pointer)
    if node.get("x-judged-per-record") is True and not record:
        # A signed record is one: its profile and its signature.
        record = where.rpartition("/")[0] if where.rpartition("/")[2].isalpha() else where
    for keyword in keywords(document, pointer):
        kept = holds(node, keyword, value)
        if kept is not None:
            name = f"{pointer} {keyword}"
            yield name, None if kept else Fault(name, where, record)
    if "$ref" in node:
        yield from met(document, node["$ref"][1:], value, where, record)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index in range(len(parts(node, keyword))):
            yield from met(document, f"{pointer}/{keyword}/{index}", value, where, record)
    if isinstance(value, dict):
        for name in properties(node):
            if name in value:
                inside = f"{pointer}/properties/{name}"
                yield from met(document, inside, value[name], f"{where}/{name}", record)
    if isinstance(value, list) and "items" in node:
        for index, item in enumerate(value):
            yield from met(document, f"{pointer}/items", item, f"{where}/{index}", record)


def holds(node: Any, keyword: str, value: Json) -> bool | None:
    """Whether a value keeps one keyword; None when the keyword is not about such a value."""
    if keyword.startswith("required "):
        return keyword.partition(" ")[2] in value if isinstance(value, dict) else None
    if keyword == "additionalProperties":
        return set(value) <= set(properties(node)) if isinstance(value, dict) else None
    if keyword in ("enum", "const"):
        allowed = node["enum"] if keyword == "enum" else [node["const"]]
        # Of another type than all of them is a fault of the type.
        return value in allowed if type(value) in {type(one) for one in allowed} else None
    if not isinstance(value, ABOUT[keyword]) or (isinstance(value, bool) and keyword != "type"):
        return None
    try:
        return bool(single(keyword, json.dumps(node[keyword])).is_valid(value))
    except UnicodeEncodeError:
        return None


class Reader:
    """Goes through the exchanges of a run."""

    def __init__(self, pack: LoadedPack, contract: Contract, rules: RuleBook) -> None:
        self._pack = pack
        self._contract = contract
        self._rules = rules
        self._judged: set[str] = set()
        self.coverage = inventory(contract, rules)

    def read(self, exchange: JsonObject, as_of: date) -> None:
        """See what one exchange shows."""
        if "response" not in exchange:
            return
        asked = codec.request_from_json(codec.mapping(exchange["request"]))
        found = self._contract.match(asked.method, asked.target)
        if found is None:
            return
        operation, path_values = found
        status = codec.mapping(exchange["response"])["status"]
        assert isinstance(status, int)
        self.coverage.see(("operation", operation.id), VALID if status < 400 else INVALID)
        self.coverage.see(("status", f"{operation.id} {status}"), VALID)
        self._parameters(operation, path_values, asked.target, asked.headers)
        body = self._body(operation, asked.headers, asked.body)
        if body is not NOTHING:
            self._value(operation.request_schema, body)
            self._profiles(body, as_of)

    def _parameters(
        self,
        operation: Operation,
        path_values: Mapping[str, str],
        target: str,
        headers: Sequence[tuple[str, str]],
    ) -> None:
        pairs = [("path", name, value) for name, value in path_values.items()]
        query = parse_qsl(target.partition("?")[2], keep_blank_values=True)
        pairs += [("query", name, value) for name, value in query]
        pairs += [("header", name.lower(), value) for name, value in headers]
        for parameter in operation.parameters:
            name = parameter.name.lower() if parameter.location == "header" else parameter.name
            texts = [v for where, n, v in pairs if (where, n) == (parameter.location, name)]
            for text in texts if len(texts) == 1 else ():
                value: Json = int(text) if text.lstrip("-").isdecimal() else text
                # Digits are a number where a number is asked for, and a text elsewhere.
                if isinstance(value, int) and not self._asks_for_a_number(parameter.schema):
                    value = text
                faults = self._value(parameter.schema, value)
                called = f"{operation.id} {parameter.location} {parameter.name}"
                self.coverage.see(("parameter", called), INVALID if faults else VALID)

    def _asks_for_a_number(self, pointer: str) -> bool:
        node: Any = at(self._contract.document, pointer)
        return node.get("type") in ("integer", "number")

    def _body(
        self, operation: Operation, headers: Sequence[tuple[str, str]], body: bytes | None
    ) -> Any:
        kinds = [v.partition(";")[0].strip() for n, v in headers if n.lower() == "content-type"]
        if not operation.request_schema or not body or kinds != [operation.request_media_type]:
            return NOTHING
        try:
            if operation.request_media_type == FORM:
                return dict(parse_qsl(body.decode(), keep_blank_values=True))
            value: Json = json.loads(body)
        except ValueError:
            return NOTHING
        return value

    def _value(self, pointer: str, value: Json) -> list[Fault]:
        kept: set[str] = set()
        faults: list[Fault] = []
        for name, fault in met(self._contract.document, pointer, value):
            if fault is None:
                kept.add(name)
            else:
                faults.append(fault)
        for name in kept:
            self.coverage.see(("keyword", name), VALID)
        # What several faults would explain shows nothing of one of them.
        # Two schemas that state one keyword of one value break together.
        each = {(f.record, f.where, f.keyword.rpartition(" ")[2]) for f in faults}
        of = Counter(record for record, _, _ in each)
        for fault in faults:
            if of[fault.record] == 1 and (not fault.record or not of[""]):
                self.coverage.see(("keyword", fault.keyword), INVALID)
        return faults

    def _profiles(self, body: Json, as_of: date) -> None:
        records = body.get("records") if isinstance(body, dict) else None
        for record in records if isinstance(records, list) else ():
            profile = record.get("profile") if isinstance(record, dict) else None
            if not isinstance(profile, dict) or not self._contract.is_valid("Profile", profile):
                continue
            identity = json.dumps(profile, sort_keys=True)
            if identity in self._judged:
                continue
            self._judged.add(identity)
            joined = self._pack.plugin.rules_context(self._pack, "people", profile, as_of)
            try:
                broken = self._rules.broken(profile, joined or {}, as_of)
            except SuiteDefect:
                # A code that no list holds: the rules say nothing of such a profile, so it counts
                # for none of them.
                continue
            for rule in self._rules.rules:
                if rule not in broken:
                    self.coverage.see(("rule", rule.id), VALID)
            if len(broken) == 1:
                self.coverage.see(("rule", broken[0].id), INVALID)


def count(pack: LoadedPack, found: evidence.Evidence) -> Coverage:
    """The coverage of one run's evidence."""
    contract = Contract.load(pack)
    reader = Reader(pack, contract, RuleBook.load(pack))
    for journal in found.closed.values():
        for exchange in evidence.exchanges(journal):
            day = datetime.fromisoformat(str(exchange["at"])).date() if "at" in exchange else None
            reader.read(exchange, day or date.min)
    return reader.coverage


def table(coverage: Coverage) -> str:
    """One line for each kind, then the sum, then what is missing."""
    lines, gaps = [], coverage.missing()
    kinds = dict.fromkeys(kind for kind, _ in coverage.wanted)
    rows = {kind: [item for item in coverage.wanted if item[0] == kind] for kind in kinds}
    for name, items in {**rows, "all": list(coverage.wanted)}.items():
        full = sum(item not in gaps for item in items)
        lines.append(f"{name:10} {full:5} of {len(items):5}  {100 * full / len(items):6.2f} %")
    for (kind, name), sides in gaps.items():
        lines.append(f"missing: {kind} {name}: {' and '.join(sorted(sides))}")
    return "\n".join(lines)


def main() -> int:
    """Print the table; 1 when less than `--least` percent of the items were seen on both sides."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evidence", type=Path, required=True)
    parser.add_argument("--pack", default="vn-cbccvc")
    parser.add_argument("--least", type=float, default=98.0)
    options = parser.parse_args()
    found = evidence.read_folder(options.evidence)
    if not found.closed:
        raise SystemExit(f"{options.evidence}: no journals here; name the run's evidence folder")
    coverage = count(packs.load(options.pack), found)
    sys.stdout.write(table(coverage) + "\n")
    seen = len(coverage.wanted) - len(coverage.missing())
    return 0 if 100 * seen >= options.least * len(coverage.wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
