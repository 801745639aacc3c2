"""A training (bimtek): when, where, by whom, and which units were present, as far as a source says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from commitments.models.beside.withdrawable import WITHDRAWAL_STAMPS, KnownRowQuerySet, WithdrawableRow
from opd import access, clock, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Unit
from opd.register.triggers import Guard, only_with

LATEST_PLAN = timedelta(days=366)  # how far ahead a training may be announced


class TrainingQuerySet(KnownRowQuerySet):
    def upcoming(self, day: date) -> Self:
        """Announced and not over by a day, the next one first."""
        return self.known_on(day).filter(held_on__gte=day).order_by("held_on")


class Training(WithdrawableRow):
    """One training; announced before it is held, or on record from a source. Who was there is recorded once."""

    kind = "training"
    guard = Guard(stamps=(*WITHDRAWAL_STAMPS, "attended_at"))
    guard_of_links = Guard(inserts=(only_with("commitments_training", "attended_at", "training_id"),))
    prefetch = ("units",)

    held_on = models.DateField("hari")
    title = texts.CharField("judul", max_length=200, help_text="Tampil untuk publik.")
    place = texts.CharField("tempat", max_length=120, help_text="Tampil untuk publik.")
    organiser = texts.CharField(
        "penyelenggara", max_length=160, blank=True, help_text="Kosong: tidak disebut. Tampil untuk publik."
    )
    units = models.ManyToManyField(Unit, related_name="trainings", verbose_name="unit yang hadir", blank=True)
    source = texts.TextField("sumber", help_text="Surat undangan, notula, atau berita. Tampil untuk publik.")
    unknowns = texts.TextField("yang tidak disebut sumber", blank=True, help_text="Tampil untuk publik.")
    entered_at = models.DateTimeField("dicatat")
    attended_at = models.DateTimeField("kehadiran dicatat", null=True, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "-pk")
        verbose_name = "bimtek"
        verbose_name_plural = "bimtek"
        constraints = (
            *WithdrawableRow.Meta.constraints,
            models.UniqueConstraint(
                fields=("held_on",),
                condition=Q(withdrawn_at=None),
                name="training_stands_once_a_day",
                violation_error_message="Bimtek pada hari itu sudah tercatat. Bila yang itu keliru, cabut dahulu.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, {self.held_on:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        return f"{reverse('training-list')}#h-{self.held_on}"

    @property
    def codes_present(self) -> list[str] | None:
        """The codes of the units that were present; None while that is not on record."""
        return sorted(unit.code for unit in self.units.all()) if self.attended_at else None

    def public_row(self) -> dict[str, Any]:
        return {
            "held_on": self.held_on,
            "title": self.title,
            "place": self.place,
            "organiser": self.organiser,
            "units": self.codes_present,
            "source": self.source,
            "unknowns": self.unknowns,
            "entered_at": self.entered_at,
            "attended_at": self.attended_at,
            "withdrawn_at": self.withdrawn_at,
            "withdrawn_reason": self.withdrawn_reason,
            "withdrawn_source": self.withdrawn_source,
        }

    def clean(self) -> None:
        if self.held_on and self.held_on > clock.today() + LATEST_PLAN:
            raise ValidationError({"held_on": "Paling lama setahun di muka."})

    @classmethod
    def enter(cls, *, by: access.Actor, **facts: Any) -> Training:
        with register.act("training.entered", "training") as act:
            act.office = access.require_keeper(by)
            row = cls(entered_at=act.at, **cls.stated(facts))
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row

    def attend(self, *, by: access.Actor, seen: str, units: Iterable[Unit]) -> None:
        """Records which units were present: once, all together, and not before the day."""
        units = list(units)
        with register.act("training.attended", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            self.must_stand()
            if self.attended_at:
                raise WrongState("Kehadirannya sudah tercatat. Bila keliru, cabut bimtek ini dan catat lagi.")
            if self.held_on > clock.day_of(act.at):
                raise WrongState("Bimtek ini belum berlangsung.")
            if not units:
                raise BadFact("Pilih sedikitnya satu unit yang hadir.")
            if ended := [unit for unit in units if unit.has_ended_by(self.held_on)]:
                raise BadFact(f"{ended[0]} sudah berakhir sebelum hari itu.")
            self.attended_at = act.at
            self.save()
            self.units.set(units)
            act.touch(self)
