"""An official document is dropped in: what matches is tested, what does not is listed."""

from __future__ import annotations

import copy
import json

import pytest

from conformance.app.adopting import REPORT, adopt_file
from conformance.app.selftest import Laboratory
from conformance.catalogue import packs
from conformance.contract.adoption import Fate, adopt, upgraded
from conformance.contract.contract import Contract
from conformance.errors import UsageError
from conformance.model.requirement import Language, Role
from conformance.model.verdict import Verdict
from conformance.reporting import adoption as telling
from conformance.reporting.schemas import why_invalid

UNIT = "/v1/units/{unitCode}"


@pytest.fixture(scope="module")
def ours():
    return Contract.load(packs.load(packs.default())).document


@pytest.fixture
def official(ours):
    """Ours, as an authority might have written it: other names, one operation gone, one new."""
    document = copy.deepcopy(ours)
    paths = document["paths"]
    del paths["/v1/trial-sync/{messageId}"]
    item = paths.pop(UNIT)
    item["get"]["operationId"] = "docDonVi"
    for parameter in item["get"]["parameters"]:
        if parameter["name"] == "unitCode":
            parameter["name"] = "maDonVi"
    paths["/v1/units/{maDonVi}"] = item
    listed = paths["/v1/units"]["get"]["responses"]["200"]["content"]["application/json"]
    listed["schema"] = {"type": "object", "required": ["danhSach"], "properties": {"danhSach": {}}}
    paths["/v1/health"] = {
        "get": {"operationId": "health", "responses": {"200": {"description": "Up."}}}
    }
    text = json.dumps(document)
    return json.loads(text.replace('schemas/Problem"', 'schemas/Loi"').replace(
        '"Problem": {', '"Loi": {'
    ))  # fmt: skip


def fates(adoption):
    return {(outcome.ours or outcome.theirs): outcome.fate for outcome in adoption.outcomes}


def test_operations_fare_by_what_breaks_a_client_of_ours(ours, official):
    found = fates(adopt(ours, official))
    assert found["readTrialReceipt"] is Fate.MISSING
    assert found["listUnits"] is Fate.DIFFERS
    assert found["readUnit"] is Fate.ADOPTED
    assert found["health"] is Fate.EXTRA
    assert found["submitTrialSync"] is Fate.ADOPTED


def test_what_is_adopted_bears_our_names_and_the_official_content(ours, official):
    document = adopt(ours, official).document
    stated = document["paths"][UNIT]["get"]
    assert (stated["operationId"], stated["x-official-operation"]) == ("readUnit", "docDonVi")
    assert {p["name"] for p in stated["parameters"]} >= {"unitCode"}
    assert "official.Loi" in document["components"]["schemas"]
    assert "Problem" in document["components"]["schemas"]
    contract = Contract(document)
    assert "health" not in contract.operations
    assert contract.match("GET", "/v1/units/X01")[0].id == "readUnit"


def test_our_own_document_is_adopted_whole(ours):
    adoption = adopt(ours, ours)
    assert {outcome.fate for outcome in adoption.outcomes} == {Fate.ADOPTED}
    assert Contract(adoption.document).operations.keys() == Contract(ours).operations.keys()


@pytest.fixture
def adopted(official, tmp_path, monkeypatch):
    monkeypatch.setenv(packs.ADDED, "")
    file = tmp_path / "official.json"
    file.write_text(json.dumps(official), encoding="utf-8")
    return adopt_file(file, pack="", out=tmp_path / "out", home=tmp_path / "home")


def test_what_matches_is_tested_and_the_rest_is_listed(adopted, tmp_path):
    pack = packs.load(str(adopted.root))
    assert (pack.provenance, pack.revision.endswith("+official")) == ("official", True)
    # Others that know the folder find it by its name; a rejudge of a run does.
    assert packs.load(f"{pack.id}@{pack.revision}").digest == pack.digest

    laboratory = Laboratory(
        home=tmp_path / "home", roles=(Role.PROVIDER,), pack=str(adopted.root), budget=4
    )
    report = laboratory.play().report
    judged = [a for a in report.requirements if a.findings]
    assert judged
    assert {a.verdict for a in judged} == {Verdict.PASS}
    assert not {a.id for a in judged} & set(adopted.lost)

    listed = json.loads((adopted.root / REPORT).read_text(encoding="utf-8"))
    (differing,) = listed["operations"]["differs"]
    assert differing["ours"] == "listUnits"
    assert any(change["class"] == "breaking" for change in differing["changes"])
    assert why_invalid(listed, "adoption") is None
    reasons = listed["requirements_no_longer_judged"]
    assert reasons.keys() == adopted.lost.keys()
    for name, gone in adopted.lost.items():
        assert {"readTrialReceipt", "listUnits"} & {*gone}
        assert pack.catalogue.by_id[name].not_judged.en == reasons[name]

    told = {language: "\n".join(telling.lines(adopted, language)) for language in Language}
    assert told[Language.EN].endswith(f"--pack {adopted.root}")
    assert "phá vỡ tương thích: 200 body" in told[Language.VI]
    assert "Tài liệu chính thức không có thao tác tương thích" in told[Language.VI]
    assert "Dokumen resmi tidak memiliki operasi yang kompatibel" in told[Language.ID]


def test_a_document_of_something_else_is_refused(tmp_path):
    file = tmp_path / "other.json"
    other = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}
    file.write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(UsageError, match="no operation"):
        adopt_file(file, pack="", out=tmp_path / "out", home=tmp_path / "home")
    with pytest.raises(UsageError, match="no such file"):
        adopt_file(tmp_path / "none", pack="", out=tmp_path / "out", home=tmp_path / "home")
    assert not (tmp_path / "out").exists()


def test_a_document_of_the_older_version_is_read_in_the_words_of_the_newer():
    old = {
        "openapi": "3.0.3",
        "a": {"type": "string", "nullable": True, "enum": ["x"]},
        "b": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 3},
        "nullable": {"type": "object"},
    }
    new = upgraded(old)
    assert new["openapi"] == "3.1.0"
    assert new["a"] == {"type": ["string", "null"], "enum": ["x", None]}
    assert new["b"] == {"type": "integer", "exclusiveMinimum": 1, "maximum": 3}
    assert new["nullable"] == {"type": "object"}
