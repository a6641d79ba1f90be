"""Tables are checked as lines are: whoever is right stays so, each fault is found in its cell."""

from __future__ import annotations

import json
import random
import tracemalloc
from datetime import date

import pytest

from conformance.app.checking import Checker
from conformance.catalogue import packs
from conformance.cli.main import main
from conformance.datafiles.tables import opened
from conformance.errors import UsageError
from conformance.model.flaw import Law, Tally
from tests.datafiles import written
from tests.datafiles.files import dotted, table, write

DAY = date(2026, 7, 1)
FORMS = ["csv", "xlsx", "parquet"]
TITLES = {
    "profileId": "Số CCCD",
    "birthFullName": "Họ và tên",
    "birthDate": "Ngày sinh",
    "gender": "Giới tính",
    "salaryCoefficient": "Hệ số lương",
}
MAP = """
kind = "people"
header = 3

[columns]
"Ghi chú" = ""
"Số CCCD" = "/profileId"
"Họ và tên" = "/birthFullName"
"Ngày sinh" = { to = "/birthDate", date = "dd/mm/yyyy" }
"Giới tính" = { to = "/gender", values = { "Nam" = "1", "Nữ" = "2" } }
"Hệ số lương" = { to = "/salaryCoefficient", decimals = 2 }
"Lương, từ" = { to = "/salaryFromDate", date = "dd/mm/yyyy" }
"""


@pytest.fixture(scope="module")
def pack():
    return packs.load(packs.default())


@pytest.fixture(scope="module")
def people(pack):
    return pack.plugin.people(seed=5, count=30, as_of=DAY)


@pytest.fixture(scope="module")
def units(pack):
    return pack.plugin.workplaces(seed=5, as_of=DAY)


@pytest.fixture
def check(pack, tmp_path):
    def run(path, *, column_map="", kind="", **more):
        checker = Checker(pack, kind=kind, as_of=DAY)
        held = None
        if column_map:
            file = tmp_path / "map.toml"
            file.write_text(column_map, encoding="utf-8")
            held = checker.read_map(file)
        tally = Tally()
        return list(checker.check(path, tally, column_map=held, **more)), tally

    return run


@pytest.mark.parametrize("form", FORMS)
def test_what_is_generated_is_clean_in_every_form(form, people, units, check, tmp_path):
    for name, records in (("people", people), ("units", units)):
        path = write(tmp_path / f"{name}.{form}", *table(records))
        flaws, tally = check(path)
        assert flaws == []
        assert tally.records == {name: len(records)}


def test_nested_columns_need_no_map(people, check, tmp_path):
    names = list(dict.fromkeys(name for person in people for name in person))
    rows = [[person.get(name) for name in names] for person in people]
    assert check(write(tmp_path / "people.parquet", names, rows))[0] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("field", "value", "law", "name"),
    [
        ("birthDate", "12.06.98", Law.SCHEMA, "format"),
        ("profileId", "12345", Law.SCHEMA, "pattern"),
        ("birthFullName", None, Law.SCHEMA, "required"),
        ("salaryStep", "ba", Law.CELL, "number"),
        ("salaryPercent", 99, Law.RULE, "VN-R-010"),
        ("ethnicCode", "99", Law.CODE_LIST, "ethnic"),
        ("evaluation", "[{", Law.CELL, "list"),
        ("idIssuePlace", "chưa rõ", Law.STOPGAP, "stopgap"),
        ("idIssuePlace", "#N/A", Law.STOPGAP, "stopgap"),
        ("idIssuePlace", "C«ng an tØnh Hµ Giang", Law.TEXT, "tcvn3"),
        ("idIssuePlace", "Coâng an tænh Haø Giang", Law.TEXT, "vni"),
        ("idIssuePlace", "Công an tỉnh", Law.TEXT, "nfd"),
    ],
)
def test_a_planted_fault_is_found_in_its_cell(
    form, field, value, law, name, people, check, tmp_path
):
    titles, rows = table(people)
    if name == "nfd":
        value = "Co\u0302ng an ti\u0309nh"
    # One type a column, as Parquet has it.
    column = titles.index(field)
    rows = [[str(c) if i == column and c is not None else c for i, c in enumerate(r)] for r in rows]
    rows[7][column] = value if value is None else str(value)
    flaws, tally = check(write(tmp_path / f"people.{form}", titles, rows))
    line = 7 + (1 if form == "parquet" else 2)
    assert {flaw.line for flaw in flaws} == {line}
    found = next(flaw for flaw in flaws if (flaw.law, flaw.name) == (law, name))
    assert found.column.split(" (")[0] == field
    assert len(flaws) == 1
    assert tally.faulty == 1


@pytest.fixture
def own(people):
    """Titles and rows as an office keeps them: three columns fewer letters, days as 01/07/2026."""
    titles = [*TITLES.values(), "Lương, từ", "Ghi chú"]
    rows = [
        [
            person["profileId"],
            person["birthFullName"],
            dotted(person["birthDate"]),
            {"1": "Nam", "2": "Nữ"}[person["gender"]],
            person["salaryCoefficient"].replace(".", ","),
            dotted(person["salaryFromDate"]),
            "",
        ]
        for person in people
    ]
    return titles, rows


