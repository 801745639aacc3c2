"""Faults of an import: on which line and in which columns, what was read there, and how to write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import F, Q

from commitments.secretariat.imports.columns import ImportColumn
from commitments.secretariat.imports.sheet_kind import SheetImport
from commitments.secretariat.imports.table import TableRow

WHOLE_ROW_LABEL = "seluruh baris"
MAX_TEXT_SHOWN = 200  # characters
CSV_HINT = " Dalam CSV, tulis 5,5 di antara tanda kutip, atau pisahkan selnya dengan titik koma."


@dataclass(frozen=True)
class ImportFault:
    """One fault. `keys`: of the columns that it is about; none when it is about the whole row."""

    line: int
    keys: tuple[str, ...]
    column: str  # the labels of those columns
    text: str
    wrong: str

    @property
    def is_of_a_cell(self) -> bool:
        return bool(self.keys)

    @classmethod
    def of_cell(cls, column: ImportColumn, row: TableRow, wrong: str) -> ImportFault:
        text = row.cells[column.key].text[:MAX_TEXT_SHOWN]
        return cls(row.line, (column.key,), column.label, text, wrong)

    @classmethod
    def beyond(cls, row: TableRow, *, is_csv: bool) -> ImportFault:
        """Of a row with more cells than the table has headings: its values may stand in the wrong columns."""
        names = ", ".join(row.beyond[:5])
        wrong = f"Lebih banyak sel daripada judul: ada isi di kolom {names}, yang tidak berjudul."
        return cls(row.line, (), WHOLE_ROW_LABEL, "", wrong + (CSV_HINT if is_csv else " Hapus, atau beri judul."))


def faults_of(
    error: ValidationError, kind: SheetImport, row: TableRow, shown: Mapping[str, str]
) -> Iterator[ImportFault]:
    """The faults of a refused row; of a rule over several columns, with those columns and their values."""
    columns, rules = {column.key: column for column in kind.columns}, columns_of_rules(*kind.ruled)
    told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for key, sentences in told.items():
        if key in columns:
            yield ImportFault.of_cell(columns[key], row, " ".join(sentences))
            continue
        for sentence in sentences:
            keys = tuple(name for name in rules.get(sentence, ()) if name in columns)
            labels = ", ".join(columns[name].label for name in keys) or WHOLE_ROW_LABEL
            text = " · ".join(f"{columns[name].label}: {shown.get(name) or 'kosong'}" for name in keys)
            yield ImportFault(row.line, keys, labels, text, sentence)


@lru_cache
def columns_of_rules(*ruled: type[models.Model]) -> dict[str, tuple[str, ...]]:
    """The sentence of each constraint of these models -> the columns that it is about."""
    found: dict[str, tuple[str, ...]] = {}
    for model in ruled:
        for rule in model._meta.constraints:
            names = _names_in(rule.condition) if isinstance(rule, models.CheckConstraint) else rule.fields  # type: ignore[attr-defined]
            found[str(rule.get_violation_error_message())] = tuple(dict.fromkeys(names))
    return found


def _names_in(part: Any) -> Iterator[str]:
    """The names of the columns in a condition."""
    if isinstance(part, Q):
        for child in part.children:
            yield from _names_in(child)
    elif isinstance(part, tuple):
        yield part[0].partition("__")[0]
        yield from _names_in(part[1])
    elif isinstance(part, F):
        yield str(part.name)  # type: ignore[attr-defined]
    elif hasattr(part, "get_source_expressions"):
        for inner in part.get_source_expressions():
            yield from _names_in(inner)
