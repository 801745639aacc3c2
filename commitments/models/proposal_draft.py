"""What has a unit written down to propose, and its head not sent yet?"""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.db import models, transaction
from django.http import QueryDict

from commitments.models.proposal import account
from opd import access, clock
from opd.models import Unit


class PlanDraft(models.Model):
    """A form of a proposal as it was filled in, at its address in the workspace. No fact yet: only the unit sees it,
    the register does not know it, and the head sends the form like any other."""

    uuid = models.UUIDField("pengenal")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plan_drafts", verbose_name="unit")
    path = models.CharField("alamat formulir", max_length=200)
    title = models.CharField("judul", max_length=300)
    typed = models.TextField("isian")
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="penyusun")
    kept_at = models.DateTimeField("disusun")

    class Meta:
        ordering = ("kept_at", "pk")
        verbose_name = "konsep usulan"
        verbose_name_plural = "konsep usulan"
        constraints = (models.UniqueConstraint(fields=("unit", "uuid"), name="plan_draft_once_in_its_unit"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The form, filled in."""
        return f"{self.path}?{urlencode({'unit': self.unit.code, 'konsep': self.uuid})}"

    @property
    def fields(self) -> QueryDict:
        return QueryDict(self.typed)

    @classmethod
    def keep(cls, *, by: access.Actor, unit: Unit, uuid: UUID, path: str, title: str, fields: QueryDict) -> PlanDraft:
        """Written anew each time it is kept, by whoever of the unit did so last."""
        with transaction.atomic():
            access.require_member(by, unit)
            facts = {"path": path, "title": title[:300], "typed": fields.urlencode()}
            row, _ = cls.objects.update_or_create(
                unit=unit, uuid=uuid, defaults={**facts, "kept_by": account(by), "kept_at": clock.now()}
            )
        return row

    def discard(self, *, by: access.Actor) -> None:
        access.require_member(by, self.unit)
        self.delete()
