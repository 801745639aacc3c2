"""Decisions of the secretariat about submitted measurements."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opd import texts
from opd.models import Registered
from opd.register.triggers import Guard


class Verdict(models.TextChoices):
    VERIFIED = "verified", _("terverifikasi")
    RETURNED = "returned", _("dikembalikan")
    REJECTED = "rejected", _("ditolak")
    REVOKED = "revoked", _("verifikasi dicabut")


class Decision(Registered):
    """A decision of the secretariat (or of the unit that takes it back) about one submitted version."""

    kind = "decision"
    guard = Guard(
        inserts=(
            (
                "NOT EXISTS (SELECT 1 FROM commitments_measurement m"
                " WHERE m.id = NEW.measurement_id AND m.submitted_at IS NOT NULL)",
                "hanya realisasi yang sudah dikirim yang dapat diputus",
            ),
            (
                "NOT NEW.own_unit AND EXISTS (SELECT 1 FROM commitments_measurement m"
                " WHERE m.id = NEW.measurement_id AND m.submitted_by_id = NEW.by_id)",
                "pengirim tidak boleh memutus kirimannya sendiri",
            ),
            (
                "NEW.verdict = 'revoked' AND NOT EXISTS (SELECT 1 FROM commitments_decision d"
                " WHERE d.measurement_id = NEW.measurement_id AND d.verdict = 'verified' AND d.by_id <> NEW.by_id)",
                "yang dicabut hanya verifikasi, oleh orang lain",
            ),
        ),
    )
    related = ("measurement", "by")

    measurement = models.ForeignKey(
        "commitments.Measurement", models.PROTECT, related_name="decisions", verbose_name="realisasi"
    )
    verdict = models.CharField("keputusan", max_length=10, choices=Verdict)
    note = texts.TextField("catatan", blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="akun")
    office = texts.CharField("pejabat", max_length=80)
    at = models.DateTimeField("waktu", db_index=True)
    seen = models.CharField("sidik layar", max_length=64, blank=True)
    own_unit = models.BooleanField("oleh unitnya sendiri", default=False)

    class Meta:
        ordering = ("at", "pk")
        verbose_name = "keputusan"
        verbose_name_plural = "keputusan"
        constraints = (
            models.UniqueConstraint(
                fields=("measurement",),
                condition=~Q(verdict="revoked"),
                name="decision_first_once_per_measurement",
            ),
            models.UniqueConstraint(
                fields=("measurement",),
                condition=Q(verdict="revoked"),
                name="decision_revoked_once_per_measurement",
            ),
            models.CheckConstraint(
                condition=Q(own_unit=False) | Q(verdict="returned"), name="decision_by_own_unit_only_returns"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} · {self.measurement}"

    def public_row(self) -> dict[str, Any]:
        return {
            "measurement": self.measurement.uuid,
            "verdict": self.verdict,
            "office": self.office,
            "at": self.at,
            "seen": self.seen,
            "own_unit": self.own_unit,
            "reason": self.note if self.verdict == Verdict.REVOKED else None,
        }

    def private_row(self) -> dict[str, str | None]:
        private: dict[str, str | None] = {"by": self.by.get_username()}
        if self.verdict != Verdict.REVOKED:
            private["note"] = self.note or None
        return private
