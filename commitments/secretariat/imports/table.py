"""Finds the table on a messy page: where it begins, which column is which, and which lines are no facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from commitments.formats import number
from commitments.secretariat.imports.cells import EMPTY_CELL, RawCell, simple
from commitments.secretariat.imports.columns import AmountColumn, ImportColumn, SeenColumn, heading_name
from commitments.secretariat.imports.questions import SheetQuestions, lines_named
from commitments.secretariat.imports.workbook import Cells, WorkbookPage, pages
from opd.errors import BadFact

MAX_LINES_ABOVE_TABLE = 40  # lines above the table
MAX_ROWS = 5_000
HEADING_RANKS = 4  # how good a heading can be for a column
FEWEST_COLUMNS = 3  # known ones, for a table that lacks some that new rows need
ONLY_FIGURES = re.compile(r"[\d.,%+−\s-]*")
TOTAL_WORDS = re.compile(r"(sub ?|grand )?total\b|jumlah\b|rata rata\b")
OUR_FIRST_LINE = "melewati seremoni"  # of our own downloads
FAULT_HEADING = "Yang perlu dibetulkan"  # of the column that a returned workbook has more
TAKE, LEAVE = "ambil", "tinggal"
TAKE_OR_LEAVE = ((TAKE, "diambil"), (LEAVE, "ditinggalkan"))


class TableRow(NamedTuple):
    """One line that holds facts: its cells by column key, and the names of columns filled beyond the last heading."""

    line: int
    cells: dict[str, RawCell]
    beyond: tuple[str, ...] = ()


@dataclass
class SheetTable:
    """A page with its heading found and its columns recognised."""

    page: WorkbookPage
    line: int  # of the heading
    columns: dict[str, SeenColumn]  # by key
    headed: set[int]  # the places of all headings
    fault_places: set[int]  # where we named faults in a workbook that comes back
    unused: list[str]
    skipped: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def last_place(self) -> int:
        return max(self.headed)

    def cell(self, cells: Cells, key: str) -> RawCell:
        return cells.get(self.columns[key].place, EMPTY_CELL) if key in self.columns else EMPTY_CELL


class _Heading(NamedTuple):
    """A line that may be the heading of the table on a page."""

    page: WorkbookPage
    line: int
    cells: Cells
    known: frozenset[str]  # keys of the columns that it names

    def lacks(self, columns: Sequence[ImportColumn], keys: Sequence[str]) -> list[str]:
        labels = {column.key: column.label for column in columns}
        return [labels[key] for key in keys if key not in self.known]


def found(
    content: bytes, columns: Sequence[ImportColumn], identities: Sequence[Sequence[str]], questions: SheetQuestions
) -> SheetTable:
    """The one table of a file that has these columns; BadFact says what is missing, or that there are several.

    identities: each a list of keys by which a row can be found in the register, so that it needs no more.
    """
    needed = [column.key for column in columns if column.needed]
    headings = [_best_heading(page, columns) for page in pages(content)]
    good = [one for one in headings if not one.lacks(columns, needed)] or [
        one
        for one in headings
        if len(one.known) >= FEWEST_COLUMNS and any(not one.lacks(columns, keys) for keys in identities)
    ]
    if not good:
        raise BadFact(_what_is_missing(headings, columns, needed))
    heading = _chosen(good, questions)
    return _table(heading, columns, questions)


def _best_heading(page: WorkbookPage, columns: Sequence[ImportColumn]) -> _Heading:
    """The line among the first ones that names most columns."""
    best = _Heading(page, 0, {}, frozenset())
    for line, cells in page.lines:
        if line > MAX_LINES_ABOVE_TABLE:
            break
        known = frozenset(_places(cells, columns, strict=False))
        if len(known) > len(best.known):
            best = _Heading(page, line, cells, known)
    return best


def _chosen(good: list[_Heading], questions: SheetQuestions) -> _Heading:
    """The heading to read; a hidden sheet only where it was chosen."""
    seen = [one for one in good if not one.page.is_hidden]
    if len(seen) > 1:
        names = " dan ".join(one.page.name for one in seen[:3])
        raise BadFact(f"Ada beberapa tabel di berkas ini: lembar {names}. Sisakan satu saja.")
    hidden = [one for one in good if one.page.is_hidden]
    if not hidden:
        return seen[0]
    names = " dan ".join(one.page.name for one in hidden)
    options = tuple((f"lembar-{at}", f"lembar {one.page.name}") for at, one in enumerate([*seen, *hidden]))
    text = f"Lembar {names} tersembunyi, dan juga memuat tabel seperti ini. Yang dibaca:"
    answer = questions.chosen("lembar", text, options, until="lembar-0")
    return [*seen, *hidden][int(answer.removeprefix("lembar-"))]


def _what_is_missing(headings: Sequence[_Heading], columns: Sequence[ImportColumn], needed: Sequence[str]) -> str:
    looked = [one for one in headings if one.cells]
    if not looked:
        names = ", ".join(column.label for column in columns if column.needed)
        return f"Baris judul tabel tidak ditemukan. Yang harus ada: {names}. Pakailah templatnya."
    best = min(looked, key=lambda one: (len(one.lacks(columns, needed)), one.line))
    names = ", ".join(best.lacks(columns, needed))
    return f"Lembar {best.page.name}, baris judul {best.line}: kolom ini tidak ada: {names}. Pakailah templatnya."


def _places(cells: Cells, columns: Sequence[ImportColumn], *, strict: bool = True) -> dict[str, int]:
    """Column key -> where it stands. A lesser heading goes to a column that has no better one."""
    names = {place: heading_name(cell.text) for place, cell in cells.items() if isinstance(cell.value, str)}
    places: dict[str, int] = {}
    for rank in range(HEADING_RANKS):
        for column in columns:
            wanted = column.headings[rank]
            here = [place for place, name in names.items() if name in wanted and place not in places.values()]
            if column.key in places or not here:
                continue
            if len(here) > 1 and strict:
                heads = " dan ".join(f"{cells[place].text!r}" for place in here)
                raise BadFact(f"Dua kolom terbaca sebagai {column.label}: {heads}. Sisakan satu.")
            places[column.key] = here[0]
    return places


def _table(heading: _Heading, columns: Sequence[ImportColumn], questions: SheetQuestions) -> SheetTable:
    page, line, cells, _ = heading
    places = _places(cells, columns)
    point = _decimal_sign(heading)
    seen = {
        column.key: SeenColumn(
            column,
            cells[places[column.key]].text,
            places[column.key],
            questions,
            point=point if isinstance(column, AmountColumn) else "",
        )
        for column in columns
        if column.key in places
    }
    seen = {key: one for key, one in seen.items() if _is_taken(one, page, questions)}
    used = {one.place for one in seen.values()}
    names = {place: heading_name(cell.text) for place, cell in cells.items() if not cell.is_empty}
    headed = {place for place, name in names.items() if name != simple(FAULT_HEADING)}
    ours = set(names) - headed  # of a workbook that we gave back
    unused = [
        cells[place].text + (" (tersembunyi)" if place in page.hidden_places else "")
        for place in sorted(headed - used)
    ]
    return SheetTable(page, line, seen, headed, ours, unused)


def _is_taken(seen: SeenColumn, page: WorkbookPage, questions: SheetQuestions) -> bool:
    """Whether a column is read: a hidden one only as its person chooses."""
    if seen.place not in page.hidden_places:
        return True
    text = f"Kolom {seen.column.label} ({page.column_name(seen.place)}) tersembunyi. Isinya:"
    return questions.chosen(f"kolom:{seen.column.key}", text, TAKE_OR_LEAVE, until=TAKE) == TAKE


def _decimal_sign(heading: _Heading) -> str:
    """The decimal sign of a CSV file that we made ourselves; "" when nobody knows."""
    first = [cells for line, cells in heading.page.lines if line < heading.line][:1]
    is_ours = any(simple(cell.text).startswith(OUR_FIRST_LINE) for cells in first for cell in cells.values())
    in_code = sum(
        cell.text in heading.known for cell in heading.cells.values()
    )  # `period_start`, as machines read it
    if not heading.page.separator or not (is_ours or in_code >= FEWEST_COLUMNS):
        return ""
    return "," if heading.page.separator == ";" else "."


def rows(table: SheetTable, columns: Sequence[ImportColumn], questions: SheetQuestions) -> list[TableRow]:
    """Each line below the heading that holds facts; lines that do not are named in `table.skipped`."""
    given = list(_rows(table, columns))
    if len(given) > MAX_ROWS:
        raise BadFact(f"Lebih dari {number(MAX_ROWS)} baris isian. Bagi menjadi beberapa berkas.")
    hidden = [row.line for row in given if row.line in table.page.hidden_lines]
    if hidden:
        text = f"Tersembunyi: {lines_named(hidden)}. Isinya:"
        if questions.chosen("baris", text, TAKE_OR_LEAVE, until=LEAVE) == LEAVE:
            table.skipped += [(line, "tersembunyi") for line in hidden]
            given = [row for row in given if row.line not in table.page.hidden_lines]
    if merged := [name for name in table.page.merged if _is_below(name, table.line)]:
        table.notes.append(f"Sel gabungan diisi ke bawah: {', '.join(merged[:8])}.")
    return given


def _is_below(range_name: str, line: int) -> bool:
    return any(int(figures) > line for figures in re.findall(r"\d+", range_name))


def _rows(table: SheetTable, columns: Sequence[ImportColumn]) -> Iterator[TableRow]:
    keys = {column.key for column in columns}
    nameless: set[int] = set()
    for line, cells in table.page.lines:
        filled = {place: cell for place, cell in cells.items() if not (cell.is_empty or place in table.fault_places)}
        if line <= table.line or not filled:
            continue
        if reason := _no_fact(filled, table, columns):
            table.skipped.append((line, reason))
            continue
        nameless |= {place for place in filled if place < table.last_place} - table.headed
        beyond = tuple(table.page.column_name(place) for place in sorted(filled) if _is_beyond(place, table))
        yield TableRow(line, {key: table.cell(cells, key) for key in keys}, beyond)
    table.unused += [f"{table.page.column_name(place)} (tanpa judul)" for place in sorted(nameless)]


def _is_beyond(place: int, table: SheetTable) -> bool:
    return place > table.last_place and place not in table.fault_places


def _no_fact(filled: Cells, table: SheetTable, columns: Sequence[ImportColumn]) -> str:
    cells = [filled[place] for place in sorted(filled)]
    is_figures = all(cell.formula or ONLY_FIGURES.fullmatch(cell.text) for cell in cells[1:])
    if TOTAL_WORDS.match(simple(cells[0].text)) and is_figures and _lacks_needed(filled, table, columns):
        return "baris jumlah"
    numbered = [re.fullmatch(r"\(?(\d{1,2})\)?", cell.text) for cell in cells]
    if len(cells) > 2 and [int(one[1]) for one in numbered if one] == list(range(1, len(cells) + 1)):
        return "baris nomor kolom"
    if all(
        heading_name(table.cell(filled, key).text) == heading_name(seen.heading)
        for key, seen in table.columns.items()
    ):
        return "judul yang berulang"
    return ""


def _lacks_needed(filled: Cells, table: SheetTable, columns: Sequence[ImportColumn]) -> bool:
    return any(column.needed and table.cell(filled, column.key).is_empty for column in columns)
