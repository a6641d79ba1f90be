"""The operator's ledger counts every start, whatever happened to the run or to the file."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor

import jsonschema_rs

from conformance import resources
from conformance.certification import attempts
from tests.certification.examples import AT, report

PRODUCT, PACK = report().implementation, report().pack


def start(folder, run_id, *, product=PRODUCT, pack=PACK):
    return attempts.record_start(folder, implementation=product, pack=pack, run_id=run_id, at=AT)


def end(folder, run_id):
    attempts.record_end(
        folder, implementation=PRODUCT, pack=PACK, run_id=run_id, at=AT, ended="granted"
    )


def test_attempts_are_counted_from_one(tmp_path):
    assert start(tmp_path / "home", "a") == 1
    end(tmp_path / "home", "a")
    assert start(tmp_path / "home", "b") == 2


def test_an_interrupted_run_counts(tmp_path):
    start(tmp_path, "a")
    assert start(tmp_path, "b") == 2


def test_a_resumed_run_keeps_its_number(tmp_path):
    start(tmp_path, "a")
    start(tmp_path, "b")
    assert start(tmp_path, "a") == 1


def test_another_product_or_revision_counts_for_itself(tmp_path):
    start(tmp_path, "a")
    assert start(tmp_path, "b", product=dataclasses.replace(PRODUCT, name="Other")) == 1
    assert start(tmp_path, "c", pack=dataclasses.replace(PACK, revision="1.1")) == 1


def test_a_new_version_goes_on_counting(tmp_path):
    start(tmp_path, "a")
    assert start(tmp_path, "b", product=dataclasses.replace(PRODUCT, version="2.2")) == 2


def test_a_line_that_a_crash_cut_short_spoils_only_itself(tmp_path):
    start(tmp_path, "a")
    ledger = tmp_path / attempts.FILE
    ledger.write_bytes(ledger.read_bytes() + b'{"event": "sta')
    assert start(tmp_path, "b") == 2
    assert start(tmp_path, "c") == 3


def test_strange_lines_are_passed_over(tmp_path):
    ledger = tmp_path / attempts.FILE
    ledger.write_bytes(b'\xff\xfe\n[1]\nnull\n{"event": "start"}\n' + b"[" * 100_000 + b"\n")
    assert start(tmp_path, "a") == 1


def test_runs_that_start_together_get_different_numbers(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: start(tmp_path, f"run-{n}"), range(24)))
    assert sorted(numbers) == list(range(1, 25))


def test_every_line_satisfies_its_schema(tmp_path):
    start(tmp_path, "a")
    end(tmp_path, "a")
    schema = json.loads(resources.schema("attempt").read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)
    lines = (tmp_path / attempts.FILE).read_text("utf-8").split("\n")
    assert [validator.is_valid(json.loads(line)) for line in lines if line] == [True, True]
