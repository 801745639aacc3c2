"""The stored rungs of every signer at the end of past months."""

from __future__ import annotations

from django.db import models


class MonthEnd(models.Model):
    """The rung of a signer at the end of a month; worked out once (`commitments/reports/month_ends.py`) and stored.

    A page cannot work out a hundred ladders. Disposable: not a fact, in no register, and worked out again when
    missing or outdated.
    """

    day = models.DateField("hari terakhir bulan itu", unique=True)
    seq = models.PositiveBigIntegerField("catatan terakhir waktu dihitung")
    counts = models.JSONField("jumlah unit di tiap anak tangga")  # from rung 0 to rung 5, without those that lapsed
    lapsed = models.PositiveIntegerField("jumlah unit yang sudah, tetapi kini diam")
    rungs = models.JSONField("anak tangga tiap unit")  # code -> [rung, 1 when silent]

    class Meta:
        ordering = ("day",)
        verbose_name = "akhir bulan"
        verbose_name_plural = "akhir bulan"

    def __str__(self) -> str:
        return f"akhir bulan {self.day}"
