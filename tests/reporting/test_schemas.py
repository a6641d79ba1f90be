"""Our own schemas: valid, and true about what our writers write."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance import resources
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.model.exchange import Request, Response
from conformance.model.json import JsonObject
from conformance.model.requirement import Role
from conformance.reference.serve import Serving
from conformance.reporting.schemas import load, why_invalid, without_volatile
from conformance.wire import codec
from conformance.wire.journal import JournalWriter, MemorySink
from tests.app.tools import conformance

SUFFIX = ".schema.json"
NAMES = sorted(
    path.name.removesuffix(SUFFIX) for path in resources.schema("report").parent.glob(f"*{SUFFIX}")
)


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_a_schema(name: str) -> None:
    """By the reference implementation, not by ours."""
    jsonschema.Draft202012Validator.check_schema(load(name))


def test_every_document_that_names_its_form_has_a_schema() -> None:
    """Whoever reads one can look up what it holds."""
    source = Path(packs.__file__).parent.parent.rglob("*.py")
    written = {
        form
        for path in source
        for form in re.findall(r'"(conformance-[a-z-]+/1)"', path.read_text("utf-8"))
    }
    stated = "".join(json.dumps(load(name)) for name in NAMES)
    assert {form for form in written if f'"const": "{form}"' not in stated} == set()


def lines() -> list[Any]:
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": "s", "attempt": 1, "seed": 4, "as_of": "2026-11-22"})
    request = Request(method="POST", target="/x", headers=(("a", "b"),), body=b"\xff")
    answer: JsonObject = {
        "response": codec.response_to_json(Response(status=200, body=b"{}")),
        "at": "2026-11-22T01:30:00+00:00",
        "elapsed": 0.01,
        "facts": {"token": "valid"},
    }
    ask: JsonObject = {"request": codec.request_to_json(request), "identity": "primary"}
    writer.event("authorise", {"identity": "primary"}, {"ok": True, "exchanges": []})
    writer.event("exchange", ask, answer)
    writer.event("draw", "uuid/batch", 12)
    writer.event("now", None, "2026-11-22T01:30:00+00:00")
    writer.event("something-new", None, {"any": "thing"})
    writer.close()
    return [json.loads(line) for line in sink.content().splitlines()]


def test_what_the_journal_writer_writes_satisfies_the_schema() -> None:
    """Header, events, footer."""
    assert [why_invalid(line, "evidence-journal") for line in lines()] == [None] * 7


@pytest.mark.parametrize(
    ("position", "member"), [(0, "scenario"), (2, "ask"), (2, "n"), (6, "root")]
)
def test_a_line_without_one_of_its_members_does_not(position: int, member: str) -> None:
    """The schema must be able to refuse."""
    line = lines()[position]
    del line[member]
    assert why_invalid(line, "evidence-journal") is not None


# ── what commands print ──────────────────────────────────────────────────────

#: Schema -> the command that prints such a document, and the exit code with which it leaves.
PRINTED = {
    "packs": ("pack list", 0),
    "lint": ("pack lint {spoilt}", 1),
    "fields": ("pack show --fields", 0),
    "pack-diff": ("pack diff {default} {official} --lang vi", 1),
    "adoption": ("pack adopt {official} --out {out} --lang vi", 0),
    "check": ("check {people} --as-of 2026-07-01 --lang vi", 1),
    "signatures": ("sign --check {signed} --lang vi", 1),
    "selftest": ("selftest --role consumer", 0),
    "coverage": ("coverage", 0),
    "mutants": ("mock --list-mutants", 0),
    "mock": ("mock --port 0", 0),
    "verification": ("verify {certificate} --lang vi", 1),
    "preflight": ("preflight http://127.0.0.1:1 --lang vi", 3),
    "plan": ("run reference --dry-run", 0),
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The files that the commands are about; something is wrong with each."""
    monkeypatch.setenv(packs.ADDED, "")
    # It serves until somebody interrupts it.
    monkeypatch.setattr(Serving, "wait", lambda _self: None)
    ours = packs.load(packs.default())

    official = copy.deepcopy(Contract.load(ours).document)
    paths: Any = official["paths"]
    del paths["/v1/trial-sync/{messageId}"]
    paths["/v1/health"] = {
        "get": {"operationId": "health", "responses": {"200": {"description": "Up."}}}
    }
    limit = paths["/v1/units"]["get"]["parameters"]
    limit.append({"name": "q", "in": "query", "schema": {"type": "string"}})

    spoilt = tmp_path / ours.id / ours.revision
    shutil.copytree(ours.root, spoilt)
    with (spoilt / "pack.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[[class]]\nid = "hollow"\ntitle = { en = "x", vi = "x", id = "x" }\n')

    files = {
        "official": json.dumps(official),
        "people": '{"profileId": "098090123456"}\n{oops}\n',
        "signed": json.dumps({"profile": {"a": 1}, "signature": "a..b"}),
        "certificate": "a.b.c",
    }
    named = {"default": packs.default(), "spoilt": str(spoilt), "out": str(tmp_path / "out")}
    for name, text in files.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text, encoding="utf-8")
        named[name] = str(path)
    return named


