"""Which rows does an uploaded file hold? It is weighed before anything of it is unpacked."""

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

from commitments.secretariat.imports.cells import Raw
from opd.errors import BadFact

LARGEST = 5 * 1024 * 1024  # bytes of the file as sent
MOST_UNPACKED = 60 * 1024 * 1024  # bytes of all its parts
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")  # read row by row; every other part at once
MOST_WHOLE = 12 * 1024 * 1024  # of the parts that openpyxl reads whole: texts, styles, lists
MOST_PARTS = 500
DATA = re.compile(rb"<(?:[^<>/\s:]*:)?SHEETDATA[\s/>]")
DATA_ENDS = re.compile(rb"</(?:[^<>/\s:]*:)?SHEETDATA[\s>]")
ROW = re.compile(rb"<(?:[^<>/\s:]*:)?ROW[\s/>]")
LONGEST_ROW = 1024 * 1024  # bytes without the beginning of another
MOST_LINES = 20_000  # lines looked at, empty ones too
MOST_CELLS = 100  # columns
DAMAGED = "Berkas ini rusak atau bukan XLSX. Buka di Excel atau LibreOffice, lalu simpan lagi sebagai .xlsx."
OLD = "Berkas ini .xls lama, atau memakai kata sandi. Simpan sebagai .xlsx tanpa kata sandi, lalu unggah lagi."
TOO_LARGE = "Berkas ini terlalu besar. Hapus gambar, format, dan lembar yang tidak perlu, atau bagi berkasnya."


Lines = Callable[[], Iterator[tuple[int, list[Raw]]]]  # (line number as the person sees it, cells)


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook, or a CSV file read with one separator; read anew each time it is asked."""

    name: str
    source: Lines

    def lines(self) -> Iterator[tuple[int, list[Raw]]]:
        for number, cells in self.source():
            if number > MOST_LINES:
                raise BadFact(f"Lembar {self.name} lebih dari 20.000 baris. Hapus baris kosong di bawahnya.")
            yield number, cells


def pages(content: bytes) -> list[Page]:
    """What the file holds, told by its content and not by its name. BadFact says why it cannot be read."""
    if not content.strip():
        raise BadFact("Berkas ini kosong.")
    if len(content) > LARGEST:
        raise BadFact("Berkas ini lebih dari 5 MB. Bagi menjadi beberapa berkas.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFact(OLD)
    return _of_workbook(content) if content.startswith(b"PK") else _of_text(content)


def _of_workbook(content: bytes) -> list[Page]:
    _weigh(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # whatever a damaged file makes of a parser, the person reads one sentence
        raise BadFact(DAMAGED) from error
    shift = (CALENDAR_MAC_1904 - CALENDAR_WINDOWS_1900).days if book.epoch == CALENDAR_MAC_1904 else 0
    return [Page(sheet.title, _rows_of(sheet, shift)) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _weigh(content: bytes) -> None:
    """A small file can unfold to gigabytes: what it says of its parts is checked, and what it says binds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            whole = [part for part in parts if not SHEET.fullmatch(part.filename)]
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise BadFact(TOO_LARGE)
            if sum(part.file_size for part in whole) > MOST_WHOLE:
                raise BadFact(TOO_LARGE)
            for part in parts:
                _look_through(archive, part)
    # NotImplementedError: zipfile's word for a packing that it does not know
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise BadFact(DAMAGED) from error


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No workbook has a document type: entities that unfold to gigabytes hide behind one, in whatever encoding. And
    a row is read as a whole, each of its cells taking a hundred times its bytes."""
    before, counts, row = b"", False, 0
    with archive.open(part) as opened:
        while chunk := opened.read(2**16):
            plain = chunk.replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in before + plain:
                raise BadFact(DAMAGED)
            counts = (counts or bool(DATA.search(before + plain))) and not DATA_ENDS.search(before + plain)
            row = row + len(plain) if counts and not ROW.search(before + plain) else 0
            if row > LONGEST_ROW:
                raise BadFact(TOO_LARGE)
            before = plain[-16:]


def _rows_of(sheet: Any, shift: int) -> Lines:
    def rows() -> Iterator[tuple[int, list[Raw]]]:
        sheet.reset_dimensions()  # what the file claims of its size is often wrong
        try:
            for number, cells in enumerate(sheet.iter_rows(max_col=MOST_CELLS), 1):
                empty = all(cell.value is None for cell in cells)
                yield number, [] if empty else [_raw(cell, shift) for cell in cells]
        except Exception as error:  # as above: a damaged sheet shows itself only while it is read
            raise BadFact(DAMAGED) from error

    return rows


def _raw(cell: Any, shift: int) -> Raw:
    value, kind = cell.value, cell.data_type
    if value is None:
        return Raw()
    percent = kind == "n" and "%" in (cell.number_format or "")
    return Raw(value, formula=kind == "f", broken=kind == "e", percent=percent, shift=shift)


def _of_text(content: bytes) -> list[Page]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFact("Huruf di berkas ini tidak terbaca. Simpan sebagai XLSX, atau CSV UTF-8.") from error
    if "\0" in text:
        raise BadFact("Berkas ini bukan XLSX atau CSV.")
    return [Page("CSV", _parts_of(text, sign)) for sign in (",", ";", "\t")]


def _parts_of(text: str, sign: str) -> Lines:
    def rows() -> Iterator[tuple[int, list[Raw]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        number = 1  # where a row begins: a cell may run over several lines
        try:
            for row in reader:
                yield number, [Raw(part or None) for part in row[:MOST_CELLS]]
                number = reader.line_num + 1
        except csv.Error as error:
            raise BadFact(f"Berkas CSV ini tidak terbaca di sekitar baris {reader.line_num}.") from error

    return rows
