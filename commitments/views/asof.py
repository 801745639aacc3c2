"""As of which day does the reader want a public page? `?per=2019-11-02`; a bad day is said, not refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext

from commitments.templatetags.seremoni import long_date
from opd import clock
from opd.models import Entry

PARAMETER = "per"
WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class AsOf:
    """The day a page is about, and how to say so."""

    day: date
    today: date
    path: str  # the same page as of today
    notice: str = ""

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def query(self) -> str:
        """What every link on the page carries: `?per=2019-11-02`, or nothing today."""
        return f"?{PARAMETER}={self.day}" if self.is_past else ""

    @property
    def more(self) -> str:
        """The same, after other parameters."""
        return f"&{PARAMETER}={self.day}" if self.is_past else ""


def read(request: HttpRequest) -> AsOf:
    """Today unless the address names a past day that the register knows; one query when it names one."""
    today = clock.today()
    asked = request.GET.get(PARAMETER, "").strip()
    day, notice = _understood(asked, today) if asked else (today, "")
    return AsOf(day=day, today=today, path=_without_day(request), notice=notice)


def _understood(asked: str, today: date) -> tuple[date, str]:
    try:
        day = date.fromisoformat(asked if WRITTEN.fullmatch(asked) else "")
    except ValueError:
        return today, gettext(
            "“%(asked)s” bukan tanggal yang dapat dibaca; tulislah seperti 2019-11-02. Yang tampil: keadaan hari ini."
        ) % {"asked": asked[:20]}
    if day > today:
        return today, gettext("%(day)s belum tiba. Yang tampil: keadaan hari ini.") % {"day": long_date(day)}
    first = Entry.objects.order_by("seq").values_list("at", flat=True).first()
    if first is None:
        return today, gettext("Belum ada catatan: register belum dimulai.")
    start = clock.day_of(first)
    if day < start:
        return start, gettext(
            "Untuk hari itu belum ada catatan: register dimulai %(start)s. Yang tampil: keadaan pada hari itu."
        ) % {"start": long_date(start)}
    return day, ""


def _without_day(request: HttpRequest) -> str:
    rest = request.GET.copy()
    rest.pop(PARAMETER, None)
    return f"{request.path}?{rest.urlencode()}" if rest else request.path
