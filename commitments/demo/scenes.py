"""Which single events make the demonstration whole? Slips, successions, a merger, a name, what still waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from commitments import changes
from commitments.demo import texts
from commitments.demo.catalogue import Plan
from commitments.demo.stories import Promise, Stage
from commitments.models import Commitment, ServiceTarget, TargetRevision
from opd import access
from opd.models import Membership, Tenure, UnitChange

MERGED_ON = date(2023, 1, 2)
MERGED = ("percetakan", "rph-bhp")
INTO = "bps"
RENAMED_ON = date(2019, 9, 2)
LEFT_ALONE = ("setda", "disdukcapil")  # their real heads are on record with days: no invented successor there


class Revision(NamedTuple):
    """A change of one target asked for on a day, or so many days before the end; `verdict` empty: still waits."""

    target: str
    when: date | int
    field: str
    new: Decimal | date
    reason: str
    verdict: str
    document: str = ""


PANDEMIC = "Loket ditutup selama pembatasan kegiatan, sehingga tenggat semula tidak dapat dikejar."
REVISIONS = (
    Revision(
        "DISDUKCAPIL-02-1", date(2020, 5, 12), "due_on", date(2022, 6, 30), PANDEMIC, "approve", "Nota contoh 1"
    ),
    Revision("DISHUB-01-1", date(2020, 9, 16), "due_on", date(2022, 12, 31), PANDEMIC, "approve", "Nota contoh 2"),
    Revision("DISHUB-01-2", date(2021, 9, 15), "due_on", date(2023, 12, 31), PANDEMIC, "approve"),
    Revision("KEC-BANYUMANIK-01-1", date(2021, 4, 7), "due_on", date(2023, 6, 30), PANDEMIC, "approve"),
    Revision(
        "DISTARU-01-1",
        date(2020, 11, 11),
        "due_on",
        date(2024, 12, 31),
        "Aplikasi pusat berganti pada tahun yang sama, jadi alur kota harus dibangun ulang.",
        "approve",
    ),
    Revision(
        "KEC-SEMARANG-UTARA-01-1",
        date(2021, 8, 18),
        "target_value",
        Decimal(35),
        "Rob membuat loket tutup beberapa hari tiap bulan; target lama dinilai tidak terjangkau.",
        "approve",
    ),
    Revision(
        "DISKOMINFO-01-2",
        date(2018, 9, 5),
        "baseline_value",
        Decimal(24),
        "Rekap 2017 ternyata belum menghitung aduan lewat SMS; nilai awal dihitung ulang.",
        "approve",
        "Berita acara contoh 7",
    ),
    Revision(
        "DINKES-02-1",
        date(2019, 10, 9),
        "baseline_value",
        Decimal(29),
        "Panggilan yang dibatalkan pemanggil semula ikut terhitung; nilai awal dihitung ulang.",
        "approve",
        "Berita acara contoh 12",
    ),
    Revision(
        "KEC-TEMBALANG-01-3",
        date(2020, 2, 19),
        "min_change",
        Decimal("1.5"),
        "Margin kesalahan survei kecamatan 1,4; perubahan yang lebih kecil tidak berarti.",
        "approve",
    ),
    Revision(
        "DISBUDPAR-01-1",
        date(2020, 3, 11),
        "target_value",
        Decimal(12),
        "Jumlah pemohon lebih banyak daripada perkiraan pada awal tahun.",
        "refuse",
    ),
    Revision(
        "DISTARU-01-1",
        26,
        "due_on",
        date(2027, 12, 31),
        "Menunggu penggabungan data ruang dengan provinsi yang dijadwalkan tahun depan.",
        "",
    ),
    Revision(
        "DISNAKER-01-1",
        47,
        "target_value",
        Decimal(25),
        "Pemohon dari luar kota bertambah dan tidak dapat ditolak di loket.",
        "",
    ),
    Revision(
        "DINSOS-01-2",
        11,
        "due_on",
        date(2027, 6, 30),
        "Syarat berkas ditetapkan kementerian dan baru akan berubah pertengahan tahun.",
        "",
    ),
)
REFUSED = "Banyaknya pemohon tidak mengubah lamanya satu permohonan; target semula tetap."

# Proposals that wait for an approver at the end: unit, days before it, title, benefit, dimension.
WAITING = (
    ("kec-gunungpati", 23, "Surat tanah tidak lagi berbulan-bulan", "Petani tahu letak berkasnya.", "governance"),
    (
        "kesbangpol",
        61,
        "Izin kegiatan warga dijawab pasti",
        "Panitia tahu jawabannya seminggu sebelum acara.",
        "society",
    ),
    (
        "setwan",
        5,
        "Risalah rapat dewan dapat dibaca siapa saja",
        "Warga membaca risalah tanpa meminta.",
        "governance",
    ),
)

# Months in which heads of a unit change; the last ones leave promises not yet accepted.
CHANGES_OF_HEAD = {
    "dinkes": ("2020-01", "2023-03"),
    "dpmptsp": ("2019-09", "2024-01"),
    "diskominfo": ("2019-02", "2022-10"),
    "dishub": ("2021-11",),
    "damkar": ("2020-07", "2025-04"),
    "distaru": ("2019-08", "2023-06"),
    "disdag": ("2022-02",),
    "disbudpar": ("2019-05", "2022-05"),
    "disnaker": ("2020-03", "2024-08"),
    "satpol-pp": ("2021-05",),
    "disperkim": ("2021-04",),
    "bapenda": ("2019-11", "2022-09"),
    "bkpp": ("2020-10", "2024-02"),
    "ketapang": ("2022-02",),
    "disperin": ("2023-05",),
    "rsud-wongsonegoro": ("2021-01",),
    "bag-organisasi": ("2020-06", "2023-11"),
    "pdam": ("2020-12",),
    "kec-semarang-tengah": ("2020-11", "2024-03"),
    "kec-pedurungan": ("2021-02",),
    "kec-tembalang": ("2019-12", "2022-12"),
    "kec-banyumanik": ("2022-01",),
    "kec-genuk": ("2021-08",),
    "kec-semarang-utara": ("2020-02", "2023-09"),
    "kec-mijen": ("2022-09",),
    "kec-candisari": ("2022-04",),
    "kec-tugu": ("2021-07",),
    "kec-gayamsari": ("2023-02",),
}
RECENT_CHANGES = {"disdik": 38, "dinsos": 52, "kec-ngaliyan": 19, "kec-tembalang": 12}  # days before the end
SHRUGS = ("kec-tugu", "ketapang", "disperin", "kec-mijen", "disbudpar")  # never accept what they inherit


def put_on(stage: Stage) -> None:
    """Everything here onto the agenda."""
    for revision in REVISIONS:
        _revise(stage, revision)
    _successions(stage)
    _merge(stage)
    stage.agenda.on(RENAMED_ON, lambda: _rename(stage))
    _corrections(stage)
    _what_waits(stage)
    stage.agenda.on(date(2021, 10, 4), lambda: _leave(stage, "kec-tugu"))


def _promise(stage: Stage, reference: str) -> Promise | None:
    promise = stage.promises.get(reference)
    return promise if promise and promise.target.is_live else None


def _day(stage: Stage, when: date | int) -> date:
    return when if isinstance(when, date) else stage.until - timedelta(days=when)


def _revise(stage: Stage, revision: Revision) -> None:
    day = _day(stage, revision.when)

    def ask() -> None:
        promise = _promise(stage, revision.target)
        if promise is None:
            return
        row = promise.target.revise(
            by=stage.head(promise.plan.unit),
            seen=promise.target.fingerprint(),
            field=revision.field,
            new=revision.new,
            reason=revision.reason,
            document=revision.document,
        )
        if revision.verdict:
            stage.agenda.on(day + timedelta(days=13), lambda: decide(promise, row))

    def decide(promise: Promise, row: TargetRevision) -> None:
        approver = stage.decider(promise.plan.unit, access.APPROVER)
        if revision.verdict == "approve":
            row.approve(by=approver, seen=row.fingerprint())
        else:
            row.refuse(by=approver, seen=row.fingerprint(), reason=REFUSED)

    stage.agenda.on(day, ask)


# --- Offices and units ---------------------------------------------------------------------------------------


def _letters(number: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    return (chr(64 + (number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)


def _successions(stage: Stage) -> None:
    numbers = count(1)
    planned = [
        (date.fromisoformat(f"{month}-10"), code) for code, months in CHANGES_OF_HEAD.items() for month in months
    ]
    planned += [(_day(stage, days), code) for code, days in RECENT_CHANGES.items()]
    for day, code in sorted(planned):
        name = f"Pejabat Contoh {_letters(next(numbers))}"
        stage.agenda.on(day, _succession(stage, code, name, accepts=code not in SHRUGS))


def _succession(stage: Stage, code: str, name: str, *, accepts: bool) -> Callable[[], None]:
    def take_office() -> None:
        Tenure.enter(
            by=stage.people[access.KEEPER],
            person=name,
            unit=stage.units[code],
            title=stage.units[code].head_title,
            from_on=stage.agenda.today,
            source=texts.SUCCESSION,
            certainty="assumed",
        )
        if accepts and code not in RECENT_CHANGES:
            stage.agenda.on(stage.agenda.today + timedelta(days=stage.agenda.dice.randint(4, 25)), accept)

    def accept() -> None:
        for commitment in stage.commitments.values():
            if commitment.reference.startswith(f"{code.upper()}-0") and commitment.is_live:
                commitment.acknowledge(by=stage.head(code), seen=commitment.fingerprint())

    return take_office


def _merge(stage: Stage) -> None:
    predecessors = [stage.units[code] for code in MERGED]

    def propose() -> None:
        change = UnitChange.propose(
            by=stage.people[access.KEEPER],
            change=UnitChange.Change.MERGED,
            on=MERGED_ON,
            legal_basis="Data contoh: tanggal dan dasar penggabungan ini direka",
            predecessors=predecessors,
            successors=[stage.units[INTO]],
        )
        stage.agenda.on(MERGED_ON - timedelta(days=13), lambda: confirm(change))

    def confirm(change: UnitChange) -> None:
        changes.confirm(change, by=stage.people[access.APPROVER], seen=change.fingerprint())
        stage.agenda.on(MERGED_ON, move)

    def move() -> None:
        stage.heirs.update(dict.fromkeys(MERGED, INTO))

    stage.agenda.on(MERGED_ON - timedelta(days=48), propose)


def _rename(stage: Stage) -> None:
    pdam = stage.units["pdam"]
    pdam.rename(
        by=stage.people[access.KEEPER],
        seen=pdam.fingerprint(),
        name="Perumda Air Minum Tirta Moedal Kota Semarang",
        short_name="Perumda Tirta Moedal",
        on=stage.agenda.today,
        legal_basis="Perda 2/2019; hari berlakunya di sini data contoh",
    )


def _leave(stage: Stage, code: str) -> None:
    """The only account of a unit is closed, and nobody asks for a new one."""
    head = stage.head(code)
    Membership.objects.filter(user=head).update(until_on=stage.agenda.today)
    head.is_active = False
    head.save(update_fields=["is_active"])


# --- Second thoughts -----------------------------------------------------------------------------------------


def _corrections(stage: Stage) -> None:
    on = stage.agenda.on
    for reference, day in (("ARPUS-01-1", date(2021, 2, 10)), ("RSUD-WONGSONEGORO-01-1", date(2022, 6, 8))):
        on(day, _correct_twice(stage, reference))
    for reference, day in (("BAPENDA-01-1", date(2020, 10, 7)), ("DISDUKCAPIL-01-4", date(2023, 5, 10))):
        on(day, _revoke(stage, reference))
    on(date(2020, 12, 2), _redact_file(stage, "DINKES-01-1"))
    on(date(2022, 2, 9), _redact_note(stage, "DISNAKER-01-1"))


def _correct_twice(stage: Stage, reference: str) -> Callable[[], None]:
    """A verified value turns out too good, and so does its correction."""

    def once() -> None:
        if (promise := _promise(stage, reference)) and promise.verified:
            first = promise.verified[-1]
            stage.correct(promise, first, worse=True)
            stage.agenda.on(stage.agenda.today + timedelta(days=40), lambda: twice(promise, first.chain))

    def twice(promise: Promise, chain: object) -> None:
        corrected = [row for row in promise.verified if row.chain == chain]
        stage.correct(promise, corrected[-1], worse=True)

    return once


def _revoke(stage: Stage, reference: str) -> Callable[[], None]:
    def revoke() -> None:
        if (promise := _promise(stage, reference)) and promise.verified:
            wrong = promise.verified.pop()
            approver = stage.decider(promise.plan.unit, access.APPROVER)
            wrong.revoke(by=approver, seen=wrong.fingerprint(), note=texts.REVOKED)
            stage.agenda.on(stage.agenda.today + timedelta(days=9), lambda: stage.correct(promise, wrong, worse=True))

    return revoke


def _redact_file(stage: Stage, reference: str) -> Callable[[], None]:
    """A file with somebody's name in it was shown; it is destroyed, its digest stays."""

    def send() -> None:
        if promise := _promise(stage, reference):
            day = stage.agenda.today - timedelta(days=1)
            value, cases = promise.course.value(day), promise.course.cases()
            row = stage.send(promise, day.replace(day=1), day, value, cases, with_file=True)
            stage.agenda.on(stage.agenda.today + timedelta(days=3), lambda: stage.verify(promise, row))
            stage.agenda.on(stage.agenda.today + timedelta(days=10), lambda: redact(promise, row.pk))

    def redact(promise: Promise, pk: int) -> None:
        item = promise.target.measurements.get(pk=pk).evidence.exclude(media_type="").get()
        approver = stage.decider(promise.plan.unit, access.APPROVER)
        item.redact(by=approver, seen=item.fingerprint(), reason=texts.REDACTED)

    return send


