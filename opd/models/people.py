"""People and their tenures: who held which office, from when to when, and how certain that is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opd import access, register, texts
from opd.errors import BadFact
from opd.models.unit import Unit, holding_on
from opd.register.registered import Certainty, Registered
from opd.register.triggers import Guard


class Person(Registered):
    """A person named as an office-holder by a public source."""

    kind = "person"
    guard = Guard(editable=("name",))

    name = texts.CharField("nama", max_length=160, shortest=2, help_text="Tampil untuk publik.")

    class Meta:
        ordering = ("name",)
        verbose_name = "pejabat"
        verbose_name_plural = "pejabat"

    def __str__(self) -> str:
        return self.name

    def public_row(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def enter(cls, *, by: access.Actor, name: str) -> Person:
        with register.act("person.entered", "person") as act:
            act.office = access.require_keeper(by)
            person = cls.objects.create(name=name)
            act.subject = person.object_name
            act.touch(person)
        return person

    def correct(self, *, by: access.Actor, seen: str, name: str) -> None:
        """The name was written wrongly; the register keeps how it stood."""
        with register.act("person.corrected", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            self.name = name
            self.full_clean()
            self.save()
            act.touch(self)


PLH_DAYS = 90  # how long somebody may stand in for a holder who is away


class TenureQuerySet(models.QuerySet["Tenure"]):
    def on(self, day: date) -> Self:
        return self.filter(holding_on(day))

    def holders(self) -> Self:
        """Tenures of people who hold an office since a known day.

        A Plh only stands in, and an undated tenure proves no day.
        """
        return self.exclude(from_on=None).exclude(status=Tenure.Status.PLH)

    def holding(self, day: date) -> Self:
        """Tenures in force on a day, as far as they are on record; the one that began last comes first."""
        return self.holders().on(day).order_by("-from_on", "-pk")


class Tenure(Registered):
    """A tenure: a person holds an office of a unit. People come and go; the unit keeps its rung."""

    class Status(models.TextChoices):
        DEFINITIVE = "definitif", _("definitif")
        PLT = "Plt", _("Pelaksana tugas")
        PLH = "Plh", _("Pelaksana harian")
        PJ = "Pj", _("Penjabat")

    kind = "tenure"
    guard = Guard(
        stamps=("until_on",),
        editable=("source", "certainty"),
        inserts=(  # no constraint: registers may hold older ones without a last day
            (
                "NEW.status = 'Plh' AND (NEW.from_on IS NULL OR NEW.until_on IS NULL)",
                "Plh dicatat dengan hari pertama dan hari terakhirnya",
            ),
        ),
    )
    related = ("person", "unit")

    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures", verbose_name="pejabat")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tenures", verbose_name="unit")
    title = texts.CharField("jabatan seperti tertulis", max_length=200, shortest=2, help_text="Tampil untuk publik.")
    status = models.CharField("status", max_length=10, choices=Status, default=Status.DEFINITIVE)
    from_on = models.DateField("sejak", null=True, blank=True, help_text="Kosong: tidak diketahui.")
    until_on = models.DateField("sampai (tidak termasuk)", null=True, blank=True)
    as_of = texts.CharField(
        "menurut sumber per",
        max_length=80,
        blank=True,
        help_text="Bila sumber hanya menyebut waktu kira-kira.",
    )
    source = texts.TextField("sumber", blank=True, shortest=2, help_text="Tampil untuk publik.")
    certainty = models.CharField("kepastian", max_length=20, choices=Certainty)

    objects = TenureQuerySet.as_manager()

    class Meta:
        ordering = ("unit", "from_on")
        verbose_name = "masa jabatan"
        verbose_name_plural = "masa jabatan"
        constraints = (
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gt=F("from_on")),
                name="tenure_ends_after_it_begins",
                violation_error_message="Masa jabatan berakhir sesudah dimulai.",
            ),
            models.UniqueConstraint(
                fields=("unit", "status"),
                condition=Q(until_on=None) & ~Q(from_on=None),
                name="tenure_one_open_per_office_and_status",
                violation_error_message="Jabatan ini masih dipegang orang lain; akhiri dulu masa jabatannya.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.title}"

    @property
    def is_plh(self) -> bool:
        return self.status == self.Status.PLH

    @property
    def last_on(self) -> date | None:
        """The last day in office, as people say it."""
        return self.until_on - timedelta(days=1) if self.until_on else None

    def public_row(self) -> dict[str, Any]:
        return {
            "person": str(self.person.uuid),
            "unit": self.unit.code,
            "title": self.title,
            "status": self.status,
            "from": self.from_on,
            "until": self.until_on,
            "as_of": self.as_of,
            "source": self.source,
            "certainty": self.certainty,
        }

    @classmethod
    def enter(
        cls,
        *,
        by: access.Actor,
        person: Person | str,
        unit: Unit,
        from_on: date | None = None,
        until_on: date | None = None,
        **facts: Any,
    ) -> Tenure:
        """A person starts to hold (or is known to have held) an office.

        An open tenure of the unit ends the same day, unless it began only when this one was already over. A Plh
        stands in for a holder and ends nothing. `person` is a name when nobody of that name is on record yet.
        """
        with register.act("tenure.entered", "tenure") as act:
            act.office = access.require_keeper(by)
            if isinstance(person, str):
                person = Person.objects.create(name=person)
                act.touch(person)
            tenure = cls(person=person, unit=unit, from_on=from_on, until_on=until_on, **facts)
            if tenure.is_plh:
                tenure._must_stand_in()
            else:
                act.touch(*tenure._ends())
            tenure.add()
            act.subject = tenure.object_name
            act.touch(tenure)
        return tenure

    def _ends(self) -> Iterator[Tenure]:
        """Ends the open tenures before this one on the day when it begins, and gives them."""
        if self.from_on is None:
            return
        for before in type(self).objects.filter(unit=self.unit, until_on=None, from_on__isnull=False):
            if before.from_on and self.until_on and self.until_on <= before.from_on:
                continue
            if before.from_on and before.from_on >= self.from_on:
                if before.is_plh:
                    continue
                raise BadFact(f"{before} sudah tercatat sejak {before.from_on:%d/%m/%Y}; masa jabatan tidak mundur.")
            before.until_on = self.from_on
            before.save(update_fields=["until_on"])
            yield before

    def _must_stand_in(self) -> None:
        """Refuses a Plh without a first and a last day, or on a day when nobody holds the office."""
        if self.from_on is None or self.until_on is None:
            raise BadFact("Plh dicatat dengan hari pertama dan hari terakhirnya.")
        if (self.until_on - self.from_on).days > PLH_DAYS:
            raise BadFact(f"Plh paling lama {PLH_DAYS} hari. Untuk jabatan yang kosong, catat sebagai Plt.")
        others = type(self).objects.filter(unit=self.unit).exclude(status=self.Status.PLH)
        if not others.on(self.from_on).on(self.until_on - timedelta(days=1)).exists():
            raise BadFact(
                "Plh mewakili pejabat yang berhalangan: catat dahulu masa jabatan yang mencakup semua harinya, "
                "atau catat sebagai Plt bila jabatannya kosong."
            )

    def correct(self, *, by: access.Actor, seen: str, source: str, certainty: str) -> None:
        """How sure are we, and by which source?"""
        with register.act("tenure.corrected", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            self.source, self.certainty = source, certainty
            self.full_clean()
            self.save()
            act.touch(self)

    def end(self, *, by: access.Actor, seen: str, on: date) -> None:
        """The office becomes vacant on a day."""
        with register.act("tenure.ended", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            if self.until_on or (self.from_on and on <= self.from_on):
                raise BadFact("Masa jabatan ini sudah berakhir, atau tanggalnya mendahului mulainya.")
            self.until_on = on
            self.save(update_fields=["until_on"])
            act.touch(self)
