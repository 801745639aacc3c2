"""What is kept although it could be worked out: today's ladder, and the rungs of all signers at past month ends.

None of it is a fact, and none is in the register. `check_register` works it out again and compares.
"""

from __future__ import annotations

from django.db import models

from commitments.models.values import value_field


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
    mark = models.CharField("tanda kunci register", max_length=64)  # over all of it and the rules in force

    class Meta:
        ordering = ("day",)
        verbose_name = "akhir bulan"
        verbose_name_plural = "akhir bulan"

    def __str__(self) -> str:
        return f"akhir bulan {self.day}"


class Standing(models.Model):
    """What a target and a unit have in common. Ages are not kept, but the dates that they are counted from."""

    rung = models.SmallIntegerField("anak tangga")
    rung_claimed = models.SmallIntegerField("anak tangga yang diakui")
    slip_days = models.IntegerField("tenggat mundur, hari", null=True)
    heard_on = models.DateField("kabar terakhir", null=True)
    waiting = models.SmallIntegerField("menunggu keputusan")
    silent_after = models.DateField("hari terakhir sebelum diam", null=True)
    overdue_after = models.DateField("hari terakhir sebelum terlambat", null=True)
    moved = models.SmallIntegerField("digeser")
    met_late = models.SmallIntegerField("tercapai terlambat")
    softened = models.SmallIntegerField("diperlunak")
    worse = models.SmallIntegerField("memburuk")
    contested = models.SmallIntegerField("dipersoalkan", default=0)

    class Meta:
        abstract = True


class KeptTarget(Standing):
    """Where a live target stands today: a row of `target_standing` in `commitments/ladder/target_rules.sql`."""

    target_id = models.BigIntegerField("target", primary_key=True)
    commitment_id = models.BigIntegerField("komitmen", db_index=True)
    value = value_field("nilai", null=True)
    value_claimed = value_field("nilai yang diakui", null=True)
    period_end = models.DateField("akhir periode", null=True)
    latest_id = models.BigIntegerField("realisasi terakhir", null=True)
    run_start = models.DateField("awal deretan", null=True)
    progress = models.DecimalField("kemajuan", max_digits=20, decimal_places=4, null=True)
    baseline_now = value_field("nilai awal yang berlaku")
    target_now = value_field("target yang berlaku")
    min_change_now = value_field("perubahan terkecil yang berlaku")
    due_on = models.DateField("tenggat yang berlaku")
    met_on = models.DateField("tercapai pada", null=True)
    silent_limit = models.IntegerField("batas diam, hari")
    waiting_would_meet = models.SmallIntegerField("yang menunggu memenuhi target")

    class Meta:
        verbose_name = "target hari ini"
        verbose_name_plural = "target hari ini"

    def __str__(self) -> str:
        return f"target {self.target_id}: {self.rung}"


class KeptUnit(Standing):
    """Where a unit stands today: a row of `unit_standing` in `commitments/ladder/unit_rules.sql`."""

    unit_id = models.BigIntegerField("unit", primary_key=True)
    live_targets = models.IntegerField("target berjalan")
    improving_targets = models.IntegerField("target membaik")
    least_progress = models.DecimalField("kemajuan terkecil", max_digits=20, decimal_places=4, null=True)

    class Meta:
        verbose_name = "unit hari ini"
        verbose_name_plural = "unit hari ini"

    def __str__(self) -> str:
        return f"unit {self.unit_id}: {self.rung}"


class KeptLadder(models.Model):
    """What the kept rows were worked out from; they count only while all of it still holds."""

    head = models.CharField("hash catatan terakhir", max_length=64)
    rules = models.CharField("sidik aturannya", max_length=64)
    day = models.DateField("dihitung untuk")
    turns_on = models.DateField("berlaku sampai (tidak termasuk)", null=True)  # a duty moves, or a unit ends

    class Meta:
        verbose_name = "tangga hari ini"
        verbose_name_plural = "tangga hari ini"

    def __str__(self) -> str:
        return f"tangga {self.day}"
