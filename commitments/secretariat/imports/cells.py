"""Reads the cells of a sheet: a text, a number, a day or a choice; else a sentence that says how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from commitments import numbers, periods
from commitments.form_fields import CountField
from commitments.formats import short_date
from opd import texts
from opd.accounts import phone_numbers

LONGEST_NAME = 200  # characters
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # days since 1900: from 1954 to 2119
INVISIBLE_LETTERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class RawCell:
    """A cell as the file holds it. `percent`: shown as one; `shift`: days from its calendar to that of 1900."""

    value: Any = None
    formula: bool = False
    broken: bool = False  # #N/A and its like
    percent: bool = False
    shift: int = 0

    @cached_property
    def text(self) -> str:
        """The cell as a person reads it, on one line, without stray or invisible spaces."""
        return plain(cell_text(self.value))

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.text)


Read = Callable[[RawCell], Any]  # ValueError with a sentence when it cannot be read in one way


def cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime | date):
        return short_date(value)
    if isinstance(value, int | float):
        return numbers.as_typed(_exact(value))
    return str(value)


def plain(text: str) -> str:
    return " ".join(texts.tidy(text).split())


def _exact(value: float) -> Decimal:
    """A number of a workbook, to the 15 digits that a spreadsheet keeps."""
    return Decimal(f"{value:.15g}")


def checked(raw: RawCell) -> RawCell:
    """The cell, unless it holds what no column takes: a formula, an error of the spreadsheet, invisible letters."""
    if raw.formula:
        raise ValueError("Sel ini berisi rumus. Salin, lalu tempel sebagai nilai.")
    if raw.broken:
        raise ValueError("Sel ini berisi galat dari Excel. Tulis nilainya.")
    if isinstance(raw.value, str) and INVISIBLE_LETTERS.search(raw.value):
        raise ValueError("Sel ini memuat huruf yang tidak terlihat. Ketik ulang isinya.")
    return raw


def words(model: type[models.Model], column: str) -> Read:
    """The cell as one line of text, which that column of the model would take."""
    field = model._meta.get_field(column)
    assert isinstance(field, texts.Tidied)  # noqa: S101 - the sheets name texts only

    def read(raw: RawCell) -> str:
        if why := field.why_not(raw.text):
            raise ValueError(why)
        return raw.text

    return read


def name_of_row(raw: RawCell) -> str:
    """The cell as the name or code of something in the register, to be looked up."""
    if len(raw.text) > LONGEST_NAME:
        raise ValueError(f"Terlalu panjang: {len(raw.text)} huruf, paling banyak {LONGEST_NAME}.")
    return raw.text


def code(raw: RawCell) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", raw.text) or len(raw.text) > 40:
        raise ValueError("Kode ditulis dengan huruf kecil, angka, dan tanda hubung, misalnya kec-tugu.")
    return raw.text


def address(raw: RawCell) -> str:
    text = raw.text if "://" in raw.text else f"https://{raw.text}"
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise ValueError("Tautan ini tidak lengkap. Tulis misalnya https://contoh.go.id/data.") from None
    if len(text) > 500:
        raise ValueError("Tautan ini lebih dari 500 huruf.")
    return text


def telephone(raw: RawCell) -> str:
    """`628123456789`, however it was typed."""
    number = phone_numbers.international(raw.text)
    if not number:
        raise ValueError("Tulis nomornya dengan awalan 62 atau 0, misalnya 0812 3456 7890.")
    return number


@dataclass(frozen=True)
class NumberWithUnit:
    """A number and the words after it in the same cell ("14 hari")."""

    number: Decimal
    unit: str = ""

    def must_be_in(self, unit_of_measure: str) -> None:
        written, expected = (simple(unit.replace("%", "persen")) for unit in (self.unit, unit_of_measure))
        if written not in ("", expected):
            raise ValueError(
                f"Satuannya {self.unit}, padahal target ini dalam {unit_of_measure}. Ubah dahulu angkanya."
            )


def amount(raw: RawCell) -> NumberWithUnit:
    if isinstance(raw.value, bool | date):
        raise ValueError("Ini bukan angka. Tulis angkanya saja, misalnya 12,5.")
    if isinstance(raw.value, int | float):
        number = _exact(raw.value) * (100 if raw.percent else 1)
        return NumberWithUnit(numbers.read(numbers.as_typed(number)), "%" if raw.percent else "")
    found = re.fullmatch(r"([-+−]?[\d.,]+)\s*([^\W\d_][\w /]*|%)?", raw.text)
    if not found:
        raise ValueError("Angka ini tidak terbaca. Tulis angkanya saja, misalnya 12,5.")
    return NumberWithUnit(numbers.read(found[1]), (found[2] or "").casefold().strip())


def count(raw: RawCell) -> int:
    if isinstance(raw.value, int | float) and not isinstance(raw.value, bool):
        text = f"{_exact(raw.value):f}"
    else:
        text = re.sub(r"(?<=\d)\s*[^\W\d_]+(?: [^\W\d_]+)*$", "", raw.text)  # "212 berkas"
    try:
        number: int | None = CountField().clean(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    return number or 0


def day(raw: RawCell) -> date:
    """The cell as a calendar day. Digits alone are day, month, year in that order."""
    if isinstance(raw.value, datetime):
        return periods.plausible(raw.value.date())
    if isinstance(raw.value, date):
        return periods.plausible(raw.value)
    text = raw.text.casefold()
    if re.fullmatch(r"\d{5}", text):
        return _of_serial(int(text) + raw.shift)
    return periods.read_day(text)


def _of_serial(number: int) -> date:
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        raise ValueError(f"Bilangan ini bukan tanggal. {periods.DAY_EXAMPLE}")
    return date(1899, 12, 30) + timedelta(days=number)


def simple(text: str) -> str:
    """A text reduced for comparison: small letters and digits only."""
    return " ".join(re.sub(r"[^\w%]+", " ", plain(text).casefold()).split())


def one_of(choices: Iterable[tuple[Any, Any]], **also: str) -> Read:
    """A reader for a code or its label from `choices`, or another spelling (`also`: spelling with _ for spaces ->
    code)."""
    pairs = [(str(value), str(label)) for value, label in choices]
    known = {simple(label): value for value, label in pairs}
    known |= {simple(value): value for value, _ in pairs}
    known |= {simple(spelling.replace("_", " ")): value for spelling, value in also.items()}

    def read(raw: RawCell) -> str:
        found = known.get(simple(raw.text))
        if found is None:
            raise ValueError(f"Pilihan ini tidak dikenal. Pilih: {', '.join(value for value, _ in pairs)}.")
        return found

    return read


def yes_or_no(raw: RawCell) -> bool:
    found = {"ya": True, "y": True, "yes": True, "v": True, "1": True, "tidak": False, "no": False, "0": False}
    if (text := simple(raw.text)) not in found:
        raise ValueError("Tulis ya atau tidak.")
    return found[text]
