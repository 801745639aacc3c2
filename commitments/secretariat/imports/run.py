"""Runs an import: shows what a file would change, row by row, and keeps it only if it still changes exactly that."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from commitments.secretariat.imports import day_order
from commitments.secretariat.imports.columns import DayColumn, SeenColumn
from commitments.secretariat.imports.faults import ImportFault, faults_of
from commitments.secretariat.imports.jobs import Tell
from commitments.secretariat.imports.kinds.commitments import CommitmentImport
from commitments.secretariat.imports.kinds.measurements import MeasurementImport
from commitments.secretariat.imports.kinds.memberships import MembershipImport
from commitments.secretariat.imports.kinds.signatures import SignatureImport
from commitments.secretariat.imports.kinds.tenures import TenureImport
from commitments.secretariat.imports.kinds.units import UnitImport
from commitments.secretariat.imports.questions import Question, SheetQuestions, Unanswered, lines_named
from commitments.secretariat.imports.sheet_kind import CHANGED, MAX_SHOWN_FAULTS, NEW, SAME, RowOutcome, SheetImport
from commitments.secretariat.imports.table import SheetTable, TableRow, found, rows
from opd import register
from opd.errors import BadFact, Refused
from opd.register.canonical import canonical

ALL_KINDS = (UnitImport, TenureImport, SignatureImport, MembershipImport, CommitmentImport, MeasurementImport)
IMPORTS: dict[str, type[SheetImport]] = {kind.slug: kind for kind in ALL_KINDS}
MAX_SHOWN_ROWS = 200  # of each group
MAX_SECONDS = 50.0  # seconds: a proxy in front gives up after a minute


@dataclass
class ReadRow:
    """A row as it was read, and what it does, or what is wrong with it."""

    line: int
    notes: list[str]
    shown: dict[str, str] = field(default_factory=dict)  # column key -> the value as it was read
    outcome: RowOutcome | None = None
    faults: list[ImportFault] = field(default_factory=list)
    is_asked: bool = False  # it waits for an answer


@dataclass
class ImportReport:
    """The result of a trial. Without faults and open questions it can be kept, as long as `digest` is the same."""

    kind: type[SheetImport]
    sha256: str
    table: SheetTable
    questions: SheetQuestions
    read: list[ReadRow] = field(default_factory=list)  # in the order of the file
    seconds: float = 0.0
    kept: bool = False

    @cached_property
    def outcomes(self) -> list[tuple[int, RowOutcome]]:
        """What each row that can be imported does, by its line."""
        return [(row.line, row.outcome) for row in self.read if row.outcome]

    @cached_property
    def faults(self) -> list[ImportFault]:
        return [fault for row in self.read for fault in row.faults]

    @property
    def first_faults(self) -> list[ImportFault]:
        return self.faults[:MAX_SHOWN_FAULTS]

    @property
    def asked(self) -> list[Question]:
        return list(self.questions.asked.values())

    @property
    def is_ready(self) -> bool:
        """Whether all of it could be kept."""
        return not (self.faults or self.questions.open)

    @property
    def digest(self) -> str:
        """SHA-256 of what would happen; other facts in the register, or other answers, give another digest."""
        told = [[line, outcome.status, outcome.about, *outcome.doubts] for line, outcome in self.outcomes]
        return hashlib.sha256(canonical([self.kind.slug, self.sha256, told]).encode()).hexdigest()

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.changed)

    def listed(self, status: str) -> list[ReadRow]:
        return [row for row in self.read if row.outcome and row.outcome.status == status]

    @property
    def new(self) -> list[ReadRow]:
        return self.listed(NEW)

    @property
    def changed(self) -> list[ReadRow]:
        return self.listed(CHANGED)

    @property
    def same(self) -> list[ReadRow]:
        return self.listed(SAME)

    @property
    def doubts(self) -> list[tuple[str, str]]:
        """Each doubt with the lines that it is about, as a sentence names them."""
        return _with_lines((doubt, row.line) for row in self.read if row.outcome for doubt in row.outcome.doubts)

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What was read in one of several ways, with its lines."""
        return [(note, "") for note in self.table.notes] + _with_lines(
            (note, row.line) for row in self.read for note in row.notes
        )

    @property
    def headings(self) -> list[str]:
        """The columns that were read, in the order of the sheet."""
        return [seen.column.label for seen in self._seen]

    def as_read(self, rows: list[ReadRow]) -> list[tuple[ReadRow, list[str]]]:
        """Each row with its values in that order."""
        return [(row, [row.shown.get(seen.column.key, "") for seen in self._seen]) for row in rows[:MAX_SHOWN_ROWS]]

    @cached_property
    def _seen(self) -> list[SeenColumn]:
        return sorted(self.table.columns.values(), key=lambda seen: seen.place)

    @property
    def groups(self) -> list[tuple[str, int, list[tuple[ReadRow, list[str]]]]]:
        """The rows by what becomes of them: heading, how many, and the first ones."""
        named = (("Baru", self.new), ("Dikoreksi", self.changed), ("Sudah tercatat, tidak berubah", self.same))
        return [(name, len(rows), self.as_read(rows)) for name, rows in named if rows]


