"""The base of a row that a source says: a mistaken one is withdrawn with its reason and source, never deleted."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from commitments.models.proposal import reason_given
from opd import access, clock, register, texts
from opd.errors import WrongState
from opd.models import Registered
from opd.register.registered import all_or_none

WITHDRAWAL_STAMPS = ("withdrawn_at", "withdrawn_reason", "withdrawn_source")


class KnownRowQuerySet(models.QuerySet[Any]):
    """Of rows with a moment of entry: what is on record on a day, and what was withdrawn by then."""

    def known_on(self, day: date) -> Self:
        """Entered by the end of a day, and not withdrawn by then."""
        end = clock.end_of(day)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end), entered_at__lt=end)

    def withdrawn_by(self, day: date) -> Self:
        return self.filter(withdrawn_at__lt=clock.end_of(day))


class WithdrawableRow(Registered):
    """Base of a row that the keeper can withdraw as a mistake: it stays on record with reason and source."""

    withdrawn_at = models.DateTimeField("dicabut", null=True, blank=True)
    withdrawn_reason = texts.TextField("alasan pencabutan", blank=True, help_text="Tampil untuk publik.")
    withdrawn_source = texts.TextField("sumber pencabutan", blank=True, help_text="Tampil untuk publik.")

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=all_or_none("withdrawn_at", texts=("withdrawn_reason", "withdrawn_source")),
                name="%(class)s_withdrawn_with_reason_and_source",
                violation_error_message="Pencabutan memerlukan alasan dan sumber.",
            ),
        )

    @property
    def stands(self) -> bool:
        """Not withdrawn as a mistake: `standing` for a row at hand."""
        return self.withdrawn_at is None

    def must_stand(self) -> None:
        if not self.stands:
            raise WrongState(f"{str(self._meta.verbose_name).capitalize()} ini sudah dicabut.")

    def withdraw(self, *, by: access.Actor, seen: str, reason: str, source: str) -> None:
        """Withdraws a mistaken row: it stays on record with the reason, and counts on no day."""
        with register.act(f"{self.kind}.withdrawn", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            self.must_stand()
            self.withdrawn_at = act.at
            self.withdrawn_reason = reason_given(reason, "alasan pencabutan")
            self.withdrawn_source = reason_given(source, "sumber pencabutan")
            self.save()
            act.touch(self)
