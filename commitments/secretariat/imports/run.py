"""Runs an import: shows what a file would change, row by row, and keeps it only if it still changes exactly that."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import User
from import_export.results import Error, InvalidRow, Result
from tablib import Dataset

from commitments.secretariat.imports.commitments import CommitmentImport
from commitments.secretariat.imports.measurements import MeasurementImport
from commitments.secretariat.imports.sheet_kind import CHANGED, MAX_SHOWN_FAULTS, NEW, SAME, RowOutcome, SheetImport
from commitments.secretariat.imports.table import SheetTable, TableRow, found, rows
from commitments.secretariat.imports.tenures import TenureImport
from commitments.secretariat.imports.units import UnitImport
from opd import register
from opd.errors import BadFact
from opd.register.canonical import canonical

IMPORTS: dict[str, type[SheetImport]] = {
    kind.slug: kind for kind in (UnitImport, TenureImport, CommitmentImport, MeasurementImport)
}
WHOLE_ROW_LABEL = "seluruh baris"
MAX_SECONDS = 50.0  # seconds: a proxy in front gives up after a minute


@dataclass(frozen=True)
class ImportFault:
    """One fault: on which line, in which column, what was read there, and how to write it."""

    line: int
    column: str
    text: str
    wrong: str

    @property
    def is_of_a_cell(self) -> bool:
        return self.column != WHOLE_ROW_LABEL


@dataclass
class ImportReport:
    """The result of a trial. Without faults it can be kept, as long as `digest` is still the same."""

    kind: type[SheetImport]
    sha256: str
    table: SheetTable
    read: list[TableRow]  # in the order in which they were entered
    result: Result = field(default_factory=Result)
    seconds: float = 0.0
    kept: bool = False

    @cached_property
    def outcomes(self) -> list[tuple[int, RowOutcome]]:
        """What each row that can be imported does, by its line."""
        ends = zip(self.read, self.result.rows, strict=True)
        return sorted((row.line, RowOutcome(end.import_type, end.object_repr)) for row, end in ends if end.is_valid())

    @cached_property
    def faults(self) -> list[ImportFault]:
        found = [fault for row in self.result.invalid_rows for fault in self._faults(row)]
        return sorted(found, key=lambda fault: fault.line)

    @property
    def first_faults(self) -> list[ImportFault]:
        return self.faults[:MAX_SHOWN_FAULTS]

    def _faults(self, invalid: InvalidRow) -> list[ImportFault]:
        row, columns = self.read[invalid.number - 1], {column.key: column for column in self.kind.columns}
        told = [(columns.get(key), " ".join(sentences)) for key, sentences in invalid.error_dict.items()]
        return [
            ImportFault(row.line, column.label, row.cells[column.key].text[:200], wrong)
            if column
            else ImportFault(row.line, WHOLE_ROW_LABEL, "", wrong)
            for column, wrong in told
        ]

    @property
    def digest(self) -> str:
        """SHA-256 of what would happen; other facts in the register give another digest."""
        told = [[line, outcome.status, outcome.about] for line, outcome in self.outcomes]
        return hashlib.sha256(canonical([self.kind.slug, self.sha256, told]).encode()).hexdigest()

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.changed)

    def listed(self, status: str) -> list[tuple[int, RowOutcome]]:
        return [(line, outcome) for line, outcome in self.outcomes if outcome.status == status]

    @property
    def new(self) -> list[tuple[int, RowOutcome]]:
        return self.listed(NEW)

    @property
    def changed(self) -> list[tuple[int, RowOutcome]]:
        return self.listed(CHANGED)

    @property
    def same(self) -> list[tuple[int, RowOutcome]]:
        return self.listed(SAME)


class _TrialOver(Exception):
    """Error that ends the transaction when the result is no longer the confirmed one."""


def run(kind: type[SheetImport], content: bytes, *, by: User, keep: str = "") -> ImportReport:
    """Imports every row through its acts, all in one transaction.

    Without `keep`: on a private copy of the register. With it: in the register, but undone if anything is wrong or if
    what would happen has not this digest, which was confirmed. BadFact when the file cannot be read at all.
    """
    begun = time.monotonic()
    table = found(content, kind.columns)
    read = sorted(rows(table, kind.columns), key=lambda row: kind.rank(row.cells))
    if not read:
        raise BadFact("Tidak ada baris isian di bawah judul tabel.")
    report = ImportReport(kind, hashlib.sha256(content).hexdigest(), table, read)
    try:
        with register.many_acts(file_sha256=report.sha256) if keep else register.trial():
            report.result = _entered(kind(by), read, until=begun + MAX_SECONDS)
            if keep and (report.faults or keep != report.digest):
                raise _TrialOver
            report.kept = bool(keep)
    except _TrialOver:
        pass
    report.seconds = time.monotonic() - begun
    return report


def _entered(kind: SheetImport, read: list[TableRow], *, until: float) -> Result:
    """The result of every row. A fault of a row stands in it; any other error is raised."""
    data = Dataset(*(row.cells.values() for row in read), headers=[column.key for column in kind.columns])
    result = kind.import_data(data, until=until)
    errors: list[Error] = [*result.base_errors, *(error for row in result.error_rows for error in row.errors)]
    if errors:
        raise errors[0].error
    return result
