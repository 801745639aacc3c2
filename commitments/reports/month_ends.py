"""Stored rungs of all signers at the end of each past month, because they are slow to compute.

A stored month was computed from the first `seq` entries of the register. It is valid as long as the next entry is
later than its last day and no act that changes past days has followed; otherwise it is computed again. Its mark,
made with the register's key, shows that nobody changed it since: a long register would need an hour to compute all.
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import DateTimeField, F, IntegerField, Max, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from commitments.ladder import Rung, kept
from commitments.ladder.answers import LAPSED_STEP, Answer, answer_of, step_of
from commitments.models import Memorandum, MonthEnd
from commitments.models.querysets import units_with_rung
from commitments.reports.home_page import agreement, signers
from opd import clock, register
from opd.models import Entry, Unit

log = logging.getLogger(__name__)

# Acts that change past days: for signatures, assignments and ends of units the ladder uses the dates known now.
BACKDATED_ACTS = (
    "memorandum.entered",
    "signature.entered",
    "signature.withdrawn",
    "unit.corrected",
    "unit_change.confirmed",
)
MAX_READER_WAIT = 0.2  # seconds that a reader waits for missing months; the request of the next reader goes on
MAX_RECOMPUTED_SECONDS = 10.0  # that a check computes marked months again, unless it is asked for all
MONTH_ENDS_LOCK = "month-ends"  # key in the cache: one process at a time computes them

Rungs = dict[str, tuple[int, int]]  # unit code -> rung, 1 when silent


def end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_between(first: date, day: date) -> Iterator[date]:
    """The last day of each month that is over on `day`, from the month of `first` on."""
    last = end_of_month(first)
    while last < day:
        yield last
        last = end_of_month(last + timedelta(days=1))


def stored(day: date) -> list[MonthEnd]:
    """The valid stored months before `day`, oldest first, without the rungs of single units; one query."""
    return [row for row in _with_validity().filter(day__lt=day).defer("rungs") if _is_valid(row)]


def rungs_on(memorandum: Memorandum | None, day: date) -> Rungs:
    """Code of each signer -> (rung, silent) on a day: stored, or else computed."""
    row = _with_validity().filter(day=day).first()
    if row and _is_valid(row):
        return {code: (rung, silent) for code, (rung, silent) in row.rungs.items()}
    return _computed(memorandum, day)


def rungs_by_month(first: date, day: date) -> dict[date, Rungs]:
    """Last day of each valid stored month from `first` on and before `day` -> the rungs of then; one query."""
    rows = _with_validity().filter(day__gte=first, day__lt=day).order_by("day")
    return {row.day: dict(row.rungs) for row in rows if _is_valid(row)}


@dataclass(frozen=True)
class UnitMonthEnd:
    """Where one signer stood at the end of a day: its rung, and whether it was silent."""

    day: date
    rung: int
    silent: int

    @property
    def answer(self) -> Answer:
        return answer_of(self.rung, self.silent)


def months_of(unit: Unit, day: date) -> list[UnitMonthEnd]:
    """One signer in each valid stored month before `day`, oldest first; one query."""
    pair = KeyTransform(unit.code, "rungs")
    rows = _with_validity().filter(day__lt=day).annotate(pair=pair).defer("rungs", "counts")
    return [UnitMonthEnd(row.day, *row.pair) for row in rows if row.pair is not None and _is_valid(row)]


def last_past(months: Iterable[UnitMonthEnd]) -> UnitMonthEnd | None:
    """The last month at whose end the unit had moved past the ceremony; months: oldest first."""
    return next((one for one in reversed(list(months)) if one.answer is Answer.PAST), None)


def last_past_months(day: date) -> dict[str, date]:
    """Code of each signer -> the last day of the last stored month at whose end it was past the ceremony."""
    found: dict[str, date] = {}
    for row in _with_validity().filter(day__lt=day):
        if _is_valid(row):
            found |= {code: row.day for code, pair in row.rungs.items() if answer_of(*pair) is Answer.PAST}
    return found


def fill(seconds: float | None = None) -> int:
    """Compute and store missing months, newest first, all or as many as fit into `seconds`; returns their number."""
    memorandum, start = agreement(), register.began_on()
    head = Entry.objects.aggregate(seq=Max("seq"))["seq"]
    if memorandum is None or start is None:
        return 0
    today = clock.today()
    known = {row.day for row in stored(today)}
    missing = [day for day in months_between(max(start, memorandum.signed_on), today) if day not in known]
    until = None if seconds is None else monotonic() + seconds
    made = []
    for day in reversed(missing):
        made.append(_month_end(memorandum, day, head))
        if until and monotonic() > until:
            break
    MonthEnd.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["seq", "counts", "lapsed", "rungs", "mark"],
    )
    return len(made)


def fill_briefly() -> None:
    """Store some missing months during a request, unless another process does so or the database is locked."""
    if not cache.add(MONTH_ENDS_LOCK, True, timeout=30):
        return
    try:
        with _without_lock_wait():
            fill(MAX_READER_WAIT)
    except DatabaseError as error:
        log.info("Akhir bulan tidak disimpan: %s", error)
    finally:
        cache.delete(MONTH_ENDS_LOCK)


def faults(run: register.CheckRun) -> Iterator[str]:
    """A sentence for each valid stored month that differs from what is computed now.

    Those without a good mark are all computed again, then the others in any order, as many as time allows.
    """
    memorandum = agreement()
    rows = [row for row in _with_validity() if _is_valid(row)]  # nobody reads the others
    marked = [row for row in rows if row.mark == _mark(row)]
    for row in (row for row in rows if row not in marked):
        yield from _fault(memorandum, row)
    random.shuffle(marked)
    until = monotonic() + MAX_RECOMPUTED_SECONDS
    for number, row in enumerate(marked):
        if monotonic() > until and not run.from_start:
            run.say(
                f"{number} dari {len(marked)} akhir bulan dihitung ulang; yang lain bertanda kunci register, jadi "
                "tidak berubah sejak disimpan. --from-start menghitung ulang semuanya."
            )
            return
        yield from _fault(memorandum, row)


def _fault(memorandum: Memorandum | None, row: MonthEnd) -> Iterator[str]:
    expected = _month_end(memorandum, row.day, row.seq)
    stored, right = ((one.counts, one.lapsed, one.rungs) for one in (row, expected))
    if stored != right or row.day != end_of_month(row.day):
        yield f"akhir bulan {row.day}: yang disimpan berbeda dari hitungannya"


def _month_end(memorandum: Memorandum | None, day: date, seq: int) -> MonthEnd:
    rungs = {code: list(pair) for code, pair in _computed(memorandum, day).items()}
    counts = Counter(step_of(*pair) for pair in rungs.values())
    by_rung = [counts[str(rung.value)] for rung in Rung]
    row = MonthEnd(day=day, seq=seq, counts=by_rung, lapsed=counts[LAPSED_STEP], rungs=rungs)
    row.mark = _mark(row)
    return row


def _mark(row: MonthEnd) -> str:
    """The mark that this program gives to such a row under the rules in force."""
    said = [row.day.isoformat(), row.seq, row.counts, row.lapsed, row.rungs, kept.rules(connection.vendor)]
    return register.keyed_mark(json.dumps(said, sort_keys=True))


def _computed(memorandum: Memorandum | None, day: date) -> Rungs:
    rows = units_with_rung(signers(memorandum), day).values_list("code", "rung", "silent")
    return {code: (rung, silent) for code, rung, silent in rows}


def _with_validity():  # type: ignore[no-untyped-def]  # a queryset with two annotations
    """Stored months after the last act that changes past days, with the moment of the entry that follows `seq`."""
    following = Entry.objects.filter(seq=OuterRef("seq") + 1).order_by().values("at")
    backdated = Entry.objects.filter(act__in=BACKDATED_ACTS).order_by()
    last = backdated.values(every=Value(1)).annotate(last=Max("seq")).values("last")
    return MonthEnd.objects.annotate(
        next_at=Subquery(following, output_field=DateTimeField()),
        last_backdated=Coalesce(Subquery(last, output_field=IntegerField()), 0),
    ).filter(seq__gte=F("last_backdated"))


def _is_valid(row: MonthEnd) -> bool:
    next_at = row.next_at  # type: ignore[attr-defined]  # annotated by `_with_validity`
    return next_at is None or next_at >= clock.end_of(row.day)


@contextmanager
def _without_lock_wait() -> Iterator[None]:
    """On SQLite: fail at once when another process is writing, not after LOCK_WAIT."""
    if connection.vendor != "sqlite":
        yield
        return
    seconds = settings.DATABASES["default"]["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
