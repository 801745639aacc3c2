"""The table of evidence kinds: what each is called, what it proves, and whether the ladder counts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class KindDetails:
    """What an evidence kind is, and what it proves."""

    public: StrOrPromise  # its name on public pages, in lower case
    question: str  # the choice on the form of the unit
    proves: str  # the help below it
    colour: str  # of its part of a bar: a name of static/css/tokens.css
    counts: bool = False  # whether a measurement with it counts on the ladder


class EvidenceKind(models.TextChoices):
    """The kinds of evidence, from ceremony to result: code (ten letters at most), details, name for staff."""

    CEREMONY = (
        "seremoni",
        KindDetails(
            _("seremoni"),
            "Foto acara: peresmian, penyerahan",
            "Membuktikan ada acara. Tidak lebih.",
            "brick",
        ),
        _("foto acara"),
    )
    ACTIVITY = (
        "kegiatan",
        KindDetails(
            _("kegiatan"),
            "Kegiatan: rapat, pelatihan",
            "Membuktikan kegiatannya terjadi, bukan hasilnya.",
            "rung-2",
        ),
        _("kegiatan"),
    )
    OUTPUT = (
        "keluaran",
        KindDetails(
            _("keluaran"),
            "Hasil kerja: aplikasi, loket, aturan",
            "Membuktikan barangnya ada, bukan bahwa layanannya lebih cepat.",
            "rung-3",
        ),
        _("hasil kerja"),
    )
    RESULT = (
        "hasil",
        KindDetails(
            _("hasil"),
            "Angka dari sistem atau survei",
            "Membuktikan angkanya. Hanya ini yang membuat laporan dihitung.",
            "sea",
            counts=True,
        ),
        _("angka dari sistem atau survei"),
    )

    details: KindDetails

    def __new__(cls, code: str, *details: KindDetails) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.details] = details
        return member

    @classmethod
    def any_counts(cls, kinds: Iterable[str]) -> bool:
        """Whether a measurement with evidence of these kinds counts on the ladder."""
        return any(cls(kind).details.counts for kind in kinds)
