"""Memberships: which account works for which unit, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery

from opd import access, clock
from opd.errors import WrongState
from opd.models.people import Tenure
from opd.models.unit import Unit, has_ended, holding_on, holds


class MembershipQuerySet(models.QuerySet["Membership"]):
    def with_successor(self) -> Self:
        """Annotates `succeeded_on`: the first day on which somebody took the office after this place was given."""
        later = Tenure.objects.holders().filter(unit=OuterRef("unit"), from_on__gt=OuterRef("from_on"))
        return self.annotate(succeeded_on=Subquery(later.order_by("from_on").values("from_on")[:1]))

    def active_on(self, day: date) -> Self:
        """Memberships in force on a day whose account is active."""
        return self.filter(holding_on(day), user__is_active=True)

    def reporting_by(self, day: date) -> Self:
        """Memberships of those who could report at some time until a day: their units were invited."""
        return self.filter(from_on__lte=day).exclude(role=Membership.Role.STAFF)

    def heads_on(self, day: date) -> Self:
        return self.active_on(day).filter(role=access.HEAD_ROLE)

    def speaking_on(self, day: date) -> Self:
        """Active heads whose office nobody else has taken since: who has left is written to no more."""
        return self.with_successor().heads_on(day).filter(Q(succeeded_on=None) | Q(succeeded_on__gt=day))

    def reporting_on(self, day: date) -> Self:
        """Memberships of those who could report for their unit."""
        return self.active_on(day).exclude(role=Membership.Role.STAFF)

    def outdated_on(self, day: date) -> Self:
        """Memberships of active heads that are older than a tenure begun by that day: they may only draft."""
        return self.with_successor().heads_on(day).filter(succeeded_on__lte=day)


class Membership(models.Model):
    """An account serves in a unit in one role, with dates. Private: accounts never enter the register."""

    class Role(models.TextChoices):
        HEAD = "head", "kepala"
        OPERATOR = "operator", "operator"
        STAFF = "staff", "pegawai (tidak melapor)"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="akun")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name="unit")
    role = models.CharField("peran", max_length=10, choices=Role)
    from_on = models.DateField("sejak", default=clock.today)
    until_on = models.DateField("sampai (tidak termasuk)", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "keanggotaan"
        verbose_name_plural = "keanggotaan"
        constraints = (
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="membership_ends_after_it_begins",
                violation_error_message="Tanggal berakhir tidak boleh mendahului tanggal mulai.",
            ),
            models.UniqueConstraint(
                fields=("user", "unit", "role"),
                condition=Q(until_on=None),
                name="membership_open_once",
                violation_error_message="Akun ini sudah memegang peran itu di unit ini.",
            ),
        )

    @classmethod
    def give(cls, *, user: User, unit: Unit, role: str) -> Membership:
        """Starts a membership today if there is none; an outdated one of a head starts again."""
        today = clock.today()
        with transaction.atomic():
            mine = cls.objects.filter(user=user, unit=unit, role=role)
            cls.objects.filter(pk__in=[place.pk for place in mine.outdated_on(today)]).update(until_on=today)
            return cls.objects.get_or_create(user=user, unit=unit, role=role, until_on=None)[0]

    def hand_over(self, *, by: User) -> Membership:
        """Confirms that a head's account belongs to the person who holds the office now, by who may invite to
        this place."""
        access.require_inviter(by, self.unit, self.role)
        if not type(self).objects.outdated_on(clock.today()).filter(pk=self.pk).exists():
            raise WrongState("Akun ini tidak menunggu pejabat baru.")
        return self.give(user=self.user, unit=self.unit, role=self.role)

    def end(self, *, by: User) -> None:
        """Ends this membership today, by somebody who may invite to this place."""
        access.require_inviter(by, self.unit, self.role)
        if has_ended(self, clock.today()):
            raise WrongState("Masa tugasnya sudah berakhir.")
        self.until_on = clock.today()
        self.save(update_fields=["until_on"])

    def holds_on(self, day: date) -> bool:
        return holds(self, day)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} {self.unit}"
