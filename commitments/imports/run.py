"""What would a file change, row by row; and does it still change exactly that when somebody says yes?"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from commitments.imports.kind import CHANGED, NEW, SAME, Kind, Outcome, Wrong
from commitments.imports.measurements import MeasurementsKind
from commitments.imports.promises import PromisesKind
from commitments.imports.table import Fault, Row, Table, found, rows
from commitments.imports.tenures import TenuresKind
from commitments.imports.units import UnitsKind
from opd import register
from opd.canonical import canonical
from opd.errors import BadFact, Refused

KINDS: dict[str, type[Kind]] = {kind.slug: kind for kind in (UnitsKind, TenuresKind, PromisesKind, MeasurementsKind)}
MOST_FAULTS = 200  # then the file is better mended than read on
LONGEST = 50.0  # seconds: a proxy in front gives up after a minute


@dataclass
class Report:
    """A file tried as a whole. Without faults it can be kept, as long as `digest` is still the same."""

    kind: type[Kind]
    sha256: str
    table: Table
    outcomes: list[tuple[int, Outcome]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0
    seconds: float = 0.0
    kept: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of what would happen: other facts in the register, another digest."""
        told = [[line, outcome.status, outcome.about] for line, outcome in self.outcomes]
        return hashlib.sha256(canonical([self.kind.slug, self.sha256, told]).encode()).hexdigest()

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(outcome.status for _, outcome in self.outcomes)

    @property
    def changes(self) -> int:
        return self.counts[NEW] + self.counts[CHANGED]

    @property
    def stopped(self) -> bool:
        return len(self.faults) >= MOST_FAULTS

    def listed(self, status: str) -> list[tuple[int, Outcome]]:
        return [(line, outcome) for line, outcome in self.outcomes if outcome.status == status]

    @property
    def new(self) -> list[tuple[int, Outcome]]:
        return self.listed(NEW)

    @property
    def changed(self) -> list[tuple[int, Outcome]]:
        return self.listed(CHANGED)

    @property
    def same(self) -> list[tuple[int, Outcome]]:
        return self.listed(SAME)


class _Undone(Exception):
    """Ends the transaction of a trial."""


def run(kind: type[Kind], content: bytes, *, by: User, keep: str = "") -> Report:
    """Try every row through its acts, all in one transaction; undone, unless nothing is wrong and what would
    happen has the digest `keep` that was agreed to. BadFact when the file cannot be read at all."""
    begun = time.monotonic()
    report = Report(kind, hashlib.sha256(content).hexdigest(), found(content, kind.columns))
    read = list(rows(report.table, kind.columns))
    report.read = len(read)
    if not read:
        raise BadFact("Tidak ada baris isian di bawah judul tabel.")
    try:
        with register.many_acts(file_sha256=report.sha256):
            _enter(kind(by), read, report, begun)
            report.outcomes.sort(key=lambda one: one[0])
            report.faults.sort(key=lambda fault: fault.line)
            if report.faults or keep != report.digest:
                raise _Undone
            report.kept = True
    except _Undone:
        pass
    report.seconds = time.monotonic() - begun
    return report


def _enter(kind: Kind, read: list[Row], report: Report, begun: float) -> None:
    report.faults += [fault for row in read for fault in row.faults][:MOST_FAULTS]
    for row in kind.prepare([row for row in read if not row.faults]):
        if report.stopped:
            return
        if time.monotonic() - begun > LONGEST:
            raise BadFact(f"Berkas ini perlu waktu lebih dari {LONGEST:.0f} detik. Bagi menjadi beberapa berkas.")
        try:
            with transaction.atomic():
                report.outcomes.append((row.line, kind.enter(row.values)))
        except (Wrong, Refused, ValidationError, IntegrityError) as error:
            report.faults += _faults(kind, row, error)


def _faults(kind: Kind, row: Row, error: Exception) -> list[Fault]:
    columns = {column.key: column for column in kind.columns}
    if isinstance(error, Wrong):
        told = [(error.column, str(error))]
    elif isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        told = [(column, " ".join(sentences)) for column, sentences in error.message_dict.items()]
    elif isinstance(error, ValidationError):
        told = [("", " ".join(error.messages))]
    elif isinstance(error, Refused):
        told = [("", str(error))]
    else:
        told = [("", BadFact.sentence)]
    return [row.fault(columns.get(key), sentence) for key, sentence in told]
