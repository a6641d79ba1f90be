"""`sign --check` names the step that differs, of one record and of a whole message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance import resources
from conformance.cli.common import Exit
from conformance.cli.sign import canonical, sign

RECORD = {"birthFullName": "NGUYỄN VĂN THỬ", "managingAgencyCode": "H98.12", "salaryStep": 4}
VECTORS = resources.fixtures() / "signatures"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "record.json"
    path.write_text(json.dumps(RECORD, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def signature(record, tmp_path, capsys):
    def by(signer="authorised"):
        assert sign(record, signer=signer) == Exit.OK
        path = tmp_path / f"{signer}.txt"
        path.write_text(capsys.readouterr().out, encoding="utf-8")
        return path

    return by


def test_a_sound_signature_holds_at_every_step(record, signature, capsys):
    assert sign(record, check=True, signature=signature()) == Exit.OK
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "the record: the signature holds"
    assert not [line for line in told if "failed" in line or "not asked" in line]


@pytest.mark.parametrize(
    ("signer", "step"),
    [
        ("rs256", "algorithm"),
        ("short-key", "key"),
        ("sha1", "certificate-digest"),
        ("untimed", "signing-time"),
        ("untrusted", "chain"),
        ("expired", "validity"),
        ("revoked", "revocation"),
        ("other-unit", "signer"),
        ("clerk", "authority"),
    ],
)
def test_the_step_that_differs_is_named(signer, step, record, signature, capsys):
    assert sign(record, check=True, signature=signature(signer)) == Exit.NONCONFORMITY
    first = capsys.readouterr().out.splitlines()[0]
    assert first == f"the record: the signature does not hold, see {step}"


def test_another_language_is_spoken(record, signature, capsys):
    assert sign(record, check=True, signature=signature("clerk"), lang="vi") == 1
    assert "chữ ký không hợp lệ, xem bước authority" in capsys.readouterr().out


def test_the_form_that_was_signed_is_named(record, capsys, tmp_path):
    from datetime import UTC, datetime

    from cryptography import x509

    from conformance.crypto.authority import Authority
    from conformance.crypto.certificates import load_key
    from conformance.crypto.jws import sign_detached

    now = datetime.now(UTC)
    authority = Authority.open(tmp_path / "home", now, organisation="H98", other="H97")
    content = authority.file_of("authorised").read_bytes()
    made = sign_detached(
        record.read_bytes(),
        key=load_key(content),
        chain=x509.load_pem_x509_certificates(content),
        at=now,
    )
    held = tmp_path / "made.txt"
    held.write_text(made)
    assert sign(record, check=True, signature=held) == Exit.NONCONFORMITY
    told = capsys.readouterr().out
    assert "see canonical-form" in told
    assert "the signature is over the file as it is" in told


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_a_published_vector_is_told_as_it_is_expected(path, capsys):
    vector = json.loads(path.read_text(encoding="utf-8"))
    trust, crl = VECTORS / "ca.pem", VECTORS / "ca.crl.pem"
    code = sign(path, check=True, trust=trust, crl=crl, at=vector["at"], format="json")
    (looked,) = json.loads(capsys.readouterr().out)["signatures"]
    expected = vector["expected"]
    assert code == (Exit.OK if expected["holds"] else Exit.NONCONFORMITY)
    assert looked["holds"] is expected["holds"]
    failed = [check["step"] for check in looked["checks"] if check["passed"] is False]
    assert failed == ([] if expected["holds"] else [expected["step"]])
    assert looked["payload"]["digest"] == vector["digest"]


def test_every_record_of_a_message_is_told(signature, tmp_path, capsys):
    message = tmp_path / "message.json"
    sound, wrong = (signature(name).read_text().strip() for name in ("authorised", "clerk"))
    records = [{"profile": RECORD, "signature": text} for text in (sound, wrong, "")]
    message.write_text(json.dumps({"header": {}, "records": records}), encoding="utf-8")
    assert sign(message, check=True) == Exit.NONCONFORMITY
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line.startswith("/")] == [
        "/records/0: the signature holds",
        "/records/1: the signature does not hold, see authority",
        "/records/2: the signature does not hold, see presence",
    ]


@pytest.mark.parametrize(
    "more",
    [{}, {"at": "yesterday"}, {"at": "2026-11-20T02:15:00"}, {"trust": VECTORS / "none.pem"}],
)
def test_what_cannot_be_checked_is_a_mistake_of_the_reader(more, record, signature, capsys):
    given = {"signature": signature(), **more} if more else {}
    assert sign(record, check=True, **given) == Exit.USAGE
    assert capsys.readouterr().err.startswith("error: ")


def test_a_file_that_holds_no_certificate_is_named(record, signature, capsys):
    assert sign(record, check=True, signature=signature(), trust=record) == Exit.USAGE
    assert "--trust" in capsys.readouterr().err


def test_the_bytes_that_are_signed_are_shown(record, capsysbinary):
    assert canonical(record) == Exit.OK
    assert (
        capsysbinary.readouterr().out
        == json.dumps(RECORD, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    )


def test_what_a_target_has_to_trust_is_named(capsys):
    from cryptography import x509

    assert sign(authority=True) == Exit.OK
    certificate, crl = capsys.readouterr().out.splitlines()
    ca = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
    listed = x509.load_der_x509_crl(Path(crl).read_bytes())
    assert listed.is_signature_valid(ca.public_key())
    assert len(listed) == 1
