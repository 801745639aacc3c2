"""Witnesses: who keeps heads of the register outside it, and how far each of them vouches."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.auth.models import User
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opd import access, clock, register, texts
from opd.errors import BadFact
from opd.register.registered import Registered, all_or_none
from opd.register.triggers import Guard


class WitnessQuerySet(models.QuerySet["Witness"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class Witness(Registered):
    """Somebody outside who receives the head of the register every day and keeps it."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("dewan")
        PRESS = "press", _("pers")
        CAMPUS = "campus", _("kampus")
        OTHER = "other", _("lainnya")

    kind = "witness"
    related = ("ended_by",)
    guard = Guard(stamps=("ended_at", "ended_by_id"), editable=("vouched_seq", "vouched_hash", "vouched_at"))

    name = texts.CharField("nama", max_length=160, shortest=3, help_text="Lembaga, bukan orang. Tampil untuk publik.")
    witness_kind = models.CharField("jenis", max_length=10, choices=Kind)
    email = models.EmailField("surel", help_text="Hanya untuk mengirim kepala jejak; tidak tampil untuk publik.")
    entered_at = models.DateTimeField("sejak")
    vouched_seq = models.PositiveBigIntegerField("menjamin sampai catatan ke", null=True, blank=True)
    vouched_hash = models.CharField("sidik yang disimpannya", max_length=64, blank=True)
    vouched_at = models.DateTimeField("dicocokkan", null=True, blank=True)
    ended_at = models.DateTimeField("berakhir", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="oleh")

    objects = WitnessQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        verbose_name = "saksi jejak"
        verbose_name_plural = "saksi jejak"
        constraints = (
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(ended_at=None),
                name="witness_is_written_to_once",
                violation_error_message="Alamat surel ini sudah menerima kepala jejak.",
            ),
            models.CheckConstraint(
                condition=all_or_none("vouched_seq", "vouched_at", texts=("vouched_hash",)),
                name="witness_vouches_for_a_whole_head",
            ),
            models.CheckConstraint(condition=all_or_none("ended_at", "ended_by"), name="witness_end_has_both"),
        )

    def __str__(self) -> str:
        return self.name

    def public_row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.witness_kind,
            "entered_at": self.entered_at,
            "vouched_seq": self.vouched_seq,
            "vouched_hash": self.vouched_hash,
            "vouched_at": self.vouched_at,
            "ended_at": self.ended_at,
        }

    def private_row(self) -> dict[str, str | None]:
        return {"email": self.email, "ended_by": self.ended_by.get_username() if self.ended_by else None}

    def clean(self) -> None:
        validate_email(self.email)

    @classmethod
    def enter(cls, *, by: access.Actor, name: str, witness_kind: str, email: str) -> Witness:
        """From now on the head of each day is sent there."""
        with register.act("witness.entered", "witness") as act:
            act.office = access.require_keeper(by)
            row = cls(name=name, witness_kind=witness_kind, email=email, entered_at=act.at)
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row

    def vouch(self, *, by: access.Actor, seen: str, head: str) -> None:
        """The witness told the head that it keeps, as `SEQ:HASH`. BadFact when the register does not continue it."""
        with register.act("witness.vouched", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            kept = register.KeptHead.read(head)
            if kept is None:
                raise BadFact("Tulis kepala yang disimpan saksi: nomor, titik dua, lalu 64 angka atau huruf.")
            if not register.continues(kept):
                raise BadFact(
                    f"Register ini tidak meneruskan kepala ke-{kept.seq} yang disimpan {self.name}. Jangan dicatat: "
                    "simpan surat saksinya, jalankan manage.py check_register, dan beri tahu Inspektorat."
                )
            if self.vouched_seq and kept.seq < self.vouched_seq:
                raise BadFact(f"Saksi ini sudah menjamin sampai catatan ke-{self.vouched_seq}.")
            self.vouched_seq, self.vouched_hash, self.vouched_at = kept.seq, kept.hash, act.at
            self.save()
            act.touch(self)

    def end(self, *, by: access.Actor, seen: str) -> None:
        """No longer written to; what it vouched for stays on record."""
        with register.act("witness.ended", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            self.ended_at, self.ended_by = act.at, by  # type: ignore[assignment]  # the office was asked above
            self.save()
            act.touch(self)


class HeadLetter(models.Model):
    """A head that was sent to a witness on a day; private, so that a day's letter leaves once."""

    witness = models.ForeignKey(Witness, models.CASCADE, related_name="letters")
    sent_on = models.DateField("dikirim")
    seq = models.PositiveBigIntegerField("catatan ke")

    class Meta:
        verbose_name = "kepala terkirim"
        verbose_name_plural = "kepala terkirim"
        constraints = (models.UniqueConstraint(fields=["witness", "sent_on"], name="a_head_is_sent_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.sent_on}: {self.seq}"

    @classmethod
    def unsent(cls, day: date | None = None) -> WitnessQuerySet:
        """The standing witnesses that have not been written to on a day, today unless another is given."""
        sent = cls.objects.filter(sent_on=day or clock.today())
        return Witness.objects.standing().exclude(pk__in=sent.values("witness"))
