"""The sheet for the council: on one page, the units that have something to explain on a day, by name and figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, cast

from commitments.formats import days, long_date, number
from commitments.ladder.answers import Answer
from commitments.ladder.rows import UnitOnLadder
from commitments.lists.unit_rows import UnitDetails, UnitListRow, unit_details, unit_list_rows
from commitments.reports import meeting_pack as packs
from commitments.reports.home_page import agreement, headline
from commitments.reports.meeting_pack import UnitSheet
from commitments.reports.target_standing import TargetStanding
from commitments.typst.print_source import PrintSource

COUNCIL_TEMPLATE = "dewan.typ"

Words = dict[str, Any]


def sheet_words(day: date, source: PrintSource) -> Words:
    """All that the sheet shows, in Indonesian; the same number of queries for any number of units."""
    memorandum = agreement()
    lines = [line for line in unit_list_rows(day) if line.signed]
    found = headline([line.unit for line in lines], memorandum.parties_stated if memorandum else None)
    sheets = packs.sheets(cast("list[UnitOnLadder]", [line.unit for line in lines]), day)
    return {
        "day": long_date(day),
        "imprint": source.words(),
        "sentence": f"{found.sentence}.",
        "parts": [
            _part("Belum ada target", "tidak ada yang dapat dibuktikan", _without_target(lines, day)),
            _part("Diam", "semua targetnya melewati batas tanpa kabar", _silent(sheets)),
            _part("Terlambat", "tenggat semula lewat, belum tercapai", _of_targets(sheets, _late)),
            _part("Dipersoalkan", "Inspektorat tidak menemukan angka yang sama", _of_targets(sheets, _contested)),
        ],
    }


def _part(title: str, meaning: str, groups: Words) -> Words:
    """groups: words in front -> (unit, its figure)."""
    return {
        "title": title,
        "meaning": meaning,
        "count": number(sum(len(units) for units in groups.values())),
        "groups": [
            {"words": words, "units": [{"name": name, "figure": figure} for name, figure in units]}
            for words, units in groups.items()
        ],
    }


def _without_target(lines: Iterable[UnitListRow], day: date) -> Words:
    shown = [line for line in lines if line.answer is Answer.NO_TARGET]
    more = unit_details(shown, day)
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in sorted(shown, key=lambda line: line.sorted_name):
        words, figure = _why_without(more[line.unit.pk])
        groups[words].append((line.short_name, figure))
    return dict(groups)


def _why_without(details: UnitDetails) -> tuple[str, str]:
    if details.successors:
        return "Berakhir, diteruskan", ", ".join(unit.short_name for unit in details.successors)
    if details.proposal_days is not None:
        return "Usulannya menunggu sekretariat", days(details.proposal_days)
    if not details.is_invited:
        return "Belum diundang", ""
    return ("Belum mengusulkan" if details.has_account else "Belum ada akun aktif"), ""


def _silent(sheets: Iterable[UnitSheet]) -> Words:
    found = [
        (min(row.clock_days for row in sheet.rows), sheet.unit.short_name)
        for sheet in sheets
        if sheet.unit.silent and sheet.rows
    ]
    return {"": [(name, days(count)) for count, name in sorted(found, key=lambda pair: (-pair[0], pair[1]))]}


def _of_targets(sheets: Iterable[UnitSheet], figure: Callable[[UnitSheet], tuple[int, str] | None]) -> Words:
    """The units that have a figure, the largest first."""
    found = [(one, sheet.unit.short_name) for sheet in sheets if (one := figure(sheet))]
    return {"": [(name, words) for (_, words), name in sorted(found, key=lambda pair: (-pair[0][0], pair[1]))]}


def _late(sheet: UnitSheet) -> tuple[int, str] | None:
    longest = max((row.overdue_days for row in sheet.late), default=0)
    return (longest, f"{_targets(sheet.late)}, {days(longest)}") if longest else None


def _contested(sheet: UnitSheet) -> tuple[int, str] | None:
    rows = [row for row in sheet.rows if row.target.contested]
    return (len(rows), _targets(rows)) if rows else None


def _targets(rows: Iterable[TargetStanding]) -> str:
    return f"{number(len(list(rows)))} target"