def _redact_note(stage: Stage, reference: str) -> Callable[[], None]:
    def send() -> None:
        if promise := _promise(stage, reference):
            day = stage.agenda.today - timedelta(days=1)
            value, cases = promise.course.value(day), promise.course.cases()
            row = stage.send(promise, day.replace(day=1), day, value, cases, note=texts.PRIVATE_NOTE)
            stage.agenda.on(stage.agenda.today + timedelta(days=6), lambda: redact(promise, row.pk))

    def redact(promise: Promise, pk: int) -> None:
        row = promise.target.measurements.get(pk=pk)
        approver = stage.decider(promise.plan.unit, access.APPROVER)
        row.redact_note(by=approver, seen=row.fingerprint(), reason=texts.REDACTED_NOTE)

    return send


# --- At the end ----------------------------------------------------------------------------------------------


def _what_waits(stage: Stage) -> None:
    for code, days, title, benefit, dimension in WAITING:
        stage.agenda.on(_day(stage, days), _proposal(stage, code, title, benefit, dimension))
    stage.agenda.on(_day(stage, 9), lambda: _one_more(stage, "DINKES-03"))
    for reference, days in (("KEC-TEMBALANG-01-1", 64), ("DISDUKCAPIL-01-1", 43)):
        stage.agenda.on(_day(stage, days), _left_lying(stage, reference))


