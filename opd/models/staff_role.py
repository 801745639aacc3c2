"""Roles at the secretariat: which account holds which, from when to when, and who gave it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import F, Q

from opd import access, clock, register
from opd.errors import BadFact, WrongState
from opd.models.grant import Grant, giver
from opd.models.unit import has_ended
from opd.register import CheckRun, batch
from opd.register.triggers import Guard

LAST_SUPERUSER = (
    "Ini administrator terakhir yang aktif: tanpa dia tidak ada yang dapat memberi peran. "
    "Beri dahulu peran itu kepada orang lain."
)


class StaffRoleQuerySet(models.QuerySet["StaffRole"]):
    def held(self) -> Self:
        return self.filter(ended_at=None)


class StaffRole(Grant):
    """An account holds a role at the secretariat. Only a superuser gives one, and never to themselves."""

    kind = "staff_role"
    guard = Guard(stamps=("number", "ended_at"))
    place = ("role",)

    user = models.ForeignKey(User, models.PROTECT, related_name="staff_roles", verbose_name="akun")
    role = models.CharField("peran", max_length=20, choices=[(role, role) for role in access.GIVEN_ROLES])
    given_at = models.DateTimeField("diberikan")
    ended_at = models.DateTimeField("berakhir", null=True, blank=True)

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        ordering = ("role", "number", "pk")
        verbose_name = "peran sekretariat"
        verbose_name_plural = "peran sekretariat"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role"),
                condition=Q(ended_at=None),
                name="staff_role_open_once",
                violation_error_message="Akun ini sudah memegang peran itu.",
            ),
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(given_by=F("user")), name="staff_role_given_by_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="staff_role_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} no. {self.number}"

    def public_row(self) -> dict[str, Any]:
        return {"role": self.role, "number": self.number, "given_at": self.given_at, "ended_at": self.ended_at}

    @classmethod
    def give(cls, *, by: access.Actor, user: User, role: str) -> StaffRole:
        """An account gets a role, unless it holds it already; whoever has one may open the pages of staff."""
        if held := cls.objects.held().filter(user=user, role=role).first():
            return held
        with register.act("staff_role.given", "staff_role") as act:
            act.office = access.require_giver(by, user, None, "")
            if not user.is_active:
                raise BadFact("Akun ini tidak aktif.")
            row = cls(user=user, role=role, given_at=act.at, given_by=giver(by))
            row.take_number()
            row.add()
            act.subject = row.object_name
            act.touch(row)
            _follow(user)
        return row

    def end(self, *, by: access.Actor) -> None:
        """The account no longer holds the role; the last superuser keeps theirs."""
        with register.act("staff_role.ended", self) as act:
            act.office = access.require_ender(by, None, "")
            if self.ended_at:
                raise WrongState("Peran ini sudah berakhir.")
            keep_a_superuser(self.user, self.role)
            self.ended_at = act.at
            self.save(update_fields=["ended_at"])
            act.touch(self)
            _follow(self.user)


def switch_off(user: User, *, by: access.Actor) -> None:
    """Switches an account off: whatever it held ends now, in one entry. Switching it on again gives nothing back."""
    roles = list(StaffRole.objects.held().filter(user=user).select_related("user", "given_by"))
    places = [place for place in user.memberships.all() if not has_ended(place, clock.today())]
    with transaction.atomic():
        if roles or places:
            with register.act("account.switched_off", [*roles, *places][0].object_name) as act:
                act.office = access.require_switch(by, user)
                for role in roles:
                    keep_a_superuser(user, role.role)
                    role.ended_at = act.at
                    role.save(update_fields=["ended_at"])
                for place in places:
                    place.until_on = max(clock.today(), place.from_on)
                    place.save(update_fields=["until_on"])
                act.touch(*roles, *places)
        else:
            access.require_switch(by, user)
        user.is_active = False
        _follow(user)


def keep_a_superuser(user: User, role: str) -> None:
    """Refuses to end this role of this account, when no other active account could give roles afterwards."""
    others = StaffRole.objects.held().filter(role=access.ADMINISTRATOR, user__is_active=True).exclude(user=user)
    if role == access.ADMINISTRATOR and not others.exists():
        raise WrongState(LAST_SUPERUSER)


def _follow(user: User) -> None:
    """Django's own marks of an account follow the roles that it holds."""
    held = set(StaffRole.objects.held().filter(user=user).values_list("role", flat=True))
    user.is_staff, user.is_superuser = bool(held), access.ADMINISTRATOR in held
    user.save(update_fields=["is_active", "is_staff", "is_superuser"])
    batch.forget()


def record_superuser(instance: User, *, raw: bool = False, **signal: Any) -> None:
    """After an account is saved: a superuser made by Django's own command is on record like every other."""
    if raw or not (instance.is_superuser and instance.is_active):
        return
    if not StaffRole.objects.held().filter(user=instance, role=access.ADMINISTRATOR).exists():
        StaffRole.give(by=access.SYSTEM, user=instance, role=access.ADMINISTRATOR)


def superusers_off_the_record(run: CheckRun) -> Iterator[str]:
    """A sentence for every account that is a superuser without an entry, or the other way round."""
    held = StaffRole.objects.held().filter(role=access.ADMINISTRATOR).values("user")
    for pk in User.objects.filter(is_superuser=True).exclude(pk__in=held).values_list("pk", flat=True):
        yield f"auth_user di baris {pk}: administrator tanpa catatan di register"
    for pk in User.objects.filter(is_superuser=False, pk__in=held).values_list("pk", flat=True):
        yield f"auth_user di baris {pk}: menurut register masih administrator"
