"""Memberships: which account works for which unit, from when to when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from opd import access, clock, register
from opd.errors import BadFact, WrongState
from opd.models.grant import Grant, giver
from opd.models.people import Tenure
from opd.models.unit import Unit, has_ended, holding_on, holds
from opd.register import batch
from opd.register.triggers import Guard

LONGEST_DEPUTY = timedelta(days=90)  # as a Plh, at most


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


class Membership(Grant):
    """An account serves in a unit in one role, with dates. The register tells its number there, never the account."""

    kind = "membership"
    guard = Guard(stamps=("number",), editable=("until_on",))
    related = ("user", "given_by", "unit")
    place = ("unit_id", "role")

    class Role(models.TextChoices):
        HEAD = "head", "kepala"
        OPERATOR = "operator", "operator"
        STAFF = "staff", "pegawai (tidak melapor)"

    class Reason(models.TextChoices):
        DEPUTY = "deputy", "wakil"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="akun")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name="unit")
    role = models.CharField("peran", max_length=10, choices=Role)
    from_on = models.DateField("sejak", default=clock.today)
    until_on = models.DateField("sampai (tidak termasuk)", null=True, blank=True)

    reason = models.CharField("sebab", max_length=10, choices=Reason, blank=True, editable=False)

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
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(given_by=F("user")), name="membership_given_by_somebody_else"
            ),
            models.CheckConstraint(
                condition=~Q(reason="deputy") | Q(role="head", until_on__isnull=False),
                name="membership_of_a_deputy_is_a_head_s_and_ends",
            ),
        )

    def public_row(self) -> dict[str, Any]:
        return {
            "unit": self.unit.code,
            "role": self.role,
            "number": self.number,
            "from": self.from_on,
            "until": self.until_on,
            **({"reason": self.reason} if self.reason else {}),
        }

    @property
    def is_deputy(self) -> bool:
        return self.reason == self.Reason.DEPUTY

    @property
    def last_on(self) -> date | None:
        """The last day on which it holds."""
        return self.until_on and self.until_on - timedelta(days=1)

    @classmethod
    def give(
        cls,
        *,
        by: access.Actor,
        user: User,
        unit: Unit,
        role: str,
        from_on: date | None = None,
        until_on: date | None = None,
    ) -> Membership:
        """Starts a membership, today unless told otherwise, if there is none; an outdated one of a head starts
        again."""
        today = clock.today()
        mine = cls.objects.filter(user=user, unit=unit, role=role)
        outdated = mine.outdated_on(today)
        if (open_ := mine.filter(until_on=None).first()) and open_ not in outdated:
            return open_
        with register.act("membership.given", "membership") as act:
            act.office = access.require_giver(by, user, unit, role)
            if unit.has_ended_by(today):
                raise WrongState(f"{unit} sudah berakhir sejak {unit.valid_until:%d/%m/%Y}.")
            for before in outdated:
                before.until_on = today
                before.save(update_fields=["until_on"])
                act.touch(before)
            facts = {"user": user, "unit": unit, "role": role, "given_by": giver(by)}
            row = cls(from_on=from_on or today, until_on=until_on, **facts)
            row.take_number()
            row.add()
            act.subject = row.object_name
            act.touch(row)
            batch.forget()
        return row

    def deputise(self, *, by: access.Actor, last_on: date) -> Membership:
        """The head lets this operator act as head, from today up to and including a day."""
        with register.act("membership.given", "membership") as act:
            act.office, today = access.require_principal(by, self.unit), clock.today()
            if by == self.user or self.role != self.Role.OPERATOR or not self.holds_on(today):
                raise WrongState("Yang ditunjuk menjadi wakil adalah operator yang sedang bertugas di unit ini.")
            if not today <= last_on <= today + LONGEST_DEPUTY:
                raise BadFact(
                    f"Seorang wakil bertugas sampai hari ini atau sesudahnya, paling lama {LONGEST_DEPUTY.days} hari."
                )
            mine = type(self).objects.filter(user=self.user, unit=self.unit, role=self.Role.HEAD)
            if mine.filter(holding_on(today)).exists():
                raise WrongState("Ia sudah bertindak sebagai kepala unit ini; akhiri dahulu yang sedang berlaku.")
            facts = {"user": self.user, "unit": self.unit, "role": self.Role.HEAD, "given_by": giver(by)}
            until_on = last_on + timedelta(days=1)
            row = type(self)(from_on=today, until_on=until_on, reason=self.Reason.DEPUTY, **facts)
            row.take_number()
            row.add()
            act.subject = row.object_name
            act.touch(row)
            batch.forget()
        return row

    def _office_to_end(self, by: access.Actor) -> str:
        """The office of who may end it: whoever may invite to this place; of a deputy, the head too."""
        if self.is_deputy and access.allows(access.require_principal, by, self.unit):
            return access.require_principal(by, self.unit)
        return access.require_ender(by, self.unit, self.role)

    def hand_over(self, *, by: User) -> Membership:
        """Confirms that a head's account belongs to the person who holds the office now, by who may invite to
        this place."""
        access.require_inviter(by, self.unit, self.role)
        if not type(self).objects.outdated_on(clock.today()).filter(pk=self.pk).exists():
            raise WrongState("Akun ini tidak menunggu pejabat baru.")
        return self.give(by=by, user=self.user, unit=self.unit, role=self.role)

    def end(self, *, by: access.Actor, on: date | None = None) -> None:
        """Ends this membership, today unless told otherwise, by somebody who may invite to this place."""
        with register.act("membership.ended", self) as act:
            act.office = self._office_to_end(by)
            if has_ended(self, clock.today()):
                raise WrongState("Masa tugasnya sudah berakhir.")
            self.until_on = on or clock.today()
            self.full_clean(exclude={"uuid", "user", "unit", "given_by"})
            self.save(update_fields=["until_on"])
            act.touch(self)
            batch.forget()

    def holds_on(self, day: date) -> bool:
        return holds(self, day)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} {self.unit}"
