"""Files of every program become rows of named cells, or an error that says what to do."""

import codecs
import csv
import io
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import example, given
from hypothesis import strategies as st

from collections_app.imports import sheets
from collections_app.imports.sheets import BadRow, Row, Sheet, SheetError, open_sheet


def sheet(text: str | bytes, *, encoding: str = "utf-8") -> Sheet:
    return open_sheet(io.BytesIO(text.encode(encoding) if isinstance(text, str) else text))


def rows(text: str | bytes, *, encoding: str = "utf-8") -> list[Row]:
    found = list(sheet(text, encoding=encoding).rows())
    assert all(isinstance(row, Row) for row in found)
    return [row for row in found if isinstance(row, Row)]


def cells(text: str | bytes, *, encoding: str = "utf-8") -> list[dict[str, str]]:
    return [row.cells for row in rows(text, encoding=encoding)]


def bad(text: str) -> BadRow:
    (row,) = (row for row in sheet(text).rows() if isinstance(row, BadRow))
    return row


def test_a_sheet_has_a_header_and_rows_with_the_line_they_stand_on() -> None:
    found = sheet("Name,Quantity\nPikachu,2\n Mew , 1 \n")

    assert (found.header, found.delimiter) == (("Name", "Quantity"), ",")
    assert list(found.rows()) == [
        Row(line=2, cells={"Name": "Pikachu", "Quantity": "2"}),
        Row(line=3, cells={"Name": "Mew", "Quantity": "1"}),
    ]


