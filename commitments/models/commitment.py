"""Commitments, their assignments to units, and their acknowledgement by a new head."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.models.agreement import Memorandum
from commitments.models.proposal import STAMPS, UNDECIDED, Proposal, account, reason_given
from commitments.models.querysets import CommitmentQuerySet
from opd import access, clock, register, texts
from opd.errors import WrongState
from opd.models import Registered, Tenure, Unit, UnitChange
from opd.models.unit import holds
from opd.register import batch
from opd.register.triggers import Guard


class Dimension(models.TextChoices):
    """The six dimensions of a smart city: code, what it is about in six words, name."""

    GOVERNANCE = "governance", "kantor melayani cepat, terbuka, dan ringkas", _("Tata kelola (governance)")
    BRANDING = "branding", "kota dikenal, dikunjungi, dan dipercaya orang", _("Citra kota (branding)")
    ECONOMY = "economy", "usaha tumbuh, izin mudah, pekerjaan ada", _("Ekonomi")
    LIVING = "living", "warga sehat, aman, dan mudah bepergian", _("Kualitas hidup (living)")
    SOCIETY = "society", "warga belajar, saling bantu, dan didengar", _("Masyarakat (society)")
    ENVIRONMENT = "environment", "udara, air, sampah, dan energi terjaga", _("Lingkungan")

    meaning: str

    def __new__(cls, code: str, *meaning: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        [member.meaning] = meaning
        return member


class Commitment(Proposal):
    """A commitment under an agreement. Its targets are `targets`; who owes it is `assignments`."""

    kind = "commitment"
    guard = Guard(
        stamps=STAMPS,
        amendable=("memorandum_id", "title", "benefit", "dimension", "quick_win", "proposed_by_id"),
        amended_while=UNDECIDED,
    )
    related = ("memorandum", "proposed_by", "published_by", "withdrawn_by")

    reference = models.CharField("nomor", max_length=60, unique=True)
    memorandum = models.ForeignKey(Memorandum, models.PROTECT, related_name="commitments", verbose_name="kesepakatan")
    title = texts.CharField("judul", max_length=160, shortest=5, help_text="Tampil untuk publik sesudah diumumkan.")
    benefit = texts.TextField("yang didapat warga", shortest=5, help_text="Tampil untuk publik sesudah diumumkan.")
    dimension = models.CharField("dimensi", max_length=12, choices=Dimension)
    quick_win = models.BooleanField("program cepat (quick win)", default=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta(Proposal.Meta):
        abstract = False
        ordering = ("reference",)
        verbose_name = "komitmen"
        verbose_name_plural = "komitmen"

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.reference])

    @property
    def public_name(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        return {
            "memorandum": self.memorandum.code,
            "title": self.title,
            "benefit": self.benefit,
            "dimension": self.dimension,
            "quick_win": self.quick_win,
        }

    def screen(self) -> dict[str, Any]:
        """The commitment with its targets as they stand: who withdraws or accepts it, withdraws or accepts them
        too."""
        targets = list(self.targets.all())
        models.prefetch_related_objects(targets, "revisions")
        return {**super().screen(), "targets": {target.reference: target.standing() for target in targets}}

    def owner_on(self, day: date) -> Unit:
        """The unit that owes this commitment on a day (the first one, for days before any)."""

        def owed() -> list[Assignment]:
            return list(self.assignments.select_related("unit").order_by("from_on", "pk"))

        held = batch.rows_of("assignment", "commitment_id", self.pk, owed)
        if not held:
            raise Assignment.DoesNotExist(f"{self.reference} is owed by nobody")
        return next((row for row in held if row.holds_on(day)), held[0]).unit

    @property
    def owner(self) -> Unit:
        return self.owner_on(clock.today())

    @classmethod
    def propose(cls, *, by: access.Actor, unit: Unit, on_behalf: bool = False, **facts: Any) -> Commitment:
        """A new commitment by the unit's head (or imported on its behalf), waiting for an approver."""
        with register.act("commitment.proposed", "commitment") as act:
            act.office = access.require_voice(by, unit, on_behalf=on_behalf)
            if unit.valid_until:  # even if that day is yet to come: what moves then is settled already
                raise WrongState(f"{unit} berakhir pada {unit.valid_until}; penerusnya yang berkomitmen.")
            number = cls.objects.filter(reference__startswith=f"{unit.code.upper()}-").count() + 1
            row = cls(
                reference=f"{unit.code.upper()}-{number:02d}",
                proposed_at=act.at,
                proposed_by=account(by),
                **cls.stated(facts),
            )
            row.add()
            owed = Assignment.objects.create(commitment=row, unit=unit, from_on=clock.day_of(act.at))
            batch.remember_rows("assignment", "commitment_id", row.pk, [owed])
            act.subject = row.object_name
            act.touch(row, owed)
        return row

    def publish(self, *, by: access.Actor, seen: str) -> None:
        """Makes it public, by an approver who did not propose it."""
        with register.act("commitment.published", self) as act:
            act.office = self.approve_publication(by=by, seen=seen)
            self.published_at, self.published_by = act.at, account(by)
            self.save()
            act.touch(self)

    def return_(self, *, by: access.Actor, seen: str, note: str) -> None:
        """An approver gives the proposal back to its unit with a note."""
        self._returned("commitment.returned", by=by, seen=seen, note=note)

    def amend(self, *, by: access.Actor, seen: str, reply: str = "", **facts: Any) -> None:
        """The unit's head, or the keeper who imported it, improves the proposal before it is decided."""
        self._amended("commitment.amended", by=by, seen=seen, reply=reply, facts=facts)

    def refuse(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """An approver refuses the proposal with a public reason, and with it the targets that wait under it."""
        with register.act("commitment.refused", self) as act:
            self._refused(act, by=by, seen=seen, reason=reason)
            self.close(act, by=account(by), reason=reason_given(reason, "alasan penolakan"))

    def announce(self, *, by: access.Actor, seen: str) -> None:
        """Publishes it with the targets that were proposed for it: to the approver they are one thing."""
        with register.many_acts():
            self.publish(by=by, seen=seen)
            for target in self.targets.waiting():
                target.publish(by=by, seen=target.fingerprint())

    def withdraw(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """Withdraws it with a public reason; its live targets are withdrawn too, in the same entry."""
        with register.act("commitment.withdrawn", self) as act:
            act.office = self.approve_withdrawal(by=by, seen=seen)
            self.close(act, by=account(by), reason=reason_given(reason, "alasan penarikan"))

    def close(self, act: register.RunningAct, *, by: User, reason: str) -> None:
        """Ends this commitment and its open targets, as part of an act."""
        for target in self.targets.open():
            target.close(act=act, by=by, reason=reason)
        self.withdrawn_at, self.withdrawn_by, self.withdrawal_reason = act.at, by, reason
        self.save()
        act.touch(self)

    def acknowledge(self, *, by: access.Actor, seen: str) -> Acknowledgement:
        """The head in office accepts an inherited commitment: "saya terima"."""
        with register.act("commitment.acknowledged", self) as act:
            unit = self.owner
            act.office = access.require_head(by, unit)
            self.must_match(seen)
            if not self.is_live:
                raise WrongState("Komitmen ini tidak sedang berjalan.")
            tenure = unit.tenures.holding(clock.day_of(act.at)).first()
            if tenure is None:
                raise WrongState("Masa jabatan Anda belum dicatat; minta pengelola data mencatatnya dahulu.")
            if self.acknowledgements.filter(tenure=tenure).exists():
                raise WrongState("Komitmen ini sudah Anda terima.")
            row = Acknowledgement.objects.create(commitment=self, tenure=tenure, at=act.at, by=account(by))
            act.touch(row)
        return row


class Assignment(Registered):
    """An assignment: a unit owes a commitment from a day until another."""

    kind = "assignment"
    guard = Guard(stamps=("until_on",))
    related = ("commitment", "unit", "change")

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="assignments", verbose_name="komitmen")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name="unit")
    from_on = models.DateField("sejak")
    until_on = models.DateField("sampai (tidak termasuk)", null=True, blank=True)
    change = models.ForeignKey(
        UnitChange, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="karena"
    )

    class Meta:
        verbose_name = "penugasan"
        verbose_name_plural = "penugasan"
        constraints = (
            models.UniqueConstraint(
                fields=("commitment",), condition=Q(until_on=None), name="assignment_one_open_per_commitment"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="assignment_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.commitment.reference} → {self.unit}"

    def holds_on(self, day: date) -> bool:
        return holds(self, day)

    def public_row(self) -> dict[str, Any]:
        return {
            "commitment": self.commitment.reference,
            "unit": self.unit.code,
            "from": self.from_on,
            "until": self.until_on,
            "change": str(self.change.uuid) if self.change else None,
        }


class Acknowledgement(Registered):
    """The record that a head in office accepted an inherited commitment."""

    kind = "acknowledgement"
    related = ("commitment", "tenure", "by")

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="acknowledgements", verbose_name="komitmen"
    )
    tenure = models.ForeignKey(Tenure, models.PROTECT, related_name="acknowledgements", verbose_name="masa jabatan")
    at = models.DateTimeField("diterima")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="akun")

    class Meta:
        verbose_name = "penerimaan warisan"
        verbose_name_plural = "penerimaan warisan"
        constraints = (
            models.UniqueConstraint(fields=("commitment", "tenure"), name="acknowledgement_once_per_tenure"),
        )

    def __str__(self) -> str:
        return f"{self.commitment.reference} diterima {self.tenure}"

    def public_row(self) -> dict[str, Any]:
        return {"commitment": self.commitment.reference, "tenure": str(self.tenure.uuid), "at": self.at}

    def private_row(self) -> dict[str, str | None]:
        return {"by": self.by.get_username()}