def lacking(document: Any, schema: JsonObject) -> Iterator[tuple[str, Any]]:
    """The document without one required member each time; of a list only its first item lacks."""

    def places(value: Any, rule: Any, steps: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        while "$ref" in rule:
            found: Any = schema
            for step in rule["$ref"].split("/")[1:]:
                found = found[step]
            rule = found
        if isinstance(value, dict):
            other = rule.get("additionalProperties")
            for name in rule.get("required", ()):
                yield (*steps, name)
            for name, member in value.items():
                inner = rule.get("properties", {}).get(name, other)
                if isinstance(inner, dict):
                    yield from places(member, inner, (*steps, name))
        elif isinstance(value, list) and value and isinstance(rule.get("items"), dict):
            yield from places(value[0], rule["items"], (*steps, 0))

    for *above, name in places(document, schema, ()):
        made = copy.deepcopy(document)
        holder = made
        for step in above:
            holder = holder[step]
        del holder[name]
        yield "/".join(map(str, (*above, name))), made


@pytest.mark.parametrize("name", PRINTED)
def test_what_a_command_prints_satisfies_its_schema_and_nothing_in_it_can_be_spared(
    name: str,
    desk: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Down to the members of the objects inside."""
    typed, code = PRINTED[name]
    if name == "selftest":
        # One row of the matrix looks like the other.
        plugin = packs.load(packs.default()).plugin
        few = [m for m in plugin.mutants() if m.role is Role.CONSUMER][:2]
        monkeypatch.setattr(type(plugin), "mutants", lambda _self: few)
    words = [word.format(**desk) for word in typed.split()]
    assert conformance(*words, "--format", "json") == code
    document = json.loads(capsys.readouterr().out)

    assert why_invalid(document, name) is None
    spared = {place: why_invalid(less, name) for place, less in lacking(document, load(name))}
    assert "schema" in spared
    assert [place for place, reason in spared.items() if reason is None] == []


@pytest.mark.parametrize("name", sorted({*PRINTED} - {"plan"}))
def test_no_member_of_a_printed_document_may_be_absent_or_unknown(name: str) -> None:
    """So what the test above takes away is everything, and a slip of the pen is seen."""

    def objects(rule: Any) -> Iterator[Any]:
        if isinstance(rule, dict):
            if "properties" in rule and not isinstance(rule["properties"].get("type"), str):
                yield rule
            for inner in rule.values():
                yield from objects(inner)

    for rule in objects(load(name)):
        assert set(rule["required"]) == rule["properties"].keys()
        assert rule["additionalProperties"] is False


def test_what_a_rejudgement_prints_satisfies_its_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a run that nobody touched, and of one that somebody did."""
    assert conformance("run", "reference", "--class", "access", "--out", tmp_path) == 0
    for code in (0, 1):
        capsys.readouterr()
        assert conformance("rejudge", tmp_path, "--format", "json") == code
        document = json.loads(capsys.readouterr().out)
        assert why_invalid(document, "rejudgement") is None
        for place, less in lacking(document, load("rejudgement")):
            assert why_invalid(less, "rejudgement") is not None, place
        path = tmp_path / "report.json"
        edited = path.read_text("utf-8").replace('"verdict": "PASS"', '"verdict": "NOT_RUN"', 1)
        path.write_text(edited, encoding="utf-8")


def test_volatile_members_are_found_through_references() -> None:
    """The mark may stand beside a reference or behind it."""
    schema: JsonObject = {
        "properties": {
            "a": {"$ref": "#/$defs/id", "x-volatile": True},
            "b": {"$ref": "#/$defs/moment"},
            "c": {"items": {"anyOf": [{"properties": {"d": {"x-volatile": True}}}]}},
            "e": {"x-volatile-part": "[0-9]+"},
        },
        "additionalProperties": {"x-volatile": True},
        "$defs": {"id": {"type": "string"}, "moment": {"x-volatile": True}},
    }
    document: JsonObject = {"a": "1", "b": "2", "c": [{"d": 1, "k": 2}], "e": "p80", "z": 1}
    assert without_volatile(document, schema) == {"c": [{"k": 2}], "e": "p"}
