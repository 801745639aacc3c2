"""Revisions: changes of a target in force, with the reason and the two people behind each."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from commitments.models.cases.stated_clock import BaselineByClock, StatedClock
from commitments.models.proposal import (
    StepKind,
    account,
    is_returned,
    reason_given,
    record_step,
    steps_on_screen,
)
from commitments.models.querysets import RevisionQuerySet
from commitments.models.values import value_field, within_digits
from opd import access, clock, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered
from opd.register.registered import all_or_none
from opd.register.triggers import Guard
from opd.texts import SHORTEST_REASON

AMENDED = "diganti dengan usulan yang diperbaiki."
TAKEN_BACK = "Ditarik unitnya sendiri:"  # what the public reads before the reason


class RevisedField(models.TextChoices):
    DUE = "due_on", _("tenggat")
    TARGET = "target_value", _("target")
    BASELINE = "baseline_value", _("nilai awal")
    MIN_CHANGE = "min_change", _("perubahan terkecil")
    CLOCK = "clock", _("jam")


class TargetRevision(Registered):
    """A change of one field of a target in force: old, new, why, proposed and approved by two different people."""

    kind = "revision"
    guard = Guard(stamps=("approved_at", "approved_by_id", "refused_at", "refused_by_id", "refusal_reason"))
    related = ("target__commitment", "proposed_by", "approved_by", "refused_by", "amends")

    target = models.ForeignKey(
        "commitments.ServiceTarget", models.PROTECT, related_name="revisions", verbose_name="target"
    )
    field = models.CharField("yang diubah", max_length=20, choices=RevisedField)
    old_value = value_field("nilai lama", null=True, blank=True)
    new_value = value_field("nilai baru", null=True, blank=True)
    old_on = models.DateField("tenggat lama", null=True, blank=True)
    new_on = models.DateField("tenggat baru", null=True, blank=True)
    new_clock = models.CharField("jam baru", max_length=100, blank=True)
    baseline_by_clock = models.CharField(
        "nilai awal diukur dengan jam ini", max_length=16, choices=BaselineByClock, blank=True
    )
    reason = texts.TextField("alasan", help_text="Tampil untuk publik.")
    document = texts.CharField("dokumen", max_length=300, blank=True, help_text="Tampil untuk publik.")
    proposed_at = models.DateTimeField("diusulkan")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="pengusul")
    approved_at = models.DateTimeField("disetujui", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="penyetuju"
    )
    refused_at = models.DateTimeField("ditolak", null=True, blank=True)
    refused_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="penolak"
    )
    refusal_reason = texts.TextField("alasan penolakan", blank=True, help_text="Tampil untuk publik.")

    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name="memperbaiki"
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ("proposed_at", "pk")
        verbose_name = "perubahan target"
        verbose_name_plural = "perubahan target"
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="revision_approved_by_someone_other_than_its_proposer",
                violation_error_message="Pengusul tidak boleh menyetujui perubahannya sendiri.",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(refused_at=None),
                name="revision_not_both_approved_and_refused",
            ),
            models.CheckConstraint(
                condition=all_or_none("refused_at", "refused_by", texts=("refusal_reason",)),
                name="revision_refused_by_someone_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(field="due_on", old_value=None, new_value=None, old_on__isnull=False)
                & Q(new_on__isnull=False)
                | Q(field="clock", old_value=None, new_value=None, old_on=None, new_on=None)
                | ~Q(field__in=("due_on", "clock"))
                & Q(old_on=None, new_on=None, old_value__isnull=False, new_value__isnull=False),
                name="revision_changes_a_date_or_a_value",
            ),
            models.CheckConstraint(
                condition=Q(field="clock") & ~Q(new_clock="") & ~Q(baseline_by_clock="")
                | ~Q(field="clock") & Q(new_clock="", baseline_by_clock=""),
                name="revision_of_a_clock_says_how_the_baseline_was_measured",
                violation_error_message="Sebutkan apakah nilai awalnya diukur dengan jam ini.",
            ),
            models.UniqueConstraint(
                fields=("target",),
                condition=Q(field="clock", approved_at__isnull=False),
                name="revision_states_a_clock_once",
            ),
            models.CheckConstraint(
                condition=within_digits("old_value", "new_value"),
                name="revision_values_have_at_most_15_digits_and_4_decimals",
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("reason"), SHORTEST_REASON),
                name="revision_gives_its_reason",
                violation_error_message="Alasan perubahan paling sedikit 20 huruf.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.target.reference}: {self.get_field_display()} {self.old} → {self.new}"

    @property
    def old(self) -> Decimal | date | None:
        """What it replaces; None for a clock, which was not explained before."""
        return self.old_on if self.field == RevisedField.DUE else self.old_value

    @property
    def new(self) -> Decimal | date | str:
        if self.field == RevisedField.CLOCK:
            return self.new_clock
        return self.new_on if self.field == RevisedField.DUE else self.new_value  # type: ignore[return-value]

    @property
    def clock(self) -> StatedClock | None:
        return StatedClock.of_code(self.new_clock) if self.new_clock else None

    @property
    def is_undecided(self) -> bool:
        return self.approved_at is None and self.refused_at is None

    @property
    def is_returned(self) -> bool:
        """Whether an approver gave it back and it waits for its unit."""
        return self.is_undecided and is_returned(self)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for an approver."""
        return self.is_undecided and not is_returned(self)

    def decided_by(self, day: date) -> tuple[str, datetime | None]:
        """Its state at the end of a day (waiting, approved or refused), and when that was decided."""
        if clock.is_known(self.approved_at, day):
            return "approved", self.approved_at
        if clock.is_known(self.refused_at, day):
            return "refused", self.refused_at
        return "waiting", None

    @property
    def softens(self) -> bool:
        """Whether it brings target and baseline closer together: the public reads this as "diperlunak".

        The ladder asks the same of every approved revision, as a flag of its target.
        """
        if self.field not in (RevisedField.TARGET, RevisedField.BASELINE):
            return False
        now = {**self.target.in_force(), self.field: self.old}
        then = {**now, self.field: self.new}
        gaps = [abs(each["target_value"] - each["baseline_value"]) for each in (now, then)]
        return bool(gaps[1] < gaps[0])

    @property
    def slip_days(self) -> int | None:
        """Days by which a due date moves; None for other fields."""
        return (self.new_on - self.old_on).days if self.new_on and self.old_on else None

    @property
    def ahead_days(self) -> int | None:
        """The slip with the opposite sign."""
        return None if self.slip_days is None else -self.slip_days

    def set_change(self, *, old: Decimal | date | None, new: Decimal | date | StatedClock) -> None:
        if isinstance(new, StatedClock) != (self.field == RevisedField.CLOCK):
            raise BadFact("Jam diisi jam; isian lain diisi angka atau tanggal.")
        if isinstance(new, StatedClock):
            self.new_clock = new.code
            return
        dated = self.field == RevisedField.DUE
        if isinstance(new, date) != dated:
            raise BadFact("Tenggat diisi tanggal; isian lain diisi angka.")
        if new == old:
            raise BadFact("Nilai barunya sama dengan yang berlaku sekarang.")
        if dated:
            self.old_on, self.new_on = old, new  # type: ignore[assignment]
        else:
            self.old_value, self.new_value = old, new

    def public_row(self) -> dict[str, Any]:
        stated = {"baseline_by_clock": self.baseline_by_clock, **self.clock.as_fields()} if self.clock else {}
        return {
            **stated,
            "target": self.target.reference,
            "field": self.field,
            "old": self.old,
            "new": self.new,
            "reason": self.reason,
            "document": self.document,
            "proposed_at": self.proposed_at,
            "approved_at": self.approved_at,
            "refused_at": self.refused_at,
            "refusal_reason": self.refusal_reason,
            **({"amends": str(self.amends.uuid)} if self.amends else {}),
        }

    def screen(self) -> dict[str, Any]:
        return {**super().screen(), **steps_on_screen(self)}

    def private_row(self) -> dict[str, str | None]:
        return {
            "proposed_by": self.proposed_by.get_username(),
            "approved_by": self.approved_by.get_username() if self.approved_by else None,
            "refused_by": self.refused_by.get_username() if self.refused_by else None,
        }

    def office_to_decide(self, by: access.Actor) -> str:
        """The office in which somebody may decide about it, or `WrongPerson`."""
        office = access.require_decider(by, access.APPROVER, self.target.unit)
        access.require_other(by, self.proposed_by, what="Anda yang mengusulkan perubahan ini")
        return office

    def _deciding(self, by: access.Actor, seen: str) -> str:
        office = self.office_to_decide(by)
        self.must_match(seen)
        self._must_be_undecided()
        return office

    def _must_be_undecided(self) -> None:
        if not self.is_undecided:
            raise WrongState("Usulan perubahan ini sudah diputus.")

    def _must_not_be_returned(self) -> None:
        if self.is_returned:
            raise WrongState("Usulan perubahan ini sedang dikembalikan; tunggu perbaikan unitnya.")

    def return_(self, *, by: access.Actor, seen: str, note: str) -> None:
        """An approver gives it back to the unit with a note; what is in force stays."""
        with register.act("revision.returned", self) as act:
            act.office = self._deciding(by, seen)
            self._must_not_be_returned()
            act.touch(self)
            record_step(act, self, StepKind.RETURNED, by=account(by), note=note)

    def amend(
        self,
        *,
        by: access.Actor,
        seen: str,
        new: Decimal | date | StatedClock,
        reason: str,
        document: str = "",
        baseline_by_clock: str = "",
        reply: str = "",
    ) -> TargetRevision:
        """The unit's head proposes it anew, improved, in one act: what was proposed before stays readable."""
        with register.act("revision.amended", self) as act:
            act.office = access.require_head(by, self.target.unit)
            self.must_match(seen)
            self._must_be_undecided()
            self.refused_at, self.refused_by, self.refusal_reason = act.at, account(by), f"{TAKEN_BACK} {AMENDED}"
            self.save()
            row = self.target.changed(self.field, new)
            row.baseline_by_clock = baseline_by_clock
            row.reason, row.document = reason_given(reason, "alasan perubahan"), document
            row.proposed_at, row.proposed_by, row.amends = act.at, account(by), self
            row.add()
            act.subject = row.object_name
            act.touch(self, row)
            record_step(act, row, StepKind.AMENDED, by=account(by), note=reply)
        return row

    def approve(self, *, by: access.Actor, seen: str) -> None:
        """Approves it: from now on the new value is in force; the original and the slip stay visible."""
        with register.act("revision.approved", self) as act:
            act.office = self._deciding(by, seen)
            self._must_not_be_returned()
            if not self.target.is_live:
                raise WrongState("Targetnya tidak lagi berjalan.")
            self.target.must_hold_with(self.field, self.clock or self.new)  # type: ignore[arg-type]
            self.approved_at, self.approved_by = act.at, account(by)
            self.save()
            act.touch(self)

    def refuse(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """Refuses it with a public reason; what is in force stays."""
        with register.act("revision.refused", self) as act:
            act.office = self._deciding(by, seen)
            self.refusal_reason = reason_given(reason, "alasan penolakan")
            self.refused_at, self.refused_by = act.at, account(by)
            self.save()
            act.touch(self)

    def take_back(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """The unit's head takes back what nobody has decided yet.

        What is in force stays, and the reason is public.
        """
        with register.act("revision.taken_back", self) as act:
            act.office = access.require_head(by, self.target.unit)
            self.must_match(seen)
            self._must_be_undecided()
            self.refusal_reason = f"{TAKEN_BACK} {reason_given(reason, 'alasan penarikan')}"
            self.refused_at, self.refused_by = act.at, account(by)
            self.save()
            act.touch(self)