def _with_lines(told: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    lines: dict[str, list[int]] = {}
    for text, line in told:
        lines.setdefault(text, []).append(line)
    return [(text, lines_named(found)) for text, found in lines.items()]


class _TrialOver(Exception):
    """Error that ends the transaction when the result is no longer the confirmed one."""


def run(
    kind: type[SheetImport],
    content: bytes,
    *,
    by: User,
    keep: str = "",
    answers: Mapping[str, str] | None = None,
    tell: Tell | None = None,
) -> ImportReport:
    """Imports every row through its acts, all in one transaction.

    Without `keep`: on a private copy of the register. With it: in the register, but undone if anything is wrong or if
    what would happen has not this digest, which was confirmed. BadFact when the file cannot be read at all.
    `tell` hears of each row; without it somebody waits for the answer, and a sheet that takes too long is refused.
    """
    begun, questions = time.monotonic(), SheetQuestions(answers or {})
    table = found(content, kind.columns, kind.identities, questions)
    given = _filled(kind, table, questions)
    report = ImportReport(kind, hashlib.sha256(content).hexdigest(), table, questions)
    where: AbstractContextManager[Any] = register.many_acts(file_sha256=report.sha256) if keep else register.trial()
    try:
        with where:
            report.read = sorted(
                _entered(kind(by, table, questions), given, tell or _in_time()), key=lambda row: row.line
            )
            if keep and not (report.is_ready and keep == report.digest):
                raise _TrialOver
            report.kept = bool(keep)
    except _TrialOver:
        pass
    report.seconds = time.monotonic() - begun
    return report


def _in_time() -> Tell:
    until = time.monotonic() + MAX_SECONDS

    def tell(done: int, total: int) -> None:
        if time.monotonic() > until:
            raise BadFact("Berkas ini perlu waktu terlalu lama. Bagi menjadi beberapa berkas.")

    return tell


def _filled(kind: type[SheetImport], table: SheetTable, questions: SheetQuestions) -> list[TableRow]:
    """The rows that say something, in the order in which they are entered; what their columns decide together."""
    given = []
    for row in rows(table, kind.columns, questions):
        if why := kind.why_unfilled(row.cells):
            table.skipped.append((row.line, why))
        else:
            given.append(row)
    if not given:
        raise BadFact("Tidak ada baris isian di bawah judul tabel.")
    days = [seen for seen in table.columns.values() if isinstance(seen.column, DayColumn)]
    table.notes += day_order.decide(days, given)
    return sorted(given, key=lambda row: kind.rank(row.cells))


def _entered(kind: SheetImport, given: list[TableRow], tell: Tell) -> list[ReadRow]:
    """Reads and enters each row. A fault of a row stands in its result; any other error is raised."""
    kind.look_up(given)
    done = []
    for number, row in enumerate(given):
        tell(number, len(given))
        result = ReadRow(row.line, kind.questions.begin(row.line))
        values = _values(kind, row, result)
        if not (result.faults or result.is_asked):
            _enter(kind, values, row, result)
        done.append(result)
    return done


def _values(kind: SheetImport, row: TableRow, result: ReadRow) -> dict[str, Any]:
    """The values of a row by column key. What is wrong with its cells goes into the result."""
    values: dict[str, Any] = {}
    if row.beyond:
        result.faults.append(ImportFault.beyond(row, is_csv=bool(kind.table.page.separator)))
    for key, seen in kind.table.columns.items():
        try:
            value = seen.read(row.cells[key])
        except Unanswered:
            result.is_asked = True
        except ValueError as error:
            result.faults.append(ImportFault.of_cell(seen.column, row, str(error)))
        else:
            if value is not None:
                values[key], result.shown[key] = value, seen.column.show(value)
    if not kind.is_on_record(row.cells):
        for column in kind.columns:
            if column.needed and row.cells[column.key].is_empty:
                there = column.key in kind.table.columns
                why = "Wajib diisi." if there else "Kolom ini tidak ada, padahal barisnya baru. Tambahkan."
                result.faults.append(ImportFault.of_cell(column, row, why))
    return values


def _enter(kind: SheetImport, values: dict[str, Any], row: TableRow, result: ReadRow) -> None:
    try:
        with transaction.atomic():
            result.outcome = kind.enter(values)
    except Unanswered:
        result.is_asked = True
    except Refused as refusal:
        result.faults += faults_of(ValidationError(str(refusal)), kind, row, result.shown)
    except ValidationError as error:
        result.faults += faults_of(error, kind, row, result.shown)
    except IntegrityError:
        result.faults += faults_of(ValidationError(BadFact.sentence), kind, row, result.shown)
