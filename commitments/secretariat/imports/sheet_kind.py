"""What all kinds of import share: columns, look-ups made once, and a row that becomes acts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models

from commitments.formats import short_date
from commitments.models.values import PERCENT_WORDS, Statistic
from commitments.numbers import as_typed
from commitments.secretariat.imports.cells import NumberWithUnit, RawCell
from commitments.secretariat.imports.columns import ImportColumn
from commitments.secretariat.imports.questions import SheetQuestions
from commitments.secretariat.imports.table import SheetTable, TableRow
from opd import clock
from opd.models import Unit, UnitChange, UnitName
from opd.unit_names import UnitNames

MAX_SHOWN_FAULTS = 200  # shown, of all that are counted
NEW, CHANGED, SAME = "new", "changed", "same"


class RowOutcome(NamedTuple):
    """The outcome of a row: something new, a correction, or nothing because it is there already."""

    status: str
    about: str
    doubts: tuple[str, ...] = ()  # sentences to read before anybody agrees


class WrongCell(ValidationError):
    """Error: a row that cannot be imported, with the column that can correct it."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__({column: sentence})


class SheetImport(ABC):
    """One kind of import, for one run. Look-ups hold what the rows so far have added."""

    do_not_call_in_templates = True  # a template shows the kind itself, and would call a class

    slug: ClassVar[str]
    title: ClassVar[str]
    explains: ClassVar[str]
    effect: ClassVar[str]  # what happens to the rows afterwards
    columns: ClassVar[tuple[ImportColumn, ...]]
    gives_rights: ClassVar[bool] = False  # whether keeping it asks for the password anew
    ruled: ClassVar[tuple[type[models.Model], ...]] = ()  # models whose constraints judge its rows
    fills_in: ClassVar[bool] = False  # whether its template can be filled for a unit
    identities: ClassVar[tuple[tuple[str, ...], ...]] = ()  # columns by which a row on record is found

    def __init__(self, by: User, table: SheetTable, questions: SheetQuestions) -> None:
        self.by, self.table, self.questions = by, table, questions
        self.today = clock.today()
        self.units = UnitLookup(questions)

    def look_up(self, rows: Sequence[TableRow]) -> None:  # noqa: B027 - a kind may need nothing more
        """Reads what the rows are about, in few queries."""

    @classmethod
    def filled(cls, unit: Unit) -> Iterable[dict[str, Any]]:
        """The rows of a template for one unit, as far as the register knows them."""
        return ()

    @staticmethod
    def rank(cells: dict[str, RawCell]) -> Any:
        """The order of a row: rows are entered by this, then as they stand in the file."""
        return 0

    @staticmethod
    def why_unfilled(cells: dict[str, RawCell]) -> str:
        """Why a line of a filled template says nothing yet; "" for a line that does."""
        return ""

    def is_on_record(self, cells: dict[str, RawCell]) -> bool:
        """Whether a row is about something that the register has, so that it need not say everything."""
        return False

    @abstractmethod
    def enter(self, given: dict[str, Any]) -> RowOutcome:
        """Carries out the acts of a row, given its values by column key.

        Raises WrongCell, Refused or ValidationError when it cannot, Unanswered when somebody must be asked.
        """

    def number(self, given: dict[str, Any], key: str, unit_of_measure: str, statistic: str, where: str) -> Decimal:
        """The number of a row in this unit of measure; a share of at most one is asked about."""
        amount: NumberWithUnit = given[key]
        seen = self.table.columns[key]
        try:
            amount.must_be_in(unit_of_measure)
            seen.must_be_in(unit_of_measure, where)
        except ValueError as error:
            raise WrongCell(key, str(error)) from None
        if amount.rounded_from:
            self.questions.note(
                f"{seen.column.label} {amount.rounded_from} dibulatkan menjadi {as_typed(amount.number)}."
            )
        is_share = statistic == Statistic.SHARE or PERCENT_WORDS.match(unit_of_measure.strip().casefold())
        if is_share and not amount.unit and 0 < amount.number <= 1:
            return self._share(seen.column, amount.number)
        return amount.number

    def _share(self, column: ImportColumn, number: Decimal) -> Decimal:
        as_it_is, of_one = as_typed(number), as_typed(number * 100)
        answer = self.questions.ask(
            f"persen:{column.key}",
            f"Kolom {column.label}: {as_it_is}, padahal targetnya dalam persen. {as_it_is} % atau {of_one} %?",
            (("apa-adanya", f"{as_it_is} %, seperti tertulis"), ("kali-100", f"{of_one} %, bagian dari satu")),
            "Berlaku untuk setiap sel kolom ini yang paling besar 1 dan tidak bertanda %.",
        )
        return number * 100 if answer == "kali-100" else number


