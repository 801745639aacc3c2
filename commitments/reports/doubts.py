"""Doubts about a submission or a proposal: sentences for the person who decides. A doubt decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commitments.evidence import personal_data
from commitments.formats import measured, short_date
from commitments.ladder.rows import TargetOnLadder
from commitments.models import (
    Commitment,
    Evidence,
    EvidenceKind,
    Measurement,
    RevisedField,
    ServiceTarget,
    TargetRevision,
)
from commitments.reports.target_page import ShownRevision
from opd import clock
from opd.models import Unit
from opd.register.personal_data import hints

OLD_BASELINE_DAYS = 365  # days after which a baseline says little about today
JUMP_SHARE = Decimal("0.5")  # of the way from baseline to target, in one step


@dataclass(frozen=True)
class Doubt:
    """A sentence about something odd."""

    text: str
    grave: bool = False  # it changes the result on the ladder, or the evidence is used twice or has personal data


def doubts(
    row: Measurement, target: TargetOnLadder, items: Sequence[Evidence], counted: Sequence[Measurement], reused: int
) -> tuple[Doubt, ...]:
    """The doubts about a submission.

    target: with the ladder's columns. counted: its other measurements on the ladder, newest period first.
    reused: how many pieces of its evidence came with another submission too.
    """
    return (
        *_of_evidence(row, items, reused),
        *_of_period(row, target, items),
        *_of_overlap(row, target, counted),
        *_of_value(row, target, previous_measurement(row, counted)),
        *_of_privacy(row, items),
    )


def previous_measurement(row: Measurement, counted: Iterable[Measurement]) -> Measurement | None:
    """The latest measurement on the ladder from a period before this one."""
    return next((one for one in counted if one.period_end < row.period_end), None)


def _of_overlap(row: Measurement, target: TargetOnLadder, counted: Iterable[Measurement]) -> Iterator[Doubt]:
    for one in counted:
        if one.chain != row.chain and one.period_start <= row.period_end and one.period_end >= row.period_start:
            period = f"{short_date(one.period_start)} – {short_date(one.period_end)}"
            yield Doubt(f"Untuk periode yang bertumpuk, {period}, sudah dihitung {_measured(one.value, target)}.")
            return


def _of_evidence(row: Measurement, items: Sequence[Evidence], reused: int) -> Iterator[Doubt]:
    if reused:
        yield Doubt(f"{reused} bukti yang sama persis pernah dipakai untuk kiriman lain.", grave=True)
    if not EvidenceKind.any_counts(item.evidence_kind for item in items):
        yield Doubt("Tidak ada bukti berisi angka. Sekalipun diverifikasi, tidak dihitung di tangga.", grave=True)
    if row.n is None:
        yield Doubt("Banyaknya data (n) tidak disebut.")
    if not row.method:
        yield Doubt("Cara mengukur tidak disebut.")


def _of_period(row: Measurement, target: TargetOnLadder, items: Iterable[Evidence]) -> Iterator[Doubt]:
    if row.period_end <= target.baseline_on:
        baseline_on = short_date(target.baseline_on)
        yield Doubt(f"Periodenya berakhir sebelum nilai awal ({baseline_on}): tidak dihitung di tangga.", grave=True)
    for day in sorted(
        {item.captured_on for item in items if item.captured_on and _is_outside(item.captured_on, row)}
    ):
        yield Doubt(f"Ada bukti bertanggal {short_date(day)}, di luar periode yang dilaporkan.")


def _is_outside(captured_on: date, row: Measurement) -> bool:
    """Whether a day is before the period, or after the submission. Evidence may be made after the period."""
    return captured_on < row.period_start or bool(row.submitted_at and captured_on > clock.day_of(row.submitted_at))


def _of_value(row: Measurement, target: TargetOnLadder, last: Measurement | None) -> Iterator[Doubt]:
    goal, start = target.target_now, target.baseline_now
    if why := target.why_impossible(row.value):
        yield Doubt(f"{why} Angka ini tidak dapat diverifikasi.", grave=True)
    if row.value == goal:
        yield Doubt("Angkanya persis sama dengan target.")
    if row.value == start:
        yield Doubt("Angkanya persis sama dengan nilai awal.")
    before = last.value if last else start
    if abs(row.value - before) > abs(goal - start) * JUMP_SHARE:
        yield Doubt(
            f"Melompat dari {_measured(before, target)}: lebih dari separuh jalan ke target dalam satu langkah."
        )
    elif last and row.value == before:
        yield Doubt(f"Sama persis dengan angka sebelumnya, {_measured(before, target)}.")


def _measured(value: Decimal, target: ServiceTarget) -> str:
    return measured(value, target.unit_of_measure)


def _of_privacy(row: Measurement, items: Iterable[Evidence]) -> Iterator[Doubt]:
    for where, found in (
        ("Cara mengukur, yang dibaca publik,", hints(row.method)),
        ("Catatan unit", hints(row.note)),
        ("Bukti dukung", personal_data.hints_of_evidence(items)),
    ):
        if found:
            yield Doubt(f"{where} mungkin memuat {' dan '.join(found)}.", grave=True)


def of_commitment(row: Commitment, targets: Sequence[ServiceTarget], unit: Unit) -> tuple[Doubt, ...]:
    """The doubts about a proposed commitment; targets: its own, unit: the one that will owe it."""
    found = []
    if not targets:
        found.append(Doubt("Belum ada targetnya: publik akan membaca “Target belum ditetapkan”.", grave=True))
    owed = Commitment.objects.owed_by(unit, clock.today()).open().exclude(pk=row.pk)
    if same := owed.filter(title__iexact=row.title).first():
        found.append(Doubt(f"{unit} sudah punya komitmen berjudul sama: {same.reference}."))
    if hinted := hints(row.title, row.benefit):
        found.append(Doubt(f"Teksnya mungkin memuat {' dan '.join(hinted)}.", grave=True))
    return tuple(found)


def of_target(row: ServiceTarget) -> tuple[Doubt, ...]:
    """The doubts about a proposed target."""
    found = []
    if not row.data_source:
        found.append(Doubt("Sumber datanya belum disebut: dari mana angka berikutnya akan diambil?", grave=True))
    if not row.baseline_method:
        found.append(Doubt("Cara mengukur nilai awalnya belum disebut.", grave=True))
    if not row.min_change:
        found.append(Doubt("Perubahan terkecil yang berarti 0: beda sesedikit apa pun akan disebut membaik."))
    age = (clock.day_of(row.proposed_at) - row.baseline_on).days
    if age > OLD_BASELINE_DAYS:
        found.append(Doubt(f"Nilai awalnya sudah berumur {age} hari ketika diusulkan."))
    if hinted := hints(row.service, row.baseline_source, row.baseline_method, row.data_source, row.known_limits):
        found.append(Doubt(f"Teksnya mungkin memuat {' dan '.join(hinted)}.", grave=True))
    return tuple(found)


def of_revision(row: TargetRevision, others: Sequence[ShownRevision]) -> tuple[Doubt, ...]:
    """The doubts about a proposed revision; others: the other revisions of the target."""
    found = []
    before = sum(one.state == "approved" and one.row.field == row.field for one in others)
    if before:
        found.append(Doubt(f"Isian ini sudah {before} kali diubah sebelumnya."))
    if row.field == RevisedField.DUE and row.old_on and clock.day_of(row.proposed_at) > row.old_on:
        found.append(Doubt("Diusulkan sesudah tenggat yang berlaku lewat.", grave=True))
    if row.softens:
        found.append(
            Doubt("Mendekatkan target dan nilai awal: publik akan membacanya sebagai diperlunak.", grave=True)
        )
    if not row.document:
        found.append(Doubt("Tidak ada dokumen yang disebut."))
    if hinted := hints(row.reason, row.document):
        found.append(Doubt(f"Alasan atau dokumennya mungkin memuat {' dan '.join(hinted)}.", grave=True))
    return tuple(found)
