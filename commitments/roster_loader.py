"""Loader of the files in `fixtures/`: units, the agreement, its signatures, tenures, public facts and assessments."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from commitments.models import (
    Assessment,
    AssessmentCertainty,
    DayOff,
    HolidayYear,
    Memorandum,
    PublicFact,
    Signature,
    Training,
)
from opd import access
from opd.errors import BadFact, Refused
from opd.models import Person, Registered, Tenure, Unit, UnitName
from opd.register.personal_data import explained

FIXTURES = settings.BASE_DIR / "fixtures"
MEMORANDUM_CODE = "smart-city-2017"

Report = Callable[[str], object]
Row = dict[str, Any]


class BadRosterFile(BadFact):
    """A file that cannot be loaded; the sentence names the file, the row and the column."""

    def __init__(self, file: Path, row: int, column: str, what: str) -> None:
        where = f", baris {row}" if row else ""
        where += f", kolom {column}" if column else ""
        super().__init__(f"{file.name}{where}: {what}")


@dataclass(frozen=True)
class RosterFile:
    """One file: its columns, which of them are dates or numbers, and which must not be empty."""

    name: str
    columns: tuple[str, ...]
    dates: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    needed: tuple[str, ...] = ("source", "certainty")

    def read(self, folder: Path) -> Iterator[tuple[int, Row]]:
        """(line number, row) with dates and numbers parsed; an empty date or number is None."""
        path = folder / self.name
        try:
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file, strict=True)
                self._must_have_columns(path, reader.fieldnames or ())
                for raw in reader:
                    yield reader.line_num, self._parsed(path, reader.line_num, raw)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise BadRosterFile(path, 0, "", f"tidak dapat dibaca ({error}).") from error

    def _must_have_columns(self, path: Path, found: Any) -> None:
        for column in self.columns:
            if column not in found:
                raise BadRosterFile(path, 1, column, "kolom ini tidak ada.")
        for column in found:
            if column not in self.columns:
                raise BadRosterFile(path, 1, column, "kolom ini tidak dikenal.")

    def _parsed(self, path: Path, line: int, raw: dict[str | Any, Any]) -> Row:
        if None in raw or None in raw.values():
            raise BadRosterFile(path, line, "", "banyaknya isian tidak sama dengan banyaknya kolom.")
        row: Row = {column: value.strip() for column, value in raw.items()}
        for column in self.needed:
            if not row[column]:
                raise BadRosterFile(path, line, column, "tidak boleh kosong.")
        parsers: list[tuple[tuple[str, ...], Callable[[str], Any], str]] = [
            (self.dates, date.fromisoformat, "tanggal ditulis seperti 2017-11-02"),
            (self.integers, int, "ditulis bilangan bulat"),
            (self.numbers, Decimal, "ditulis angka dengan titik desimal"),
        ]
        for columns, parse, hint in parsers:
            for column in columns:
                try:
                    row[column] = parse(row[column]) if row[column] else None
                except (ValueError, InvalidOperation) as error:
                    raise BadRosterFile(path, line, column, f"{row[column]!r} tidak terbaca; {hint}.") from error
        return row


UNITS_FILE = RosterFile(
    "units.csv",
    (
        *("code", "kind", "parent", "name", "short_name", "head_title", "official_code", "tile_row", "tile_col"),
        *("website", "source", "certainty", "note"),
    ),
    integers=("tile_row", "tile_col"),
    needed=("code", "kind", "name", "short_name", "head_title", "source", "certainty"),
)
MEMORANDA_FILE = RosterFile(
    "memoranda.csv",
    ("code", "title", "occasion", "signed_on", "place", "parties_stated", "sources", "unknowns"),
    dates=("signed_on",),
    integers=("parties_stated",),
    needed=("code", "title", "signed_on", "sources"),
)
SIGNATURES_FILE = RosterFile(
    "signatures.csv",
    ("memorandum", "unit", "person", "printed_name", "printed_title", "capacity", "source", "certainty"),
)
TENURES_FILE = RosterFile(
    "tenures.csv",
    ("unit", "person", "title", "status", "from_on", "until_on", "as_of", "source", "certainty"),
    dates=("from_on", "until_on"),
)
FACTS_FILE = RosterFile(
    "public_facts.csv",
    ("unit", "service", "statement", "value", "unit_of_measure", "on_text", "source", "certainty"),
    numbers=("value",),
)
ASSESSMENTS_FILE = RosterFile(
    "assessments.csv",
    (
        *("assessor", "scheme", "year", "unit", "value", "scale_low", "scale_high", "label", "published_on"),
        *("source", "certainty", "note"),
    ),
    dates=("published_on",),
    integers=("year",),
    numbers=("value", "scale_low", "scale_high"),
    needed=("assessor", "scheme", "year", "published_on", "source", "certainty"),
)
TRAININGS_FILE = RosterFile(
    "trainings.csv",
    ("held_on", "title", "place", "organiser", "source", "unknowns"),
    dates=("held_on",),
    needed=("held_on", "title", "place", "source"),
)
HOLIDAYS_FILE = RosterFile(
    "holidays.csv", ("day", "name", "source"), dates=("day",), needed=("day", "name", "source")
)
# Why what looks like personal data in these files is none; tests/test_roster.py holds the list of what does.
SOURCED = "Alamat kantor, disalin dari sumber terbuka yang disebut di sini."


@dataclass
class RosterLoader:
    """Loads one folder of files into the register; rows that exist already are left as they are."""

    folder: Path
    report: Report
    published_by: date | None = None  # the demonstration enters what was published later on its own day

    def load(self) -> int:
        self.people: dict[str, Person] = {}
        for person in Person.objects.order_by("-pk"):
            self.people[person.name] = person
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.memoranda = {memorandum.code: memorandum for memorandum in Memorandum.objects.all()}
        added = self._each(UNITS_FILE, "unit", self._unit)
        added += self._each(MEMORANDA_FILE, "kesepakatan", self._memorandum)
        added += self._each(SIGNATURES_FILE, "tanda tangan", self._signature)
        added += self._each(TENURES_FILE, "masa jabatan", self._tenure)
        added += self._each(FACTS_FILE, "fakta publik", self._fact)
        added += self._each(ASSESSMENTS_FILE, "penilaian dari luar", self._assessment)
        added += self._each(TRAININGS_FILE, "bimtek", self._training)
        return added + self._calendars()

    def _calendars(self) -> int:
        """Each year of the file that is not on record yet, as one list that was not compared with the decree."""
        known = set(HolidayYear.objects.values_list("year", flat=True))
        listed: dict[tuple[int, str], list[DayOff]] = {}
        for _line, row in HOLIDAYS_FILE.read(self.folder):
            listed.setdefault((row["day"].year, row["source"]), []).append(DayOff(row["day"], row["name"]))
        new = {key: days for key, days in listed.items() if key[0] not in known}
        for (year, source), days in new.items():
            HolidayYear.enter(by=access.SYSTEM, year=year, source=source, days=days)
        self.report(f"kalender: {len(new)} dicatat, {len(listed) - len(new)} sudah ada")
        return len(new)

    def _each(self, sheet: RosterFile, what: str, enter: Callable[[Row], bool]) -> int:
        path = self.folder / sheet.name
        before = added = 0
        for line, row in sheet.read(self.folder):
            try:
                with transaction.atomic():
                    new = enter(row)
            except ValidationError as error:
                column, sentences = next(iter(error.message_dict.items()))
                raise BadRosterFile(path, line, _COLUMNS.get(column, column), " ".join(sentences)) from error
            except KeyError as error:
                raise BadRosterFile(path, line, "", f"{error.args[0]} tidak dikenal.") from error
            except IntegrityError as error:
                raise BadRosterFile(path, line, "", f"melanggar aturan register ({error}).") from error
            except Refused as error:
                raise BadRosterFile(path, line, "", str(error)) from error
            added, before = added + new, before + (not new)
        self.report(f"{what}: {added} dicatat, {before} sudah ada")
        return added

    def _unit(self, row: Row) -> bool:
        if row["code"] in self.units:
            return False
        names = {"name": row.pop("name"), "short_name": row.pop("short_name")}
        parent = row.pop("parent")
        row |= {"unit_kind": row.pop("kind"), "parent": self.units[parent] if parent else None}
        _must_be_clean(Unit(**row))
        Unit(**row).validate_constraints()
        _must_be_clean(UnitName(**names), but="unit")
        self.units[row["code"]] = Unit.enter(by=access.SYSTEM, **names, **row)
        return True

    def _memorandum(self, row: Row) -> bool:
        if row["code"] in self.memoranda:
            return False
        _must_be_clean(Memorandum(**row))
        self.memoranda[row["code"]] = Memorandum.enter(by=access.SYSTEM, **row)
        return True

    def _signature(self, row: Row) -> bool:
        person = row.pop("person")
        row["memorandum"] = self.memoranda[row["memorandum"]]
        row["unit"] = self.units[row["unit"]] if row["unit"] else None
        # A withdrawn signature exists too: loading again must not undo a correction by staff.
        same = {"unit": row["unit"]} if row["unit"] else {"printed_name": row["printed_name"]}
        if Signature.objects.filter(memorandum=row["memorandum"], capacity=row["capacity"], **same).exists():
            return False
        _must_be_clean(Signature(**row))
        Signature.enter(by=access.SYSTEM, person=self._person(person) if person else None, **row)
        return True

    def _tenure(self, row: Row) -> bool:
        person, unit = row.pop("person"), self.units[row.pop("unit")]
        if Tenure.objects.filter(unit=unit, person__name=person, title=row["title"]).exists():
            return False
        _must_be_clean(Tenure(unit=unit, **row), but="person")
        Tenure.enter(by=access.SYSTEM, person=self._person(person), unit=unit, **row)
        return True

    def _person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = Person.enter(by=access.SYSTEM, name=name)
        return self.people[name]

    def _fact(self, row: Row) -> bool:
        row["unit"] = self.units[row["unit"]]
        if PublicFact.objects.filter(unit=row["unit"], statement=row["statement"]).exists():
            return False
        _must_be_clean(PublicFact(**row), but="entered_on")
        PublicFact.enter(by=access.SYSTEM, **row)
        return True

    def _training(self, row: Row) -> bool:
        if Training.objects.filter(held_on=row["held_on"]).exists():  # a withdrawn one too
            return False
        _must_be_clean(Training(**row), but="entered_at")
        Training.enter(by=access.SYSTEM, **row)
        return True

    def _assessment(self, row: Row) -> bool:
        if self.published_by and row["published_on"] > self.published_by:
            return False
        row["unit"] = self.units[row["unit"]] if row["unit"] else None
        # A withdrawn one exists too, as with signatures.
        same = Assessment.objects.of_scheme(row["scheme"]).filter(year=row["year"], unit=row["unit"])
        is_break = Q(certainty=AssessmentCertainty.METHOD_BREAK)
        if same.filter(is_break if row["certainty"] == AssessmentCertainty.METHOD_BREAK else ~is_break).exists():
            return False
        _must_be_clean(Assessment(**row), but="entered_at")
        Assessment.enter(by=access.SYSTEM, **row)
        return True


_COLUMNS = {"unit_kind": "kind", "__all__": ""}  # columns of a file named otherwise in the tables


def _must_be_clean(row: Registered, *, but: str = "") -> None:
    """Check each field by itself; the database checks relations and everything else."""
    relations = {field.name for field in row._meta.fields if field.is_relation}
    row.clean_fields(exclude=relations | {"uuid", but})


def load(report: Report = print, folder: Path = FIXTURES, *, published_by: date | None = None) -> int:
    """Enter every fact that is not in the register yet, all or none; returns their number. Raises BadRosterFile."""
    with transaction.atomic(), explained(SOURCED):
        return RosterLoader(folder, report, published_by).load()


def signatures_on_record() -> tuple[int, int | None]:
    """(units with a valid signature, units that the source counts); while they differ, both are printed."""
    memorandum = Memorandum.objects.get(code=MEMORANDUM_CODE)
    return memorandum.signatures.standing().of_units().count(), memorandum.parties_stated
