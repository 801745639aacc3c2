"""The sheet for an import: headings, examples or a unit's own rows, an explanation of each column, the choices."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from commitments.secretariat.imports.columns import ImportColumn, listed
from commitments.secretariat.imports.sheet_kind import SheetImport
from opd import texts
from opd.models import Unit

HEADING_FILL = PatternFill("solid", fgColor="DCEBE6")
REQUIRED_FILL = PatternFill("solid", fgColor="F5E3BF")


def workbook(kind: type[SheetImport], unit: Unit | None = None) -> bytes:
    """An XLSX that the import of this kind reads once the examples are replaced, or the rows of a unit filled in."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = "Isian"
    choices = book.create_sheet("Pilihan")
    _choices(choices, kind)
    _form(sheet, kind, unit)
    _guide(book.create_sheet("Petunjuk"), kind)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _form(sheet: Worksheet, kind: type[SheetImport], unit: Unit | None) -> None:
    for place, column in enumerate(kind.columns, 1):
        head = sheet.cell(1, place, column.label)
        head.font, head.fill = Font(bold=True), REQUIRED_FILL if column.needed else HEADING_FILL
        head.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.template_width
        if column.choices:
            # a hint in Excel, not a rule: other spellings are read too
            rule = DataValidation("list", formula1=f'"{",".join(column.codes)}"', showErrorMessage=False)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}5001")
    _lines(sheet, kind, unit)
    sheet.freeze_panes = "A2"


def _lines(sheet: Worksheet, kind: type[SheetImport], unit: Unit | None) -> None:
    """Examples; for a unit, the rows that the register knows."""
    examples = [dict(zip([column.key for column in kind.columns], line, strict=True)) for line in _examples(kind)]
    rows = examples if unit is None else list(kind.filled(unit))
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(kind.columns, 1):
            value = row.get(column.key)
            if value in (None, ""):
                continue
            cell = sheet.cell(number, place)
            cell.value = texts.tidy(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"  # a name never becomes a formula
            if isinstance(value, date):
                cell.number_format = "d mmm yyyy"
            if unit is None:
                cell.font = Font(italic=True, color="6B6459")


def _examples(kind: type[SheetImport]) -> Iterator[tuple[Any, ...]]:
    for at in range(max(len(column.examples) for column in kind.columns)):
        yield tuple(column.examples[at] if at < len(column.examples) else None for column in kind.columns)


def _lists(kind: type[SheetImport]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for column in kind.columns:
        if column.choices:
            yield column.label, list(column.choices)
        elif column.allowed:
            yield column.label, list(listed(column.allowed()))


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
        ("Tanggal: 2 November 2017, dengan nama bulan. Angka: 12,5 atau 1.234,5; tanpa rumus.", ""),
        ("Baris yang nilainya belum diisi dilewati. Bila ada yang keliru, berkas ini kembali dengan tandanya.", ""),
        ("", ""),
        *((column.label + (" (wajib)" if column.needed else ""), _help(column)) for column in kind.columns),
    ]
    for number, (first, second) in enumerate(lines, 1):
        sheet.cell(number, 1, first).font = Font(bold=number == 1 or number > 6)
        sheet.cell(number, 2, second)
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 80


def _help(column: ImportColumn) -> str:
    also = f" Judul lain yang dikenali: {', '.join(column.also)}." if column.also else ""
    codes = f" Pilihan: {', '.join(column.codes)}." if column.choices else ""
    return f"{column.help}{codes}{also}".strip()
