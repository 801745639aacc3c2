"""Rechecks (uji petik): samples of verified measurements that the Inspektorat looks at again.

They are drawn so that everybody can draw the same sample.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.models.measurement import Measurement
from commitments.models.proposal import account, reason_given
from commitments.models.querysets import OBJECTING, RecheckItemQuerySet
from commitments.models.values import value_field, within_digits
from opd import access, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered
from opd.register.registered import all_or_none
from opd.register.triggers import Guard, only_with

VALUE_ONLY_WHEN_DIFFERENT = "Nilai yang ditemukan diisi bila hasilnya berbeda, dan hanya bila berbeda."
MAX_SAMPLE = 50  # in one sample; more is not a sample that somebody looks at


def lot(head_hash: str, measurement: object) -> str:
    """The number that a verified measurement draws: SHA-256 (hex) of the register's head and its UUID."""
    return hashlib.sha256(f"{head_hash}{measurement}".encode()).hexdigest()


class Recheck(Registered):
    """One sample. The head of the register just before the draw decides who is in it: see `lot`."""

    kind = "recheck"
    related = ("drawn_by",)

    number = models.PositiveIntegerField("nomor", unique=True)
    drawn_at = models.DateTimeField("diundi")
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="pengundi")
    since = models.DateField("diverifikasi sejak", null=True, blank=True)
    head_seq = models.PositiveBigIntegerField("nomor kepala jejak")
    head_hash = models.CharField("hash kepala jejak", max_length=64)
    population = models.PositiveIntegerField("banyaknya yang ikut diundi")
    size = models.PositiveSmallIntegerField("banyaknya yang diminta")

    class Meta:
        ordering = ("-number",)
        verbose_name = "uji petik"
        verbose_name_plural = "uji petik"
        constraints = (
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=MAX_SAMPLE),
                name="recheck_draws_between_1_and_50",
                violation_error_message=f"Banyaknya sampel antara 1 dan {MAX_SAMPLE}.",
            ),
        )

    def __str__(self) -> str:
        return f"Uji petik ke-{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("recheck", args=[self.number])

    @property
    def public_name(self) -> str:
        return str(self.number)

    def public_row(self) -> dict[str, Any]:
        return {
            "drawn_at": self.drawn_at,
            "since": self.since,
            "head_seq": self.head_seq,
            "head_hash": self.head_hash,
            "population": self.population,
            "size": self.size,
        }

    def private_row(self) -> dict[str, str | None]:
        return {"drawn_by": self.drawn_by.get_username()}

    @classmethod
    def draw(cls, *, by: access.Actor, size: int, since: date | None = None) -> Recheck:
        """The Inspektorat draws a sample of the measurements verified (since a day) and not revoked."""
        with register.act("recheck.drawn", "recheck") as act:
            act.office = access.require_inspector(by)
            drawn = sorted(Measurement.objects.verified(since), key=lambda row: lot(act.prev_hash, row.uuid))
            if not drawn:
                raise BadFact("Belum ada realisasi terverifikasi yang dapat diundi.")
            row = cls(
                number=cls.objects.count() + 1,
                drawn_at=act.at,
                drawn_by=account(by),
                since=since,
                head_seq=act.seq - 1,
                head_hash=act.prev_hash,
                population=len(drawn),
                size=size,
            )
            row.add()
            act.subject = row.object_name
            act.touch(row)
            for rank, measurement in enumerate(drawn[:size], 1):
                act.touch(RecheckItem.objects.create(recheck=row, measurement=measurement, rank=rank))
        return row