class UnitLookup:
    """Look-up of every unit by its code and each name it ever had; one that ended is reported with its successor.

    Without `questions` nobody can be asked: what may be two units is refused.
    """

    def __init__(self, questions: SheetQuestions | None = None) -> None:
        self.questions = questions
        self.by_code = {unit.code: unit for unit in Unit.objects.select_related("parent").with_names(clock.today())}
        self.names = UnitNames()
        for code, name, short in UnitName.objects.order_by("from_on").values_list("unit__code", "name", "short_name"):
            self.names.learn(code, name, short)
        self.found: dict[str, Unit] = {}
        self.ends: dict[str, str] = {}
        self.unknown: dict[str, str] = {}  # text -> sentence

    def add(self, unit: Unit, name: str, short_name: str) -> None:
        self.by_code[unit.code] = unit
        self.names.learn(unit.code, name, short_name)
        self.found, self.unknown = {}, {}

    def find(self, text: str, column: str) -> Unit:
        """The unit with this code or name, as people write it; asked where it may be two."""
        if text in self.found:
            return self.found[text]
        match = self.names.matching(text)
        if not match.codes:
            raise WrongCell(column, self._not_found(text))
        if len(match.codes) > 1 or not match.is_sure:
            return self._chosen(text, column, match.codes)
        unit = self.by_code[match.codes[0]]
        if match.is_exact:
            self.found[text] = unit
        elif self.questions:
            self.questions.note(f"“{text}” dibaca {unit.name} ({unit.code}).")
        return unit

    def _chosen(self, text: str, column: str, codes: Sequence[str]) -> Unit:
        if self.questions is None:
            raise WrongCell(column, f"Nama ini dapat berarti beberapa unit. Tulis kodenya: {' atau '.join(codes)}.")
        options = tuple((code, f"{self.by_code[code].name} ({code})") for code in codes)
        sentence = f"“{text}” dapat berarti unit ini:" if len(codes) > 1 else f"“{text}”: unit ini yang dimaksud?"
        answer = self.questions.ask(f"unit:{text}", sentence, options, "Bila bukan, tulis kode unitnya di berkas.")
        return self.by_code[answer]

    def _not_found(self, text: str) -> str:
        if text not in self.unknown:
            near = (
                self.names.near(text) if len(self.unknown) < MAX_SHOWN_FAULTS else ""
            )  # takes longer than all the rest
            hint = f" Mungkin {near}?" if near else ""
            self.unknown[text] = (
                f"Unit ini tidak ada di register.{hint} Kode unit ada di lembar Pilihan pada templat."
            )
        return self.unknown[text]

    def standing(self, text: str, column: str, day: date) -> Unit:
        """The unit with this code or name, which must not have ended by a day."""
        unit = self.find(text, column)
        if unit.has_ended_by(day):
            raise WrongCell(column, self.what_became_of(unit))
        return unit

    def what_became_of(self, unit: Unit) -> str:
        if unit.code not in self.ends:
            self.ends[unit.code] = _what_became_of(unit)
        return self.ends[unit.code]


def _what_became_of(unit: Unit) -> str:
    """`Percetakan (percetakan) sudah digabung ke BPS (bps) sejak 2 Januari 2023. Tulis bps.`"""
    since = short_date(unit.valid_until)
    confirmed = UnitChange.objects.carried_out()
    change = confirmed.filter(predecessors=unit).order_by("-on").prefetch_related("successors").first()
    heirs = list(change.successors.with_names(clock.today())) if change else []
    if change is None or not heirs:
        return f"{unit} ({unit.code}) sudah berakhir sejak {since}, tanpa penerus."
    what = {"merged": "digabung ke", "split": "dipecah menjadi"}.get(change.change, "diteruskan oleh")
    named = " dan ".join(f"{heir} ({heir.code})" for heir in heirs)
    return f"{unit} ({unit.code}) sudah {what} {named} sejak {since}. Tulis {' atau '.join(u.code for u in heirs)}."


def standing_units() -> Iterable[tuple[str, str]]:
    """The units that stand today, as a template lists them."""
    units = Unit.objects.standing_on(clock.today()).with_names(clock.today())
    return [(unit.code, unit.name) for unit in units]
