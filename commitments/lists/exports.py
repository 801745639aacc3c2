"""Export of a table as CSV or XLSX, with cells that no spreadsheet runs as a formula.

The CSV is for a double click in Excel: UTF-8 with a byte order mark, and the signs of the reader's language. In
Indonesian these are semicolons and decimal commas: with commas between the cells, that Excel shows one column; with
decimal points, it reads 5.4 as the fifth of April. In English they are commas and points. For programs, XLSX (typed
cells) and JSON are better.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from commitments.formats import long_date, long_moment
from opd import register, texts
from opd.register.canonical import decimal_text

DEMO_NOTICE = gettext_lazy("DATA CONTOH: angka di berkas ini dibuat untuk peragaan, bukan capaian sebenarnya.")
SHEET_FORMATS = ("csv", "xlsx")  # of a table; the lists of the API come as JSON too
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.id"

# A spreadsheet takes a cell that begins with one of these signs for a formula; some know the full-width signs too.
# A sign alone is no formula, and no formula begins with `%`, which is a unit of measure here.
FORMULA = re.compile(r"\s*[=+\-@|＝＋－＠]\s*\S")
USUAL_CSV_SIGNS = (";", ",")  # between the cells, and in a number
CSV_SIGNS = {"en": (",", ".")}
MAX_BYTES_IN_MEMORY = 2_000_000  # bytes; a larger file is written to disk
WIDEST_COLUMN, NARROWEST_COLUMN = 60, 10  # letters
MEDIA_TYPE_OF = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

Cells = Sequence[Any]


@dataclass(frozen=True)
class ExportSheet:
    """A table to export. `name` becomes part of the file name; the first of `rows` are the headings."""

    name: str
    title: str
    day: date
    source: str  # the address of the same rows on the page
    rows: Iterable[Cells]


def no_formula(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would take it for a formula."""
    text = texts.tidy(text, lines=True)
    return f"'{text}" if FORMULA.match(text) else text


def cell(value: Any) -> Any:
    """A value for a spreadsheet: numbers and days keep their type, everything else is text that is no formula."""
    return value if value is None or isinstance(value, int | Decimal | date) else no_formula(str(value))


def notes(sheet: ExportSheet) -> list[Cells]:
    """The rows above the table: title, demo notice, day, head of the register, address and licence."""
    head = register.head()
    return [
        [f"Melewati Seremoni: {sheet.title}"],
        *([[str(DEMO_NOTICE)]] if register.is_demo() else []),
        [gettext("Keadaan per"), long_date(sheet.day)],
        [
            gettext("Kepala jejak"),
            *([head.seq, head.hash, long_moment(timezone.localtime(head.at))] if head else ["-"]),
        ],
        [gettext("Alamat"), sheet.source],
        [gettext("Lisensi"), f"{LICENCE}, {LICENCE_URL}"],
        [],
    ]


def download(sheet: ExportSheet, format_: str) -> FileResponse:
    """The answer with the file. It is complete before it is sent: half a file would look like a short list."""
    write = {"csv": as_csv, "xlsx": as_xlsx}[format_]
    return answer(write(sheet), f"{sheet.name}-{sheet.day}.{format_}", format_)


def answer(content: IO[bytes], name: str, format_: str) -> FileResponse:
    content.seek(0)
    demo = "contoh-" if register.is_demo() else ""
    return FileResponse(content, as_attachment=True, filename=f"{demo}{name}", content_type=MEDIA_TYPE_OF[format_])


def as_csv(sheet: ExportSheet) -> IO[bytes]:
    file = new_file()
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    between, point = CSV_SIGNS.get(get_language() or "", USUAL_CSV_SIGNS)
    writer = csv.writer(text, delimiter=between, lineterminator="\r\n")
    for row in (*notes(sheet), *sheet.rows):
        writer.writerow([_as_text(cell(value), point) for value in row])
    text.detach()
    return file


def _as_text(value: Any, point: str = ",") -> str:
    if isinstance(value, Decimal):
        return decimal_text(value).replace(".", point)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)  # Excel reads 2026-11-24 as a day


def as_plain_csv(rows: Iterable[Cells]) -> IO[bytes]:
    """The rows for a program, as RFC 4180 has it: comma, point, UTF-8 without a mark, the text as it is."""
    file = new_file()
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_as_text(value, ".") for value in row])
    text.detach()
    return file


def as_xlsx(sheet: ExportSheet) -> IO[bytes]:
    book = Workbook(write_only=True)
    page = book.create_sheet("Data")
    above = notes(sheet)
    headings, *rows = sheet.rows  # all of them: the widths come first in the file
    page.freeze_panes = f"A{len(above) + 2}"
    page.auto_filter.ref = f"A{len(above) + 1}:{get_column_letter(len(headings))}{len(above) + 1 + len(rows)}"
    for place, width in enumerate(_widths([headings, *rows]), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    for row in above:
        page.append([cell(value) for value in row])
    page.append([bold(page, heading) for heading in headings])
    for row in rows:
        page.append([cell(value) for value in row])
    file = new_file()
    book.save(file)
    return file


def bold(page: Any, heading: Any) -> Any:
    """A cell in bold, for a heading."""
    made = WriteOnlyCell(page, cell(heading))
    made.font = Font(bold=True)
    return made


def _widths(rows: Iterable[Cells]) -> list[int]:
    """The width of each column, in letters: that of its longest cell, within limits."""
    columns = zip(*rows, strict=False)
    longest = (max(len(_as_text(value)) + 2 for value in column) for column in columns)
    return [min(WIDEST_COLUMN, max(NARROWEST_COLUMN, letters)) for letters in longest]


class ExportFile(SpooledTemporaryFile[bytes]):
    """A temporary file, in memory while small. It closes itself when the response is dropped, without a warning."""

    def __del__(self) -> None:
        self.close()


def new_file() -> IO[bytes]:
    return ExportFile(max_size=MAX_BYTES_IN_MEMORY)
