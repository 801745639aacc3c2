"""The rules of the ladder as data: its constants, and one table each of rungs and flags.

A row holds everything that pages, lists, exports, prints and the API show of a member; they loop over the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SUSTAINED_DAYS = 180  # between the first and the latest of an unbroken run that meets the target
REPORTING_CYCLE = 90  # days, unless a target says otherwise
LONGEST_CYCLE = 366  # days
SILENT_CYCLES = 2  # a target is silent after more than this many cycles
SUSTAINED_CYCLE = 365  # days; the shortest cycle at rung 5
DECIMALS = 4  # both sides of every comparison are rounded to this, because SQLite compares decimals as floats


@dataclass(frozen=True)
class RungDetails:
    """What a rung means, in a few words and in a sentence, and its colours where no style sheet is."""

    meaning: StrOrPromise
    rule: StrOrPromise  # the sentence on /cara-baca/, with `%(days)s`
    ground: str  # as in static/css/tokens.css
    ink: str  # of what stands on it
    constant: str = ""  # the name of the days that `%(days)s` stands for


class Rung(models.IntegerChoices):
    """The rungs, the lowest first: number, details, name."""

    SIGNED = (
        0,
        RungDetails(
            _("belum ada target"),
            _("Belum ada target yang berlaku. Yang ada baru tanda tangan."),
            "#f1eee5",
            "#1b2326",
        ),
        _("Tanda tangan"),
    )
    MEASURABLE = (
        1,
        RungDetails(
            _("target diumumkan"),
            _("Target sudah diumumkan: nilai awal, satuan, arah, target, dan tenggatnya lengkap."),
            "#e9dcb8",
            "#1b2326",
        ),
        _("Terukur"),
    )
    MOVING = (
        2,
        RungDetails(
            _("sudah diukur"),
            _("Sudah ada sedikitnya satu hasil yang dihitung, tetapi belum lebih baik daripada nilai awal."),
            "#dfc27c",
            "#1b2326",
        ),
        _("Bergerak"),
    )
    IMPROVING = (
        3,
        RungDetails(
            _("lebih baik dari awal"),
            _(
                "Hasil terakhir yang dihitung lebih baik daripada nilai awal, sedikitnya sebesar perubahan terkecil "
                "yang berarti."
            ),
            "#9fd0c4",
            "#10292a",
        ),
        _("Membaik"),
    )
    ACHIEVED = (
        4,
        RungDetails(_("target tercapai"), _("Hasil terakhir yang dihitung memenuhi target."), "#52ada2", "#0c2223"),
        _("Tercapai"),
    )
    SUSTAINED = (
        5,
        RungDetails(
            _("tercapai, bertahan"),
            _(
                "Target tercapai, dan sudah tercapai juga pada pengukuran %(days)s atau lebih sebelumnya, tanpa "
                "putus di antaranya."
            ),
            "#0b5d63",
            "#ffffff",
            constant="SUSTAINED_DAYS",
        ),
        _("Bertahan"),
    )

    details: RungDetails

    def __new__(cls, number: int, *details: RungDetails) -> Self:
        member = int.__new__(cls, number)
        member._value_ = number
        [member.details] = details
        return member

    @property
    def code(self) -> str:
        return self.name.lower()

    @property
    def is_past_ceremony(self) -> bool:
        """Proven better than the baseline. A unit is past the ceremony if it is not silent either."""
        return self >= PAST_CEREMONY

    @property
    def is_first_past(self) -> bool:
        return self == PAST_CEREMONY


PAST_CEREMONY = Rung.IMPROVING


@dataclass(frozen=True)
class FlagDetails:
    """What a flag means, and how it is shown."""

    rule: StrOrPromise  # the sentence on /cara-baca/; with `%(days)s` and `%(cycles)s`
    constant: str = ""  # the name of the days that `%(days)s` stands for
    shape: str = "triangle"  # one of templates/parts/_flag.html
    attention: bool = True
    printed: bool = True  # in the meeting pack and on report cards


class Flag(models.TextChoices):
    """The flags, in the order in which they are shown: code (part of the API), details, name."""

    SILENT = (
        "silent",
        FlagDetails(
            _(
                "Tidak ada kabar lebih lama dari %(cycles)s siklus lapor; satu siklus %(days)s kecuali ditetapkan "
                "lain. Selama kiriman menunggu diperiksa, jam ini berhenti: yang ditunggu sekretariat. Unit disebut "
                "diam bila semua targetnya diam."
            ),
            constant="REPORTING_CYCLE",
            shape="disc",
        ),
        _("diam"),
    )
    OVERDUE = (
        "overdue",
        FlagDetails(
            _("Tenggat semula sudah lewat dan target belum tercapai. Menggeser tenggat tidak menghapus tanda ini.")
        ),
        _("terlambat"),
    )
    MOVED = "moved", FlagDetails(_("Tenggat yang berlaku berbeda dari tenggat semula.")), _("digeser")
    MET_LATE = (
        "met_late",
        FlagDetails(_("Target tercapai, tetapi sesudah tenggat semula."), attention=False, printed=False),
        _("tercapai terlambat"),
    )
    SOFTENED = (
        "softened",
        FlagDetails(_("Sebuah perubahan mendekatkan target dan nilai awal, sehingga lebih mudah dicapai.")),
        _("diperlunak"),
    )
    WORSE = (
        "worse",
        FlagDetails(_("Hasil terakhir yang dihitung lebih buruk daripada nilai awal.")),
        _("memburuk"),
    )
    CONTESTED = (
        "contested",
        FlagDetails(
            _(
                "Inspektorat memeriksa ulang sebuah angka yang dihitung, dan menemukan angka lain atau tidak dapat "
                "menelusurinya. Tanda ini tidak mengubah anak tangga; ia hilang bila verifikasinya dicabut, angkanya "
                "dikoreksi, atau angkanya dinyatakan tetap dengan alasan yang dapat dibaca siapa pun."
            )
        ),
        _("dipersoalkan"),
    )
    CLAIMED_HIGHER = (
        "claimed_higher",
        FlagDetails(
            _(
                "Seandainya semua kiriman yang belum diperiksa ternyata benar, anak tangganya lebih tinggi. Itu baru "
                "pengakuan."
            ),
            shape="ring",
        ),
        _("mengaku lebih tinggi"),
    )

    details: FlagDetails

    def __new__(cls, code: str, *details: FlagDetails) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.details] = details
        return member

    @classmethod
    def of(cls, row: object) -> list[Flag]:
        """The flags that hold for a row with the columns of the ladder; an absent column is an error."""
        return [flag for flag in cls if getattr(row, flag.value)]
