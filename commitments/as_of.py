"""The day that a public page is about, and the day that it is compared with, both read from the address.

`?per=2019-11-02` shows the page as of that day; `?sejak=2018-11-02` shows the changes since that day. For a day that
cannot be used, the page shows another day and says so.
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
    """The day that a page is about."""

    day: date
    today: date
    path: str  # of the same page as of today
    notice: str = ""  # a sentence, when the day of the address cannot be used

    @property
    def began_on(self) -> date | None:
        """The first day of the register; nothing is known before it."""
        return register.began_on()

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)

    @property
    def has_other_days(self) -> bool:
        """Whether a reader can choose a day before today."""
        return self.began_on is not None and self.began_on < self.today

    @property
    def anniversaries(self) -> list[date]:
        """The anniversaries of the signing since the register began, newest first."""
        if self.began_on is None:
            return []
        days = [date(year, *ANNIVERSARY) for year in range(self.today.year, self.began_on.year - 1, -1)]
        return [day for day in days if self.began_on < day <= self.today]

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def query(self) -> str:
        """The query of every link on the page: `?per=2019-11-02`, or nothing today."""
        return f"?{PER}={self.day}" if self.is_past else ""

    @property
    def more(self) -> str:
        """The same query for a link that has other parameters before it."""
        return f"&{PER}={self.day}" if self.is_past else ""


@dataclass(frozen=True)
class Since:
    """The day that a page is compared with."""

    day: date
    asof: AsOf
    path: str  # of the same page without this day
    is_chosen: bool = False  # by the address
    notice: str = ""  # a sentence, when the day of the address cannot be used

    @property
    def query(self) -> str:
        return f"?{SINCE}={self.day}" if self.is_chosen else ""

    @property
    def form_value(self) -> date | None:
        """The day to fill into the form; None when it is before the register, because nobody can pick it there."""
        began = self.asof.began_on
        return self.day if began and began <= self.day < self.asof.day else None


def read(request: HttpRequest) -> AsOf:
    """The day of the page: today, unless the address names a past day since the register began."""
    today = clock.today()
    text = request.GET.get(PER, "").strip()
    day, notice = _usable_day(text, today) if text else (today, "")
    return AsOf(day=day, today=today, path=_without(request, PER), notice=notice)


def since(request: HttpRequest, asof: AsOf) -> Since:
    """The day to compare with: some months before the page's day, unless the address names another earlier day."""
    usual, path = max(usual_since(asof.day), _first_to_compare(asof)), _without(request, SINCE)
    text = request.GET.get(SINCE, "").strip()
    if not text:
        return Since(usual, asof, path)
    day, notice = _usable_since(text, asof, usual)
    return Since(day, asof, path, is_chosen=day != usual or not notice, notice=notice)


def _usable_since(text: str, asof: AsOf, usual: date) -> tuple[date, str]:
    """The day to compare with, and a sentence when it is not the day of the address."""
    instead = gettext("Perubahan yang tampil: sejak %(day)s.") % {"day": long_date(usual)}
    day = _date(text)
    if day is None:
        return usual, f"{_unreadable(text)} {instead}"
    if day >= asof.day:
        return usual, gettext("Tidak ada perubahan sejak %(day)s: hari itu tidak mendahului %(shown)s.") % {
            "day": long_date(day),
            "shown": long_date(asof.day),
        } + f" {instead}"
    first = _first_to_compare(asof)
    if asof.began_on is None or day < asof.began_on:
        return first, gettext(
            "Sebelum register dimulai tidak ada catatan. Perubahan yang tampil: sejak %(start)s."
        ) % {"start": long_date(first)}
    return day, ""


def _first_to_compare(asof: AsOf) -> date:
    """The earliest day that a page can be compared with: the first of the register, or the day before the page's."""
    return min(asof.began_on or asof.day, asof.day - timedelta(days=1))


def _usable_day(text: str, today: date) -> tuple[date, str]:
    """The day to show, and a sentence when it is not the day of the address."""
    day = _date(text)
    if day is None:
        instead = gettext("Yang tampil: keadaan hari ini.")
        return today, f"{_unreadable(text)} {instead}"
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


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text if ISO_DATE.fullmatch(text) else "")
    except ValueError:
        return None


def _unreadable(text: str) -> str:
    return gettext("“%(asked)s” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02.") % {
        "asked": texts.tidy(text)[:20]
    }


def _without(request: HttpRequest, parameter: str) -> str:
    rest = request.GET.copy()
    rest.pop(parameter, None)
    return f"{request.path}?{rest.urlencode()}" if rest else request.path
