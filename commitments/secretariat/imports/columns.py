"""The columns of an import: one description of each serves template, reading, trial, faults and allowed values."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import translation

from commitments.numbers import as_typed
from commitments.secretariat.imports import cells
from commitments.secretariat.imports.cells import NumberWithUnit, RawCell, cell_text, checked, simple
from commitments.secretariat.imports.questions import SheetQuestions

Pairs = Iterable[tuple[Any, Any]]  # (code, label)

BRACKETS = re.compile(r"[(\[{<（［｛【〔〈]([^)\]}>）］｝】〕〉]*)[)\]}>）］｝】〕〉]")
NO_UNITS = re.compile(
    r"(?:wajib|opsional|angka(?: saja)?|nilai|isi|diisi|bila ada|baseline|semula|\d+|hari bulan tahun)?"
)
APOSTROPHE = re.compile(r"'(?=\s*[=+\-@|＝＋－＠])")  # our own downloads put it before what would be a formula
NUMBER_HINT = "Bila yang benar lain, format kolomnya sebagai Teks, ketik ulang, lalu unggah lagi."


@dataclass(frozen=True, kw_only=True)
class ImportColumn(ABC):
    """One column: its headings, how its cells are read, and how the template explains it.

    also: other headings of it. ours: those of our own downloads, in two languages. spare: headings that are its only
    while no other column has a better right to them.
    needed: a row without it is refused, unless the row tells of something on record. allowed: the values to choose
    from, where the register knows them.
    """

    key: str
    label: str
    also: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    needed: bool = False
    help: str = ""
    examples: tuple[Any, ...] = ()
    allowed: Callable[[], Pairs] | None = None

    @abstractmethod
    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        """The value of a filled cell; ValueError with a sentence when it cannot be read in one way."""

    def show(self, value: Any) -> str:
        """A value as the trial shows it."""
        return cell_text(value)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The few codes that it takes, with their names."""
        return ()

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self.choices]

    @cached_property
    def headings(self) -> tuple[frozenset[str], ...]:
        """Its headings, the best first: its names, those of our own files, its key, spare ones."""
        key = (self.key, self.key.replace("_", " "))
        ranks = ((self.label, *self.also), self.ours, key, self.spare)
        return tuple(frozenset(simple(name) for name in names) for names in ranks)

    @property
    def template_width(self) -> int:
        return max(14, min(36, len(self.label) + 6))


def listed(choices: Pairs) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in choices)


def heading_name(text: str) -> str:
    """A heading for comparison: `Nama Unit *` and `Satuan (misalnya hari)` are nama unit and satuan."""
    return simple(BRACKETS.sub(" ", text))


@dataclass
class SeenColumn:
    """A column as it stands in one sheet, and what its cells decide together."""

    column: ImportColumn
    heading: str
    place: int
    questions: SheetQuestions
    point: str = ""  # the decimal sign, where it is known
    order_text: str = ""  # the question about the order of day and month, where nothing decides it
    order_options: tuple[tuple[str, str], ...] = ()
    wrong: dict[int, str] = field(default_factory=dict)  # line -> why its cell is refused, whatever it holds

    def read(self, cell: RawCell) -> Any:
        """The value of a cell, None when it is empty; ValueError with a sentence."""
        if checked(cell).is_empty:
            return None
        if why := self.wrong.get(self.questions.line):
            raise ValueError(why)
        return self.column.read(cell, self)

    @cached_property
    def unit(self) -> str:
        """The unit of measure that the heading names in brackets: `jam` of "Target (jam)"; "" without one."""
        for words in BRACKETS.findall(self.heading):
            words = cells.plain(words)
            if not NO_UNITS.fullmatch(simple(words)):
                return str(re.sub(r"^(dalam|satuan:?)\s+", "", words, flags=re.IGNORECASE))
        return ""

    def must_be_in(self, unit_of_measure: str, where: str) -> None:
        if not cells.same_unit(self.unit, unit_of_measure):
            raise ValueError(
                f"Judul kolom ini menyebut {self.unit}, padahal {where} {unit_of_measure}. Ubah dahulu angkanya; "
                "bila bukan satuan, hapus kurungnya."
            )

    def has_month_first(self, cell: RawCell) -> bool:
        """Whether the figures of a day are month, day, year; Unanswered where nobody can know."""
        if not self.order_options or not cells.NUMERIC_DAY.fullmatch(cell.text.casefold()):
            return False
        return self.questions.ask(f"tanggal:{self.column.key}", self.order_text, self.order_options) == "mdy"

    def text_of_number(self, spellings: tuple[str, ...]) -> str:
        """Which of these texts a number stands for, as the person answers for the whole column."""
        is_whole = len(spellings) == 1
        codes = ("utuh",) if is_whole else ("titik", "koma")
        options = tuple((code, f"“{text}”") for code, text in zip(codes, spellings, strict=True))
        lost = "0101 menjadi 101" if is_whole else "1.10 menjadi 1,1"
        text = f"Kolom {self.column.label} adalah teks, tetapi selnya angka, dan Excel membuang nol ({lost})."
        key = f"angka:{self.column.key}:{'bulat' if is_whole else 'pecahan'}"
        answer = self.questions.ask(key, f"{text} Ditulis bagaimana?", options, NUMBER_HINT)
        return spellings[1] if answer == "koma" else spellings[0]


