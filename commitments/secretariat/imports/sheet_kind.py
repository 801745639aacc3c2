"""What the four kinds of import share: columns, look-ups made once, and a row that becomes acts."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult

from commitments.formats import short_date
from commitments.secretariat.imports.cells import RawCell, simple
from commitments.secretariat.imports.table import ImportColumn
from opd import clock
from opd.errors import BadFact, Refused
from opd.models import Unit, UnitChange, UnitName

MAX_SHOWN_FAULTS = 200  # shown, of all that are counted
NEW, CHANGED, SAME = RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP


class RowOutcome(NamedTuple):
    """The outcome of a row: something new, a correction, or nothing because it is there already."""

    status: str
    about: str


class WrongCell(ValidationError):
    """Error: a row that cannot be imported, with the column that can correct it."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__({column: sentence})


class SheetImport(Resource):
    """One kind of import, for one run. Look-ups hold what the rows so far have added.

    The library reads each row's cells by `columns`, gathers what is wrong with them, and asks `save_instance` for
    the rest; there a row becomes acts instead of a saved model.
    """

    class Meta:
        instance_loader_class = BaseInstanceLoader
        force_init_instance = True  # `enter` knows what is there already
        use_transactions = False  # `run` holds one around all rows, `save_instance` one around each
        skip_diff = True

    do_not_call_in_templates = True  # a template shows the kind itself, and would call a class

    slug: ClassVar[str]
    title: ClassVar[str]
    explains: ClassVar[str]
    effect: ClassVar[str]  # what happens to the rows afterwards
    columns: ClassVar[tuple[ImportColumn, ...]]

    def __init__(self, by: User) -> None:
        super().__init__()
        self.fields = {column.key: column for column in self.columns}
        self.by = by
        self.units = UnitLookup()

    @staticmethod
    def rank(cells: dict[str, RawCell]) -> Any:
        """The order of a row: rows are entered by this, then as they stand in the file."""
        return 0

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        """Carries out the acts of a row, given its values by column key.

        Raises WrongCell, Refused or ValidationError when it cannot.
        """
        raise NotImplementedError  # abstract: the library's resources take no ABC

    def before_import_row(self, row: dict[str, RawCell], *, until: float, **kwargs: Any) -> None:
        """Raises BadFact once the clock is past `until` (seconds, monotonic)."""
        if time.monotonic() > until:
            raise BadFact("Berkas ini perlu waktu terlalu lama. Bagi menjadi beberapa berkas.")

    def init_instance(self, row: dict[str, RawCell] | None = None) -> SimpleNamespace:
        """The object into which the columns write their values."""
        return SimpleNamespace()

    def save_instance(
        self, instance: SimpleNamespace, is_create: bool, row: dict[str, RawCell], **kwargs: Any
    ) -> None:
        try:
            with transaction.atomic():
                self.outcome = self.enter(vars(instance))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        except IntegrityError as error:
            raise ValidationError(BadFact.sentence) from error

    def after_import_row(self, row: dict[str, RawCell], row_result: RowResult, **kwargs: Any) -> None:
        row_result.import_type, row_result.object_repr = self.outcome


class UnitLookup:
    """Look-up of every unit by its code and each name it ever had; one that ended is reported with its successor."""

    def __init__(self) -> None:
        self.by_code = {unit.code: unit for unit in Unit.objects.select_related("parent").with_names(clock.today())}
        self.by_name: dict[str, set[str]] = {}
        names = UnitName.objects.values_list("unit__code", "name", "short_name")
        for code, name, short in names:
            self._learn(code, name, short)
        self.ends: dict[str, str] = {}
        self.unknown = 0

    def _learn(self, code: str, *names: str) -> None:
        for name in (code, *names):
            self.by_name.setdefault(simple(name), set()).add(code)

    def add(self, unit: Unit, name: str, short_name: str) -> None:
        self.by_code[unit.code] = unit
        self._learn(unit.code, name, short_name)

    def find(self, text: str, column: str) -> Unit:
        """The unit with this code or name."""
        codes = self.by_name.get(simple(text), set())
        if len(codes) == 1:
            return self.by_code[next(iter(codes))]
        if codes:
            raise WrongCell(column, f"Nama ini dipakai beberapa unit. Tulis kodenya: {' atau '.join(sorted(codes))}.")
        self.unknown += 1
        is_shown = self.unknown <= MAX_SHOWN_FAULTS  # looking for what is near takes longer than all the rest
        near = difflib.get_close_matches(simple(text), self.by_name, n=1, cutoff=0.6) if is_shown else []
        hint = f" Mungkin {next(iter(self.by_name[near[0]]))}?" if near else ""
        raise WrongCell(
            column, f"Unit ini tidak ada di register.{hint} Kode unit ada di lembar Pilihan pada templat."
        )

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


def listed(choices: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
    """The choices of a model as the template lists them."""
    return tuple((str(value), str(label)) for value, label in choices)
