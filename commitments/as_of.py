"""As of which day, and compared with which, does the reader want a public page? A bad day is said, not refused.

`?per=2019-11-02` shows the page as of that day; `?sejak=2018-11-02` what has moved since that one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext

from commitments.formats import long_date
from commitments.reports.rises_and_falls import usual_since
from opd import clock, register, texts

PER = "per"
SINCE = "sejak"
ANNIVERSARY = (11, 2)  # of the signing, month and day
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class AsOf:
    """The day a page is about, and how to say so."""

    day: date
    today: date
    path: str  # the same page as of today
    notice: str = ""

    @property
    def began_on(self) -> date | None:
        """When the register began: before, nothing is known."""
        return register.began_on()

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)

    @property
    def has_other_days(self) -> bool:
        """Not before the first entry, nor on its day."""
        return self.began_on is not None and self.began_on < self.today

    @property
    def anniversaries(self) -> list[date]:
        """Those of the signing on which the register existed, newest first."""
        if self.began_on is None:
            return []
        days = [date(year, *ANNIVERSARY) for year in range(self.today.year, self.began_on.year - 1, -1)]
        return [day for day in days if self.began_on < day <= self.today]

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def query(self) -> str:
        """What every link on the page carries: `?per=2019-11-02`, or nothing today."""
        return f"?{PER}={self.day}" if self.is_past else ""

    @property
    def more(self) -> str:
        """The same, after other parameters."""
        return f"&{PER}={self.day}" if self.is_past else ""


@dataclass(frozen=True)
class Since:
    """The day with which the page compares, and how to say so."""

    day: date
    asof: AsOf
    path: str  # the same page without it
    asked: bool = False
    notice: str = ""

    @property
    def query(self) -> str:
        return f"?{SINCE}={self.day}" if self.asked else ""

    @property
    def picked(self) -> date | None:
        """What the form holds: none where the usual day is one that nobody can pick, before the register."""
        began = self.asof.began_on
        return self.day if began and began <= self.day < self.asof.day else None


def read(request: HttpRequest) -> AsOf:
    """Today unless the address names a past day that the register knows."""
    today = clock.today()
    asked = request.GET.get(PER, "").strip()
    day, notice = _understood(asked, today) if asked else (today, "")
    return AsOf(day=day, today=today, path=_without(request, PER), notice=notice)


def since(request: HttpRequest, asof: AsOf) -> Since:
    """Some months before the page's day unless the address names a day before it."""
    usual, path = usual_since(asof.day), _without(request, SINCE)
    asked = request.GET.get(SINCE, "").strip()
    if not asked:
        return Since(usual, asof, path)
    day, notice = _compared(asked, asof, usual)
    return Since(day, asof, path, asked=day != usual or not notice, notice=notice)


def _compared(asked: str, asof: AsOf, usual: date) -> tuple[date, str]:
    instead = gettext("Perubahan yang tampil: sejak %(day)s.") % {"day": long_date(usual)}
    day = _date(asked)
    if day is None:
        return usual, f"{_unreadable(asked)} {instead}"
    if day >= asof.day:
        return usual, gettext("Tidak ada perubahan sejak %(day)s: hari itu tidak mendahului %(shown)s.") % {
            "day": long_date(day),
            "shown": long_date(asof.day),
        } + f" {instead}"
    start = asof.began_on
    if start is None or day < start:
        first = min(start or asof.day, asof.day - timedelta(days=1))
        return first, gettext(
            "Sebelum register dimulai tidak ada catatan. Perubahan yang tampil: sejak %(start)s."
        ) % {"start": long_date(first)}
    return day, ""


def _understood(asked: str, today: date) -> tuple[date, str]:
    day = _date(asked)
    if day is None:
        instead = gettext("Yang tampil: keadaan hari ini.")
        return today, f"{_unreadable(asked)} {instead}"
    if day > today:
        return today, gettext("%(day)s belum tiba. Yang tampil: keadaan hari ini.") % {"day": long_date(day)}
    start = register.began_on()
    if start is None:
        return today, gettext("Belum ada catatan: register belum dimulai.")
    if day < start:
        return start, gettext(
            "Untuk hari itu belum ada catatan: register dimulai %(start)s. Yang tampil: keadaan pada hari itu."
        ) % {"start": long_date(start)}
    return day, ""


def _date(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked if ISO_DATE.fullmatch(asked) else "")
    except ValueError:
        return None


def _unreadable(asked: str) -> str:
    return gettext("“%(asked)s” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02.") % {
        "asked": texts.tidy(asked)[:20]
    }


def _without(request: HttpRequest, parameter: str) -> str:
    rest = request.GET.copy()
    rest.pop(parameter, None)
    return f"{request.path}?{rest.urlencode()}" if rest else request.path