class RecheckItem(Registered):
    """One verified measurement in a sample, and what the Inspektorat found when it looked at the source again."""

    class Outcome(models.TextChoices):
        SAME = "sesuai", _("sesuai")
        DIFFERENT = "berbeda", _("berbeda")
        UNTRACEABLE = "tak-terlacak", _("tidak dapat ditelusuri")

    kind = "recheck_item"
    guard = Guard(
        stamps=(
            *("outcome", "finding", "found_value", "recorded_at", "recorded_by_id"),
            *("stands_at", "stands_by_id", "stands_reason"),
        ),
        inserts=(only_with("commitments_recheck", "drawn_at", "recheck_id"),),
    )
    related = ("recheck", "measurement", "recorded_by", "stands_by")

    recheck = models.ForeignKey(Recheck, models.PROTECT, related_name="items", verbose_name="uji petik")
    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="rechecks", verbose_name="realisasi")
    rank = models.PositiveSmallIntegerField("urutan")
    outcome = models.CharField("hasil", max_length=12, choices=Outcome, blank=True)
    found_value = value_field("nilai yang ditemukan", null=True, blank=True)
    finding = texts.TextField("temuan", blank=True, help_text="Tampil untuk publik.")
    recorded_at = models.DateTimeField("dicatat", null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pencatat"
    )
    stands_at = models.DateTimeField("dinyatakan tetap", null=True, blank=True)
    stands_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="yang menyatakan tetap"
    )
    stands_reason = texts.TextField("alasan angkanya tetap", blank=True, help_text="Tampil untuk publik.")

    objects = RecheckItemQuerySet.as_manager()

    class Meta:
        ordering = ("recheck", "rank")
        verbose_name = "sampel uji petik"
        verbose_name_plural = "sampel uji petik"
        constraints = (
            models.UniqueConstraint(fields=("recheck", "rank"), name="recheck_item_one_per_rank"),
            models.UniqueConstraint(fields=("recheck", "measurement"), name="recheck_item_once_in_its_sample"),
            models.CheckConstraint(
                condition=all_or_none("recorded_at", "recorded_by", texts=("outcome", "finding")),
                name="recheck_item_recorded_by_someone_with_a_finding",
            ),
            models.CheckConstraint(
                condition=all_or_none("stands_at", "stands_by", texts=("stands_reason",)),
                name="recheck_item_stands_by_someone_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(stands_at=None) | Q(outcome__in=OBJECTING) & ~Q(stands_by=F("recorded_by")),
                name="recheck_item_stands_after_an_objection_by_someone_else",
                violation_error_message="Yang mencatat temuan tidak menyatakan angkanya tetap.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="berbeda", found_value__isnull=False)
                | (~Q(outcome="berbeda") & Q(found_value=None)),
                name="recheck_item_gives_a_value_when_it_differs",
                violation_error_message=VALUE_ONLY_WHEN_DIFFERENT,
            ),
            models.CheckConstraint(
                condition=within_digits("found_value"),
                name="recheck_item_value_has_at_most_15_digits_and_4_decimals",
                violation_error_message="Nilai paling banyak 15 angka, 4 di antaranya di belakang koma.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.recheck}, urutan {self.rank}"

    @property
    def is_open(self) -> bool:
        return self.recorded_at is None

    @property
    def is_objecting(self) -> bool:
        """Whether its finding contests the number now."""
        return self.outcome in OBJECTING and self.stands_at is None

    def public_row(self) -> dict[str, Any]:
        row = {
            "recheck": self.recheck.number,
            "measurement": self.measurement.uuid,
            "rank": self.rank,
            "outcome": self.outcome,
            "found_value": self.found_value,
            "finding": self.finding,
            "recorded_at": self.recorded_at,
        }
        stands = {"stands_at": self.stands_at, "stands_reason": self.stands_reason}
        return {**row, **stands} if self.stands_at else row  # entries from before these fields keep their bytes

    def private_row(self) -> dict[str, str | None]:
        row = {"recorded_by": self.recorded_by.get_username() if self.recorded_by else None}
        return {**row, "stands_by": self.stands_by.get_username()} if self.stands_by else row

    def screen(self) -> dict[str, Any]:
        """The row with the submission as it stands: one that was revoked meanwhile must be looked at anew."""
        return {**super().screen(), "submission": self.measurement.screen()}

    def clean(self) -> None:
        if self.found_value is not None and (why := self.measurement.target.why_impossible(self.found_value)):
            raise ValidationError({"found_value": why})

    def office_to_record(self, by: access.Actor) -> str:
        """The office in which somebody may record the finding, or `WrongPerson`."""
        office = access.require_inspector(by, self.measurement.target.unit)
        mine = (decision.by for decision in self.measurement.decisions.select_related("by"))
        access.require_other(by, *mine, self.measurement.submitted_by, what="Anda yang mengirim atau memutusnya")
        return office

    def record(
        self, *, by: access.Actor, seen: str, outcome: str, finding: str, found_value: Decimal | None = None
    ) -> None:
        """Records the finding, once, by an inspector of another unit who neither sent nor decided it.

        The finding is public.
        """
        with register.act("recheck.recorded", self) as act:
            act.office = self.office_to_record(by)
            self.must_match(seen)
            if not self.is_open:
                raise WrongState("Hasil uji petik ini sudah dicatat.")
            if (found_value is None) == (outcome == self.Outcome.DIFFERENT):
                raise BadFact(VALUE_ONLY_WHEN_DIFFERENT)
            self.outcome, self.found_value = outcome, found_value
            self.finding = reason_given(finding, "temuan")
            self.recorded_at, self.recorded_by = act.at, account(by)
            self.clean_fields(exclude={"uuid", "recheck", "measurement", "recorded_by", "stands_by"})
            self.clean()
            self.save()
            act.touch(self)

    def require_other_inspector(self, by: access.Actor) -> str:
        """The office of an inspector who neither recorded the finding nor sent or decided the number."""
        office = access.require_inspector(by, self.measurement.target.unit)
        deciders = (decision.by for decision in self.measurement.decisions.select_related("by"))
        mine = (*deciders, self.measurement.submitted_by, self.recorded_by)
        access.require_other(by, *mine, what="Anda yang mencatat temuannya, atau mengirim atau memutus angkanya")
        return office

    def let_stand(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """Ends the objection: the number stands, says an inspector who neither recorded the finding nor sent or
        decided the number. The reason is public.
        """
        with register.act("recheck.stands", self) as act:
            act.office = self.require_other_inspector(by)
            self.must_match(seen)
            if not self.is_objecting:
                raise WrongState("Tidak ada temuan yang masih mempersoalkan angka ini.")
            self.stands_reason = reason_given(reason, "alasan angkanya tetap")
            self.stands_at, self.stands_by = act.at, account(by)
            self.save()
            act.touch(self)
