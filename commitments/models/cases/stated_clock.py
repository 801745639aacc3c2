"""The clock of a target: when it starts and stops, in which unit, and how that is said. Stated once, for ever."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.numbers import as_typed
from opd.errors import BadFact
from opd.register.canonical import decimal_text

CLOCK_FIELDS = ("clock_start", "clock_stop", "clock_unit", "clock_pauses", "clock_limit")
NO_CLOCK = _("Jamnya belum dijelaskan.")


class ClockStart(models.TextChoices):
    """Where the clock starts: code, what it leaves out, and what is said of it."""

    ARRIVAL = "datang", "", _("warga datang")
    TICKET = "ambil-nomor", _("Menunggu sebelum kantor buka tidak dihitung."), _("nomor diambil")
    CALLED = "dipanggil", _("Menunggu sebelum dipanggil tidak dihitung."), _("nomor dipanggil")
    HANDED_IN = "berkas-diserahkan", _("Antre sebelum menyerahkan berkas tidak dihitung."), _("berkas diserahkan")
    COMPLETE = "berkas-lengkap", _("Waktu melengkapi berkas tidak dihitung."), _("berkas dinyatakan lengkap")

    leaves_out: str | Promise

    def __new__(cls, code: str, *leaves_out: str | Promise) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.leaves_out] = leaves_out
        return member


class ClockStop(models.TextChoices):
    DONE = "selesai", _("selesai")
    RECEIVED = "diterima", _("diterima warga")


class ClockUnit(models.TextChoices):
    """The unit of a clock: code, label, and the units of measure of old targets that it explains."""

    MINUTES = "minutes", ("menit",), _("menit")
    HOURS = "hours", ("jam",), _("jam")
    CALENDAR = "calendar", ("hari kalender", "hari"), _("hari kalender")
    WORKING = "working", ("hari kerja", "hari"), _("hari kerja")

    explains: tuple[str, ...]

    def __new__(cls, code: str, *explains: tuple[str, ...]) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.explains] = explains
        return member

    @property
    def unit_of_measure(self) -> str:
        return self.explains[0]


class BaselineByClock(models.TextChoices):
    """Whether the baseline was measured by a clock that was stated later."""

    YES = "ya", _("Nilai awalnya diukur dengan jam ini.")
    NO = "tidak", _("Nilai awalnya tidak diukur dengan jam ini.")
    UNKNOWN = "tidak-diketahui", _("Tidak diketahui apakah nilai awalnya diukur dengan jam ini.")


@dataclass(frozen=True)
class StatedClock:
    """A clock as it was stated."""

    start: str
    stop: str
    unit: str
    pauses: bool = False
    limit: Decimal | None = None  # only of a share within

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The clock on one line, as the register writes it: `ambil-nomor selesai minutes pauses limit=15`."""
        parts = [self.start, self.stop, self.unit, *(["pauses"] if self.pauses else [])]
        return " ".join([*parts, *([f"limit={decimal_text(self.limit)}"] if self.limit is not None else [])])

    @classmethod
    def of_code(cls, code: str) -> StatedClock:
        start, stop, unit, *more = code.split(" ")
        limits = [one.removeprefix("limit=") for one in more if one.startswith("limit=")]
        try:
            limit = Decimal(limits[0]) if limits else None
        except InvalidOperation:
            limit = None
        return cls(start, stop, unit, "pauses" in more, limit)

    def as_fields(self) -> dict[str, Any]:
        return dict(zip(CLOCK_FIELDS, (self.start, self.stop, self.unit, self.pauses, self.limit), strict=True))

    @property
    def unit_of_measure(self) -> str:
        """The unit of measure of a target with this clock; of a share it is per cent."""
        return "%" if self.limit is not None else self.known_unit.unit_of_measure

    @property
    def known_unit(self) -> ClockUnit:
        """Its unit; BadFact when there is no such unit."""
        if self.unit not in ClockUnit.values:
            raise BadFact("Satuan jam: pilih menit, jam, hari kalender, atau hari kerja.")
        return ClockUnit(self.unit)

    @property
    def sentence(self) -> str:
        """`Dihitung sejak nomor diambil sampai selesai. Menunggu sebelum kantor buka tidak dihitung.`"""
        start = ClockStart(self.start)
        parts = [
            gettext("Dihitung sejak {start} sampai {stop}.").format(
                start=start.label, stop=ClockStop(self.stop).label
            ),
            str(start.leaves_out),
            gettext("Jeda yang dicatat tidak dihitung.") if self.pauses else "",
            self._unit_sentence,
        ]
        return " ".join(part for part in parts if part)

    @property
    def _unit_sentence(self) -> str:
        unit = self.known_unit
        if self.limit is not None:
            return gettext("Yang dihitung: bagian yang selesai dalam {limit} {unit}.").format(
                limit=as_typed(self.limit), unit=unit.label
            )
        if unit in (ClockUnit.CALENDAR, ClockUnit.WORKING):
            return gettext("Hari yang sama dihitung 0.")
        return ""


def clock_of(row: object) -> StatedClock | None:
    """The clock in the columns of a row; None when it states none."""
    start, stop, unit, pauses, limit = (getattr(row, name) for name in CLOCK_FIELDS)
    return StatedClock(start, stop, unit, pauses, limit) if start else None
