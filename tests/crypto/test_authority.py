"""One test CA per state folder, whoever comes first, and signers that never go stale."""

from __future__ import annotations

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from conformance.crypto.authority import ORGANISATION, Authority
from conformance.crypto.canonical import canonical
from conformance.crypto.examining import verify_detached
from conformance.crypto.jws import protected_header
from conformance.crypto.state import publish_folder, state_folder

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def works(authority: Authority, anchors, at) -> None:
    signature = authority.sign({"a": 1}, signer="authorised", at=at)
    verify_detached(signature, canonical({"a": 1}), anchors, at)


def test_a_second_opening_finds_the_first_one_s_keys(tmp_path):
    first, second = Authority.open(tmp_path, NOW), Authority.open(tmp_path, NOW)

    assert first.trust_anchors == second.trust_anchors
    works(first, second.trust_anchors, NOW)
    works(second, first.trust_anchors, NOW)


def test_everybody_who_races_gets_the_same_ca(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Authority.open(tmp_path, NOW), range(16)))

    assert len({authority.trust_anchors for authority in opened}) == 1
    for authority in opened:
        works(authority, opened[0].trust_anchors, NOW)
    # Losers leave no drafts behind.
    assert [p.name for p in (tmp_path / "test-ca").iterdir()] == ["1"]


def test_a_signer_close_to_expiry_is_replaced_and_the_ca_stays(tmp_path):
    first = Authority.open(tmp_path, NOW)
    later = NOW + timedelta(days=25)
    second = Authority.open(tmp_path, later)

    assert second.trust_anchors == first.trust_anchors
    works(second, first.trust_anchors, later + timedelta(days=20))


def test_an_expired_ca_is_replaced(tmp_path):
    first = Authority.open(tmp_path, NOW)
    later = NOW + timedelta(days=3700)
    second = Authority.open(tmp_path, later)

    assert second.trust_anchors != first.trust_anchors
    works(second, second.trust_anchors, later)
    assert Authority.open(tmp_path, NOW).trust_anchors == first.trust_anchors


def test_a_clock_in_the_past_needs_no_new_ca(tmp_path):
    first = Authority.open(tmp_path, NOW)
    earlier = NOW - timedelta(days=400)
    second = Authority.open(tmp_path, earlier)

    assert second.trust_anchors == first.trust_anchors
    works(second, first.trust_anchors, earlier)


def test_every_organisation_has_signers_of_its_own(tmp_path):
    plain = Authority.open(tmp_path, NOW)
    named = Authority.open(tmp_path, NOW, organisation="H98", other="H97")

    assert owner(named, "authorised") == "H98"
    assert owner(named, "other-unit") == "H97"
    assert owner(named, "like-named") == "H98.1"
    assert owner(named, "subordinate") == "H98.10.1"
    assert owner(named, "go-between") == "H97"
    assert owner(plain, "authorised") == ORGANISATION
    assert named.file_of("authorised").parent.name == "H98"


def owner(authority, signer) -> str:
    signature = authority.sign({}, signer=signer, at=NOW)
    return verify_detached(signature, b"{}", authority.trust_anchors, NOW).organisation


def test_one_list_names_the_revoked_signer_of_every_organisation(tmp_path):
    first = Authority.open(tmp_path, NOW, organisation="H98")
    second = Authority.open(tmp_path, NOW, organisation="G09")
    again = Authority.open(tmp_path, NOW, organisation="H98")

    (content,) = again.revocations
    assert again.revocations == second.revocations
    listed = {entry.serial_number for entry in x509.load_pem_x509_crl(content)}
    held = {
        x509.load_pem_x509_certificate(a.file_of("revoked").read_bytes()).serial_number
        for a in (first, second)
    }
    assert listed == held
    assert x509.load_der_x509_crl(again.crl.read_bytes()) == x509.load_pem_x509_crl(content)


def test_somebody_signed_before_he_was_revoked(tmp_path):
    authority = Authority.open(tmp_path, NOW)
    made = authority.sign({}, signer="revoked-since", at=NOW)
    (entry,) = x509.load_pem_x509_crl(authority.revocations[0])
    leaf = x509.load_pem_x509_certificate(authority.file_of("revoked").read_bytes())

    assert datetime.fromisoformat(str(protected_header(made)["sigT"])) < entry.revocation_date_utc
    assert leaf.not_valid_before_utc < entry.revocation_date_utc < NOW


def test_a_key_is_made_when_it_is_first_needed(tmp_path):
    authority = Authority.open(tmp_path, NOW)
    home = tmp_path / "test-ca" / "1"
    assert {path.name for path in home.glob("*/*.pem")} == {"revoked.pem"}
    authority.sign({}, signer="authorised-ps256", at=NOW)
    authority.sign({}, signer="rs256", at=NOW)
    assert {path.name for path in home.glob("*/*.pem")} == {"revoked.pem", "authorised-ps256.pem"}


def test_what_another_process_made_is_used_again(tmp_path):
    first = Authority.open(tmp_path, NOW)
    for signer in first.signers:
        first.sign({}, signer=signer, at=NOW)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.pem")}
    second = Authority.open(tmp_path, NOW + timedelta(hours=1))
    for signer in second.signers:
        second.sign({}, signer=signer, at=NOW)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.pem")} == before


def test_nobody_else_signs(tmp_path):
    with pytest.raises(KeyError):
        Authority.open(tmp_path, NOW).sign({}, signer="nobody", at=NOW)
    with pytest.raises(KeyError):
        Authority.open(tmp_path, NOW).file_of("nobody")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_keys_are_readable_by_their_owner_alone(tmp_path):
    authority = Authority.open(tmp_path, NOW)
    authority.sign({}, signer="authorised", at=NOW)
    files = [path for path in (tmp_path / "test-ca" / "1").rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_folder_is_published_whole_or_not_at_all(tmp_path):
    assert publish_folder(tmp_path / "x", {"a": b"1", "b": b"2"})
    assert not publish_folder(tmp_path / "x", {"a": b"3"})
    assert (tmp_path / "x" / "a").read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_the_state_folder_is_named_or_at_home():
    assert state_folder({"CONFORMANCE_HOME": "/some/where"}) == Path("/some/where")
    assert state_folder({}) == Path.home() / ".conformance"
    assert state_folder({"CONFORMANCE_HOME": "  "}) == Path.home() / ".conformance"
