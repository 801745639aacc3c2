"""What a case file makes one ask: each question with its figures and its rule. A question proves nothing."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from statistics import median
from typing import Any

from commitments.cases.case_rows import CaseRow, minutes_of
from commitments.cases.durations import WorkingDays

ASKED, QUIET, TOO_FEW = "asked", "quiet", "too_few"

MIN_NUMBERED = 50  # ticket numbers, missing ones too
MISSING_PERCENT = 2  # of the numbers of all days
MIN_ZERO, ZERO_PERCENT, MIN_FOR_ZERO = 3, 2, 20
BATCH = 10  # stops in one second
OFFICE_OPENS, OFFICE_CLOSES = 6 * 60, 18 * 60  # minutes of the day; overtime is none of our business
MIN_OUTSIDE, OUTSIDE_PERCENT, MIN_FOR_OFFICE = 3, 2, 20
MIN_FOR_ROUND, ROUND_PERCENT = 100, 30  # one minute in five ends on 0 or 5 by itself
MIN_FOR_LIMIT = 200
LIMIT_WIDTHS = (1, 2, 3, 5)  # minutes below the limit that are looked at
LIMIT_CHANCE = 0.0005  # of so many just below it by itself, each width
EARLIER_PERIODS, VOLUME_DROP_PERCENT = 3, 40
MAX_NAMED_TICKETS = 12
LIKE_A_PERSON = re.compile(r"(?<!\d)(?!20\d\d)\d{10,}")  # identity or telephone number: never named
TICKET_NUMBER = re.compile(r"(.*?)(\d{1,6})")


@dataclass(frozen=True)
class FileQuestion:
    """One question: whether it is asked, quiet, or cannot be answered; its sentence with figures; its rule."""

    code: str
    state: str
    text: str
    rule: str
    figures: dict[str, Any] = field(default_factory=dict)

    def for_store(self) -> dict[str, Any]:
        return asdict(self)


def questions(
    counted: Sequence[CaseRow], unfinished: Sequence[CaseRow], days: WorkingDays, *, is_timed: bool, limit: int | None
) -> list[FileQuestion]:
    """The questions that a file answers by itself; `limit` in minutes, when there is one to stay under."""
    timed = [row for row in counted if row.stop and row.stop.minute is not None and row.start.minute is not None]
    return [
        missing_numbers(counted, unfinished),
        zero_minutes([minutes_of(row) for row in timed] if is_timed else []),
        batches(counted),
        outside_office(counted, days),
        round_minutes(timed),
        under_limit([minutes_of(row) for row in timed] if is_timed else [], limit),
    ]


def missing_numbers(counted: Sequence[CaseRow], unfinished: Sequence[CaseRow]) -> FileQuestion:
    """Ticket numbers that lack in the run of a day, from the smallest to the largest of each series."""
    rule = f"nomor yang hilang dari deretan sehari, lebih dari {MISSING_PERCENT} % dari seluruh deretan"
    runs: dict[tuple[date, str], set[int]] = defaultdict(set)
    names: dict[tuple[date, str], tuple[str, int]] = {}
    for row in (*counted, *unfinished):
        if (found := TICKET_NUMBER.fullmatch(row.ticket)) and not LIKE_A_PERSON.search(row.ticket):
            key = (row.start.day, found[1])
            runs[key].add(int(found[2]))
            names[key] = (found[1], len(found[2]))
    missing: list[str] = []
    total = 0
    for key in sorted(runs):
        numbers, (prefix, width) = runs[key], names[key]
        total += max(numbers) - min(numbers) + 1
        if total > 20 * sum(len(run) for run in runs.values()):
            return _too_few("missing", "Nomornya tidak berurutan dalam sehari.", rule)  # no run at all
        lacking = sorted(set(range(min(numbers), max(numbers) + 1)) - numbers)
        missing += [f"{prefix}{number:0{width}d} ({key[0]:%d/%m/%Y})" for number in lacking]
    if total < MIN_NUMBERED:
        return _too_few("missing", f"Nomor tiket berurutan: {total}, perlu {MIN_NUMBERED}.", rule)
    named = ", ".join(missing[:MAX_NAMED_TICKETS])
    more = f", dan {len(missing) - MAX_NAMED_TICKETS} lagi" if len(missing) > MAX_NAMED_TICKETS else ""
    text = f"{len(missing)} dari {total} nomor tiket tidak ada di berkas: {named}{more}." if missing else ""
    asked = len(missing) * 100 > MISSING_PERCENT * total
    return _answered(
        "missing", asked, text or f"Semua {total} nomor ada.", rule, {"missing": len(missing), "total": total}
    )


def zero_minutes(minutes: Sequence[int]) -> FileQuestion:
    rule = f"kasus 0 menit, sedikitnya {MIN_ZERO} dan lebih dari {ZERO_PERCENT} %"
    if len(minutes) < MIN_FOR_ZERO:
        return _too_few("zero", f"Kasus berjam: {len(minutes)}, perlu {MIN_FOR_ZERO}.", rule)
    zero = sum(one == 0 for one in minutes)
    asked = zero >= MIN_ZERO and zero * 100 > ZERO_PERCENT * len(minutes)
    text = f"{zero} dari {len(minutes)} kasus selesai dalam 0 menit."
    return _answered("zero", asked, text, rule, {"zero": zero, "n": len(minutes)})


def batches(counted: Sequence[CaseRow]) -> FileQuestion:
    rule = f"{BATCH} kasus atau lebih yang selesai pada detik yang sama"
    seconds = Counter(
        (row.stop.day, row.stop.minute, row.second) for row in counted if row.stop and row.second is not None
    )
    if not seconds:
        return _too_few("batch", "Jam selesai tanpa detik.", rule)
    (day, minute, second), most = seconds.most_common(1)[0]
    moment = f"{day:%d/%m/%Y} {(minute or 0) // 60:02d}:{(minute or 0) % 60:02d}:{second:02d}"
    many = sum(each >= BATCH for each in seconds.values())
    text = f"{most} kasus selesai pada detik yang sama, {moment}." if many else "Tidak ada yang selesai berombongan."
    return _answered("batch", bool(many), text, rule, {"most": most, "moments": many})


def outside_office(counted: Sequence[CaseRow], days: WorkingDays) -> FileQuestion:
    enough = f"sedikitnya {MIN_OUTSIDE} dan lebih dari {OUTSIDE_PERCENT} %"
    rule = f"selesai di luar hari kerja atau di luar 06.00 sampai 18.00, {enough}"
    timed = [row.stop for row in counted if row.stop and row.stop.minute is not None]
    if len(timed) < MIN_FOR_OFFICE:
        return _too_few("office", f"Kasus berjam: {len(timed)}, perlu {MIN_FOR_OFFICE}.", rule)
    outside = sum(
        not (OFFICE_OPENS <= (stop.minute or 0) < OFFICE_CLOSES and days.is_working(stop.day)) for stop in timed
    )
    asked = outside >= MIN_OUTSIDE and outside * 100 > OUTSIDE_PERCENT * len(timed)
    text = f"{outside} dari {len(timed)} kasus selesai di luar jam kantor."
    return _answered("office", asked, text, rule, {"outside": outside, "n": len(timed)})


def round_minutes(timed: Sequence[CaseRow]) -> FileQuestion:
    """Written down later, times end on 0 and 5 more often than clocks do."""
    rule = f"menit berakhir 0 atau 5 lebih dari {ROUND_PERCENT} % (sewajarnya 20 %), sedikitnya {MIN_FOR_ROUND} kasus"
    if len(timed) < MIN_FOR_ROUND:
        return _too_few("round", f"Kasus berjam: {len(timed)}, perlu {MIN_FOR_ROUND}.", rule)
    stamps = [row.start for row in timed] + [row.stop for row in timed if row.stop]
    heaped = sum((one.minute or 0) % 5 == 0 for one in stamps)
    asked = heaped * 100 > ROUND_PERCENT * len(stamps) and upper_tail(heaped, len(stamps), 0.2) < 0.001
    percent = heaped * 100 // len(stamps)
    text = f"{percent} % jam mulai dan selesai berakhir pada menit 0 atau 5."
    return _answered("round", asked, text, rule, {"heaped": heaped, "stamps": len(stamps)})


def under_limit(minutes: Sequence[int], limit: int | None) -> FileQuestion:
    """More cases just below the limit than on either side of it: a hump that no queue makes."""
    rule = f"jauh lebih banyak kasus tepat di bawah batas daripada di kedua sisinya, sedikitnya {MIN_FOR_LIMIT} kasus"
    if limit is None:
        return _too_few("limit", "Target ini tanpa batas dalam menit.", rule)
    if len(minutes) < MIN_FOR_LIMIT:
        return _too_few("limit", f"Kasus berjam: {len(minutes)}, perlu {MIN_FOR_LIMIT}.", rule)
    counts = Counter(minutes)

    def within(first: int, last: int) -> int:
        return sum(counts[minute] for minute in range(first, last + 1))

    for width in LIMIT_WIDTHS:
        just_below = within(limit - width + 1, limit)
        beside = max(within(limit - 2 * width + 1, limit - width), within(limit + 1, limit + width))
        if upper_tail(just_below, just_below + beside, 0.5) < LIMIT_CHANCE:
            text = f"{just_below} kasus dalam {width} menit sampai batas {limit} menit; di sebelahnya {beside}."
            return _answered("limit", True, text, rule, {"below": just_below, "beside": beside, "width": width})
    return _answered("limit", False, f"Tidak menumpuk di bawah batas {limit} menit.", rule)


def seen_before(again: int, total: int) -> FileQuestion:
    """Cases that stood in another file of this target, outside its chain of corrections."""
    rule = "kasus yang sudah dihitung dalam berkas lain target ini"
    text = f"{again} dari {total} kasus sudah ada dalam berkas lain target ini."
    if not total:
        return _too_few("again", "Berkas ini tanpa nomor tiket.", rule)
    return _answered("again", again > 0, text if again else "Tidak ada kasus yang terulang.", rule, {"again": again})


def sent_elsewhere(target: str) -> FileQuestion:
    """The very same file, sent for another target too."""
    rule = "berkas yang sama persis dikirim untuk target lain"
    text = (
        f"Berkas yang sama persis sudah dikirim untuk {target}." if target else "Berkas ini hanya untuk target ini."
    )
    return _answered("elsewhere", bool(target), text, rule)


def volume(n: int, days: int, earlier: Collection[tuple[int, int]]) -> FileQuestion:
    """Cases a day, against the median of the last three periods (cases and days of each)."""
    rule = (
        f"banyaknya kasus turun lebih dari {VOLUME_DROP_PERCENT} % terhadap median {EARLIER_PERIODS} periode terakhir"
    )
    if len(earlier) < EARLIER_PERIODS:
        return _too_few("volume", f"Periode sebelumnya dengan berkas: {len(earlier)}, perlu {EARLIER_PERIODS}.", rule)
    usual = median(count / long for count, long in earlier)
    expected = round(usual * days)
    asked = n / days < usual * (100 - VOLUME_DROP_PERCENT) / 100
    return _answered("volume", asked, f"{n} kasus; biasanya {expected}.", rule, {"n": n, "usual": expected})


def upper_tail(successes: int, trials: int, chance: float) -> float:
    """The chance of at least so many successes, exactly."""
    if successes <= 0:
        return 1.0
    logs = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(chance)
        + (trials - k) * math.log1p(-chance)
        for k in range(successes, trials + 1)
    ]
    return math.fsum(math.exp(one) for one in logs)


def _answered(code: str, asked: bool, text: str, rule: str, figures: dict[str, Any] | None = None) -> FileQuestion:
    return FileQuestion(code, ASKED if asked else QUIET, text, rule, figures or {})


def _too_few(code: str, why: str, rule: str) -> FileQuestion:
    return FileQuestion(code, TOO_FEW, f"Tidak cukup data. {why}", rule)
