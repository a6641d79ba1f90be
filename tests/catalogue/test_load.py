"""A catalogue is read whole, or refused with file, line, value and remedy."""

from __future__ import annotations

import pytest

from conformance.errors import PackDefect
from conformance.model.requirement import Basis, Obligation, Role, Text
from tests.catalogue.little import REQUIREMENT, opened, spoil, write

FILE = "requirements/reading.toml"


def test_a_catalogue_is_read(tmp_path):
    write(tmp_path)
    pack = opened(tmp_path)
    first, second = pack.catalogue.requirements
    assert (first.obligation, first.role, first.source.basis) == (
        Obligation.MUST,
        Role.PROVIDER,
        Basis.KNOWN,
    )
    assert first.title.vi == "Dữ liệu đã ghi đọc lại được"
    assert (first.falsified_by is None, first.not_judged) == (False, None)
    assert (second.falsified_by, second.not_judged) == (
        None,
        Text.untranslated("Nobody can see it."),
    )
    assert second.defined_at == "little/1.0/requirements/reading.toml:14"
    assert pack.binding == {"no-server-error": "XX-READ-001"}
    assert pack.preflight.operation == "readThing"
    assert pack.suites == tmp_path / "suites" / "little"


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ('obligation   = "MUST"', 'obligation   = "must"', 6, "obligation"),
        ('role         = "provider"', 'role         = "server"', 7, "role"),
        ('class        = "reading"', 'class        = "writing"', 8, "no such class"),
        ('since        = "1.0"', 'since        = "1.0"\nprinciple    = "clean"', 13, "principle"),
        ('basis = "known"', 'basis = "rumour"', 9, "basis"),
        ('basis = "known"', 'basis = "known", page = "7"', 9, "no such member"),
        ('document = "The Law", ', "", 9, "document"),
        ('rationale    = "Otherwise it is lost."', "", 1, "rationale"),
        ('rationale    = "Otherwise it is lost."', 'rationale    = " "', 10, "rationale"),
        ('since        = "1.0"', 'since        = "soon"', 12, "since"),
        ('title.vi     = "Dữ liệu đã ghi đọc lại được"', "", 3, "title"),
        ('title.vi     = "Dữ liệu đã ghi đọc lại được"', 'title.vi     = ""', 3, "title"),
        ('"XX-READ-001"', '"read-1"', 2, "id must be"),
        ('"XX-READ-002"', '"XX-READ-001"', 15, "given once"),
        ('falsified_by = "Writing', 'falsifiedby = "Writing', 11, "no such member"),
        ('falsified_by = "Writing one thing and reading another."', "", 2, "either"),
        ('since        = "1.0"', 'since        = "1.0"\nnot_judged   = "No."', 13, "not both"),
        ('id           = "XX-READ-001"', 'id           = "XX-READ-001', 2, "not TOML"),
    ],
)
def test_a_mistake_in_a_requirement_is_told_with_its_line(tmp_path, written, instead, line, said):
    spoil(write(tmp_path), FILE, written, instead)
    with pytest.raises(PackDefect, match=said) as caught:
        opened(tmp_path)
    assert caught.value.where == f"little/1.0/{FILE}:{line}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ('provenance = "modelled"', 'provenance = "guessed"', 4, "provenance"),
        ('provenance = "modelled"', "", 1, "provenance"),
        ('id         = "little"', 'id         = "big"', 1, "folder"),
        ("released   = false", 'released   = "no"', 3, "true or false"),
        ("openapi/api.yaml", "openapi/apy.yaml", 8, "not there"),
        ('title.vi   = "Nhỏ"', "", 5, "title"),
        ('operation = "readThing"', "", 10, "operation"),
        ('operation = "readThing"', 'operation = "readThing"\nenvironment = "env"', 12, "pointer"),
        ('title.vi = "Đọc"', "", 15, "title"),
        ('= "XX-READ-001"', "= 1", 20, "no-server-error"),
        ("[binding]", "[bindings]", 19, "no such member"),
    ],
)
def test_a_mistake_in_the_manifest_is_told_with_its_line(tmp_path, written, instead, line, said):
    spoil(write(tmp_path), "pack.toml", written, instead)
    with pytest.raises(PackDefect, match=said) as caught:
        opened(tmp_path)
    assert caught.value.where == f"little/1.0/pack.toml:{line}"


def test_an_id_is_given_once_in_all_files(tmp_path):
    root = write(tmp_path)
    (root / "requirements" / "again.toml").write_text(REQUIREMENT, encoding="utf-8")
    with pytest.raises(PackDefect, match="given once") as caught:
        opened(tmp_path)
    assert caught.value.where == "little/1.0/requirements/reading.toml:2"
    assert "again.toml:1" in caught.value.remedy


def test_a_pack_that_demands_nothing_is_refused(tmp_path):
    root = write(tmp_path)
    (root / FILE).unlink()
    with pytest.raises(PackDefect, match="demands nothing"):
        opened(tmp_path)


def test_no_message_names_a_folder_of_this_machine(tmp_path):
    (write(tmp_path) / FILE).write_bytes(b"\xff")
    with pytest.raises(PackDefect) as caught:
        opened(tmp_path)
    assert str(tmp_path) not in str(caught.value)


BOTH = 'id       = "reading"\nroles    = ["provider", "consumer"]'


def test_a_class_of_both_roles_hands_them_to_its_requirements(tmp_path):
    spoil(write(tmp_path), "pack.toml", 'id       = "reading"', BOTH)
    found = opened(tmp_path).catalogue
    assert found.classes[0].roles == (Role.PROVIDER, Role.CONSUMER)
    first = found.requirements[0]
    assert first.roles == (Role.PROVIDER, Role.CONSUMER)
    assert first.is_for([Role.CONSUMER, Role.PROVIDER])
    assert not first.is_for([Role.PROVIDER])


def test_a_class_names_roles_that_there_are(tmp_path):
    root = write(tmp_path)
    spoil(root, "pack.toml", 'id       = "reading"', BOTH.replace("consumer", "server"))
    with pytest.raises(PackDefect) as caught:
        opened(tmp_path)
    assert caught.value.value == "server"
