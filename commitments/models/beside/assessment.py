"""What outsiders, or the city itself, measured: a value on its own scale, with its source; never on the ladder."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from commitments.models.beside.withdrawable import WITHDRAWAL_STAMPS, KnownRowQuerySet, WithdrawableRow
from opd import access, clock, register, texts
from opd.models import Unit
from opd.register.canonical import decimal_text
from opd.register.triggers import Guard

ASSESSED_YEARS = (1945, 2200)  # what can be a year; the day of publication bounds it further
TWICE = "Skema ini sudah punya penilaian untuk tahun itu. Bila yang tercatat keliru, cabut dahulu."


class AssessmentCertainty(models.TextChoices):
    """How an assessment is known; the last one tells of no value, but of a change of method."""

    DOCUMENTED = "documented", _("tercatat di sumber")
    REPORTED = "reported", _("dikutip orang lain")
    METHOD_BREAK = "method-break", _("cara menilai berubah")


class AssessmentQuerySet(KnownRowQuerySet):
    def of_scheme(self, scheme: str) -> Self:
        return self.filter(scheme__iexact=scheme)


class Assessment(WithdrawableRow):
    """One assessment of one year; of the whole city, or of one unit. Without a value only its words are known."""

    kind = "assessment"
    guard = Guard(stamps=WITHDRAWAL_STAMPS)
    related = ("unit",)

    assessor = texts.CharField("penilai", max_length=120, help_text="Misalnya Ombudsman RI. Tampil untuk publik.")
    scheme = texts.CharField(
        "yang dinilai",
        max_length=120,
        help_text="Nama penilaian atau survei, setiap tahun sama persis. Tampil untuk publik.",
    )
    year = models.PositiveSmallIntegerField(
        "tahun yang dinilai", validators=[MinValueValidator(ASSESSED_YEARS[0]), MaxValueValidator(ASSESSED_YEARS[1])]
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name="unit",
        help_text="Kosong: seluruh kota.",
    )
    value = models.DecimalField(
        "nilai", max_digits=15, decimal_places=4, null=True, blank=True, help_text="Kosong: sumber tidak menyebutnya."
    )
    scale_low = models.DecimalField("ujung bawah skala", max_digits=15, decimal_places=4, null=True, blank=True)
    scale_high = models.DecimalField("ujung atas skala", max_digits=15, decimal_places=4, null=True, blank=True)
    label = texts.CharField(
        "sebutan atau satuan",
        max_length=200,
        blank=True,
        help_text="Seperti ditulis sumber, misalnya B, atau laporan dari warga.",
    )
    published_on = models.DateField("sumber terbit")
    source = texts.TextField("sumber", help_text="Tampil untuk publik.")
    certainty = models.CharField("kepastian", max_length=20, choices=AssessmentCertainty)
    note = texts.TextField("catatan", blank=True, help_text="Tampil untuk publik.")
    entered_at = models.DateTimeField("dicatat")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ("scheme", "year", "pk")
        verbose_name = "penilaian dari luar"
        verbose_name_plural = "penilaian dari luar"
        constraints = (
            *WithdrawableRow.Meta.constraints,
            models.UniqueConstraint(
                Lower("scheme"),
                "year",
                condition=Q(withdrawn_at=None, unit=None) & ~Q(certainty="method-break"),
                name="assessment_of_the_city_stands_once_per_scheme_and_year",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                Lower("scheme"),
                "year",
                "unit",
                condition=Q(withdrawn_at=None, unit__isnull=False) & ~Q(certainty="method-break"),
                name="assessment_of_a_unit_stands_once_per_scheme_and_year",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                Lower("scheme"),
                "year",
                condition=Q(withdrawn_at=None, certainty="method-break"),
                name="assessment_method_changes_once_a_year",
                violation_error_message="Perubahan cara menilai skema ini sudah tercatat untuk tahun itu.",
            ),
            models.CheckConstraint(
                condition=Q(scale_low=None, scale_high=None)
                | Q(scale_low__isnull=False, scale_high__isnull=False, scale_low__lt=F("scale_high")),
                name="assessment_scale_has_two_ends",
                violation_error_message="Isi kedua ujung skala, yang bawah lebih kecil; atau kosongkan keduanya.",
            ),
            models.CheckConstraint(
                condition=Q(value=None)
                | Q(scale_low=None)
                | Q(value__gte=F("scale_low"), value__lte=F("scale_high")),
                name="assessment_value_lies_on_its_scale",
                violation_error_message="Nilainya di luar skalanya.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(label=""),
                name="assessment_says_something",
                violation_error_message="Tulis nilainya, atau sebutannya bila sumber tidak memberi nilai.",
            ),
            models.CheckConstraint(
                condition=~Q(certainty="method-break") | Q(value=None, unit=None),
                name="assessment_change_of_method_has_no_value",
                violation_error_message="Perubahan cara menilai dicatat tanpa nilai dan tanpa unit.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme}, {self.year}"

    @property
    def is_break(self) -> bool:
        """Whether figures from here on are not comparable with those before."""
        return self.certainty == AssessmentCertainty.METHOD_BREAK

    @property
    def scale(self) -> tuple[Decimal, Decimal] | None:
        return None if self.scale_low is None or self.scale_high is None else (self.scale_low, self.scale_high)

    def public_row(self) -> dict[str, Any]:
        return {
            "assessor": self.assessor,
            "scheme": self.scheme,
            "year": self.year,
            "unit": self.unit.code if self.unit else None,
            "value": self.value,
            "scale_low": self.scale_low,
            "scale_high": self.scale_high,
            "label": self.label,
            "published_on": self.published_on,
            "source": self.source,
            "certainty": self.certainty,
            "note": self.note,
            "entered_at": self.entered_at,
            "withdrawn_at": self.withdrawn_at,
            "withdrawn_reason": self.withdrawn_reason,
            "withdrawn_source": self.withdrawn_source,
        }

    def clean(self) -> None:
        """What no constraint can ask: days that have not come, and a scale that moves without a change of method."""
        wrong: dict[str, str] = {}
        if self.published_on and self.published_on > clock.today():
            wrong["published_on"] = "Hari terbitnya belum tiba."
        elif self.published_on and self.year and self.year > self.published_on.year:
            wrong["year"] = f"Sumbernya terbit {self.published_on.year}, sebelum tahun yang dinilai berakhir."
        if self.value is not None and self.year and (before := self._before()) and before.scale != self.scale:
            ends = " sampai ".join(decimal_text(end) for end in before.scale or ()) or "tanpa skala"
            wrong["scale_low"] = (
                f"Skala skema ini pada {before.year} {ends}. Bila cara menilainya berubah, catat dahulu "
                "perubahan itu dengan kepastian “cara menilai berubah”."
            )
        if wrong:
            raise ValidationError(wrong)

    def _before(self) -> Assessment | None:
        """The nearest earlier value of this scheme since its method last changed."""
        same = Assessment.objects.of_scheme(self.scheme).filter(withdrawn_at=None, year__lte=self.year)
        changed = same.filter(certainty=AssessmentCertainty.METHOD_BREAK).order_by("-year").first()
        since = changed.year if changed else 0
        return same.filter(value__isnull=False, year__gte=since).exclude(pk=self.pk).order_by("-year", "-pk").first()

    @classmethod
    def enter(cls, *, by: access.Actor, **facts: Any) -> Assessment:
        with register.act("assessment.entered", "assessment") as act:
            act.office = access.require_keeper(by)
            row = cls(entered_at=act.at, **cls.stated(facts))
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row
