"""How does a table become a file that opens well in an office here, and that no cell of can do harm?"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext

from commitments.templatetags.seremoni import long_date
from opd import register
from opd.canonical import decimal_text

FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@|%＝＋－＠]")  # a spreadsheet takes a cell that begins so for a formula
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """`name` goes into the file's name; `rows` begin with the headings."""

    name: str
    title: str
    day: date
    source: str  # the address of the same facts on a page
    rows: Iterable[Sequence[Any]]


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: such a cell begins with an apostrophe."""
    text = CONTROL.sub("", text)
    return f"'{text}" if FORMULA.match(text) else text


def download(sheet: Sheet, format_: str) -> HttpResponse:
    """CSV for a double click in Indonesian Excel: a byte order mark, semicolons, decimal commas."""
    demo = register.is_demo()
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    for row in (*_notes(sheet, demo), *sheet.rows):
        writer.writerow([_cell(value) for value in row])
    response = HttpResponse(file.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = f"{'contoh-' if demo else ''}{sheet.name}-{sheet.day}.{format_}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _notes(sheet: Sheet, demo: bool) -> list[list[Any]]:
    head = register.head()
    label = gettext("DATA CONTOH: angka di berkas ini dibuat untuk peragaan, bukan capaian sebenarnya.")
    return [
        [f"Melewati Seremoni: {sheet.title}"],
        *([[label]] if demo else []),
        [gettext("Keadaan per"), long_date(sheet.day)],
        [gettext("Kepala jejak"), *([head.seq, head.hash] if head else ["-"])],
        [gettext("Alamat"), sheet.source],
        [],
    ]


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value).replace(".", ",")
    return "" if value is None else str(value) if isinstance(value, int | date) else guarded(str(value))
