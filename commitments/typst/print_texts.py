"""The texts of a printed report: plain JSON of Indonesian words, which the typst files only place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from commitments.formats import (
    answer_name,
    claim_words,
    days,
    flags_of,
    long_date,
    measured,
    number,
    number_of_data,
    percent,
    plain_date,
    plain_name,
    rung_name,
    short_date,
    step_meaning,
    step_name,
    title,
)
from commitments.ladder import Flag, Rung
from commitments.ladder.answers import Answer
from commitments.models import Family
from commitments.reports.home_page import UnitGroup
from commitments.reports.meeting_pack import MeetingPack, UnitSheet
from commitments.reports.rises_and_falls import RisesAndFalls
from commitments.reports.target_standing import TargetStanding, best_of
from commitments.typst import glyphs
from commitments.typst.print_source import PrintSource
from opd.models import Unit

Words = dict[str, Any]


def of_pack(pack: MeetingPack, imprint: PrintSource) -> Words:
    return {
        "day": long_date(pack.day),
        "since": plain_date(pack.since),
        "imprint": imprint.words(),
        "sentence": f"{pack.home.headline.sentence}.",
        "signed": number(pack.home.headline.signed),
        "rungs": [
            {
                "step": step.code,
                "name": step_name(step.code),
                "meaning": step_meaning(step.code),
                "count": step.count,
                "is_first_past": step.is_first_past,
            }
            for step in pack.home.steps
        ],
        "groups": [_group(group) for group in pack.home.groups],
        "moves": _moves(pack.changes),
        "best": [{"unit": unit.short_name, **_change(row)} for unit, row in pack.best],
        "silent": [{"unit": one.unit.short_name, "days": days(one.unit.quiet_days)} for one in pack.silent],
        "overdue": [_late(unit, rows) for unit, rows in pack.overdue],
        "sheets": [of_sheet(sheet) for sheet in pack.sheets],
    }


def of_report(sheet: UnitSheet, charts: dict[str, str], imprint: PrintSource, day: date) -> Words:
    """`charts`: SVG by the target's reference."""
    shown = [row.target for row in sheet.rows if row.target.reference in charts]
    drawn = [
        {"service": title(one), "reference": one.reference, "svg": glyphs.plain(charts[one.reference])}
        for one in shown
    ]
    best = best_of(sheet.rows)
    return {
        "day": long_date(day),
        "imprint": imprint.words(),
        "sheet": of_sheet(sheet),
        "ladder": [{"rung": rung.value, "name": rung.label} for rung in Rung],
        "best": _change(best) if best else None,
        "charts": drawn,
    }


def _late(unit: Unit, rows: tuple[TargetStanding, ...]) -> Words:
    return {
        "unit": unit.short_name,
        "services": ", ".join(dict.fromkeys(title(row.target) for row in rows)),
        "days": days(rows[0].overdue_days),
    }


def _group(group: UnitGroup) -> Words:
    tiles = [
        {
            "name": unit.short_name.removeprefix("Kec. ").removeprefix("Bag. "),
            "rung": unit.rung,
            "word": rung_name(unit.rung),
            "claims": bool(unit.claimed_higher),
            "silent": str(Flag.SILENT.label) if unit.silent else "",
            "lapsed": unit.answer == Answer.LAPSED,
        }
        for unit in group.units
    ]
    name = render_to_string("public/_group_name.html", {"code": group.code}).strip()
    return {"name": name, "past": number(group.past), "of": number(len(group.units)), "tiles": tiles}


def _moves(moves: RisesAndFalls) -> Words:
    """Each list in the order of the report: the largest first."""
    return {
        "rises": [_move(move.unit, move.before, move.after) for move in moves.rises],
        "falls": [_move(move.unit, move.before, move.after) for move in moves.falls],
        "silences": [unit.short_name for unit in moves.silences],
        "slips": [
            {
                "unit": slip.unit.short_name,
                "service": title(slip.revision.target),
                "old": short_date(slip.revision.old_on),
                "new": short_date(slip.revision.new_on),
                "days": days(slip.revision.slip_days),
            }
            for slip in moves.slips
        ],
    }


def _move(unit: Unit, before: int, after: int) -> Words:
    return {"unit": unit.short_name, "before": rung_name(before), "after": rung_name(after)}


def _change(row: TargetStanding) -> Words:
    target = row.target
    return {
        "service": title(target),
        "before": measured(target.baseline_now, target.unit_of_measure),
        "after": measured(target.value, target.unit_of_measure),
        "detail": _how_measured(row),
    }


def _how_measured(row: TargetStanding) -> str:
    """`median, n=212, sampai 30 Sep 2026`"""
    target, latest = row.target, row.latest
    parts = [target.get_statistic_display()] if target.statistic else []
    if latest and latest.n:
        parts.append(number_of_data(latest.n))
    if latest:
        parts.append(f"sampai {short_date(latest.period_end)}")
    return ", ".join(parts)


def of_sheet(sheet: UnitSheet) -> Words:
    unit = sheet.unit
    return {
        "name": plain_name(unit.name),
        "short": unit.short_name,
        "answer": answer_name(unit.answer),
        "rung": unit.rung,
        "rung_name": rung_name(unit.rung),
        "claimed": claim_words(unit),
        "office": f"{sheet.office.person.name}, {sheet.office.title}" if sheet.office else "",
        "heirs": ", ".join(heir.short_name for heir in sheet.successors),
        "tally": _tally(sheet),
        "flags": [str(flag.label) for flag in flags_of(unit) if flag.details.printed],
        "targets": [_target(row) for row in sheet.rows],
    }


def _tally(sheet: UnitSheet) -> str:
    if not sheet.rows:
        return "Target belum ditetapkan."
    return f"{number(sheet.improved)} dari {number(len(sheet.rows))} target membaik."


def _target(row: TargetStanding) -> Words:
    target = row.target
    return {
        "reference": target.reference,
        "service": title(target),
        "family": Family(target.family).label,
        "rung": target.rung,
        "rung_name": rung_name(target.rung),
        "past": row.rung.is_past_ceremony,
        "baseline": measured(target.baseline_now, target.unit_of_measure),
        "value": measured(target.value, target.unit_of_measure) or "belum ada",
        "target": measured(target.target_now, target.unit_of_measure),
        "progress": percent(target.progress) or "–",
        "detail": _how_measured(row),
        "due": short_date(target.original_due_on),
        "due_now": short_date(target.due_on) if target.due_on != target.original_due_on else "",
        "evidence": _evidence(row),
        "flags": list(_flags(row)),
    }


def _evidence(row: TargetStanding) -> str:
    """`12 bukti terverifikasi: 9 seremoni, 3 hasil`"""
    kinds = ", ".join(f"{number(count)} {kind.details.public}" for kind, count in row.tally.parts)
    return f"{number(row.tally.total)} bukti terverifikasi: {kinds}" if kinds else "belum ada bukti terverifikasi"


def _flags(row: TargetStanding) -> Iterable[str]:
    """The flags that ask for attention, with their figures."""
    for flag in flags_of(row.target):
        if flag.details.printed:
            figure = row.rung_claimed.label if flag == Flag.CLAIMED_HIGHER else row.figure_of(flag)
            yield f"{flag.label} {figure}".strip()
