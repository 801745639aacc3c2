"""The meeting pack as a workbook: the same figures as numbers, so that they can be sorted and summed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from commitments.formats import answer_name, flags_of, long_date, long_moment, rung_name, step_name
from commitments.lists.exports import bold, cell
from commitments.reports.meeting_pack import MeetingPack
from commitments.typst.print_source import PrintSource

WORKBOOK_DEMO_NOTICE = "Data contoh: angka di berkas ini dibuat untuk peragaan, bukan capaian sebenarnya."

UNIT_SHEET_COLUMNS = (
    "Kode",
    "Unit",
    "Melewati seremoni?",
    "Anak tangga",
    "Nama anak tangga",
    "Mengaku",
    "Target berjalan",
    "Membaik",
    "Tanda",
    "Pejabat",
)
TARGET_SHEET_COLUMNS = (
    *("Kode unit", "Acuan", "Layanan", "Satuan", "Nilai awal", "Realisasi", "Sampai", "Target", "Jalan ke target"),
    *("Anak tangga", "Tenggat semula", "Tenggat kini", "Bergeser (hari)", "Tanda"),
)
MOVE_SHEET_COLUMNS = ("Kejadian", "Unit", "Layanan", "Sebelum", "Sesudah")


def workbook(pack: MeetingPack, imprint: PrintSource) -> bytes:
    """XLSX of four sheets: summary, units, targets, what moved since the chosen day."""
    book = Workbook(write_only=True)
    _sheet(book, "Ringkasan", ("Paket evaluasi", ""), _summary(pack, imprint), width=(28, 100))
    _sheet(book, "Unit", UNIT_SHEET_COLUMNS, _units(pack), width=(16, 44, 24, 10, 18, 14, 10, 10, 34, 48))
    _sheet(book, "Target", TARGET_SHEET_COLUMNS, _targets(pack), width=(16, 18, 40, 18, *(12,) * 9, 34))
    _sheet(book, "Perubahan", MOVE_SHEET_COLUMNS, _moves(pack), width=(18, 24, 44, 16, 16))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(
    book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], width: Sequence[int]
) -> None:
    sheet = book.create_sheet(title)
    for place, wide in enumerate(width, 1):
        sheet.column_dimensions[get_column_letter(place)].width = wide
    sheet.freeze_panes = "A2"
    sheet.append([bold(sheet, column) for column in columns])
    for row in rows:
        sheet.append([cell(value) for value in row])


def _summary(pack: MeetingPack, imprint: PrintSource) -> Iterable[Sequence[Any]]:
    if imprint.demo:
        yield "Perhatian", WORKBOOK_DEMO_NOTICE
    yield "Keadaan per", long_date(pack.day)
    yield "Dibandingkan dengan", long_date(pack.since)
    yield "Jawabannya", pack.home.headline.sentence
    for answer, count in pack.home.headline.answers.items():
        yield answer_name(answer), count
    for step in pack.home.steps:
        yield step_name(step.code), step.count
    yield "Kepala jejak", f"{imprint.head.seq}:{imprint.head.hash}"
    yield "Dicatat", long_moment(imprint.head.at)
    yield "Halaman publik", imprint.address


def _units(pack: MeetingPack) -> Iterable[Sequence[Any]]:
    for sheet in pack.sheets:
        unit = sheet.unit
        office = f"{sheet.office.person.name}, {sheet.office.title}" if sheet.office else None
        flags = ", ".join(str(flag.label) for flag in flags_of(unit))
        standing = (answer_name(unit.answer), unit.rung, rung_name(unit.rung), rung_name(unit.rung_claimed))
        yield unit.code, unit.name, *standing, unit.live_targets, unit.improving_targets, flags, office


def _targets(pack: MeetingPack) -> Iterable[Sequence[Any]]:
    for sheet in pack.sheets:
        for row in sheet.rows:
            target = row.target
            yield (
                sheet.unit.code,
                target.reference,
                target.service,
                target.unit_of_measure,
                target.baseline_now,
                target.value,
                target.period_end,
                target.target_now,
                target.progress,
                rung_name(target.rung),
                target.original_due_on,
                target.due_on,
                row.slip_days,
                ", ".join(str(flag.label) for flag in flags_of(target)),
            )


def _moves(pack: MeetingPack) -> Iterable[Sequence[Any]]:
    for name, moved in (("naik", pack.changes.rises), ("turun", pack.changes.falls)):
        for move in moved:
            yield name, move.unit.short_name, None, rung_name(move.before), rung_name(move.after)
    for slip in pack.changes.slips:
        target = slip.revision.target
        yield "tenggat mundur", slip.unit.short_name, target.service, slip.revision.old_on, slip.revision.new_on
    for unit in pack.changes.silences:
        yield "mulai diam", unit.short_name, None, None, None
