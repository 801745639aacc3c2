"""On which rung did each signer stand at the end of every month that is over? Worked out once, and kept.

A kept month stands on the register's first `seq` entries. It holds as long as the next entry is later than its last
day and none of the acts that reach back into past days has followed; otherwise it is worked out again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from time import monotonic

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import DateTimeField, F, IntegerField, Max, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from commitments.ladder import Rung
from commitments.models import Memorandum, MonthEnd
from commitments.models.querysets import units_with_rung
from commitments.reports.home_page import agreement, signers
from opd import clock, register
from opd.models import Entry, Unit

log = logging.getLogger(__name__)

# Signatures, tenures of duty and ends of units go by their own dates, as known now: these acts change past days.
BACKDATED_ACTS = (
    "memorandum.entered",
    "signature.entered",
    "signature.withdrawn",
    "unit.corrected",
    "unit_change.confirmed",
)
MAX_READER_WAIT = 0.2  # seconds that a reader may wait for months that are missing; the next reader goes on
MONTH_ENDS_LOCK = "month-ends"  # in the cache: one process at a time works them out

Rungs = dict[str, tuple[int, int]]  # unit code -> rung, 1 when silent


def end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_between(first: date, day: date) -> Iterator[date]:
    """The last day of each month from that of `first` on that is over on `day`."""
    last = end_of_month(first)
    while last < day:
        yield last
        last = end_of_month(last + timedelta(days=1))


def kept(day: date) -> list[MonthEnd]:
    """Months over before `day` that are kept and hold, oldest first, without the rungs of each unit; one query."""
    return [row for row in _standing().filter(day__lt=day).defer("rungs") if _holds(row)]


def rungs_on(memorandum: Memorandum | None, day: date) -> Rungs:
    """Code of each signer -> its rung and silence on a day: as kept, else worked out."""
    row = _standing().filter(day=day).first()
    if row and _holds(row):
        return {code: (rung, silent) for code, (rung, silent) in row.rungs.items()}
    return _worked_out(memorandum, day)


def months_of(unit: Unit, day: date) -> list[tuple[date, int]]:
    """(last day, rung) of one signer in each month over before `day` that is kept; one query."""
    rung = KeyTransform("0", KeyTransform(unit.code, "rungs"))
    rows = _standing().filter(day__lt=day).annotate(rung=rung).defer("rungs", "counts")
    return [(row.day, row.rung) for row in rows if row.rung is not None and _holds(row)]


def fill(patience: float | None = None) -> int:
    """Work out the months that are missing, newest first, until done or out of patience; how many it was."""
    memorandum, start = agreement(), register.began_on()
    head = Entry.objects.aggregate(seq=Max("seq"))["seq"]
    if memorandum is None or start is None:
        return 0
    today = clock.today()
    known = {row.day for row in kept(today)}
    missing = [day for day in months_between(max(start, memorandum.signed_on), today) if day not in known]
    until = None if patience is None else monotonic() + patience
    made = []
    for day in reversed(missing):
        made.append(_month_end(memorandum, day, head))
        if until and monotonic() > until:
            break
    MonthEnd.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["day"], update_fields=["seq", "counts", "rungs"]
    )
    return len(made)


def fill_for_a_reader() -> None:
    """A little of it, unless another process is at it or anything stands in the way: a page never waits for this."""
    if not cache.add(MONTH_ENDS_LOCK, True, timeout=30):
        return
    try:
        with _waiting_for_nobody():
            fill(MAX_READER_WAIT)
    except DatabaseError as error:
        log.info("Akhir bulan tidak disimpan: %s", error)
    finally:
        cache.delete(MONTH_ENDS_LOCK)


def faults() -> Iterator[str]:
    """Every kept month that differs from what is worked out now, as a sentence that names it."""
    memorandum = agreement()
    for row in _standing():
        if not _holds(row):
            continue  # outdated: nobody reads it
        true = _month_end(memorandum, row.day, row.seq)
        if (row.counts, row.rungs) != (true.counts, true.rungs) or row.day != end_of_month(row.day):
            yield f"akhir bulan {row.day}: yang disimpan berbeda dari hitungannya"


def _month_end(memorandum: Memorandum | None, day: date, seq: int) -> MonthEnd:
    rungs = {code: list(pair) for code, pair in _worked_out(memorandum, day).items()}
    counts = Counter(rung for rung, _ in rungs.values())
    return MonthEnd(day=day, seq=seq, counts=[counts[rung] for rung in Rung], rungs=rungs)


def _worked_out(memorandum: Memorandum | None, day: date) -> Rungs:
    rows = units_with_rung(signers(memorandum), day).values_list("code", "rung", "silent")
    return {code: (rung, silent) for code, rung, silent in rows}


def _standing():  # type: ignore[no-untyped-def]  # a queryset with two annotations
    """Kept months with what decides whether they hold: the next entry's moment, the last act that reaches back."""
    following = Entry.objects.filter(seq=OuterRef("seq") + 1).order_by().values("at")
    reaching = Entry.objects.filter(act__in=BACKDATED_ACTS).order_by()
    last = reaching.values(every=Value(1)).annotate(last=Max("seq")).values("last")
    return MonthEnd.objects.annotate(
        next_at=Subquery(following, output_field=DateTimeField()),
        reached_back=Coalesce(Subquery(last, output_field=IntegerField()), 0),
    ).filter(seq__gte=F("reached_back"))


def _holds(row: MonthEnd) -> bool:
    next_at = row.next_at  # type: ignore[attr-defined]  # annotated by `_standing`
    return next_at is None or next_at >= clock.end_of(row.day)


@contextmanager
def _waiting_for_nobody() -> Iterator[None]:
    """SQLite: fail at once, and not after twenty seconds, when another process is writing."""
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
