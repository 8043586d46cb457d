"""A collector's file as rows of named cells, whatever program wrote it.

Understood are UTF-8, UTF-16 and Windows-1252; comma, semicolon, tab and |; a first line `sep=,` as Excel and
Dragon Shield write it. The file is read line by line: memory stays bounded whatever its size.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TextIO

MOST_BYTES = 25 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 200
LONGEST_NAME = 200  # characters of a column's name
LONGEST_CELL = 100_000  # characters; below the limit of the csv module (131,072), which is global
LONGEST_ROW = 500_000
CHUNK = 64 * 1024
DELIMITERS = ",;\t|"

SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[,;\t| ]*', re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"')
GAPS = re.compile(r"[\s_-]+")
VALUE = re.compile(r"[$€£¥]? ?-?\d+(?:[.,]\d+)*")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

AS_CSV = "Open it, save the sheet as CSV and import that."
KINDS = [
    (b"PK\x03\x04", f"The file is a workbook (XLSX, ODS, Numbers) or another ZIP archive. {AS_CSV}"),
    (b"\xd0\xcf\x11\xe0", f"The file is an Excel workbook (XLS). {AS_CSV}"),
    (b"\x1f\x8b", "The file is compressed (gzip). Unpack it and import the CSV inside."),
    (b"%PDF", "The file is a PDF. Export the collection as CSV instead."),
    (b"\x89PNG", "The file is a picture. Export the collection as CSV instead."),
    (b"\xff\xd8\xff", "The file is a picture. Export the collection as CSV instead."),
    (b"GIF8", "The file is a picture. Export the collection as CSV instead."),
    (b"<!doctype", "The file is a web page, perhaps a login page. Download the CSV again."),
    (b"<html", "The file is a web page, perhaps a login page. Download the CSV again."),
]


class SheetError(Exception):
    """The file cannot be read at all; str() tells the collector why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    line: int  # as an editor counts, from 1
    cells: dict[str, str]  # by column name, without spaces around them; "" where the row is too short


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that does not fit its header. It is shown, never dropped."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    header: tuple[str, ...]  # no two alike, also without regard to case, spaces, hyphens and underscores
    encoding: str
    delimiter: str
    _file: IO[bytes] = field(repr=False)
    _skipped: int = field(repr=False)

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row that is not empty, from the first one on; one reading of a sheet at a time.

        Raises SheetError where a row or the number of rows is beyond all measure.
        """
        records = _records(self._file, encoding=self.encoding, delimiter=self.delimiter, skip=self._skipped)
        next(records, None)  # the header
        for number, record in enumerate(records, start=1):
            if number > MOST_ROWS:
                raise SheetError(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.")
            yield self._row(record)

    def _row(self, record: "_Record") -> Row | BadRow:
        line, text, cells, reason = record.line, record.text, record.cells, record.reason
        if any(cells[len(self.header) :]):
            reason = f"The row has {len(cells)} cells, but there are {len(self.header)} columns."
        if reason:
            return BadRow(line=line, text=text, reason=reason)
        missing = [""] * (len(self.header) - len(cells))
        return Row(line=line, cells=dict(zip(self.header, cells + missing, strict=False)))


def open_sheet(file: IO[bytes]) -> Sheet:
    """The sheet in a seekable file, which must stay open while its rows are read. Raises SheetError."""
    encoding = _encoding(file)
    skip, delimiter = _start(file, encoding=encoding)
    header = next(_records(file, encoding=encoding, delimiter=delimiter, skip=skip), None)
    if not header:
        raise SheetError("The file is empty.")
    if header.reason:
        raise SheetError(f"The row of column names cannot be read. {header.reason}")
    return Sheet(
        header=_header(header.cells), encoding=encoding, delimiter=delimiter, _file=file, _skipped=skip
    )


def column(name: str) -> str:
    """A column's name as it is compared: `Set_Code`, `set-code` and ` SET  CODE` are one."""
    return GAPS.sub(" ", name.casefold()).strip()


# ---- the bytes ----


def _encoding(file: IO[bytes]) -> str:
    file.seek(0, io.SEEK_END)
    if file.tell() > MOST_BYTES:
        raise SheetError(f"The file is larger than {MOST_BYTES >> 20} MB. Split it into several files.")
    head = next(_chunks(file), b"")
    start = head[:100].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for magic, reason in KINDS:
        if head.startswith(magic) or start.startswith(magic):
            raise SheetError(reason)
    for encoding in _candidates(head[:200]):
        if _decodes(file, encoding=encoding):
            return encoding
    raise SheetError("The text is neither UTF-8 nor Windows-1252. Save the file as “CSV UTF-8”.")


