"""The sheets of a case file as rows of cells: CSV with any separator, or XLSX; known by content, not by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commitments.cases.stamps import NO_CELL, Cell

MAX_CSV_ROWS, MAX_XLSX_ROWS = 100_000, 20_000
MAX_SHEET_COLUMNS = 100
SEPARATORS = ",;\t|"
UNREADABLE_FILE = (
    "Berkas ini tidak terbaca: rusak, terlalu besar, atau bukan CSV atau XLSX. "
    "Buka di Excel atau LibreOffice, simpan sebagai CSV, lalu kirim lagi."
)
OLD_XLS_FILE = "Berkas ini .xls lama, atau memakai kata sandi. Simpan sebagai CSV, lalu kirim lagi."
TOO_MANY_XLSX_ROWS = "Lembar {name} lebih dari 20.000 baris. Buka di Excel, simpan sebagai CSV, lalu kirim lagi."
TOO_MANY_CSV_ROWS = "Berkas ini lebih dari 100.000 baris. Pilih periode yang lebih pendek, lalu bagi berkasnya."

Row = list[Any]  # texts of a CSV, cells of a workbook


class BadCaseFile(ValueError):
    """Error: a file from which nothing is computed; its text is the sentence for its sender."""


@dataclass(frozen=True)
class CaseSheet:
    """One sheet of a workbook, or a CSV file read with one separator; read anew each time."""

    name: str
    source: Callable[[], Iterator[tuple[int, Row]]]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each line with its number as the person sees it."""
        return self.source()


def as_cell(value: Any) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def cell_at(row: Row, place: int | None) -> Cell:
    return as_cell(row[place]) if place is not None and place < len(row) else NO_CELL


def sheets(content: bytes) -> list[CaseSheet]:
    """The sheets of a file; raises BadCaseFile."""
    if not content.strip(b"\0 \r\n\t"):
        raise BadCaseFile("Berkas ini kosong.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadCaseFile(OLD_XLS_FILE)
    return _of_workbook(content) if content.startswith(b"PK") else _of_text(_decoded(content))


def _decoded(content: bytes) -> str:
    """The text of a CSV: UTF-8, UTF-16, or what an old Windows writes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content[:200]:
        encodings = ("utf-16-be",) if content[0] == 0 else ("utf-16-le",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not any(sign in text[:1000] for sign in "\x01\x02\x03\x04\x05\x06"):
            return text
    raise BadCaseFile(UNREADABLE_FILE)


def _of_text(text: str) -> list[CaseSheet]:
    """The file read with each separator that it could have; `sep=;` on the first line names it."""
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().strip('"').casefold().startswith("sep=") and len(first.strip().strip('"')) == 5:
        signs, text, skipped = first.strip().strip('"')[4], rest, 1
    else:
        head = text[:20_000]
        signs = "".join(sign for sign in SEPARATORS if sign in head) or ","
    return [CaseSheet("CSV", _lines_of(text, sign, skipped)) for sign in signs]


def _lines_of(text: str, sign: str, skipped: int) -> Callable[[], Iterator[tuple[int, Row]]]:
    def rows() -> Iterator[tuple[int, Row]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        number = 1 + skipped  # where a row begins: a cell may run over several lines
        try:
            for count, row in enumerate(reader):
                if count > MAX_CSV_ROWS + 50:
                    raise BadCaseFile(TOO_MANY_CSV_ROWS)
                yield number, [part or None for part in row]
                number = reader.line_num + 1 + skipped
        except csv.Error:
            raise BadCaseFile(f"Berkas CSV ini tidak terbaca di sekitar baris {number}.") from None

    return rows


def _of_workbook(content: bytes) -> list[CaseSheet]:
    import openpyxl  # only here: it takes a third of a second to load

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # whatever a damaged file makes of a parser, its sender reads one sentence
        raise BadCaseFile(UNREADABLE_FILE) from error
    return [CaseSheet(sheet.title, _rows_of(sheet)) for sheet in visible]


def _rows_of(sheet: Any) -> Callable[[], Iterator[tuple[int, Row]]]:
    """The rows of a sheet, unpacked once: to parse them again costs most of the time."""
    kept: list[tuple[int, Row]] = []
    source = _unpacked(sheet)

    def rows() -> Iterator[tuple[int, Row]]:
        yield from kept[:]
        for row in source:
            kept.append(row)
            yield row

    return rows


def _unpacked(sheet: Any) -> Iterator[tuple[int, Row]]:
    sheet.reset_dimensions()  # what the file claims of its size is often wrong
    filled = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_SHEET_COLUMNS), 1):
            row = [_of_cell(cell) for cell in cells]
            if is_filled := any(cell.value is not None for cell in row):
                filled += 1
                yield number, row
            if filled > MAX_XLSX_ROWS + 50 or (not is_filled and number > 50 * MAX_XLSX_ROWS):
                raise BadCaseFile(TOO_MANY_XLSX_ROWS.format(name=sheet.title))
    except BadCaseFile:
        raise
    except Exception as error:  # a damaged sheet shows itself only while it is read
        raise BadCaseFile(UNREADABLE_FILE) from error


def _of_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return NO_CELL
    if cell.data_type == "f":
        return Cell("=", formula=True)
    return Cell(value, has_time=isinstance(value, datetime) and "h" in (cell.number_format or "").casefold())