def test_a_sheet_can_be_read_again_and_leaves_its_file_open() -> None:
    file = io.BytesIO(b"Name,Quantity\nPikachu,2\nMew,1\n")
    found = open_sheet(file)

    next(found.rows())
    assert list(found.rows()) == list(found.rows())
    assert not file.closed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_one(end: str) -> None:
    assert cells(f"a,b{end}1,2{end}3,4") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize(
    ("encoding", "mark", "read_as"),
    [
        ("utf-8", b"", "utf-8-sig"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
def test_unicode_is_read_with_and_without_its_mark(encoding: str, mark: bytes, read_as: str) -> None:
    text = "Name,Language\nLim-Dûl's Vault,日本語\nЩит,язык\n"
    found = sheet(mark + text.encode(encoding))

    assert found.encoding == read_as
    assert found.header == ("Name", "Language")
    assert [row.cells["Name"] for row in found.rows() if isinstance(row, Row)] == ["Lim-Dûl's Vault", "Щит"]


def test_text_that_is_no_unicode_is_windows_1252() -> None:
    assert cells("Name;Preis\nPokémon;3,20 €\n", encoding="cp1252") == [
        {"Name": "Pokémon", "Preis": "3,20 €"}
    ]


def test_windows_1252_is_noticed_also_at_the_end_of_a_long_file() -> None:
    text = "Name,Set\n" + "Pikachu,Base Set\n" * 10_000 + "Pokémon,é\n"

    assert rows(text, encoding="cp1252")[-1].cells == {"Name": "Pokémon", "Set": "é"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_the_header(delimiter: str) -> None:
    text = f"Name{delimiter}Set{delimiter}Price\nPikachu{delimiter}Base{delimiter}3.20\n"

    assert sheet(text).delimiter == delimiter
    assert cells(text) == [{"Name": "Pikachu", "Set": "Base", "Price": "3.20"}]


def test_a_delimiter_within_quotes_splits_nothing() -> None:
    assert sheet('"Name, full, of, commas";Set\n"Mew, the";Base\n').delimiter == ";"


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", '"sep=;",,,', "\n\nsep=;"])
def test_a_first_line_may_state_the_delimiter(first: str) -> None:
    (row,) = rows(f"{first}\r\nName, first;Set\r\nMew;Base\r\n")

    assert row.cells == {"Name, first": "Mew", "Set": "Base"}
    assert row.line == first.count("\n") + 3


def test_blank_rows_and_rows_of_delimiters_are_no_rows_but_lines() -> None:
    found = rows("\n,,\nName,Quantity\n\nPikachu,2\n,\n  ,\t\nMew,1\n\n")

    assert [(row.line, row.cells["Name"]) for row in found] == [(5, "Pikachu"), (8, "Mew")]


def test_a_cell_may_have_lines_of_its_own() -> None:
    found = rows('Name,Notes\nPikachu,"first\nsecond, ""third"""\r\nMew,""\n')

    assert found == [
        Row(line=2, cells={"Name": "Pikachu", "Notes": 'first\nsecond, "third"'}),
        Row(line=4, cells={"Name": "Mew", "Notes": ""}),
    ]


def test_only_line_ends_end_a_line() -> None:
    (row,) = rows("Name,Notes\nPika\u2028chu,a\x0bb\x85c\n")

    assert row.cells == {"Name": "Pika\u2028chu", "Notes": "a\x0bb\x85c"}


def test_a_short_row_has_empty_cells_and_a_long_one_may_have_some_more() -> None:
    assert cells("a,b,c\n1\n1,2,3,,\n") == [{"a": "1", "b": "", "c": ""}, {"a": "1", "b": "2", "c": "3"}]


def test_a_row_with_more_than_its_header_is_shown_not_dropped() -> None:
    row = bad("Name,Quantity\nValki, God of Lies,1\nMew,1\n")

    assert row == BadRow(
        line=2, text="Valki, God of Lies,1", reason="The row has 3 cells, but there are 2 columns."
    )


def test_a_stray_quotation_mark_spoils_its_row_alone() -> None:
    text = 'Name,Notes\nMew,"5" tall"\nPikachu,12" disc\n'
    row = bad(text)

    assert (row.line, row.text) == (2, 'Mew,"5" tall"')
    assert "quotation mark" in row.reason
    good = [row.cells for row in sheet(text).rows() if isinstance(row, Row)]
    assert good == [{"Name": "Pikachu", "Notes": '12" disc'}]


def test_a_quotation_mark_that_never_closes_shows_all_it_swallowed() -> None:
    row = bad('Name,Notes\nPikachu,x\nMew,"open\nEevee,y\nMuk,z\n')

    assert (row.line, row.text) == (3, 'Mew,"open\nEevee,y\nMuk,z')
    assert "never closes" in row.reason


def test_like_named_columns_are_told_apart_and_nameless_ones_counted() -> None:
    found = sheet("Name,name,,Set_Code,set code,Column 3\n1,2,3,4,5,6\n")

    assert found.header == ("Name", "name (2)", "Column 3", "Set_Code", "set code (2)", "Column 3 (2)")
    assert list(next(iter(found.rows())).cells.values()) == list("123456")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b" \r\n\n ,;\t|\n", "empty"),
        (b"sep=,\n", "empty"),
        (b"sep=,\n\n,,\n", "empty"),
        (b"My collection\nName,Set\n", "Only one column"),
        (b"4 Lightning Bolt\n2 Counterspell\n", "Only one column"),
        (b"4,Lightning Bolt,M11\n2,Counterspell,MH2\n", "holds values"),
        (b"Lightning Bolt,$1.50\n", "holds values"),
        (b'"Name,Set\nPikachu,Base\n', "column names cannot be read"),
        (b"a," * 200 + b"b\n", "more than 200 columns"),
        (b"a" * 201 + b",b\n", "holds text"),
        (b"PK\x03\x04rest of a workbook", "save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0rest of a workbook", "save the sheet as CSV"),
        (b"\x1f\x8b\x08rest", "Unpack it"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"\x89PNG\r\n\x1a\nrest", "picture"),
        (b"\xff\xd8\xff\xe0rest", "picture"),
        (b"  <!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"Name,Set\nPika\x00chu,Base\n", "not text"),
        (b"Name,Set\nPika\x00ch\xfc,Base\n", "not text"),
        (b"Name,Set\n\x01\x02\xff\xfe\x03,x\n", "not text"),
        ("Name,Set\nモンスター,基本\n".encode("shift-jis"), "CSV UTF-8"),
        (codecs.BOM_UTF16_LE + b"N\x00a\x00,", "CSV UTF-8"),
        (codecs.BOM_UTF32_LE + "Name,Set".encode("utf-32-le"), "not text"),
    ],
)
def test_what_is_no_sheet_is_refused_with_advice(text: bytes, reason: str) -> None:
    with pytest.raises(SheetError, match=reason):
        sheet(text)


def test_a_file_beyond_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 1 << 20)

    assert sheet(b"Name,Set\n" + b"a,b\n" * 1000).header == ("Name", "Set")
    with pytest.raises(SheetError, match="larger than 1 MB"):
        sheet(b"Name,Set\n" + b"a,b\n" * (1 << 18))


def test_rows_beyond_the_limit_stop_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)

    assert len(rows("a,b\n" + "1,2\n" * 3)) == 3
    with pytest.raises(SheetError, match="more than 3 rows"):
        rows("a,b\n" + "1,2\n" * 4)