def _proposal(stage: Stage, code: str, title: str, benefit: str, dimension: str) -> Callable[[], None]:
    def propose() -> None:
        head = stage.people.head(code)
        commitment = Commitment.propose(
            by=head,
            unit=stage.units[code],
            memorandum=stage.memorandum,
            title=title,
            benefit=benefit,
            dimension=dimension,
        )
        ServiceTarget.propose(
            by=head,
            commitment=commitment,
            service=title,
            family="cepat",
            unit_of_measure="hari kerja",
            statistic="median",
            direction="lower",
            baseline_value=Decimal(stage.agenda.dice.randint(9, 30)),
            baseline_on=stage.agenda.today.replace(day=1) - timedelta(days=1),
            baseline_source=texts.BASELINE_SOURCE,
            target_value=Decimal(stage.agenda.dice.randint(3, 6)),
            min_change=Decimal(1),
            original_due_on=date(stage.until.year + 1, 12, 31),
        )

    return propose


def _one_more(stage: Stage, reference: str) -> None:
    """A unit that is under way proposes a further target."""
    commitment = stage.commitments.get(reference)
    if commitment and commitment.is_live:
        plan = Plan(
            "dinkes", "Hasil laboratorium puskesmas", "cepat", "jam", "median", "lower", Decimal(26), Decimal(6),
            Decimal(2), 300, 90, date(stage.until.year + 1, 12, 31), "fresh", None,
        )  # fmt: skip
        stage.promise(plan, commitment, stage.until, stage.agenda.today)


def _left_lying(stage: Stage, reference: str) -> Callable[[], None]:
    """The secretariat has not come to decide on this one."""

    def send() -> None:
        if promise := _promise(stage, reference):
            end = stage.agenda.today.replace(day=1) - timedelta(days=1)
            stage.send(promise, end.replace(day=1), end, promise.course.value(end), promise.course.cases())

    return send
