"""The uploaded workbook given back, with what is wrong marked in its cells and named beside each row."""

from __future__ import annotations

import io
import logging
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from commitments.secretariat.imports.faults import ImportFault
from commitments.secretariat.imports.run import ImportReport
from commitments.secretariat.imports.table import FAULT_HEADING, SheetTable
from commitments.secretariat.imports.workbook import WorkbookPage, is_workbook, opened
from opd import texts

logger = logging.getLogger(__name__)
FAULT_FILL = PatternFill("solid", fgColor="F6C9BE")
NO_FILL = PatternFill()
COMMENT_AUTHOR = "Melewati Seremoni"
COMMENT_SIZE = (90, 320)  # points: height, width
FAULT_COLUMN_WIDTH = 70


def marked_workbook(content: bytes, report: ImportReport) -> bytes:
    """The same workbook with its faults marked; its rows alone, where it is a CSV file or cannot be written again."""
    if is_workbook(content):
        try:
            return _marked(*_sheet_in(content, report.table.page.name), report)
        except Exception:  # openpyxl writes less than it reads
            logger.exception("a workbook cannot be written again")
    return _marked(*_sheet_of(report.table.page), report)


def _sheet_in(content: bytes, name: str) -> tuple[Workbook, Any]:
    """The workbook without its pictures: to be written again, each would be unpacked, however large it is."""
    book = opened(content, to_write=True)
    for sheet in book.worksheets:
        sheet._images = []
    return book, book[name]


def _marked(book: Workbook, sheet: Any, report: ImportReport) -> bytes:
    table = report.table
    place = _clean(sheet, table)
    _write(sheet.cell(table.line, place), FAULT_HEADING).font = Font(bold=True)
    sheet.column_dimensions[get_column_letter(place)].width = FAULT_COLUMN_WIDTH
    for line, faults in _by_line(report).items():
        beside = _write(sheet.cell(line, place), "\n".join(_beside(fault) for fault in faults))
        beside.fill, beside.alignment = FAULT_FILL, Alignment(wrap_text=True, vertical="top")
        for fault in faults:
            _mark(sheet, table, fault)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _by_line(report: ImportReport) -> dict[int, list[ImportFault]]:
    found: dict[int, list[ImportFault]] = {}
    for fault in report.faults:
        found.setdefault(fault.line, []).append(fault)
    return found


def _beside(fault: ImportFault) -> str:
    return f"{fault.column}: {fault.wrong}" if fault.is_of_a_cell else fault.wrong


def _mark(sheet: Any, table: SheetTable, fault: ImportFault) -> None:
    for key in fault.keys:
        if key not in table.columns:
            continue
        cell = sheet.cell(fault.line, table.columns[key].place + 1)
        if not hasattr(cell, "hyperlink"):  # inside a merged range only its first cell can be marked
            continue
        cell.fill = FAULT_FILL
        cell.comment = Comment(fault.wrong, COMMENT_AUTHOR, *COMMENT_SIZE)


def _clean(sheet: Any, table: SheetTable) -> int:
    """Takes away the marks of an earlier time; returns the column in which faults are named, the first is 1."""
    for row in sheet.iter_rows(min_row=table.line):
        for cell in row:
            if getattr(cell, "comment", None) and cell.comment.author == COMMENT_AUTHOR:
                cell.comment, cell.fill = None, NO_FILL
    if not table.fault_places:
        return int(sheet.max_column) + 1
    place = min(table.fault_places) + 1
    for number in range(table.line, sheet.max_row + 1):
        cell = sheet.cell(number, place)
        cell.value, cell.fill = None, NO_FILL
    return place


def _write(cell: Any, text: str) -> Any:
    cell.value = texts.tidy(text, lines=True)
    cell.data_type = "s"  # never a formula, whatever a cell that it quotes begins with
    return cell


def _sheet_of(page: WorkbookPage) -> tuple[Workbook, Any]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = "Data"
    for line, cells in page.lines:
        for place, cell in cells.items():
            _write(sheet.cell(line, place + 1), str(cell.value))
    return book, sheet
