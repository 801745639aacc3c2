"""Decisions of the secretariat about submitted measurements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opd import texts
from opd.models import Registered
from opd.register.triggers import Guard

VERDICT_NAMES = {
    "verified": _("terverifikasi"),
    "returned": _("dikembalikan"),
    "rejected": _("ditolak"),
    "revoked": _("verifikasi dicabut"),
}


class Verdict(models.TextChoices):
    VERIFIED = "verified", VERDICT_NAMES["verified"]
    RETURNED = "returned", VERDICT_NAMES["returned"]
    REJECTED = "rejected", VERDICT_NAMES["rejected"]
    REVOKED = "revoked", VERDICT_NAMES["revoked"]


# Ready reasons for a return that is about the evidence alone: the number may stay as it is.
EVIDENCE_REASONS = (
    "Bukti tidak terbaca atau tidak lengkap; mohon kirim ulang.",
    "Belum ada bukti berisi angka; foto acara tidak membuktikan perubahan.",
    "Bukti memuat data pribadi warga; mohon disamarkan lalu dikirim ulang.",
)
PULLED_BACK = _("ditarik unitnya sendiri")  # a returned one that its own unit took back


class MeasurementState(models.TextChoices):
    """What became of a measurement: code (part of the API), class of the words on a page, name.

    Of a row at hand, `of` says it; of many rows on a day, `MeasurementQuerySet.with_decision`.
    """

    DRAFT = "draft", "", _("masih konsep")
    SUBMITTED = "submitted", "attention", _("menunggu verifikasi")
    VERIFIED = "verified", "proven", VERDICT_NAMES["verified"]
    RETURNED = "returned", "", VERDICT_NAMES["returned"]
    REJECTED = "rejected", "", VERDICT_NAMES["rejected"]
    REVOKED = "revoked", "attention", VERDICT_NAMES["revoked"]

    tone: str

    def __new__(cls, code: str, *tone: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.tone] = tone
        return member

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> MeasurementState:
        """The state of a submission with these decisions; a revocation comes after the first decision."""
        last = max(decisions, key=lambda decision: decision.verdict == Verdict.REVOKED, default=None)
        return cls(last.verdict) if last else cls.SUBMITTED

    @property
    def was_verified(self) -> bool:
        """Whether a verifier found it true, even if that was revoked later: then all of it is public."""
        return self in (MeasurementState.VERIFIED, MeasurementState.REVOKED)

    def words(self, *, own_unit: bool = False) -> str:
        """Its name; own_unit: whether its own unit gave it back."""
        return str(PULLED_BACK if own_unit else self.label)


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

    @property
    def asks_for_evidence(self) -> bool:
        """Whether the unit was asked for other evidence, and for no other number."""
        return self.verdict == Verdict.RETURNED and self.note.startswith(EVIDENCE_REASONS)

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
