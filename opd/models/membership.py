"""Which account works for which unit, from when to when?"""

from datetime import date

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q

from opd import access, clock
from opd.errors import WrongState
from opd.models.unit import Unit


class Membership(models.Model):
    """Which account works for which unit. Private: accounts never enter the register."""

    class Role(models.TextChoices):
        HEAD = "head", "kepala"
        OPERATOR = "operator", "operator"
        STAFF = "staff", "pegawai (tidak melapor)"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="akun")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name="unit")
    role = models.CharField("peran", max_length=10, choices=Role)
    from_on = models.DateField("sejak", default=clock.today)
    until_on = models.DateField("sampai (tidak termasuk)", null=True, blank=True)

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

    def end(self, *, by: User) -> None:
        """Whoever may invite to this place may end it, from today on."""
        access.require_inviter(by, self.unit, self.role)
        if self.until_on and self.until_on <= clock.today():
            raise WrongState("Masa tugasnya sudah berakhir.")
        self.until_on = clock.today()
        self.save(update_fields=["until_on"])

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or self.until_on > day)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} {self.unit}"
