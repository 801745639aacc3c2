"""Reads the cells of a sheet: a text, a number, a day or a choice; else a sentence that says how to write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from commitments import numbers, periods
from commitments.form_fields import CountField
from commitments.formats import short_date
from commitments.periods import Period
from opd import texts
from opd.accounts import phone_numbers

LONGEST_NAME = 200  # characters
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # days since 1900: from 1954 to 2119
INVISIBLE_LETTERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
NUMERIC_DAY = re.compile(r"(?:[a-z']+\s*,?\s*)?(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})")
MULTIPLES = re.compile(r"(ribu|rb|ratus|juta|jt|miliar|lusin|kodi|k)\b")
# A number format in parts: texts between quotes or after a backslash, currencies, conditions, fillers, signs.
FORMAT_PARTS = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].|([^"\\\[_*]+)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as the file holds it. `format`: of a number or day; `shift`: days from its calendar to that of 1900."""

    value: Any = None
    formula: bool = False
    broken: bool = False  # #N/A and its like
    format: str = ""
    shift: int = 0
    is_merged: bool = False  # its value is that of the merged cell above

    @property
    def text(self) -> str:
        """The cell as a person reads it, on one line, without stray or invisible spaces."""
        return plain(cell_text(self.value))

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.text)

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)


EMPTY_CELL = RawCell()


