"""The calendar of holidays: a list for each year, entered by the keeper, approved by somebody else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q

from commitments.models.proposal import account, reason_given
from opd import access, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered
from opd.register import batch
from opd.register.registered import all_or_none
from opd.register.triggers import Guard, only_with

FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR = 1990, 2100
MAX_HOLIDAYS = 80  # of one year


class DayOff(NamedTuple):
    """One holiday before it is on record."""

    day: date
    name: str


class HolidayYearQuerySet(models.QuerySet["HolidayYear"]):
    """Questions about the lists of holidays."""

    def waiting(self) -> HolidayYearQuerySet:
        return self.filter(approved_at=None, refused_at=None)

    def in_force(self) -> list[HolidayYear]:
        """Of each year the list approved last."""
        newest: dict[int, HolidayYear] = {}
        for row in self.exclude(approved_at=None).order_by("approved_at", "pk"):
            newest[row.year] = row
        return [newest[year] for year in sorted(newest)]


class HolidayYear(Registered):
    """The holidays of one year, as one list: what is corrected is entered again as a whole."""

    kind = "calendar_year"
    guard = Guard(stamps=("approved_at", "approved_by_id", "refused_at", "refused_by_id", "refusal_reason"))
    related = ("entered_by", "approved_by", "refused_by")

    year = models.PositiveSmallIntegerField("tahun")
    source = texts.TextField("sumber", shortest=3, help_text="Tampil untuk publik.")
    decree = texts.CharField(
        "keputusan bersama", max_length=300, blank=True, help_text="Nomornya, bila sudah dicocokkan."
    )
    entered_at = models.DateTimeField("dicatat")
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pencatat"
    )
    approved_at = models.DateTimeField("disetujui", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="penyetuju"
    )
    refused_at = models.DateTimeField("ditolak", null=True, blank=True)
    refused_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="penolak"
    )
    refusal_reason = texts.TextField("alasan penolakan", blank=True, help_text="Tampil untuk publik.")

    objects = HolidayYearQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "-entered_at")
        verbose_name = "kalender tahun"
        verbose_name_plural = "kalender hari libur"
        constraints = (
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_CALENDAR_YEAR, year__lte=LAST_CALENDAR_YEAR),
                name="calendar_year_is_plausible",
                violation_error_message=f"Tahun antara {FIRST_CALENDAR_YEAR} dan {LAST_CALENDAR_YEAR}.",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("entered_by")),
                name="calendar_year_approved_by_somebody_else",
                violation_error_message="Pencatat tidak boleh menyetujui kalendernya sendiri.",
            ),
            models.CheckConstraint(
                condition=all_or_none("refused_at", "refused_by", texts=("refusal_reason",)),
                name="calendar_year_refused_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(refused_at=None),
                name="calendar_year_not_both_approved_and_refused",
            ),
        )

    def __str__(self) -> str:
        return f"Kalender {self.year}"

    @property
    def is_waiting(self) -> bool:
        return self.approved_at is None and self.refused_at is None

    @property
    def is_checked(self) -> bool:
        """Whether it was compared with the decree."""
        return bool(self.decree)

    def public_row(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "source": self.source,
            "decree": self.decree,
            "entered_at": self.entered_at,
            "approved_at": self.approved_at,
            "refused_at": self.refused_at,
            "refusal_reason": self.refusal_reason,
        }

    def private_row(self) -> dict[str, str | None]:
        people = {"entered_by": self.entered_by, "approved_by": self.approved_by, "refused_by": self.refused_by}
        return {name: one.get_username() if one else None for name, one in people.items()}

    def screen(self) -> dict[str, Any]:
        return {**super().screen(), "days": [one.public_row() for one in self.days.all()]}

    @classmethod
    def enter(
        cls, *, by: access.Actor, year: int, source: str, days: Iterable[DayOff], decree: str = ""
    ) -> HolidayYear:
        """The keeper enters the list of a year; what the loader of sourced facts brings is in force at once."""
        with register.act("calendar.entered", "calendar") as act:
            act.office = access.require_keeper(by)
            listed = sorted(set(days))
            _must_be_a_year(year, listed)
            is_loaded = not isinstance(by, User)
            row = cls(
                year=year,
                source=source,
                decree=decree,
                entered_at=act.at,
                entered_by=None if is_loaded else account(by),
                approved_at=act.at if is_loaded else None,
            )
            row.add()
            act.subject = row.object_name
            act.touch(row)
            for one in listed:
                holiday = Holiday(calendar=row, day=one.day, name=one.name)
                holiday.add()
                act.touch(holiday)
        return row

    def office_to_decide(self, by: access.Actor) -> str:
        """The office in which somebody may approve or refuse it, or `WrongPerson`."""
        office = access.require_approver(by)
        access.require_other(by, self.entered_by, what="Anda yang mencatat kalender ini")
        return office

    def approve(self, *, by: access.Actor, seen: str) -> None:
        """From now on working days of this year are counted by it; no value sent before changes."""
        with register.act("calendar.approved", self) as act:
            act.office = self._deciding(by, seen)
            self.approved_at, self.approved_by = act.at, account(by)
            self.save()
            act.touch(self)

    def refuse(self, *, by: access.Actor, seen: str, reason: str) -> None:
        with register.act("calendar.refused", self) as act:
            act.office = self._deciding(by, seen)
            self.refusal_reason = reason_given(reason, "alasan penolakan")
            self.refused_at, self.refused_by = act.at, account(by)
            self.save()
            act.touch(self)

    def _deciding(self, by: access.Actor, seen: str) -> str:
        office = self.office_to_decide(by)
        self.must_match(seen)
        if not self.is_waiting:
            raise WrongState("Kalender ini sudah diputus.")
        return office


class Holiday(Registered):
    """One day of the list of a year."""

    kind = "holiday"
    guard = Guard(inserts=(only_with("commitments_holidayyear", "entered_at", "calendar_id"),))
    related = ("calendar",)

    calendar = models.ForeignKey(HolidayYear, models.PROTECT, related_name="days", verbose_name="kalender")
    day = models.DateField("hari")
    name = texts.CharField("nama", max_length=160, shortest=2)

    class Meta:
        ordering = ("day", "pk")
        verbose_name = "hari libur"
        verbose_name_plural = "hari libur"
        constraints = (models.UniqueConstraint(fields=("calendar", "day"), name="holiday_once_in_its_calendar"),)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    def public_row(self) -> dict[str, Any]:
        return {"calendar": self.calendar.uuid, "day": self.day, "name": self.name}


def _must_be_a_year(year: int, days: list[DayOff]) -> None:
    if not days or len(days) > MAX_HOLIDAYS:
        raise BadFact(f"Daftar hari libur memuat 1 sampai {MAX_HOLIDAYS} hari.")
    if strange := [one for one in days if one.day.year != year]:
        raise BadFact(f"{strange[0].day:%d/%m/%Y} bukan hari di tahun {year}.")
    listed = [one.day for one in days]
    if twice := [day for day, after in pairwise(listed) if day == after]:
        raise BadFact(f"{twice[0]:%d/%m/%Y} tertulis dua kali.")


class CalendarOnRecord(NamedTuple):
    """The holidays in force, and the years that are on record at all."""

    days: tuple[date, ...]
    years: tuple[int, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of it: by which calendar a value was counted."""
        return hashlib.sha256(" ".join(map(str, (*self.years, *self.days))).encode()).hexdigest()


def calendar_on_record() -> CalendarOnRecord:
    """The calendar as it stands now; within a batch it is read once."""
    return batch.remembered(HolidayYear.kind, "on record", _read_calendar)


def _read_calendar() -> CalendarOnRecord:
    years = HolidayYear.objects.in_force()
    days = Holiday.objects.filter(calendar__in=years).order_by("day").values_list("day", flat=True)
    return CalendarOnRecord(tuple(days), tuple(row.year for row in years))
