"""Which codes are in force on which day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conformance.contract.codelists import CodeLists
from conformance.errors import PackDefect

HEAD = "code,name,valid_from,valid_to\n"


def lists(root: Path, rows: str, head: str = HEAD) -> CodeLists:
    folder = root / "codelists"
    folder.mkdir()
    (folder / "shelves.csv").write_text(head + rows, encoding="utf-8")
    return CodeLists.read(root)


def test_a_row_lives_from_its_first_day_to_before_its_last(tmp_path):
    found = lists(tmp_path, "A,old,2004-01-01,2025-07-01\nA,new,2025-07-01,\nB,gone,,2025-07-01\n")

    assert found.row("shelves", "A", date(2025, 6, 30))["name"] == "old"
    assert found.row("shelves", "A", date(2025, 7, 1))["name"] == "new"
    assert found.row("shelves", "A", date(2003, 12, 31)) is None
    assert found.alive("shelves", date(2025, 6, 30)) == ("A", "B")
    assert found.alive("shelves", date(2025, 7, 1)) == ("A",)
    assert found.closed("shelves", date(2025, 7, 1)) == ("B",)
    assert found.known("shelves", "B")
    assert not found.known("shelves", "C")
    with pytest.raises(KeyError):
        found.row("books", "A", date(2025, 7, 1))


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ("A,x,2025-01-01,\nA,y,2025-07-01,\n", "codelists/shelves.csv:3"),
        ("A,x,1.7.2025,\n", "codelists/shelves.csv:2"),
        ("A,x,2025-07-01,2025-07-01\n", "codelists/shelves.csv:2"),
        ("A,x\n", "codelists/shelves.csv:2"),
        (",x,,\n", "codelists/shelves.csv:2"),
    ],
)
def test_a_faulty_row_is_named_by_file_and_line(tmp_path, rows, where):
    with pytest.raises(PackDefect) as caught:
        lists(tmp_path, rows)
    assert caught.value.where == where


def test_the_first_column_is_the_code(tmp_path):
    with pytest.raises(PackDefect, match="first column"):
        lists(tmp_path, "", head="name,code\n")
