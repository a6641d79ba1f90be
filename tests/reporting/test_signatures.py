"""What the steps of checking a signature found is told in the reader's language."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from conformance import resources
from conformance.catalogue import packs
from conformance.model.pack import Surroundings
from conformance.model.remark import remark
from conformance.model.requirement import Language
from conformance.model.signing import SignatureCheck
from conformance.reference.clock import ManualClock
from conformance.reporting import signatures
from conformance.reporting.words import load, parameters

VECTORS = resources.fixtures() / "signatures"
TEXTS = {
    key.removeprefix("said."): text
    for key, text in load("signatures.toml").items()
    if key.startswith("said.")
}


def remarks() -> Iterator[tuple[str, set[str], str]]:
    """Code, names of the details and place of every remark that is made about signatures."""
    for path in Path(packs.__file__).parent.parent.rglob("*.py"):
        if path.name == "preflight.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            code = node.args[0]
            if called in {"remark", "Unfit"} and isinstance(code, ast.Constant):
                names = {str(keyword.arg) for keyword in node.keywords}
                yield str(code.value), names, f"{path.name}:{node.lineno}"


def test_every_remark_has_a_sentence_that_names_its_details() -> None:
    """A detail that is missing would break the sentence, one too many would never be read."""
    found = list(remarks())
    assert len(found) > 30
    wrong = [
        (code, place)
        for code, names, place in found
        if code not in TEXTS or parameters(TEXTS[code].en) != names
    ]
    assert wrong == []


def test_every_sentence_is_said_by_somebody() -> None:
    """Translators are not asked for texts that nobody reads."""
    assert TEXTS.keys() - {code for code, _, _ in remarks()} == set()


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_no_step_of_a_published_vector_is_told_in_another_language(path: Path) -> None:
    """Each sentence differs from that of each other language, whatever it names."""
    vector = json.loads(path.read_text("utf-8"))
    trust = Surroundings(
        clock=ManualClock(datetime.fromisoformat(vector["at"])),
        seed=0,
        trust_anchors=((VECTORS / "ca.pem").read_bytes(),),
        revocations=((VECTORS / "ca.crl.pem").read_bytes(),),
    )
    plugin = packs.load(packs.default()).plugin
    checks = plugin.signature_checks(vector["record"], vector["signature"], trust)
    details = [check.detail for check in checks if check.detail is not None]
    assert details
    for detail in details:
        assert len({signatures.said(detail, language) for language in Language}) == 3


def test_a_remark_inside_a_remark_speaks_the_same_language() -> None:
    """The form over which somebody signed by mistake is itself a few words."""
    form = remark(
        "form-json", order=remark("sorted"), spacing=remark("indented", width=2), escaping=""
    )
    told = signatures.said(remark("form-other", form=form), Language.VI)
    assert "đã xếp thứ tự, thụt dòng 2" in told


def test_the_remark_of_somebody_else_s_pack_is_told_by_its_code() -> None:
    """A pack of another distribution brings steps of which we have no words."""
    told = signatures.said(remark("stamp-missing", authority="X"), Language.ID)
    assert told == "stamp-missing, authority: X"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.EN, "the record: the signature does not hold, see header"),
        (Language.VI, "bản ghi: chữ ký không hợp lệ, xem bước header"),
        (Language.ID, "rekaman: tanda tangan tidak sah, lihat header"),
    ],
)
def test_what_is_long_in_a_header_is_cut_in_the_reader_s_language(
    language: Language, told: str
) -> None:
    """Certificates fill a screen."""
    checks = [SignatureCheck(step="header", passed=False, detail=remark("header-crit"))]
    header: Any = {"x5c": ["A" * 400], "alg": "ES256"}
    looked = signatures.Looked(pointer="", header=header, size=3, digest="sha256:0", checks=checks)
    first, step, shown, payload = signatures.lines(looked, language)
    assert first == told
    assert "crit" in step
    counted = {Language.EN: "characters", Language.VI: "ký tự", Language.ID: "karakter"}[language]
    assert f"(400 {counted})" in shown
    assert len(shown) < 120
    assert "sha256:0" in payload