def cell_text(value: Any) -> str:
    """A value as a person writes it: of a cell, or as it was read from one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime | date):
        return short_date(value)
    if isinstance(value, Period):
        return value.name
    if isinstance(value, Decimal):
        return numbers.as_typed(value)
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


# --- Number formats ---------------------------------------------------------------------------------------------


class ShownFormat(NamedTuple):
    """What a number format does to a number: the words that it adds, and the signs that say how it is drawn."""

    words: str
    signs: str


@lru_cache(maxsize=512)
def shown_formats(code: str) -> tuple[ShownFormat, ...]:
    """The sections of a number format: for positive numbers, negative ones, and zero."""
    sections = [("", "")]
    for quoted, escaped, currency, signs in FORMAT_PARTS.findall(code):
        words, drawn = sections[-1]
        first, *others = signs.split(";")
        sections[-1] = (words + quoted + escaped + currency, drawn + first)
        sections += [("", other) for other in others]
    return tuple(ShownFormat(words.strip(), drawn.lower()) for words, drawn in sections)


def _shown_format(raw: RawCell) -> ShownFormat:
    """The section that draws this number."""
    sections = shown_formats(raw.format)
    if raw.value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if raw.value == 0 and len(sections) > 2 else sections[0]


# --- Texts ------------------------------------------------------------------------------------------------------


def words(model: type[models.Model], column: str, text: str) -> str:
    """The text, which that column of the model would take."""
    field = model._meta.get_field(column)
    assert isinstance(field, texts.Tidied)  # noqa: S101 - the sheets name texts only
    if why := field.why_not(text):
        raise ValueError(why)
    return text


def name_of_row(text: str) -> str:
    """The text as the name or code of something in the register, to be looked up."""
    if len(text) > LONGEST_NAME:
        raise ValueError(f"Terlalu panjang: {len(text)} huruf, paling banyak {LONGEST_NAME}.")
    return text


def code(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text) or len(text) > 40:
        raise ValueError("Kode ditulis dengan huruf kecil, angka, dan tanda hubung, misalnya kec-tugu.")
    return text


def address(text: str) -> str:
    text = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise ValueError("Tautan ini tidak lengkap. Tulis misalnya https://contoh.go.id/data.") from None
    if len(text) > 500:
        raise ValueError("Tautan ini lebih dari 500 huruf.")
    return text


def telephone(text: str) -> str:
    """`628123456789`, however it was typed."""
    number = phone_numbers.international(text)
    if not number:
        raise ValueError("Tulis nomornya dengan awalan 62 atau 0, misalnya 0812 3456 7890.")
    return number


def spellings(raw: RawCell) -> tuple[str, ...]:
    """The texts that a cell may stand for: one, or several where a spreadsheet has made a number of it.

    `1.10` became the number 1.1; drawn with two decimals, it is known to have been two.
    """
    if isinstance(raw.value, date | time | timedelta | bool):
        raise ValueError(f"Excel mengubah isi sel ini, {raw.text}. Format selnya sebagai Teks, lalu ketik ulang.")
    if not raw.is_number:
        return (raw.text,)
    whole, _, part = f"{_exact(raw.value):f}".partition(".")
    drawn = re.fullmatch(r"(0+)(?:\.(0+))?", _shown_format(raw).signs)
    if drawn:
        whole, part = whole.zfill(len(drawn[1])), part.ljust(len(drawn[2] or ""), "0")
    return (f"{whole}.{part}", f"{whole},{part}") if part else (whole,)


# --- Numbers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NumberWithUnit:
    """A number and the words after it in the same cell ("14 hari"), or that its format adds.

    rounded_from: the number as it stood, where it had more than four decimals.
    """

    number: Decimal
    unit: str = ""
    rounded_from: str = ""

    def must_be_in(self, unit_of_measure: str) -> None:
        if not same_unit(self.unit, unit_of_measure):
            raise ValueError(
                f"Satuannya {self.unit}, padahal target ini dalam {unit_of_measure}. Ubah dahulu angkanya."
            )


def same_unit(written: str, unit_of_measure: str) -> bool:
    """Whether words beside a number name this unit of measure, or nothing at all."""
    return _unit_name(written) in ("", _unit_name(unit_of_measure))


def _unit_name(text: str) -> str:
    text = re.sub(r"%|\bprosen\b|\bpersentase\b", " persen ", text.casefold())
    return simple(re.sub(r"^\s*(dalam|satuan|per satuan)\b", "", re.sub(r"\brp\b\.?", "rupiah", text)))


def amount(raw: RawCell, *, point: str = "") -> NumberWithUnit:
    """A number, to four decimals; `point`: the decimal sign of the column, where it is known."""
    if raw.is_number:
        return _drawn_amount(raw)
    if not isinstance(raw.value, str):
        raise ValueError("Ini bukan angka. Tulis angkanya saja, misalnya 12,5.")
    found = re.fullmatch(r"([-+−]?[\d.,]+)\s*([^\W\d_][\w /]*|%)?", raw.text)
    if not found:
        raise ValueError("Angka ini tidak terbaca. Tulis angkanya saja, misalnya 12,5.")
    unit = (found[2] or "").casefold().strip()
    return _rounded(numbers.exact(found[1], point=point), unit, found[1])


def _drawn_amount(raw: RawCell) -> NumberWithUnit:
    """The number of a workbook as its format shows it: 0.85 drawn as 85 % is 85; drawn as "0.85%" it is 0.85."""
    shown, number = _shown_format(raw), _exact(raw.value)
    if re.search(r"[0#?],+(?![0#?,])", shown.signs):
        raise ValueError("Format sel ini menampilkan angkanya dibagi seribu. Tulis angkanya apa adanya.")
    if "%" in shown.signs:
        return _rounded(number * 100, "%", f"{numbers.as_typed(number * 100)} %")
    unit = shown.words.casefold() if re.search(r"[^\W\d_]|%", shown.words) else ""
    return _rounded(number, unit, numbers.as_typed(number))


def _rounded(number: Decimal, unit: str, written: str) -> NumberWithUnit:
    """The number with four decimals at most: a mean that was pasted has as many as the spreadsheet keeps."""
    kept = (
        number.quantize(Decimal("0.0001"), ROUND_HALF_UP) if number.is_finite() and abs(number) < 10**15 else number
    )
    kept = numbers.read(numbers.as_typed(kept))  # refuses what is too large, or no number
    return NumberWithUnit(kept, unit, written if kept != number else "")


def count(raw: RawCell, *, noun: str = "") -> int:
    """A whole number, and the words of what was counted after it; `noun`: the only words that may stand there."""
    if raw.is_number:
        shown = _shown_format(raw)
        text, after = f"{_exact(raw.value):f}", shown.words
        if "%" in shown.signs:
            raise ValueError("Tulis bilangan bulat, misalnya 212.")
    else:
        found = re.fullmatch(r"(.*\d)\s*([^\W\d_]+(?: [^\W\d_]+)*)", raw.text)  # "212 berkas"
        text, after = (found[1], found[2]) if found else (raw.text, "")
    if MULTIPLES.match(after.casefold()):
        raise ValueError(f"Tulis semua angkanya, tanpa {after}.")
    if noun and not same_unit(after, noun):
        raise ValueError(f"Tulis dalam {noun}, bukan {after}.")
    try:
        number: int | None = CountField().clean(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    return number or 0


# --- Days and periods -------------------------------------------------------------------------------------------


def day(raw: RawCell, *, month_first: bool = False) -> date:
    """The cell as a calendar day. Digits alone are day, month, year, unless the column has the month first."""
    if isinstance(raw.value, date):
        if raw.format and not re.search("d|general", _date_signs(raw)):
            raise ValueError(f"Sel ini menampilkan bulannya saja. {periods.DAY_EXAMPLE}")
        return periods.plausible(raw.value.date() if isinstance(raw.value, datetime) else raw.value)
    text = raw.text.casefold()
    if re.fullmatch(r"\d{5}", text):
        return _of_serial(int(text) + raw.shift)
    if month_first and (found := NUMERIC_DAY.fullmatch(text)):
        text = f"{found[2]}/{found[1]}/{found[3]}"
    return periods.read_day(text)


def _date_signs(raw: RawCell) -> str:
    return shown_formats(raw.format)[0].signs


def day_or_period(raw: RawCell, *, month_first: bool = False) -> date | Period:
    """The cell as a day, or as the period that its words name ("Triwulan I 2018", "Maret 2018")."""
    if isinstance(raw.value, date) and raw.format and not re.search("d|general", _date_signs(raw)):
        shown = raw.value.strftime("%Y-%m" if "m" in _date_signs(raw) else "%Y")
        return periods.read(shown)  # Excel makes the first of a month of "Mar 2018", and still shows Mar-18
    try:
        return day(raw, month_first=month_first)
    except ValueError as no_day:
        try:
            found = periods.read(raw.text)
        except ValueError as no_period:
            raise (no_period if re.match(r"[^\W\d]", raw.text) else no_day) from None
        return found


def _of_serial(number: int) -> date:
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        raise ValueError(f"Bilangan ini bukan tanggal. {periods.DAY_EXAMPLE}")
    return date(1899, 12, 30) + timedelta(days=number)


# --- Choices ----------------------------------------------------------------------------------------------------


def simple(text: str) -> str:
    """A text reduced for comparison: small letters and digits only."""
    return " ".join(re.sub(r"[^\w%]+", " ", plain(text).casefold()).split())


def known_spellings(choices: Iterable[tuple[Any, Any]], also: dict[str, str]) -> dict[str, str]:
    """Every way to write a choice -> its code; `also`: spelling with _ for spaces -> code."""
    pairs = [(str(value), str(label)) for value, label in choices]
    return {
        **{simple(label): value for value, label in pairs},
        **{simple(value): value for value, _ in pairs},
        **{simple(spelling.replace("_", " ")): value for spelling, value in also.items()},
    }


def yes_or_no(text: str) -> bool:
    found = {"ya": True, "y": True, "yes": True, "v": True, "true": True, "1": True}
    found |= dict.fromkeys(("tidak", "no", "false", "0"), False)
    if simple(text) not in found:
        raise ValueError("Tulis ya atau tidak.")
    return found[simple(text)]
