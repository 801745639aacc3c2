"""Who is to owe an open promise once a proposed change of units is confirmed?"""

from __future__ import annotations

from typing import Any

from django.db import models

from commitments.models.commitment import Commitment
from opd.models import Registered, Unit, UnitChange
from opd.register.triggers import Guard, only_with


class Inheritance(Registered):
    """Part of a proposed change: this unit will owe that promise. The approver confirms exactly this."""

    kind = "inheritance"
    guard = Guard(inserts=(only_with("opd_unitchange", "proposed_at", "change_id"),))
    related = ("change", "commitment", "unit")

    change = models.ForeignKey(UnitChange, models.PROTECT, related_name="inheritances", verbose_name="perubahan unit")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="inheritances", verbose_name="komitmen")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="inheritances", verbose_name="unit penerus")

    class Meta:
        verbose_name = "pewarisan komitmen"
        verbose_name_plural = "pewarisan komitmen"
        constraints = (models.UniqueConstraint(fields=("change", "commitment"), name="inheritance_once_per_change"),)

    def __str__(self) -> str:
        return f"{self.commitment.reference} → {self.unit}"

    def public_row(self) -> dict[str, Any]:
        return {"change": str(self.change.uuid), "commitment": self.commitment.reference, "unit": self.unit.code}
