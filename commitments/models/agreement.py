"""The agreement, its signatures, and public facts about the units."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.beside.withdrawable import WITHDRAWAL_STAMPS, WithdrawableRow
from commitments.models.querysets import SignatureQuerySet
from opd import access, clock, register, texts
from opd.models import Certainty, Person, Registered, Unit
from opd.register.triggers import Guard


class Memorandum(Registered):
    """An agreement signed on a day; its text may be unknown."""

    kind = "memorandum"
    guard = Guard(editable=("title", "occasion", "place", "sources", "unknowns"))

    code = models.SlugField("kode", max_length=40, unique=True)
    title = texts.CharField("judul", max_length=200, help_text="Tampil untuk publik.")
    occasion = texts.TextField("acara", help_text="Tampil untuk publik.")
    signed_on = models.DateField("ditandatangani")
    place = texts.CharField("tempat", max_length=120, help_text="Tampil untuk publik.")
    sources = texts.TextField("sumber", help_text="Tampil untuk publik.")
    unknowns = texts.TextField("yang tidak diketahui", blank=True, help_text="Tampil untuk publik.")
    parties_stated = models.PositiveSmallIntegerField("jumlah penanda tangan menurut sumber", null=True, blank=True)

    class Meta:
        verbose_name = "kesepakatan"
        verbose_name_plural = "kesepakatan"

    def __str__(self) -> str:
        return self.title

    @property
    def public_name(self) -> str:
        return self.code

    def public_row(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "occasion": self.occasion,
            "signed_on": self.signed_on,
            "place": self.place,
            "sources": self.sources,
            "unknowns": self.unknowns,
            "parties_stated": self.parties_stated,
        }

    @classmethod
    def enter(cls, *, by: access.Actor, **facts: Any) -> Memorandum:
        with register.act("memorandum.entered", "memorandum") as act:
            act.office = access.require_keeper(by)
            row = cls.objects.create(**facts)
            act.subject = row.object_name
            act.touch(row)
        return row


class Signature(WithdrawableRow):
    """The signature of a person, as printed.

    A mistaken one is withdrawn with its reason and source, never deleted.
    """

    class Capacity(models.TextChoices):
        PARTY = "party", _("pihak yang berkomitmen")
        CO_SIGNER = "co-signer", _("ikut menandatangani")
        BEFORE = "before", _("di hadapan")

    kind = "signature"
    guard = Guard(
        stamps=(*WITHDRAWAL_STAMPS, "person_id"),
        editable=("source", "certainty"),
    )
    related = ("memorandum", "unit", "person")

    memorandum = models.ForeignKey(Memorandum, models.PROTECT, related_name="signatures", verbose_name="kesepakatan")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name="unit"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name="pejabat"
    )
    printed_name = texts.CharField(
        "nama seperti tercetak",
        max_length=160,
        blank=True,
        help_text="Kosong: tidak diketahui. Tampil untuk publik.",
    )
    printed_title = texts.CharField("jabatan seperti tercetak", max_length=200, blank=True)
    capacity = models.CharField("kedudukan", max_length=12, choices=Capacity)
    source = texts.TextField("sumber", help_text="Tampil untuk publik.")
    certainty = models.CharField("kepastian", max_length=20, choices=Certainty)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "tanda tangan"
        verbose_name_plural = "tanda tangan"
        constraints = (
            *WithdrawableRow.Meta.constraints,
            models.UniqueConstraint(
                fields=("memorandum", "unit"),
                condition=Q(withdrawn_at=None),
                name="signature_stands_once_per_unit_and_memorandum",
                violation_error_message="Unit ini sudah tercatat menandatangani kesepakatan ini.",
            ),
            models.CheckConstraint(
                condition=~Q(capacity="party") | Q(unit__isnull=False),
                name="signature_of_a_party_names_its_unit",
                violation_error_message="Pihak yang berkomitmen harus menyebut unitnya.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.printed_name or 'tidak diketahui'}, {self.printed_title}"

    def public_row(self) -> dict[str, Any]:
        return {
            "memorandum": self.memorandum.code,
            "unit": self.unit.code if self.unit else None,
            "person": str(self.person.uuid) if self.person else None,
            "printed_name": self.printed_name,
            "printed_title": self.printed_title,
            "capacity": self.capacity,
            "source": self.source,
            "certainty": self.certainty,
            "withdrawn_at": self.withdrawn_at,
            "withdrawn_reason": self.withdrawn_reason,
            "withdrawn_source": self.withdrawn_source,
        }

    @classmethod
    def enter(cls, *, by: access.Actor, **facts: Any) -> Signature:
        with register.act("signature.entered", "signature") as act:
            act.office = access.require_keeper(by)
            row = cls(**cls.stated(facts))
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row

    def correct(self, *, by: access.Actor, seen: str, source: str, certainty: str) -> None:
        """Changes how certain this is, and by which source. What was printed stays as printed."""
        with register.act("signature.corrected", self) as act:
            act.office = access.require_keeper(by)
            self.must_match(seen)
            self.must_stand()
            self.source, self.certainty = source, certainty
            self.full_clean()
            self.save()
            act.touch(self)


def public_facts_on(day: date) -> models.QuerySet[PublicFact]:
    """What sources say, as it was on record on a day, unit by unit; two queries."""
    named = models.Prefetch("unit", Unit.objects.with_names(day))
    return PublicFact.objects.filter(entered_on__lte=day).prefetch_related(named).order_by("unit__code", "pk")


class PublicFact(Registered):
    """A public fact that a source states about a service: shown as known, never on the ladder."""

    kind = "public_fact"
    guard = Guard(editable=("source", "certainty"))
    related = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="public_facts", verbose_name="unit")
    service = texts.CharField("layanan", max_length=160)
    statement = texts.TextField("pernyataan", validators=[MinLengthValidator(10)], help_text="Tampil untuk publik.")
    value = models.DecimalField("nilai", max_digits=15, decimal_places=4, null=True, blank=True)
    unit_of_measure = texts.CharField("satuan", max_length=60, blank=True)
    on_text = texts.CharField("waktu menurut sumber", max_length=60, blank=True)
    source = texts.TextField("sumber", help_text="Tampil untuk publik.")
    certainty = models.CharField("kepastian", max_length=20, choices=Certainty)
    entered_on = models.DateField("dicatat")

    class Meta:
        ordering = ("unit", "service", "pk")
        verbose_name = "fakta publik"
        verbose_name_plural = "fakta publik"

    def __str__(self) -> str:
        return f"{self.unit}: {self.statement}"

    def public_row(self) -> dict[str, Any]:
        return {
            "unit": self.unit.code,
            "service": self.service,
            "statement": self.statement,
            "value": self.value,
            "unit_of_measure": self.unit_of_measure,
            "on": self.on_text,
            "source": self.source,
            "certainty": self.certainty,
            "entered_on": self.entered_on,
        }

    @classmethod
    def enter(cls, *, by: access.Actor, **facts: Any) -> PublicFact:
        with register.act("public_fact.entered", "public_fact") as act:
            act.office = access.require_keeper(by)
            row = cls(entered_on=clock.day_of(act.at), **cls.stated(facts))
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row