# --- Kinds of columns -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TextColumn(ImportColumn):
    """A text. A number in it is asked about: the spreadsheet may have changed it."""

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        spellings = cells.spellings(cell)
        text = seen.text_of_number(spellings) if cell.is_number else spellings[0]
        return self.clean(APOSTROPHE.sub("", text, count=1) if text.startswith("'") else text)

    def clean(self, text: str) -> Any:
        return cells.name_of_row(text)


@dataclass(frozen=True, kw_only=True)
class ModelTextColumn(TextColumn):
    """A text that a column of a model takes; `column`: its name there, where that is not the key."""

    model: type[models.Model]
    column: str = ""

    def clean(self, text: str) -> Any:
        return cells.words(self.model, self.column or self.key, text)


@dataclass(frozen=True, kw_only=True)
class CleanedColumn(TextColumn):
    """A text of one pattern: a code, an address, a telephone number."""

    cleaned: Callable[[str], str]

    def clean(self, text: str) -> Any:
        return self.cleaned(text)


@dataclass(frozen=True, kw_only=True)
class ChoiceColumn(ImportColumn):
    """One of a few codes, by code or name, or another spelling (`spelled`: with _ for spaces -> code)."""

    of: Pairs
    spelled: dict[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return listed(self.of)

    @cached_property
    def known(self) -> dict[str, str]:
        """Every way to write a choice -> its code; our own downloads have the names in two languages."""
        found: dict[str, str] = {}
        for language, _ in settings.LANGUAGES:
            with translation.override(language):
                found |= cells.known_spellings(self.of, self.spelled)
        return found

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        found = self.known.get(simple(cell.text))
        if found is None:
            raise ValueError(f"Pilihan ini tidak dikenal. Pilih: {', '.join(self.codes)}.")
        return found

    def show(self, value: Any) -> str:
        return dict(self.choices).get(str(value), str(value))


@dataclass(frozen=True, kw_only=True)
class YesNoColumn(ImportColumn):
    """Yes or no."""

    YES_NO: ClassVar[tuple[tuple[str, str], ...]] = (("ya", "ya"), ("tidak", "tidak"))

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return self.YES_NO

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        return cells.yes_or_no(cell.text)


@dataclass(frozen=True, kw_only=True)
class AmountColumn(ImportColumn):
    """A number in the unit of measure of its row, which the kind of import compares."""

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        return cells.amount(cell, point=seen.point)

    def show(self, value: Any) -> str:
        if isinstance(value, NumberWithUnit):
            return f"{as_typed(value.number)} {value.unit}".strip()
        return super().show(value)


@dataclass(frozen=True, kw_only=True)
class CountColumn(ImportColumn):
    """A whole number; `noun`: what it always counts."""

    noun: str = ""

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        if self.noun:
            seen.must_be_in(self.noun, "isinya selalu dalam")
        return cells.count(cell, noun=self.noun)


@dataclass(frozen=True, kw_only=True)
class DayColumn(ImportColumn):
    """A calendar day; the whole column has one order of day and month."""

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        return cells.day(cell, month_first=seen.has_month_first(cell))


@dataclass(frozen=True, kw_only=True)
class PeriodColumn(DayColumn):
    """A day, or a period in words."""

    def read(self, cell: RawCell, seen: SeenColumn) -> Any:
        return cells.day_or_period(cell, month_first=seen.has_month_first(cell))
