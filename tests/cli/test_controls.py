"""What a server without any judgement passes is listed, and each has a partner that it fails."""

from __future__ import annotations

import pytest

from tests.app.tools import conformance, report_of, verdicts
from tests.architecture.tree import ROOT

#: Control -> requirement that it passes -> the requirement that takes that pass back.
PARTNERS = {
    # A challenge on each refusal is all it owes; that it gives no token is found beside it.
    "refuses": {"VN-ACC-006": "VN-ACC-001"},
    # A token and no crash are little: wrong secrets get one too, and nothing is answered rightly.
    "turns_away": {
        "VN-ACC-001": "VN-ACC-002",
        # Its problems state their own status; that they are the wrong ones is found beside it.
        "VN-ACC-010": "VN-ACC-008",
        # Whoever says nothing gives nobody away.
        "VN-PRIV-006": "VN-PRIV-002",
        "VN-CON-001": "VN-CON-002",
    },
    # Everything valid is accepted, as it should be; what is not valid must be refused.
    "accepts": {
        "VN-ACC-001": "VN-ACC-002",
        "VN-ACC-005": "VN-ACC-003",
        # A server need not say whether a unit lives; which ones do, it must know.
        "VN-UNIT-029": "VN-UNIT-006",
        "VN-SYNC-001": "VN-SYNC-009",
        "VN-SYNC-002": "VN-SYNC-003",
        "VN-SYNC-006": "VN-SYNC-007",
        "VN-SYNC-014": "VN-SYNC-016",
        "VN-SYNC-024": "VN-SYNC-003",
        "VN-SIG-006": "VN-SIG-009",
        "VN-CON-001": "VN-CON-003",
    },
}


@pytest.mark.parametrize("control", PARTNERS)
def test_a_control_passes_what_is_listed_and_fails_each_partner(control, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = tmp_path / "out"
    target = f"asgi:tests.cli.controls:{control}"

    assert conformance("certify", target, "--seed", 1, "--out", out) == 1

    found = verdicts(out)
    passed = {requirement for requirement, verdict in found.items() if verdict == "PASS"}
    assert passed == set(PARTNERS[control])
    for requirement, partner in PARTNERS[control].items():
        assert found[partner] == "FAIL", f"{requirement} lost its partner {partner}"
    assert "ERROR" not in found.values()
    assert not (out / "certificate.vc.jwt").exists()
    assert conformance("rejudge", out) == 0


@pytest.mark.parametrize("control", PARTNERS)
def test_whoever_is_not_passed_is_told_whose_fault_it_is(control, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = tmp_path / "out"
    target = f"asgi:tests.cli.controls:{control}"
    conformance("run", target, "--seed", 1, "--class", "access", "--out", out)
    for requirement in report_of(out)["requirements"]:
        for finding in requirement["findings"]:
            assert (finding["fault"] is None) == (finding["verdict"] == "PASS")
            assert (finding["explanation"] is None) == (finding["verdict"] == "PASS")
