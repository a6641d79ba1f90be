"""What oracles write in English is read in three languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
from conformance import resources
from conformance.model.requirement import Language
from conformance.packs.vn_cbccvc.stories_of_units import TOLD
from conformance.reporting.phrases import phrased, steps

#: Names of the protocol; no language has others.
NAMES = {"application/problem+json", "no-store", "Bearer", "Authorization: Bearer", "ACCEPTED"}


def fragments(path: Path) -> Iterator[str]:
    """
    What oracles say was observed, required, or awaited in vain; an f-string fills in a `{}`.

    With the advice to whoever was waited for.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        said = ("observed", "required", *(("remedy",) if name == "TargetTimeout" else ()))
        values = [keyword.value for keyword in node.keywords if keyword.arg in said]
        for value in [*values, *(node.args[:1] if name == "in_vain" else ())]:
            match value:
                case ast.Constant(value=str(text)):
                    yield text
                case ast.JoinedStr(values=parts):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "{}"
                        for part in parts
                    )


def test_every_fragment_of_ours_has_a_phrase() -> None:
    """A Vietnamese sentence that ends in English is half a sentence."""
    folders = [Path(conformance.__file__).parent / name for name in ("oracles", "packs", "wire")]
    folders.append(resources.suites())
    written = {
        text
        for folder in folders
        for path in folder.rglob("*.py")
        for text in fragments(path)
        if re.search("[a-z]{2}", text) and text not in NAMES and not text.startswith("/")
    }
    assert len(written) > 40
    silent = {
        text
        for text in written
        if all(
            phrased(filled, Language.VI) == filled
            for last in ("7", "/7", "503", "777", "ACCEPTED")
            for filled in (last.join(text.replace("{}", "7", text.count("{}") - 1).split("{}")),)
        )
    }
    assert silent == set()


@pytest.mark.parametrize(
    ("fragment", "vi"),
    [
        (
            "record 2 REJECTED as VN-R-045 at /records/1/a or VN-R-001 at /records/1/b",
            "bản ghi 2 bị REJECTED với VN-R-045 tại /records/1/a hoặc VN-R-001 tại /records/1/b",
        ),
        ("200 or 404", "200 hoặc 404"),
        ("200 with an access token", "200 kèm mã truy cập"),
        ("422 message-invalid", "422 message-invalid"),
        ('"birthDate" is a required property', 'phải có thành phần "birthDate"'),
        ('the value is not one of "1" or "2"', 'giá trị không thuộc các giá trị "1" hoặc "2"'),
        ('"once or none"', '"once or none"'),
        ('{"a": "no errors"}', '{"a": "no errors"}'),
        ("", ""),
    ],
)
def test_a_fragment_is_put_into_words_and_a_value_is_left_alone(fragment: str, vi: str) -> None:
    assert phrased(fragment, Language.VI) == vi
    assert phrased(fragment, Language.EN) == fragment


def test_a_story_is_told_step_by_step() -> None:
    """Who reads Vietnamese must be able to take the steps."""
    story = "send person 1 with text 2 (message 3) → merge A+B1 into C → dissolve C"
    assert steps(story, Language.VI) == (
        "gửi người 1 với nội dung 2 (thông điệp 3) → hợp nhất A+B1 thành C → giải thể C"
    )
    assert steps(story, Language.EN) == story
    seen = phrased("below H98.1 after change 2: A (Phòng 1)", Language.VI)
    assert seen == "cấp dưới của H98.1 sau quyết định 2: A (Phòng 1)"


def test_every_step_that_a_story_tells_is_known() -> None:
    for told in TOLD.values():
        step = told.format(before="A", after="B")
        assert phrased(step, Language.VI) != step
        assert phrased(step, Language.ID) != step
