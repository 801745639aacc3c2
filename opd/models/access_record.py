"""Records of who read what is private: kept for the Inspektorat, outside of the register."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import models

from opd import clock


class AccessRecord(models.Model):
    """A record that somebody opened private evidence, or read the accounts. Nothing here changes or deletes one."""

    class ReadKind(models.TextChoices):
        EVIDENCE = "evidence", "berkas bukti asli"
        ACCOUNTS = "accounts", "daftar akun"

    at = models.DateTimeField("waktu", db_index=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="yang membaca")
    what = models.CharField("yang dibaca", max_length=10, choices=ReadKind)
    named = models.CharField("nama atau sidiknya", max_length=160, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "catatan akses"
        verbose_name_plural = "catatan akses"

    def __str__(self) -> str:
        return f"{self.user} · {self.get_what_display()}"

    @classmethod
    def note(cls, user: Any, what: str, named: str = "") -> None:
        cls.objects.create(at=clock.now(), user=user, what=what, named=named)
