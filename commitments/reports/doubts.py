"""Doubts about a submission or a proposal: sentences for the person who decides. A doubt decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commitments.evidence import personal_data
from commitments.formats import long_moment, measured, short_date
from commitments.ladder.rows import TargetOnLadder
from commitments.models import (
    Commitment,
    Direction,
    Evidence,
    EvidenceKind,
    Family,
    Measurement,
    RevisedField,
    ServiceTarget,
    TargetRevision,
)
from commitments.numbers import as_typed
from commitments.periods import Period
from opd import clock
from opd.models import Unit
from opd.register.personal_data import hints

OLD_BASELINE_DAYS = 365  # days after which a baseline says little about today
MAX_OVERLAPS = 3  # earlier submissions that one report is told of
JUMP_SHARE = Decimal("0.5")  # of the way from baseline to target, in one step


@dataclass(frozen=True)
class Doubt:
    """A sentence about something odd. Whoever sends or decides must have read it.

    code, rests_on: name it and what it is about, so that a form can say which doubts its reader has seen.
    is_omission: about what the sender left empty, as the form allows: it is said, and nobody is stopped for it.
    """

    text: str
    grave: bool = False  # it changes the result on the ladder, or the evidence is used twice or has personal data
    code: str = ""
    rests_on: str = ""
    is_omission: bool = False
    about: Measurement | None = None  # the earlier submission that it asks about

    @property
    def mark(self) -> str:
        return f"{self.code}:{self.rests_on}"


@dataclass(frozen=True)
class ClaimedValue:
    """A value that is reported, and its evidence, as far as they are known."""

    value: Decimal
    period_start: date | None = None
    period_end: date | None = None
    kinds: Collection[str] | None = None  # of the evidence; None while none has been chosen
    digests: Collection[str] = ()  # SHA-256 of the files
    taken_on: Collection[date] = ()  # days of the evidence
    n: int | None = None
    method: str = ""
    is_complete: bool = False  # nothing more is going to be filled in
    sent_on: date | None = None

    @property
    def period(self) -> Period | None:
        return Period(self.period_start, self.period_end) if self.period_start and self.period_end else None

    @property
    def is_proven(self) -> bool:
        return self.kinds is None or EvidenceKind.any_counts(self.kinds)


def claim_of(row: Measurement, items: Iterable[Evidence]) -> ClaimedValue:
    """What a draft or a submission says."""
    present = [item for item in items if not item.redacted_at]
    files = [item for item in present if item.media_type]
    return ClaimedValue(
        row.value,
        row.period_start,
        row.period_end,
        kinds=[item.evidence_kind for item in present],
        digests=[digest for item in files for digest in (item.sha256, item.original_sha256) if digest],
        taken_on=[item.captured_on for item in present if item.captured_on],
        n=row.n,
        method=row.method,
        is_complete=True,
        sent_on=clock.day_of(row.submitted_at) if row.submitted_at else None,
    )


def doubts(
    row: Measurement, target: TargetOnLadder, items: Sequence[Evidence], counted: Sequence[Measurement], reused: int
) -> tuple[Doubt, ...]:
    """The doubts of whoever decides about a submission.

    counted: its other measurements on the ladder, newest period first. reused: how many pieces of its evidence came
    with another submission too.
    """
    last = previous_measurement(row, counted)
    return (
        *doubts_about(
            claim_of(row, items),
            target,
            last=last.value if last else None,
            reused=reused,
            overlapping=target.measurements.overlapping(row.period, but=row.chain),
        ),
        *_of_privacy(row, items),
    )


def doubts_about(
    claim: ClaimedValue,
    target: TargetOnLadder,
    *,
    last: Decimal | None,
    reused: int,
    overlapping: Sequence[Measurement],
    where: str = "",
) -> Iterator[Doubt]:
    """The doubts about a reported value: of its sender, who reads them first, and of whoever decides.

    last: the value before it; None for a first one. overlapping: what stands of days that it is about.
    where: where the same files were used.
    """
    yield from _of_evidence(claim, reused, where)
    yield from _of_overlap(claim, target, overlapping)
    yield from _of_period(claim, target)
    yield from _of_value(claim.value, target, last)


def previous_measurement(row: Measurement, counted: Iterable[Measurement]) -> Measurement | None:
    """The latest measurement on the ladder from a period before this one."""
    return next((one for one in counted if one.period_end < row.period_end), None)


def _of_overlap(claim: ClaimedValue, target: TargetOnLadder, overlapping: Sequence[Measurement]) -> Iterator[Doubt]:
    for one in overlapping[:MAX_OVERLAPS]:
        told = f"{_measured(one.value, target)}, {one.get_state_label()}"
        if one.period == claim.period:
            who = "Sudah Anda kirim" if claim.sent_on is None else "Sudah dikirim"
            same = " dengan angka yang sama persis" if one.value == claim.value else ""
            text = f"{who} {long_moment(one.submitted_at)} untuk periode ini{same}: {told}. Koreksi itu?"
            yield Doubt(text, grave=True, code="same_period", rests_on=one.uuid.hex, about=one)
        else:
            text = f"Periodenya bertumpuk dengan {one.period.name}: {told}."
            yield Doubt(text, code="overlap", rests_on=one.uuid.hex, about=one)


def _of_evidence(claim: ClaimedValue, reused: int, where: str) -> Iterator[Doubt]:
    if reused:
        text = f"{reused} bukti yang sama persis pernah dipakai untuk kiriman lain{f': {where}' if where else ''}."
        yield Doubt(text, grave=True, code="same_file", rests_on=where.replace(" ", "_"))
    if not claim.is_proven:
        text = "Tidak ada bukti berisi angka. Sekalipun diverifikasi, tidak dihitung di tangga."
        yield Doubt(text if claim.kinds else f"Belum ada bukti. {text}", grave=True, code="unproven")
    if claim.is_complete and claim.n is None:
        yield Doubt("Banyaknya data (n) tidak disebut.", code="no_n", is_omission=True)
    if claim.is_complete and not claim.method:
        yield Doubt("Cara mengukur tidak disebut.", code="no_method", is_omission=True)


def _of_period(claim: ClaimedValue, target: TargetOnLadder) -> Iterator[Doubt]:
    if claim.period_end and claim.period_end <= target.baseline_on:
        baseline_on = short_date(target.baseline_on)
        text = f"Periodenya berakhir sebelum nilai awal ({baseline_on}): tidak dihitung di tangga."
        yield Doubt(text, grave=True, code="too_early")
    for day in sorted({day for day in claim.taken_on if _is_outside(day, claim)}):
        text = f"Ada bukti bertanggal {short_date(day)}, di luar periode yang dilaporkan."
        yield Doubt(text, code="other_day", rests_on=day.isoformat())


def _is_outside(day: date, claim: ClaimedValue) -> bool:
    """Whether a day is before the period, or after the submission. Evidence may be made after the period."""
    before = claim.period_start is not None and day < claim.period_start
    return before or (claim.sent_on is not None and day > claim.sent_on)


def _of_value(value: Decimal, target: TargetOnLadder, last: Decimal | None) -> Iterator[Doubt]:
    goal, start = target.target_now, target.baseline_now
    before, name = (start, "nilai awal") if last is None else (last, "laporan terakhir")
    words, rests_on = _measured(before, target), as_typed(before)
    if why := target.why_impossible(value):
        yield Doubt(f"{why} Angka ini tidak dapat diverifikasi.", grave=True, code="impossible")
    if value == goal:
        yield Doubt("Angkanya persis sama dengan target.", code="exact")
    if value == start:
        yield Doubt("Angkanya persis sama dengan nilai awal.", code="unchanged")
    if Direction(target.direction).sign * (value - before) < 0:
        yield Doubt(f"Lebih buruk dari {name}, {words}.", code="worse", rests_on=rests_on)
    if abs(value - before) > abs(goal - start) * JUMP_SHARE:
        text = f"Melompat dari {name}, {words}: lebih dari separuh jalan ke target dalam satu langkah."
        yield Doubt(f"{text} Periksa angka dan satuannya.", code="jump", rests_on=rests_on)
    elif last is not None and value == last:
        yield Doubt(f"Sama persis dengan angka sebelumnya, {words}.", code="copied", rests_on=rests_on)


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


def of_direction(family: str, direction: str) -> str:
    """The question about a direction that is hardly ever meant in its family; "" without one."""
    if (family, direction) == (Family.ONLINE, Direction.LOWER):
        return "Daring dengan makin kecil makin baik: benarkah makin sedikit warga yang dilayani dari rumah?"
    return ""


def of_target(row: ServiceTarget) -> tuple[Doubt, ...]:
    """The doubts about a proposed target."""
    found = []
    if text := of_direction(row.family, row.direction):
        found.append(Doubt(text, grave=True))
    if row.lacks_bounds:
        found.append(Doubt("Skala surveinya belum disebut: nilai terendah dan tertinggi yang mungkin.", grave=True))
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


def of_revision(row: TargetRevision, before: int) -> tuple[Doubt, ...]:
    """The doubts about a proposed revision; before: how often the same field was changed already."""
    found = []
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
