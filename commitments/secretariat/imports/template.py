"""The empty sheet for an import: headings, examples, an explanation of each column, and the choices."""

from __future__ import annotations

import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from commitments.models import ServiceTarget
from commitments.secretariat.imports.sheet_kind import SheetImport
from commitments.secretariat.imports.table import ImportColumn
from opd import clock, texts
from opd.models import Unit

HEADING_FILL = PatternFill("solid", fgColor="DCEBE6")
REQUIRED_FILL = PatternFill("solid", fgColor="F5E3BF")


def workbook(kind: type[SheetImport]) -> bytes:
    """An XLSX that the import of this kind reads once the examples are replaced."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = "Isian"
    choices = book.create_sheet("Pilihan")
    _choices(choices, kind)
    _form(sheet, choices, kind)
    _guide(book.create_sheet("Petunjuk"), kind)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _form(sheet: Worksheet, choices: Worksheet, kind: type[SheetImport]) -> None:
    for place, column in enumerate(kind.columns, 1):
        head = sheet.cell(1, place, column.label)
        head.font, head.fill = Font(bold=True), REQUIRED_FILL if column.needed else HEADING_FILL
        head.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(14, min(36, len(column.label) + 6))
        for line, example in enumerate(column.examples, 2):
            sheet.cell(line, place, example or None).font = Font(italic=True, color="6B6459")
        if column.choices:
            # a hint in Excel, not a rule: other spellings are read too
            rule = DataValidation(
                "list", formula1=f'"{",".join(code for code, _ in column.choices)}"', showErrorMessage=False
            )
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}5001")
    sheet.freeze_panes = "A2"


def _lists(kind: type[SheetImport]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for column in kind.columns:
        if column.choices:
            yield column.label, list(column.choices)
    keys = {column.key for column in kind.columns}
    if keys & {"unit", "parent"}:
        units = Unit.objects.standing_on(clock.today()).with_names(clock.today())
        yield "Unit", [(unit.code, unit.name) for unit in units]
    if "target" in keys:
        live = ServiceTarget.objects.live_on(clock.today())
        yield "Nomor target", [(row.reference, f"{row.service} ({row.unit_of_measure})") for row in live]


def _choices(sheet: Worksheet, kind: type[SheetImport]) -> None:
    for number, (title, pairs) in enumerate(_lists(kind)):
        place = number * 3 + 1
        sheet.cell(1, place, f"Pilihan {title}").font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 22
        sheet.column_dimensions[get_column_letter(place + 1)].width = 40
        for line, (code, label) in enumerate(pairs, 2):
            for offset, text in enumerate((code, label)):
                cell = sheet.cell(line, place + offset)
                cell.value, cell.data_type = texts.tidy(text), "s"  # a name never becomes a formula
    sheet.freeze_panes = "A2"


def _guide(sheet: Worksheet, kind: type[SheetImport]) -> None:
    lines = [
        (f"Impor {kind.title}", ""),
        (kind.explains, ""),
        ("Ganti baris contoh di lembar Isian. Kolom berlatar kuning wajib diisi.", ""),
        ("Tanggal: 2 November 2017 atau 02/11/2017 (hari/bulan/tahun). Angka: 12,5 atau 1.234,5; tanpa rumus.", ""),
        ("", ""),
        *((column.label + (" (wajib)" if column.needed else ""), _help(column)) for column in kind.columns),
    ]
    for number, (first, second) in enumerate(lines, 1):
        sheet.cell(number, 1, first).font = Font(bold=number == 1 or number > 5)
        sheet.cell(number, 2, second)
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 80


def _help(column: ImportColumn) -> str:
    also = f" Judul lain yang dikenali: {', '.join(column.also)}." if column.also else ""
    return f"{column.help}{also}".strip()