def _candidates(head: bytes) -> tuple[str, ...]:
    """UTF-16 shows by its mark, or by the NULs that it puts beside every letter of the header."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) * 8 > len(head) and max(odd, even) > 4 * min(odd, even):
        return ("utf-16-le" if odd > even else "utf-16-be",)
    return "utf-8-sig", "cp1252"


def _decodes(file: IO[bytes], *, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(file):
            text = decoder.decode(chunk)
            # Any bytes are Windows-1252, nearly; a control character tells that these are no text.
            if "\0" in text or (encoding == "cp1252" and CONTROL.search(text)):
                raise SheetError(
                    "The file is not text, or it is damaged. Export the collection as CSV again."
                )
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


# ---- the lines ----


class _Lines:
    """The lines of a text, remembering those of the row that is being read."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.number = 0
        self.held: list[str] = []
        self.length = 0
        self.is_done = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.stream.readline(LONGEST_ROW + 1)
        if not line:
            self.is_done = True
            raise StopIteration
        self.number += 1
        self.length += len(line)
        self.held.append(line)
        if self.length > LONGEST_ROW:
            raise SheetError(_too_long(f"A row is longer than {LONGEST_ROW:,} characters", lines=self))
        return line

    def first(self) -> int:
        return self.number - len(self.held) + 1

    def let_go(self) -> tuple[int, str]:
        """The first line's number and the text of the row just read."""
        taken = self.first(), "".join(self.held).rstrip("\r\n")
        self.held, self.length = [], 0
        return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    line: int
    text: str
    cells: list[str]
    reason: str  # why it cannot be read, or ""


def _start(file: IO[bytes], *, encoding: str) -> tuple[int, str]:
    """How many lines stand before the header, and the delimiter."""
    with _opened(file, encoding=encoding) as lines:
        for line in lines:
            stated = SEPARATOR_LINE.fullmatch(line.strip("\ufeff \r\n"))
            if stated:
                return lines.number, stated[1]
            if line.strip("\ufeff \r\n" + DELIMITERS):
                bare = QUOTED.sub("", line)
                return lines.number - 1, max(DELIMITERS, key=bare.count)
            lines.let_go()
    raise SheetError("The file is empty.")


def _records(file: IO[bytes], *, encoding: str, delimiter: str, skip: int) -> Iterator[_Record]:
    with _opened(file, encoding=encoding) as lines:
        for _ in range(skip):
            next(lines)
        lines.let_go()
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while record := _record(reader, lines=lines):
            if record.reason or any(record.cells):
                yield record


def _record(reader: Iterator[list[str]], *, lines: _Lines) -> _Record | None:
    try:
        cells, reason = [cell.strip() for cell in next(reader)], ""
    except StopIteration:
        return None
    except csv.Error:
        cells, reason = [], _why(lines)
    if cells and max(map(len, cells)) > LONGEST_CELL:
        raise SheetError(_too_long(f"A cell is longer than {LONGEST_CELL:,} characters", lines=lines))
    line, text = lines.let_go()
    return _Record(line=line, text=text, cells=cells, reason=reason)


def _why(lines: _Lines) -> str:
    if lines.length > LONGEST_CELL:
        raise SheetError(_too_long(f"A cell is longer than {LONGEST_CELL:,} characters", lines=lines))
    if lines.is_done:
        return "A quotation mark opens in this row and never closes: all that follows is one cell."
    return "A quotation mark stands inside a cell. Within quotation marks it has to be doubled."


def _too_long(what: str, *, lines: _Lines) -> str:
    return f"{what}, from line {lines.first():,} on. Perhaps a quotation mark is never closed."


@contextmanager
def _opened(file: IO[bytes], *, encoding: str) -> Iterator[_Lines]:
    """The lines of the file from its start; the file itself stays open."""
    file.seek(0)
    stream = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield _Lines(stream)
    finally:
        stream.detach()


# ---- the header ----


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) < 2:
        raise SheetError(
            "Only one column was found. The first row has to name the columns, separated by commas, "
            "semicolons, tabs or |. Delete a title above it."
        )
    if len(cells) > MOST_COLUMNS:
        raise SheetError(f"The file has more than {MOST_COLUMNS} columns.")
    if max(map(len, cells)) > LONGEST_NAME:
        raise SheetError("The first row holds text. It has to name the columns.")
    if any(VALUE.fullmatch(cell) for cell in cells):
        raise SheetError("The first row holds values. It has to name the columns.")
    return tuple(_unique(cells))


def _unique(cells: Sequence[str]) -> Iterator[str]:
    """A column without a name is called by its place, the second of two like-named ones gets a number."""
    seen: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        name = stem = cell.strip("\ufeff ") or f"Column {place}"
        number = 1
        while column(name) in seen:
            number += 1
            name = f"{stem} ({number})"
        seen.add(column(name))
        yield name
