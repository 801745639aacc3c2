"""The model of an entry: one line of the register, with the text that was hashed."""

from django.db import models
from django.db.models import Q

from opd.register.triggers import FROZEN_GUARD


class Entry(models.Model):
    """An entry of the register. `body` is the canonical JSON; the other columns repeat parts of it for searching."""

    guard = FROZEN_GUARD

    seq = models.PositiveBigIntegerField("nomor", unique=True)
    at = models.DateTimeField("waktu", db_index=True)
    actor = models.CharField("pejabat", max_length=80)
    act = models.CharField("tindakan", max_length=60, db_index=True)
    object = models.CharField("objek", max_length=120, db_index=True)
    body = models.TextField("isi")
    prev_hash = models.CharField("hash sebelumnya", max_length=64, unique=True)
    hash = models.CharField("hash", max_length=64, unique=True)

    class Meta:
        ordering = ("seq",)
        verbose_name = "catatan jejak"
        verbose_name_plural = "jejak"
        constraints = (models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_starts_at_one"),)

    def __str__(self) -> str:
        return f"#{self.seq} {self.act} {self.object}"