def test_the_limits_are_those_we_promise() -> None:
    limits = (sheets.MOST_BYTES, sheets.MOST_ROWS, sheets.MOST_COLUMNS, sheets.LONGEST_CELL)

    assert limits == (25 * 1024 * 1024, 200_000, 200, 100_000)
    assert csv.field_size_limit() > sheets.LONGEST_CELL  # the module's own limit was left alone


def test_a_cell_may_be_long_but_not_endless() -> None:
    assert len(rows("a,b\n1," + "x" * 100_000)[0].cells["b"]) == 100_000
    with pytest.raises(SheetError, match="cell is longer than 100,000 characters, from line 2 on"):
        rows("a,b\n1," + "x" * 100_001)
    with pytest.raises(SheetError, match="cell is longer than 100,000 characters, from line 3 on"):
        rows('a,b\n1,2\n1,"' + "Pikachu,1\n" * 20_000)


def test_a_row_may_not_be_endless_either() -> None:
    with pytest.raises(SheetError, match="row is longer than 500,000 characters, from line 2 on"):
        rows("a,b\n" + "," * 600_000)
    with pytest.raises(SheetError, match="row is longer than 500,000 characters, from line 3 on"):
        rows('a,b\n1,2\n"1' + '\n","' * 200_000)


def test_django_s_uploads_are_files_like_any_other(tmp_path: Path) -> None:
    text = b"Name,Set\nMew,Base\n"
    path = tmp_path / "collection.csv"
    path.write_bytes(text)
    with (
        TemporaryUploadedFile("c.csv", "text/csv", len(text), "utf-8") as temporary,
        path.open("rb") as plain,
        File(plain) as stored,
    ):
        temporary.write(text)
        for file in (temporary, stored, plain, SimpleUploadedFile("c.csv", text)):
            assert [row for row in open_sheet(file).rows()] == [  # noqa: C416
                Row(line=2, cells={"Name": "Mew", "Set": "Base"})
            ]
            assert not file.closed


def test_memory_stays_bounded_whatever_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    line = '7,"Lim-Dûl\'s Vault",ALL,"The notes of row {}, which are long enough to make ten megabytes"\n'
    with path.open("w", encoding="utf-8") as file:
        file.write("Quantity,Name,Set,Notes\n")
        file.writelines(line.format(number) for number in range(100_000))
    assert path.stat().st_size > 9_000_000

    with path.open("rb") as binary:
        tracemalloc.start()
        count = sum(1 for row in open_sheet(binary).rows() if isinstance(row, Row))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert count == 100_000
    assert peak < 2_000_000


def read_all(data: bytes) -> Iterator[Row | BadRow]:
    with suppress(SheetError):
        yield from open_sheet(io.BytesIO(data)).rows()


@given(st.binary(max_size=500))
@example(b"\x00" * 10)
@example(b'a,b\n"')
@example(b'a,b\n"x"y\n"')
@example(b"\xff\xfe")
@example(b"sep=,\r")
@example(b"a,b\n\xef\xbb\xbf,\n")
def test_any_bytes_are_rows_or_an_error_with_a_reason(data: bytes) -> None:
    for row in read_all(data):
        assert row.line > 0


@given(st.text(alphabet='ab,;\t|"\n\r 1=é', max_size=200))
def test_any_text_below_a_header_is_rows(text: str) -> None:
    last = 1
    for row in read_all(b"Name,Set\n" + text.encode()):
        assert row.line > last
        last = row.line
        if isinstance(row, Row):
            assert list(row.cells) == ["Name", "Set"]


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2)),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(table: list[list[str]], delimiter: str, encoding: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    writer.writerows([["Name", "Set"], *table])

    expected = [stripped for row in table if any(stripped := [cell.strip() for cell in row])]
    found = cells(written.getvalue(), encoding=encoding)
    assert [list(row.values()) for row in found] == expected
