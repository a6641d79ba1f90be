"""`conformance explain`: the requirement's page and the finding's."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.rules import Rule
from conformance.errors import UsageError
from conformance.model.pack import MutantInfo
from conformance.model.requirement import Basis, Language, Role, Source, Text
from conformance.reporting.explain import class_page, finding_page, requirement_page


def test_a_requirement_page_names_scenarios_and_mutants(sample: Any) -> None:
    """Who doubts a requirement sees how it is judged, and that the judging works."""
    page = "\n".join(
        requirement_page(
            sample.catalogue.by_id["XX-SYNC-014"],
            sample.catalogue,
            Language.EN,
            scenarios=("suites/demo/test_sync.py::test_a_replayed_batch_is_answered_alike",),
            mutants=(
                MutantInfo(
                    name="AnswersReplaysWithConflict",
                    role=Role.PROVIDER,
                    breaks=("XX-SYNC-014",),
                    summary="Refuses a replayed batch.",
                ),
            ),
        )
    )
    assert page.startswith("XX-SYNC-014 · MUST (mandatory)\nA replayed batch receives")
    assert "Source: NĐ 27/2026/NĐ-CP, article 9 (inferred)" in page
    assert "  - a replayed batch is answered alike" in page
    assert "  - AnswersReplaysWithConflict: Refuses a replayed batch." in page


def test_a_class_page_names_its_requirements_and_no_other(sample: Any) -> None:
    """Who begins to write reads a class before there is any id to ask for."""
    chosen = sample.catalogue.by_id["XX-SYNC-014"].conformance_class
    page = "\n".join(class_page(chosen, sample.catalogue, Language.EN))

    assert page.startswith(f"{chosen} · ")
    assert "XX-SYNC-014 · MUST · A replayed batch receives" in page
    for requirement in sample.catalogue.requirements:
        assert (f"{requirement.id} · " in page) == (requirement.conformance_class == chosen)


def test_a_rule_shows_place_message_and_expression(sample: Any) -> None:
    """A vendor evaluates the same expression in a language of his own."""
    rule = Rule(
        id="XX-R-003",
        pointer="/salaryStep",
        title=Text(en="The step exists", vi="Bậc lương có trong bảng", id="Tingkat ada"),
        expression="record.salaryStep <= 12 &&\n  record.salaryStep > 0",
        message=Text(en="No such step.", vi="Không có bậc này.", id="Tingkat tidak ada."),
        source=Source(document="NĐ 204/2004/NĐ-CP", article="annex", basis=Basis.KNOWN),
        defined_at="rules.toml:7",
    )
    known = sample.catalogue.by_id["XX-SYNC-007"]
    page = requirement_page(known, sample.catalogue, Language.VI, rules=(rule,))
    at = page.index("XX-R-003 · Bậc lương có trong bảng")
    assert page[at : at + 7] == [
        "XX-R-003 · Bậc lương có trong bảng",
        "Vị trí: /salaryStep",
        "Căn cứ: NĐ 204/2004/NĐ-CP, phụ lục (đã biết)",
        "Thông báo cho bên gửi: Không có bậc này.",
        "Đúng khi quy tắc được tuân thủ (CEL, rules.toml:7):",
        "  record.salaryStep <= 12 &&",
        "    record.salaryStep > 0",
    ]


def test_a_requirement_that_is_not_judged_says_why(sample: Any) -> None:
    """An honest gap is part of the catalogue."""
    page = requirement_page(sample.catalogue.by_id["XX-SYNC-016"], sample.catalogue, Language.VI)
    assert any("The clock of a foreign server cannot be moved." in line for line in page)


def test_a_finding_page_shows_exchange_and_curl_line(sample: Any) -> None:
    """Everything that is needed to repair it, in one place."""
    page = "\n".join(
        finding_page(
            sample.report, sample.catalogue, Language.EN, "XX-ACC-002/1", sample.exchange_of
        )
    )
    assert "Observed: no WWW-Authenticate" in page
    assert "Exchange 2: GET /v1/metadata → 401 (24 ms)" in page
    assert 'curl -sS -i "$BASE_URL/v1/metadata"' in page


def test_one_finding_of_several_can_be_named(sample: Any) -> None:
    """The second finding passed; the first is not shown."""
    page = "\n".join(
        finding_page(
            sample.report, sample.catalogue, Language.EN, "XX-SYNC-007/2", sample.exchange_of
        )
    )
    assert "[gender]" in page
    assert "[salary-step]" not in page


@pytest.mark.parametrize("name", ["XX-NONE-001", "XX-SYNC-007/3", "XX-SYNC-007/x", ""])
def test_a_name_that_means_nothing_is_refused(sample: Any, name: str) -> None:
    """With what was typed and what to type instead."""
    with pytest.raises(UsageError):
        finding_page(sample.report, sample.catalogue, Language.EN, name, sample.exchange_of)
