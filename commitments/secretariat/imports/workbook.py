"""Reads the rows of an uploaded file; its size is checked before anything of it is unpacked."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import openpyxl
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.worksheet._reader import COL_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from commitments.secretariat.imports.cells import RawCell
from opd.errors import BadFact

MAX_WORKBOOK_BYTES = 5 * 1024 * 1024  # bytes of the file as sent
MAX_UNPACKED_BYTES = 60 * 1024 * 1024  # bytes of all its parts
SHEET_PART = re.compile(r"xl/worksheets/sheet\d+\.xml")  # read row by row; every other part at once
MAX_WHOLE_PART_BYTES = 12 * 1024 * 1024  # of the parts that openpyxl reads whole: texts, styles, lists
MAX_PARTS = 500
SHEET_DATA_STARTS = re.compile(rb"<(?:[^<>/\s:]*:)?SHEETDATA[\s/>]")
SHEET_DATA_ENDS = re.compile(rb"</(?:[^<>/\s:]*:)?SHEETDATA[\s>]")
ROW_STARTS = re.compile(rb"<(?:[^<>/\s:]*:)?ROW[\s/>]")
MAX_ROW_BYTES = 1024 * 1024  # bytes without the beginning of another
MAX_LINES = 20_000  # lines looked at, empty ones too
MAX_CELLS = 400_000  # cells of a sheet, empty ones with a format too
MAX_ELEMENTS = 3 * MAX_CELLS  # of its XML: a row, a cell, its value
MERGED_TAG = f"{{{SHEET_MAIN_NS}}}mergeCell"
DAMAGED_FILE = "Berkas ini rusak atau bukan XLSX. Buka di Excel atau LibreOffice, lalu simpan lagi sebagai .xlsx."
OLD_XLS = "Berkas ini .xls lama, atau memakai kata sandi. Simpan sebagai .xlsx tanpa kata sandi, lalu unggah lagi."
TOO_LARGE_FILE = "Berkas ini terlalu besar. Hapus gambar, format, dan lembar yang tidak perlu, atau bagi berkasnya."


Cells = dict[int, RawCell]  # by column, the first is 0; empty ones are left out
Lines = list[tuple[int, Cells]]  # (line number as the person sees it, cells)


@dataclass
class WorkbookPage:
    """One sheet of a workbook, or a CSV file read with one separator."""

    name: str
    lines: Lines
    separator: str = ""  # of a CSV file
    is_hidden: bool = False
    hidden_lines: set[int] = field(default_factory=set)
    hidden_places: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)  # ranges whose first cell was filled down

    def column_name(self, place: int) -> str:
        """`C`, as a spreadsheet names it."""
        return get_column_letter(place + 1)

    def in_order(self, cells: Cells) -> list[RawCell]:
        """The filled cells of a line, from the left."""
        return [cells[place] for place in sorted(cells)]


def pages(content: bytes) -> list[WorkbookPage]:
    """The sheets of the file, whose type is known by its content and not by its name.

    Raises BadFact with the reason why it cannot be read.
    """
    if not content.strip():
        raise BadFact("Berkas ini kosong.")
    if len(content) > MAX_WORKBOOK_BYTES:
        raise BadFact("Berkas ini lebih dari 5 MB. Bagi menjadi beberapa berkas.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFact(OLD_XLS)
    return _of_workbook(content) if is_workbook(content) else _of_text(content)


def is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK")


def opened(content: bytes, *, to_write: bool = False) -> openpyxl.Workbook:
    """The workbook, its weight checked; only what is written again is read as a whole."""
    _weigh(content)
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=not to_write, keep_links=False)
    except Exception as error:  # whatever a damaged file makes of a parser, the person reads one sentence
        raise BadFact(DAMAGED_FILE) from error


def _of_workbook(content: bytes) -> list[WorkbookPage]:
    book = opened(content)
    return [_page(sheet) for sheet in book.worksheets]


def _weigh(content: bytes) -> None:
    """Checks the sizes that a ZIP file states for its parts, because a small file can unpack to gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            whole = [part for part in parts if not SHEET_PART.fullmatch(part.filename)]
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise BadFact(TOO_LARGE_FILE)
            if sum(part.file_size for part in whole) > MAX_WHOLE_PART_BYTES:
                raise BadFact(TOO_LARGE_FILE)
            for part in parts:
                _look_through(archive, part)
    # NotImplementedError: zipfile's word for a packing that it does not know
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise BadFact(DAMAGED_FILE) from error


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuses a workbook with a document type or with too long rows.

    No real workbook has a document type: entities that unfold to gigabytes hide behind one, in whatever encoding. And
    a row is read as a whole, each of its cells taking a hundred times its bytes.
    """
    before, counts, row = b"", False, 0
    with archive.open(part) as opened:
        while chunk := opened.read(2**16):
            plain = chunk.replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in before + plain:
                raise BadFact(DAMAGED_FILE)
            counts = (counts or bool(SHEET_DATA_STARTS.search(before + plain))) and not SHEET_DATA_ENDS.search(
                before + plain
            )
            row = row + len(plain) if counts and not ROW_STARTS.search(before + plain) else 0
            if row > MAX_ROW_BYTES:
                raise BadFact(TOO_LARGE_FILE)
            before = plain[-16:]


def _page(sheet: Any) -> WorkbookPage:
    """One sheet, with what is hidden in it and what is merged.

    openpyxl's own reader of rows tells neither, so its parser is asked row by row.
    """
    page = WorkbookPage(sheet.title, [], is_hidden=sheet.sheet_state != "visible")
    try:
        _fill_down(page, list(_parse(sheet, page)))
    except BadFact:
        raise
    except Exception as error:  # as above: a damaged sheet shows itself only while it is read
        raise BadFact(DAMAGED_FILE) from error
    return page


def _parse(sheet: Any, page: WorkbookPage) -> Iterator[str]:
    """Reads the lines of a sheet into `page`; yields the ranges of merged cells."""
    book = sheet.parent
    formats = _NumberFormats(book)
    shift = (CALENDAR_MAC_1904 - CALENDAR_WINDOWS_1900).days if book.epoch == CALENDAR_MAC_1904 else 0
    count = 0
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for _, element in iterparse(source):
            count += 1
            if element.tag == ROW_TAG:
                is_hidden = _is_hidden(element, "ht")
                number, cells = parser.parse_row(element)
                _add_line(page, number, {one["column"] - 1: _raw(one, formats, shift) for one in cells}, is_hidden)
            elif element.tag == COL_TAG:
                first, last = int(element.get("min")), int(element.get("max"))
                count += last - first
                if count <= MAX_ELEMENTS and _is_hidden(element, "width"):
                    page.hidden_places.update(range(first - 1, last))
            elif element.tag == MERGED_TAG:
                yield element.get("ref")
            if count > MAX_ELEMENTS:
                raise BadFact(TOO_LARGE_FILE)
            if element.tag in (ROW_TAG, COL_TAG, MERGED_TAG):
                element.clear()


def _add_line(page: WorkbookPage, number: int, cells: Cells, is_hidden: bool) -> None:
    filled = {place: cell for place, cell in cells.items() if cell.value is not None}
    if not filled:
        return
    if page.lines and number <= page.lines[-1][0]:
        raise BadFact(DAMAGED_FILE)  # lines stand in their order, each once
    if number > MAX_LINES:
        raise BadFact(f"Lembar {page.name} lebih dari 20.000 baris. Hapus baris kosong di bawahnya.")
    page.lines.append((number, filled))
    if is_hidden:
        page.hidden_lines.add(number)


def _is_hidden(element: Any, size: str) -> bool:
    """Whether a row or column is hidden, or as small as nothing."""
    return element.get("hidden") in ("1", "true") or element.get(size) in ("0", "0.0")


def _fill_down(page: WorkbookPage, ranges: list[str]) -> None:
    """Gives the lines under the first cell of a merged range its value: merged, it stands for all of them."""
    places = {number: at for at, (number, _) in enumerate(page.lines)}
    area = 0
    for name in ranges:
        left, top, right, bottom = range_boundaries(name)
        area += (right - left + 1) * (bottom - top + 1)
        if area > MAX_CELLS:  # a workbook that is written again has an object for each
            raise BadFact(TOO_LARGE_FILE)
        if top == bottom or top not in places:
            continue
        first = page.lines[places[top]][1].get(left - 1)
        if first is None or first.is_empty:
            continue
        for at in range(places[top] + 1, len(page.lines)):
            number, cells = page.lines[at]
            if number > bottom:
                break
            cells.setdefault(left - 1, replace(first, is_merged=True))
        page.merged.append(name)


class _NumberFormats(dict[int, str]):
    """The number format of each style of a workbook, looked up once."""

    def __init__(self, book: Any) -> None:
        super().__init__()
        self.book = book

    def __missing__(self, style: int) -> str:
        number = self.book._cell_styles[style].numFmtId
        own = number - 164  # below that they are built in
        self[style] = self.book._number_formats[own] if own >= 0 else BUILTIN_FORMATS.get(number, "General")
        return self[style]


def _raw(cell: dict[str, Any], formats: _NumberFormats, shift: int) -> RawCell:
    value, kind = cell["value"], cell["data_type"]
    if value is None:
        return RawCell()
    if kind == "f":
        return RawCell(str(getattr(value, "text", value)), formula=True)
    format_ = formats[cell["style_id"]] if kind in ("n", "d") else ""
    return RawCell(value, broken=kind == "e", format=format_, shift=shift)


def _of_text(content: bytes) -> list[WorkbookPage]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFact("Huruf di berkas ini tidak terbaca. Simpan sebagai XLSX, atau CSV UTF-8.") from error
    if "\0" in text:
        raise BadFact("Berkas ini bukan XLSX atau CSV.")
    return [_parts_of(text, sign) for sign in (",", ";", "\t")]


def _parts_of(text: str, sign: str) -> WorkbookPage:
    page = WorkbookPage("CSV", [], separator=sign)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    number, count = 1, 0  # number: where a row begins, because a cell may run over several lines
    try:
        for row in reader:
            _add_line(page, number, {place: RawCell(part or None) for place, part in enumerate(row)}, False)
            number, count = reader.line_num + 1, count + len(row)
            if count > MAX_CELLS:
                raise BadFact(TOO_LARGE_FILE)
    except csv.Error as error:
        raise BadFact(f"Berkas CSV ini tidak terbaca di sekitar baris {reader.line_num}.") from error
    return page