ABOVE = (["SỞ NỘI VỤ"], ["DANH SÁCH"])


def besides(flaws):
    """Without the fields for which the office has no column."""
    return [flaw for flaw in flaws if flaw.name != "required"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_mapped_table_is_read_in_its_owners_words(form, own, people, check, tmp_path):
    titles, rows = own
    path = write(tmp_path / f"list.{form}", titles, rows, above=ABOVE)
    flaws, tally = check(path, column_map=MAP)
    assert besides(flaws) == []
    assert {flaw.line for flaw in flaws} == set(range(4, 4 + len(people)))
    assert tally.records == {"people": len(people)}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("title", "cell", "name", "letter"),
    [
        ("Ngày sinh", "31/02/1980", "date", "C"),
        ("Giới tính", "Khác", "value", "D"),
        ("Lương, từ", "2024", "date", "F"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_row_and_column(
    form, title, cell, name, letter, own, check, tmp_path
):
    titles, rows = own
    rows[2][titles.index(title)] = cell
    path = write(tmp_path / f"list.{form}", titles, rows, above=ABOVE)
    (flaw,) = besides(check(path, column_map=MAP)[0])
    assert (flaw.law, flaw.name, flaw.line) == (Law.CELL, name, 6)
    assert (flaw.column, flaw.value) == (f"{title} ({letter})", cell)


def test_zeros_that_a_spreadsheet_dropped_are_told(own, check, tmp_path):
    titles, rows = own
    rows[0][0] = int(rows[0][0])
    path = write(tmp_path / "list.xlsx", titles, rows, above=ABOVE)
    (flaw,) = besides(check(path, column_map=MAP)[0])
    assert (flaw.law, flaw.name, flaw.line, flaw.column) == (Law.CELL, "zeros", 4, "Số CCCD (A)")
    assert str(rows[0][0]) not in flaw.value


def test_days_and_numbers_of_a_spreadsheet_are_understood(own, people, check, tmp_path):
    titles, rows = own
    for row, person in zip(rows, people, strict=True):
        row[2] = date.fromisoformat(person["birthDate"])
        row[4] = float(person["salaryCoefficient"])
    path = write(tmp_path / "list.xlsx", titles, rows, above=ABOVE)
    assert besides(check(path, column_map=MAP)[0]) == []


def test_tables_in_a_cell_and_over_columns(people, check, tmp_path):
    person = next(p for p in people if len(p["salaryHistory"]) > 1)
    titles, (row,) = table([person])
    keep = [i for i, title in enumerate(titles) if title not in ("salaryHistory", "workHistory")]
    names = ["from", "to", "rankCode", "step", "coefficient"]
    history = "; ".join(
        " | ".join(str(held.get(name, "")) for name in names) for held in person["salaryHistory"]
    )
    jobs = [
        (f"{name} {index}", f"/workHistory/{2 * index}/{name}", held.get(name))
        for index, held in enumerate(person["workHistory"])
        for name in ("from", "to", "unit", "title")
    ]
    columns = [f'"{titles[i]}" = "/{titles[i].replace(".", "/")}"' for i in keep]
    columns += [f'"{title}" = "{pointer}"' for title, pointer, _ in jobs]
    shape = f'rows = ";", cells = "|", into = {json.dumps(names)}'
    columns.append(f'"Lương" = {{ to = "/salaryHistory", {shape} }}')
    path = write(
        tmp_path / "one.csv",
        [*(titles[i] for i in keep), *(title for title, _, _ in jobs), "Lương"],
        [[*(row[i] for i in keep), *(value for _, _, value in jobs), history]],
    )
    assert check(path, column_map="[columns]\n" + "\n".join(columns))[0] == []


def test_constants_fill_every_record(people, check, tmp_path):
    titles, rows = table(people)
    place = titles.index("managingAgencyCode")
    code = rows[0][place]
    rows = [row for row in rows if row[place] == code]
    for row in (titles, *rows):
        del row[place]
    columns = "\n".join(f'"{title}" = "/{title.replace(".", "/")}"' for title in titles)
    column_map = f'[columns]\n{columns}\n[constants]\n"/managingAgencyCode" = "{code}"'
    path = write(tmp_path / "people.csv", titles, rows)
    assert check(path, column_map=column_map)[0] == []


@pytest.mark.parametrize(
    ("encode", "name"),
    [(written.tcvn3, "tcvn3"), (written.vni, "vni"), (written.cp1258, "cp1258")],
)
def test_the_bytes_of_a_file_are_recognised(encode, name, people, check, tmp_path):
    path = tmp_path / "people.csv"
    lines = ["profileId;birthFullName", *(f"{p['profileId']};{p['birthFullName']}" for p in people)]
    path.write_bytes(b"\r\n".join(encode(line) for line in lines))
    flaws = besides(check(path)[0])
    assert [(f.line, f.required) for f in flaws if f.name == "bytes"] == [(2, name)]
    texts = [f for f in flaws if f.name == name]
    assert len(texts) > 0.9 * len(people)
    assert texts[0].required == people[texts[0].line - 2]["birthFullName"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(encoding, delimiter, people, check, tmp_path):
    path = tmp_path / "people.csv"
    write(path, *table(people), encoding=encoding, delimiter=delimiter)
    assert check(path)[0] == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[columns]\n"Ngày sinh" = "/birthDay"', 2, "/birthDate"),
        ('[columns]\n"Ngày sinh" = { to = "/birthDate", date = "dd/mon/yy" }', 2, "dd/mm/yyyy"),
        ('[columns]\n"Ngày sinh" = { to = "/birthDate", form = "x" }', 2, "no such member"),
        ('[columns]\n"A" = "/birthDate"\n"B" = "/birthDate"', 3, "filled by 'A'"),
        ('kind = "ships"\n[columns]\n', 1, "people"),
        ('header = 0\n[columns]\n"Họ tên" = "/birthFullName"', 1, "1 to 100"),
        ('[columns]\n"Ngay sinh" = "/birthDate"', 2, "Ngày sinh"),
        ('[columns]\n"Ngày sinh" = "/birthDate"\n[constants]\n"/x" = "1"', 4, "no such field"),
        ("[columns", 1, "TOML"),
    ],
)
def test_a_mistake_in_a_map_names_its_line(text, line, said, check, tmp_path):
    path = write(tmp_path / "list.csv", ["Ngày sinh"], [["1980-01-01"]])
    with pytest.raises(UsageError, match=said) as error:
        check(path, column_map=text)
    assert error.value.where.endswith(f"map.toml:{line}")
    assert error.value.remedy


def test_a_column_that_nobody_mapped_is_no_secret(check, tmp_path):
    path = write(tmp_path / "list.csv", ["Ngày sinh", "Lương"], [["1980-01-01", "3"]])
    with pytest.raises(UsageError, match=r"Lương \(B\)"):
        check(path, column_map='[columns]\n"Ngày sinh" = "/birthDate"')
    with pytest.raises(UsageError, match="suggest-map"):
        check(path)


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_a_file_that_is_something_else_is_the_operators_mistake(form, check, tmp_path):
    path = tmp_path / f"people.{form}"
    path.write_text("profileId\n1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="Save it anew"):
        check(path)
    with pytest.raises(UsageError, match="cannot be read"):
        check(tmp_path / f"none.{form}")


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_file_is_nobodys_traceback(form, people, check, tmp_path):
    whole = write(tmp_path / f"people.{form}", *table(people[:3])).read_bytes()
    draw = random.Random(7)
    refused = []
    for _ in range(40):
        raw = bytearray(whole)
        for _ in range(draw.choice((1, 8, 64))):
            raw[draw.randrange(len(raw))] = draw.randrange(256)
        path = tmp_path / f"damaged.{form}"
        path.write_bytes(raw[: draw.randrange(len(raw) // 2, len(raw) + 1)])
        try:
            check(path)
        except UsageError as error:
            refused.append(error.remedy)
    assert len(refused) > 10 or form == "csv"
    assert all(refused)


def test_a_missing_library_is_named(check, tmp_path, monkeypatch):
    import sys

    path = write(tmp_path / "people.xlsx", ["profileId"], [["1"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"pip install 'api-conformance-toolkit\[data\]'"):
        check(path)


@pytest.mark.parametrize(("form", "a_row"), [("csv", 5), ("xlsx", 250)])
def test_memory_does_not_grow_with_a_table(form, a_row, tmp_path):
    def peak(count):
        rows = [["0123456789" * 5, "Kinh", 7, DAY, None]] * count
        path = write(tmp_path / f"{count}.{form}", list("ABCDE"), rows)
        tracemalloc.start()
        try:
            with opened(path) as held:
                assert sum(1 for _ in held.rows) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # openpyxl keeps an empty element of each row; a sheet has 2**20 rows at most.
    assert peak(4000) < peak(2000) + 2000 * a_row


def test_parquet_is_read_in_batches(tmp_path):
    import pyarrow

    def used(count):
        titles = ["profileId", "birthFullName"]
        rows = [[f"{index:012}", "x" * 500] for index in range(count)]
        path = write(tmp_path / f"{count}.parquet", titles, rows)
        base = pyarrow.total_allocated_bytes()
        with opened(path) as held:
            return max(pyarrow.total_allocated_bytes() - base for _ in held.rows)

    assert used(20_000) < 2 * used(2_000)


def test_a_suggested_map_is_one_that_fits(own, tmp_path, capsys):
    titles, rows = own
    path = write(tmp_path / "list.xlsx", titles, rows, above=ABOVE)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path), "--suggest-map", "--lang", "vi"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "header = 3" in text
    for line in MAP.splitlines()[5:10]:
        title = line.split(" = ")[0]
        assert title in text
    assert '"Ngày sinh" = { to = "/birthDate", date = "dd/mm/yyyy" }' in text
    assert '"Hệ số lương" = { to = "/salaryCoefficient", decimals = 2 }' in text
    assert '# "/staffType" = ""' in text

    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path), "--map", str(tmp_path / "map.toml"), "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert {f["name"] for f in found["findings"]} == {"required"}
