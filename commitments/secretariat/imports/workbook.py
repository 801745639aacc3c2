"""Reads the rows of an uploaded file; its size is checked before anything of it is unpacked."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

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
MAX_COLUMNS = 100  # columns
DAMAGED_FILE = "Berkas ini rusak atau bukan XLSX. Buka di Excel atau LibreOffice, lalu simpan lagi sebagai .xlsx."
OLD_XLS = "Berkas ini .xls lama, atau memakai kata sandi. Simpan sebagai .xlsx tanpa kata sandi, lalu unggah lagi."
TOO_LARGE_FILE = "Berkas ini terlalu besar. Hapus gambar, format, dan lembar yang tidak perlu, atau bagi berkasnya."


Lines = Callable[[], Iterator[tuple[int, list[RawCell]]]]  # (line number as the person sees it, cells)


@dataclass(frozen=True)
class WorkbookPage:
    """One sheet of a workbook, or a CSV file read with one separator; it is read anew each time."""

    name: str
    source: Lines

    def lines(self) -> Iterator[tuple[int, list[RawCell]]]:
        for number, cells in self.source():
            if number > MAX_LINES:
                raise BadFact(f"Lembar {self.name} lebih dari 20.000 baris. Hapus baris kosong di bawahnya.")
            yield number, cells


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
    return _of_workbook(content) if content.startswith(b"PK") else _of_text(content)


def _of_workbook(content: bytes) -> list[WorkbookPage]:
    _weigh(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # whatever a damaged file makes of a parser, the person reads one sentence
        raise BadFact(DAMAGED_FILE) from error
    shift = (CALENDAR_MAC_1904 - CALENDAR_WINDOWS_1900).days if book.epoch == CALENDAR_MAC_1904 else 0
    return [
        WorkbookPage(sheet.title, _rows_of(sheet, shift))
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    ]


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


def _rows_of(sheet: Any, shift: int) -> Lines:
    def rows() -> Iterator[tuple[int, list[RawCell]]]:
        sheet.reset_dimensions()  # what the file claims of its size is often wrong
        try:
            for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
                empty = all(cell.value is None for cell in cells)
                yield number, [] if empty else [_raw(cell, shift) for cell in cells]
        except Exception as error:  # as above: a damaged sheet shows itself only while it is read
            raise BadFact(DAMAGED_FILE) from error

    return rows


def _raw(cell: Any, shift: int) -> RawCell:
    value, kind = cell.value, cell.data_type
    if value is None:
        return RawCell()
    percent = kind == "n" and "%" in (cell.number_format or "")
    return RawCell(value, formula=kind == "f", broken=kind == "e", percent=percent, shift=shift)


def _of_text(content: bytes) -> list[WorkbookPage]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFact("Huruf di berkas ini tidak terbaca. Simpan sebagai XLSX, atau CSV UTF-8.") from error
    if "\0" in text:
        raise BadFact("Berkas ini bukan XLSX atau CSV.")
    return [WorkbookPage("CSV", _parts_of(text, sign)) for sign in (",", ";", "\t")]


def _parts_of(text: str, sign: str) -> Lines:
    def rows() -> Iterator[tuple[int, list[RawCell]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        number = 1  # where a row begins: a cell may run over several lines
        try:
            for row in reader:
                yield number, [RawCell(part or None) for part in row[:MAX_COLUMNS]]
                number = reader.line_num + 1
        except csv.Error as error:
            raise BadFact(f"Berkas CSV ini tidak terbaca di sekitar baris {reader.line_num}.") from error

    return rows
