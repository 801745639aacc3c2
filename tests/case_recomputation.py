"""A second opinion on case files: the rules of design C once more, day by day and case by case. Shares no code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext


@dataclass(frozen=True)
class TrueCase:
    """A row before somebody wrote it into a file: moments with seconds, or None; `junk` is what nobody can read."""

    start: datetime | None
    stop: datetime | None
    ticket: str = ""
    pauses: int = 0
    answer: str = ""
    junk: bool = False


@dataclass
class CaseOutcome:
    durations: list[Decimal]
    unfinished: int
    oldest: int | None
    left_out: Counter[str]
    value: Decimal | None
    refused: bool


def recomputed(
    rows: list[TrueCase],
    first: date,
    last: date,
    unit: str,
    statistic: str,
    limit: Decimal | None,
    holidays: set[date],
    *,
    with_pauses: bool,
) -> CaseOutcome:
    left_out: Counter[str] = Counter()
    by_case: dict[object, list[TrueCase]] = {}
    for place, row in enumerate(rows):
        if row.junk or row.start is None:
            left_out["unreadable"] += 1
            continue
        key: object = (row.start.date(), row.ticket.upper()) if row.ticket else place
        by_case.setdefault(key, []).append(row)
    durations: list[Decimal] = []
    open_days: list[int] = []
    for group in by_case.values():
        distinct = {_essence(row, unit, with_pauses): row for row in group}
        left_out["duplicate"] += len(group) - len(distinct)
        if len(distinct) > 1:
            left_out["contradicting"] += len(distinct)
            continue
        [row] = distinct.values()
        assert row.start
        begin = row.start.replace(second=0)
        if row.stop is None:
            if begin.date() <= last:
                open_days.append((last - begin.date()).days)
            else:
                left_out["outside"] += 1
            continue
        end = row.stop.replace(second=0)
        took = _took(begin, end, unit, row.pauses if with_pauses else 0, holidays)
        backwards = took < 0 if unit in ("minutes", "hours") else end.date() < begin.date()
        if backwards:
            left_out["reversed"] += 1
        elif not first <= end.date() <= last:
            left_out["outside"] += 1
        elif unit == "":
            if row.answer.strip() == "":
                left_out["unanswered"] += 1
            else:
                durations.append(Decimal(1 if row.answer.lower() in ("ya", "y", "1", "true", "benar") else 0))
        else:
            durations.append(took)
    durations.sort()
    bad = left_out["reversed"] + left_out["unreadable"] + left_out["contradicting"]
    refused = bad > 1 and Decimal(bad) / len(rows) > Decimal("0.02")
    value = _value(durations, unit, statistic, limit) if durations else None
    oldest = max(open_days) if open_days else None
    return CaseOutcome(durations, len(open_days), oldest, +left_out, value, refused or not durations)


def _essence(row: TrueCase, unit: str, with_pauses: bool) -> tuple[object, ...]:
    cut = [moment.replace(second=0) if moment else None for moment in (row.start, row.stop)]
    yes = {"ya": 1, "y": 1, "1": 1, "true": 1, "benar": 1, "": None}.get(row.answer.lower(), 0)
    return (*cut, row.pauses if with_pauses else 0, yes if unit == "" else None)


def _took(begin: datetime, end: datetime, unit: str, pauses: int, holidays: set[date]) -> Decimal:
    if unit in ("minutes", "hours"):
        return Decimal(int((end - begin).total_seconds())) / 60 - pauses
    if unit == "calendar":
        return Decimal((end.date() - begin.date()).days)
    day, working = begin.date(), 0
    while day < end.date():
        day += timedelta(days=1)
        working += day.isoweekday() <= 5 and day not in holidays
    return Decimal(working)


def _value(durations: list[Decimal], unit: str, statistic: str, limit: Decimal | None) -> Decimal:
    with localcontext() as exact:
        exact.prec = 60
        n, per = len(durations), 60 if unit == "hours" else 1
        if unit == "":
            found = 100 * sum(durations) / n
        elif statistic == "share":
            assert limit is not None
            found = Decimal(100 * len([one for one in durations if one / per <= limit])) / n
        elif statistic == "mean":
            found = sum(durations) / n / per
        elif statistic == "median":
            found = (durations[(n - 1) // 2] + durations[n // 2]) / 2 / per
        else:
            rank = next(rank for rank in range(1, n + 1) if rank * 10 >= 9 * n)
            found = durations[rank - 1] / per
        return Decimal(found).quantize(Decimal("0.0001"), ROUND_HALF_UP)
