"""Invitations of people to a unit or to the secretariat."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Self

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q

from opd import access, clock, texts
from opd.errors import BadFact, Refused, WrongState
from opd.models.membership import Membership
from opd.models.staff_role import StaffRole
from opd.models.unit import Unit
from opd.register.registered import all_or_none

INVITATION_LASTS = timedelta(hours=72)
LASTING_DAYS = (3, 14, 30)  # what a list of invitations offers: a printed letter takes longer than a message
CLOSED_BECAUSE = {
    "used": "Tautan ini sudah dipakai. Kalau itu Anda, masuklah dengan sandi yang Anda buat.",
    "revoked": "Tautan ini sudah dicabut oleh yang mengundang. Mintalah yang baru bila ini keliru.",
    "expired": "Tautan ini sudah lewat masa berlakunya. Mintalah yang baru kepada yang mengundang.",
}


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Invitations that are not used, not revoked and not too old."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())

    def by_token(self, token: str) -> Self:
        return self.filter(token_sha256=_digest(token))

    def open_link(self, token: str) -> Invitation | None:
        """The invitation of this link; notes when it was opened first."""
        row = self.by_token(token).first()
        if row and row.opened_at is None:
            self.filter(pk=row.pk, opened_at=None).update(opened_at=clock.now())
        return row


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Invitation(models.Model):
    """An invitation to a unit or to the secretariat, for the person who has the link: once, within 72 hours or as
    long as a letter needs.

    Private, like the account that comes of it; the place that it gives is an entry, under a number. The link itself
    is not stored, only its digest.
    """

    name = texts.CharField("nama", max_length=150)
    email = texts.EmailField("surel", blank=True)
    whatsapp = texts.CharField("nomor WhatsApp", max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="unit")
    role = models.CharField("peran di unit", max_length=10, choices=Membership.Role, blank=True)
    staff_role = models.CharField(
        "peran sekretariat", max_length=20, choices=[(role, role) for role in access.STAFF_ROLES], blank=True
    )
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField("diundang")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="yang mengundang")
    expires_at = models.DateTimeField("berlaku sampai")
    opened_at = models.DateTimeField("dibuka", null=True, blank=True)
    used_at = models.DateTimeField("dipakai", null=True, blank=True)
    used_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="akun yang memakainya"
    )
    revoked_at = models.DateTimeField("dicabut", null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="yang mencabut"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-invited_at", "-pk")
        verbose_name = "undangan"
        verbose_name_plural = "undangan"
        constraints = (
            models.CheckConstraint(
                condition=(Q(unit__isnull=False, staff_role="") & ~Q(role=""))
                | (Q(unit=None, role="") & ~Q(staff_role="")),
                name="invitation_to_a_unit_or_to_the_desk",
                violation_error_message="Pilih unit dengan perannya, atau satu peran sekretariat.",
            ),
            models.CheckConstraint(condition=all_or_none("used_at", "used_by"), name="invitation_used_by_someone"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, used_at=None),
                name="invitation_revoked_by_someone_before_it_was_used",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} · {self.place}"

    @property
    @admin.display(description="menjadi")
    def place(self) -> str:
        """The place it leads to: `operator Dinkes`, or the name of a staff role."""
        return f"{self.get_role_display()} {self.unit}" if self.unit else self.staff_role

    @property
    def state(self) -> str:
        """open, used, revoked or expired, as it stands now."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if self.expires_at > clock.now() else "expired"

    @admin.display(description="keadaan")
    def get_state_label(self) -> str:
        return {"open": "menunggu", "used": "dipakai", "revoked": "dicabut", "expired": "kedaluwarsa"}[self.state]

    @classmethod
    def issue(
        cls, *, by: User, name: str, unit: Unit | None = None, role: str = "", staff_role: str = "", **more: Any
    ) -> tuple[Invitation, str]:
        """Makes a new invitation; returns it with the secret part of its link, which is stored nowhere.

        more: `email`, `whatsapp`, and how long it `lasts`.
        """
        access.require_inviter(by, unit, role)
        token, now = secrets.token_urlsafe(24), clock.now()
        lasts = more.pop("lasts", INVITATION_LASTS)
        row = cls(
            name=" ".join(name.split()),
            unit=unit,
            role=role,
            staff_role=staff_role,
            token_sha256=_digest(token),
            invited_at=now,
            invited_by=by,
            expires_at=now + lasts,
            **more,
        )
        row.full_clean()
        row.save(force_insert=True)
        return row, token

    def renew(self, *, by: User) -> str:
        """The secret part of a new link for an invitation that nobody used; the old link is dead from now on.

        It lasts as long as the first one did.
        """
        access.require_inviter(by, self.unit, self.role)
        token, now = secrets.token_urlsafe(24), clock.now()
        stamps = {
            "token_sha256": _digest(token),
            "expires_at": now + (self.expires_at - self.invited_at),
            "invited_at": now,
            "invited_by": by,
            "opened_at": None,
        }
        if not type(self).objects.filter(pk=self.pk, used_at=None, revoked_at=None).update(**stamps):
            raise WrongState("Undangan ini sudah dipakai atau dicabut.")
        self.refresh_from_db()
        return token

    def revoke(self, *, by: User) -> None:
        access.require_inviter(by, self.unit, self.role)
        if not self._close(revoked_at=clock.now(), revoked_by=by):
            raise WrongState("Undangan ini sudah dipakai atau dicabut.")

    def accept(self, *, user: User) -> None:
        """Gives the place to this account; an account not saved yet is saved first.

        Refused when the link is used or too old.
        """
        with transaction.atomic():
            if why_not := self.why_not():
                raise WrongState(why_not)
            access.require_giver(self.invited_by, user, self.unit, self.role)
            if user.pk is None:
                user.save(force_insert=True)
            if not self._close(used_at=clock.now(), used_by=user):
                raise WrongState(CLOSED_BECAUSE["used"])
            self._give_place(user)

    def why_not(self) -> str:
        """A sentence that says why the link does not work; empty when it works."""
        if self.state != "open":
            return CLOSED_BECAUSE[self.state]
        try:
            access.require_inviter(self.invited_by, self.unit, self.role)
        except Refused:
            return "Yang mengundang tidak lagi berwenang mengundang. Mintalah tautan baru kepada sekretariat."
        return ""

    def _close(self, **stamps: Any) -> bool:
        """Stamps it as used or revoked, and tells whether this was the first stamp: the database decides between
        two people."""
        done = type(self).objects.filter(pk=self.pk).open().update(**stamps)
        self.refresh_from_db()
        return bool(done)

    def _give_place(self, user: User) -> None:
        if self.unit is None:
            StaffRole.give(by=self.invited_by, user=user, role=self.staff_role)
            return
        if not user.is_active:
            raise BadFact("Akun ini tidak aktif.")
        Membership.give(by=self.invited_by, user=user, unit=self.unit, role=self.role)
