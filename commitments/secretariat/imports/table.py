"""Finds the table on a messy page: where it begins, which column is which, and which lines are no facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from import_export.fields import Field

from commitments.formats import number
from commitments.secretariat.imports.cells import RawCell, Read, checked, simple
from commitments.secretariat.imports.workbook import WorkbookPage, pages
from opd.errors import BadFact

MAX_LINES_ABOVE_TABLE = 40  # lines above the table
MAX_ROWS = 5_000
ONLY_FIGURES = re.compile(r"[\d.,%+−\s-]*")
TOTAL_WORDS = re.compile(r"(sub ?|grand )?total\b|jumlah\b|rata rata\b")


class ImportColumn(Field):
    """One column: its headings, how its cells are read, and how the template explains it."""

    def __init__(
        self,
        key: str,
        label: str,
        read: Read,
        *,
        also: tuple[str, ...] = (),
        needed: bool = False,
        help: str = "",
        examples: tuple[Any, ...] = (),
        choices: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(attribute=key, column_name=key, saves_null_values=False)
        self.key, self.label, self.read, self.also = key, label, read, also
        self.needed, self.help, self.examples, self.choices = needed, help, examples, choices

    @cached_property
    def names(self) -> set[str]:
        return {simple(name) for name in (self.label, self.key, *self.also)}

    def clean(self, row: dict[str, RawCell], **kwargs: Any) -> Any:
        """The value of the cell, None when empty; ValueError with a sentence when it cannot be read in one way."""
        cell = row[self.key]
        if checked(cell).is_empty:
            if self.needed:
                raise ValueError("Wajib diisi. Sel yang digabung (merge) diisi di tiap barisnya.")
            return None
        return self.read(cell)


class TableRow(NamedTuple):
    """One line that holds facts: its cells by column key."""

    line: int
    cells: dict[str, RawCell]


@dataclass
class SheetTable:
    """A page with its heading found and its columns recognised."""

    page: WorkbookPage
    line: int  # of the heading
    places: dict[str, int]  # column key -> where
    unused: list[str]
    skipped: list[tuple[int, str]] = field(default_factory=list)


def found(content: bytes, columns: tuple[ImportColumn, ...]) -> SheetTable:
    """The one table of a file that has these columns; BadFact says what is missing, or that there are several."""
    looked = [(page, *_best_heading(page, columns)) for page in pages(content)]
    good = [(page, line, cells) for page, line, cells in looked if not _missing(cells, columns)]
    if len(good) > 1:
        names = " dan ".join(page.name for page, _, _ in good[:3])
        raise BadFact(f"Ada beberapa tabel di berkas ini: lembar {names}. Sisakan satu saja.")
    if not good:
        raise BadFact(_what_is_missing(looked, columns))
    page, line, cells = good[0]
    places = _places(cells, columns)
    unused = [cell.text for place, cell in enumerate(cells) if cell.text and place not in places.values()]
    return SheetTable(page, line, places, unused)


def _best_heading(page: WorkbookPage, columns: tuple[ImportColumn, ...]) -> tuple[int, list[RawCell]]:
    """The line among the first ones that names most columns."""
    best: tuple[int, int, list[RawCell]] = (0, 0, [])
    for line, cells in page.lines():
        if line > MAX_LINES_ABOVE_TABLE:
            break
        score = sum(any(_is_heading(cell, column) for cell in cells) for column in columns)
        if score > best[0]:
            best = (score, line, cells)
    return best[1:]


def _is_heading(cell: RawCell, column: ImportColumn) -> bool:
    """Whether a text is the heading of a column: `Nama Unit *` and `Satuan (misalnya hari)` head Nama Unit and
    Satuan."""
    return isinstance(cell.value, str) and simple(re.sub(r"\([^)]*\)", " ", cell.text)) in column.names


def _missing(cells: list[RawCell], columns: tuple[ImportColumn, ...]) -> list[str]:
    there = [column for column in columns if any(_is_heading(cell, column) for cell in cells)]
    return [column.label for column in columns if column.needed and column not in there]


def _what_is_missing(looked: list[tuple[WorkbookPage, int, list[RawCell]]], columns: tuple[ImportColumn, ...]) -> str:
    if not looked or not any(cells for _, _, cells in looked):
        names = ", ".join(column.label for column in columns if column.needed)
        return f"Baris judul tabel tidak ditemukan. Yang harus ada: {names}. Pakailah templatnya."
    page, line, cells = min(looked, key=lambda one: (len(_missing(one[2], columns)), one[1]))
    names = ", ".join(_missing(cells, columns))
    return f"Lembar {page.name}, baris judul {line}: kolom ini tidak ada: {names}. Pakailah templatnya."


def _places(cells: list[RawCell], columns: tuple[ImportColumn, ...]) -> dict[str, int]:
    places: dict[str, int] = {}
    for column in columns:
        here = [place for place, cell in enumerate(cells) if _is_heading(cell, column)]
        if len(here) > 1:
            heads = " dan ".join(f"{cells[place].text!r}" for place in here)
            raise BadFact(f"Dua kolom terbaca sebagai {column.label}: {heads}. Sisakan satu.")
        if here:
            places[column.key] = here[0]
    return places


def rows(table: SheetTable, columns: tuple[ImportColumn, ...]) -> Iterator[TableRow]:
    """Each line below the heading that holds facts; lines that do not are named in `table.skipped`."""
    given = 0
    for line, cells in table.page.lines():
        if line <= table.line or all(cell.is_empty for cell in cells):
            continue
        if reason := _no_fact(cells, table, columns):
            table.skipped.append((line, reason))
            continue
        given += 1
        if given > MAX_ROWS:
            raise BadFact(f"Lebih dari {number(MAX_ROWS)} baris isian. Bagi menjadi beberapa berkas.")
        yield TableRow(line, {column.key: _at(cells, table.places.get(column.key)) for column in columns})


def _no_fact(cells: list[RawCell], table: SheetTable, columns: tuple[ImportColumn, ...]) -> str:
    filled = [cell for cell in cells if not cell.is_empty]
    is_figures = all(cell.formula or ONLY_FIGURES.fullmatch(cell.text) for cell in filled[1:])
    if TOTAL_WORDS.match(simple(filled[0].text)) and is_figures and _lacks_needed(cells, table, columns):
        return "baris jumlah"
    numbered = [re.fullmatch(r"\(?(\d{1,2})\)?", cell.text) for cell in filled]
    if len(filled) > 2 and [int(one[1]) for one in numbered if one] == list(range(1, len(filled) + 1)):
        return "baris nomor kolom"
    heading = [column for column in columns if column.key in table.places]
    if all(_is_heading(_at(cells, table.places[column.key]), column) for column in heading):
        return "judul yang berulang"
    return ""


def _lacks_needed(cells: list[RawCell], table: SheetTable, columns: tuple[ImportColumn, ...]) -> bool:
    return any(column.needed and _at(cells, table.places[column.key]).is_empty for column in columns)


def _at(cells: list[RawCell], place: int | None) -> RawCell:
    return cells[place] if place is not None and place < len(cells) else RawCell()
