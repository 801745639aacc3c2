"""What a value may be: tables of families, statistics and directions, their limits, and those of stored numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

# 15 digits, 4 of them decimals: beyond that SQLite cannot read a decimal back.
MAX_VALUE = Decimal("99999999999.9999")


def within_digits(*columns: str) -> Q:
    """A condition: each column is empty, or has at most 15 digits and 4 decimals."""
    fits = Q()
    for column in columns:
        fits &= Q(**{column: None}) | Q(
            **{f"{column}__gte": -MAX_VALUE, f"{column}__lte": MAX_VALUE, column: Round(F(column), 4)}
        )
    return fits


def value_field(label: str, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=15, decimal_places=4, **options)


@dataclass(frozen=True)
class FamilyDetails:
    """How targets of a family are measured, and which values they may have."""

    hint: str  # for a head who chooses how to measure
    may_differ: bool = False  # a value may be a difference or a growth: below zero, or above 100 percent
    is_survey: bool = False  # a score is on a scale that ends at 100 at the latest


class Family(models.TextChoices):
    """The families of targets: code (ten letters at most), details, name."""

    FAST = (
        "cepat",
        FamilyDetails(
            "Cepat dihitung seperti warga menunggunya: sejak datang, mengambil nomor, atau menyerahkan berkas, "
            "sampai selesai. Makin kecil makin baik. Median paling jujur: satu-dua kasus yang aneh tidak mengubahnya."
        ),
        _("Cepat (waktu)"),
    )
    CONCISE = (
        "ringkas",
        FamilyDetails(
            "Ringkas dihitung dari langkah, berkas, kunjungan, atau loket yang dilalui warga. Kecil itu baik."
        ),
        _("Ringkas (langkah, berkas, kunjungan)"),
    )
    ONLINE = (
        "daring",
        FamilyDetails(
            "Daring dihitung dalam persen permohonan yang selesai tanpa warga datang. Makin besar makin baik."
        ),
        _("Daring (bagian yang bisa dari rumah)"),
    )
    SATISFACTION = (
        "kepuasan",
        FamilyDetails(
            "Kepuasan dihitung dari survei yang sama setiap kali, misalnya nilai IKM 0 sampai 100.", is_survey=True
        ),
        _("Kepuasan"),
    )
    LITERACY = (
        "literasi",
        FamilyDetails(
            "Literasi dihitung dalam persen pegawai yang sanggup memakai alatnya. Uji, bukan daftar hadir."
        ),
        _("Literasi digital pegawai"),
    )
    OTHER = (
        "lainnya",
        FamilyDetails(
            "Pilih satu angka yang dapat dihitung orang lain dengan hasil yang sama.",
            may_differ=True,
        ),
        _("Lainnya"),
    )

    details: FamilyDetails

    def __new__(cls, code: str, *details: FamilyDetails) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.details] = details
        return member


class Statistic(models.TextChoices):
    MEDIAN = "median", _("median")
    MEAN = "mean", _("rata-rata")
    P90 = "p90", _("persentil 90")
    SHARE = "share", _("bagian (persen)")
    COUNT = "count", _("jumlah yang disyaratkan")
    SCORE = "score", _("nilai survei")


class Direction(models.TextChoices):
    LOWER = "lower", _("makin kecil makin baik")
    HIGHER = "higher", _("makin besar makin baik")

    @property
    def sign(self) -> int:
        """What a difference is multiplied with, so that more is better."""
        return 1 if self == Direction.HIGHER else -1


class Origin(models.TextChoices):
    """Where a number comes from."""

    TYPED = "typed", _("diketik")
    COMPUTED = "computed", _("dihitung dari berkas kasus")


# The first word of a unit of measure that counts time, things or people. A difference says so: `selisih hari`.
COUNTED = (
    *("detik", "menit", "jam", "hari", "minggu", "pekan", "bulan", "tahun"),
    *("langkah", "tahap", "berkas", "dokumen", "syarat", "lembar", "halaman", "kunjungan", "kali", "loket"),
    *("orang", "pegawai", "petugas", "warga", "pemohon", "pelanggan", "peserta"),
    *("permohonan", "pengaduan", "laporan", "keluhan"),
)
PERCENT_WORDS = re.compile(r"%|(persen|prosen)\b")
NEVER_BELOW_ZERO = (Statistic.SHARE, Statistic.COUNT)  # in every family


def why_impossible(value: Decimal, family: str, statistic: str, unit_of_measure: str) -> str:
    """The sentence why no measurement of such a target can have this value; "" when one can.

    Nothing takes less than no time, steps, documents or people, and a part of all is 0 to 100 percent; so is
    every scale of satisfaction (1 to 4, 1 to 5, 25 to 100). Only what is none of these, in a family that may differ,
    may be a difference or a growth, which can be below zero or above 100 percent.
    """
    unit, of = unit_of_measure.strip().casefold(), Family(family).details
    free = of.may_differ and statistic not in NEVER_BELOW_ZERO
    part = statistic == Statistic.SHARE or (PERCENT_WORDS.match(unit) and not of.may_differ)
    if part and not 0 <= value <= 100:
        return "Persen berada di antara 0 dan 100."
    if of.is_survey and statistic == Statistic.SCORE and not 0 <= value <= 100:
        return "Nilai survei kepuasan berada di antara 0 dan 100."
    if value < 0 and not (free and unit.split(" ")[0] not in COUNTED):
        return f"Angka dalam {unit_of_measure} tidak dapat kurang dari 0."
    return ""


def _codes(members: Iterable[models.TextChoices]) -> str:
    """Codes as a list of SQL."""
    return "({})".format(", ".join(f"'{member.value}'" for member in members))


# What the database refuses of a new value of a target {t}: the part of `why_impossible` that needs no words.
IMPOSSIBLE = (
    f"({{value}} < 0 AND ({{t}}.family NOT IN {_codes(family for family in Family if family.details.may_differ)}"
    f" OR {{t}}.statistic IN {_codes(NEVER_BELOW_ZERO)}) OR {{value}} > 100"
    f" AND ({{t}}.statistic = '{Statistic.SHARE.value}'"
    f" OR {{t}}.family IN {_codes(family for family in Family if family.details.is_survey)}"
    f" AND {{t}}.statistic = '{Statistic.SCORE.value}'))"
)
NOT_POSSIBLE = "nilai ini tidak mungkin dalam satuan targetnya"
