"""Questions about a measurement, and what its unit answered: they decide nothing, and are read with the decision."""

from __future__ import annotations

from typing import Any

from django.db import models

from commitments.models.measurement import Measurement
from opd import texts
from opd.models import Registered
from opd.register.triggers import Guard

LONGEST_ANSWER = 1000

DRAFT_OF_MEASUREMENT = (
    "EXISTS (SELECT 1 FROM commitments_measurement m WHERE m.id = {row}.measurement_id AND m.submitted_at IS NULL)"
)


class MeasurementQuestion(Registered):
    """One question that the register asks about a measurement, with the answer of its sender."""

    kind = "question"
    guard = Guard(draft=DRAFT_OF_MEASUREMENT, fixed=("measurement_id",))
    related = ("measurement",)

    measurement = models.ForeignKey(
        Measurement, models.PROTECT, related_name="questions_asked", verbose_name="realisasi"
    )
    code = models.CharField("pertanyaan", max_length=20)
    text = texts.TextField("yang ditanyakan")
    rule = texts.TextField("aturannya")
    answer = texts.TextField("jawaban unit", blank=True, max_length=LONGEST_ANSWER, help_text="Tampil untuk publik.")

    class Meta:
        ordering = ("pk",)
        verbose_name = "pertanyaan register"
        verbose_name_plural = "pertanyaan register"
        constraints = (
            models.UniqueConstraint(fields=("measurement", "code"), name="question_once_for_its_measurement"),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def in_register(self) -> bool:
        return self.measurement.submitted_at is not None

    def public_row(self) -> dict[str, Any]:
        return {
            "measurement": self.measurement.uuid,
            "code": self.code,
            "text": self.text,
            "rule": self.rule,
            "answer": self.answer,
        }
