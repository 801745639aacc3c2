"""Targets: one figure that a unit commits to, from which baseline, by when, and its values in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Abs, Greatest, Least, Round
from django.urls import reverse

from commitments import ladder, periods
from commitments.ladder.statements import only_targets
from commitments.models.cases.stated_clock import ClockStart, ClockStop, ClockUnit, StatedClock, clock_of
from commitments.models.commitment import Commitment
from commitments.models.proposal import STAMPS, UNDECIDED, Proposal, account, reason_given
from commitments.models.querysets import TargetQuerySet
from commitments.models.revision import RevisedField, TargetRevision
from commitments.models.values import (
    IMPOSSIBLE,
    NOT_POSSIBLE,
    Direction,
    Family,
    Origin,
    Statistic,
    value_field,
    why_impossible,
    within_digits,
)
from commitments.numbers import as_typed
from commitments.periods import Period
from opd import access, clock, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Unit
from opd.register import batch
from opd.register.triggers import Guard

VALUE_COLUMNS = ("baseline_value", "target_value", "min_change", "lower_bound", "upper_bound")


class ServiceTarget(Proposal):
    """One measurable target. Its columns are the originals for ever; `revisions` say what is in force."""

    kind = "target"
    guard = Guard(
        stamps=(*STAMPS, "withdrawn_rung"),
        amendable=(
            *("service", "family", "unit_of_measure", "statistic", "direction", "baseline_value", "baseline_on"),
            *("baseline_source", "baseline_method", "target_value", "min_change", "original_due_on", "cycle_days"),
            *("data_source", "known_limits", "lower_bound", "upper_bound", "replaces_id", "proposed_by_id"),
            *("clock_start", "clock_stop", "clock_unit", "clock_pauses", "clock_limit"),
        ),
        amended_while=UNDECIDED,
        inserts=tuple(
            (f"NEW.statistic <> 'share' AND {IMPOSSIBLE.format(t='NEW', value=f'NEW.{column}')}", NOT_POSSIBLE)
            for column in ("baseline_value", "target_value")  # shares have a constraint of their own
        ),
    )
    related = ("commitment", "replaces", "proposed_by", "published_by", "withdrawn_by")

    reference = models.CharField("nomor", max_length=64, unique=True)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="targets", verbose_name="komitmen")
    service = texts.CharField(
        "layanan", max_length=160, shortest=2, help_text="Tampil untuk publik sesudah diumumkan."
    )
    family = models.CharField("rumpun", max_length=10, choices=Family)
    unit_of_measure = texts.CharField("satuan", max_length=60, help_text="Misalnya: hari kerja, berkas, %.")
    statistic = models.CharField("statistik", max_length=10, choices=Statistic)
    direction = models.CharField("arah", max_length=6, choices=Direction)
    baseline_value = value_field("nilai awal")
    baseline_on = models.DateField("tanggal nilai awal")
    baseline_source = texts.TextField(
        "sumber nilai awal", shortest=3, validators=[MinLengthValidator(3)], help_text="Tampil untuk publik."
    )
    baseline_method = texts.TextField("cara mengukur nilai awal", blank=True, help_text="Tampil untuk publik.")
    target_value = value_field("target")
    min_change = value_field("perubahan terkecil yang berarti", default=Decimal(0))
    lower_bound = value_field("skala terendah", null=True, blank=True)  # of a survey's scale; both or none
    upper_bound = value_field("skala tertinggi", null=True, blank=True)
    original_due_on = models.DateField("tenggat")
    cycle_days = models.PositiveSmallIntegerField("siklus lapor (hari)", default=ladder.REPORTING_CYCLE)
    data_source = texts.TextField("sumber data", blank=True, help_text="Tampil untuk publik.")
    known_limits = texts.TextField("keterbatasan data", blank=True, help_text="Tampil untuk publik.")
    clock_start = models.CharField("jam mulai", max_length=20, choices=ClockStart, blank=True)
    clock_stop = models.CharField("jam berhenti", max_length=20, choices=ClockStop, blank=True)
    clock_unit = models.CharField("satuan jam", max_length=10, choices=ClockUnit, blank=True)
    clock_pauses = models.BooleanField("jeda dikurangkan", default=False)
    clock_limit = value_field("batas waktu", null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="menggantikan"
    )
    withdrawn_rung = models.PositiveSmallIntegerField("anak tangga saat ditarik", null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta(Proposal.Meta):
        abstract = False
        ordering = ("reference",)
        verbose_name = "target layanan"
        verbose_name_plural = "target layanan"
        indexes = (models.Index(fields=("published_at", "withdrawn_at")),)
        constraints = (
            *Proposal.Meta.constraints,
            models.CheckConstraint(
                condition=Q(direction="lower", target_value__lt=F("baseline_value"))
                | Q(direction="higher", target_value__gt=F("baseline_value")),
                name="target_is_better_than_its_baseline",
                violation_error_message="Pilih arah; target harus lebih baik daripada nilai awal menurut arah itu.",
            ),
            models.CheckConstraint(
                condition=Q(min_change__gte=0)
                & Q(min_change__lte=Round(Abs(F("target_value") - F("baseline_value")), 4)),
                name="target_beats_baseline_by_the_minimum_change",
                violation_error_message="Target harus melampaui nilai awal sedikitnya sebesar perubahan terkecil.",
            ),
            models.CheckConstraint(
                condition=within_digits(*VALUE_COLUMNS),
                name="target_values_have_at_most_15_digits_and_4_decimals",
                violation_error_message="Nilai paling banyak 15 angka, 4 di antaranya di belakang koma.",
            ),
            models.CheckConstraint(
                condition=~Q(statistic="share")
                | Q(baseline_value__gte=0, baseline_value__lte=100, target_value__gte=0, target_value__lte=100),
                name="target_shares_lie_between_0_and_100",
                violation_error_message="Persen berada di antara 0 dan 100.",
            ),
            models.CheckConstraint(
                condition=Q(lower_bound=None, upper_bound=None)
                | Q(
                    lower_bound__isnull=False,
                    upper_bound__isnull=False,
                    lower_bound__lt=F("upper_bound"),
                    statistic=Statistic.SCORE,
                ),
                name="target_scale_has_two_ends_and_is_of_a_survey",
                violation_error_message="Skala hanya untuk nilai survei: yang terendah, lalu yang tertinggi.",
            ),
            models.CheckConstraint(
                condition=Q(lower_bound=None)
                | Q(
                    lower_bound__lte=Least(F("baseline_value"), F("target_value")),
                    upper_bound__gte=Greatest(F("baseline_value"), F("target_value")),
                ),
                name="target_scale_holds_its_values",
                violation_error_message="Nilai awal dan target harus berada di dalam skala surveinya.",
            ),
            models.CheckConstraint(
                condition=Q(cycle_days__gte=1) & Q(cycle_days__lte=ladder.LONGEST_CYCLE),
                name="target_reports_at_least_yearly",
            ),
            models.CheckConstraint(
                condition=Q(original_due_on__gt=F("baseline_on")),
                name="target_is_due_after_its_baseline",
                violation_error_message="Tenggat harus sesudah tanggal nilai awal.",
            ),
            models.CheckConstraint(
                condition=Q(clock_start="", clock_stop="", clock_unit="", clock_pauses=False, clock_limit=None)
                | ~Q(clock_start="") & ~Q(clock_stop="") & ~Q(clock_unit="") & Q(family=Family.FAST),
                name="target_clock_is_stated_as_a_whole",
                violation_error_message="Jam diisi lengkap: mulai, berhenti, satuannya; hanya pada target cepat.",
            ),
            models.CheckConstraint(
                condition=Q(clock_start="")
                | Q(statistic=Statistic.SHARE, clock_limit__gt=0)
                | ~Q(statistic=Statistic.SHARE) & Q(clock_limit=None),
                name="target_clock_has_a_limit_only_for_a_share",
                violation_error_message="Batas waktu diisi untuk bagian (persen), dan hanya untuk itu.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_rung=None) | Q(withdrawn_at__isnull=False, published_at__isnull=False),
                name="target_withdrawn_rung_only_when_withdrawn",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.service}"

    def get_absolute_url(self) -> str:
        return reverse("target", args=[self.reference])

    @property
    def public_name(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        bounds = {"lower_bound": self.lower_bound, "upper_bound": self.upper_bound}
        return {
            **(bounds if self.lower_bound is not None else {}),  # entries written before there were bounds have none
            "commitment": self.commitment.reference,
            "service": self.service,
            "family": self.family,
            "unit_of_measure": self.unit_of_measure,
            "statistic": self.statistic,
            "direction": self.direction,
            "baseline_value": self.baseline_value,
            "baseline_on": self.baseline_on,
            "baseline_source": self.baseline_source,
            "baseline_method": self.baseline_method,
            "target_value": self.target_value,
            "min_change": self.min_change,
            "original_due_on": self.original_due_on,
            "cycle_days": self.cycle_days,
            "data_source": self.data_source,
            "known_limits": self.known_limits,
            "replaces": self.replaces.reference if self.replaces else None,
            **self._clock_content(),
        }

    def _clock_content(self) -> dict[str, Any]:
        """The clock, where it was stated: entries from before these fields keep their bytes."""
        return self.stated_clock.as_fields() if self.stated_clock else {}

    @property
    def stated_clock(self) -> StatedClock | None:
        """The clock with which it was published."""
        return clock_of(self)

    @property
    def clock(self) -> StatedClock | None:
        """The clock that it was published with, or that was stated later; None while it is not explained.

        Where a queryset has annotated the one of a day (`with_clock`), it is that one.
        """
        if "clock_then" in self.__dict__:
            later = StatedClock.of_code(self.clock_then) if self.clock_then else None
        else:
            later = self._clock_of_revisions()
        return self.stated_clock or later

    clock_then: str | None  # annotated by `with_clock`

    @property
    def origin_words(self) -> str:
        """Where the value that counts comes from, as `tell_origins` found it; "" when there is none."""
        code = self.__dict__.get("origin_now")
        return str(Origin(code).label) if code else ""

    @property
    def lacks_clock(self) -> bool:
        """Whether it should have a clock and does not say it."""
        return self.family == Family.FAST and self.clock is None

    def _clock_of_revisions(self) -> StatedClock | None:
        stated = [one for one in self._approved_revisions() if one.field == RevisedField.CLOCK]
        return stated[0].clock if stated else None

    def _approved_revisions(self) -> list[TargetRevision]:
        """The approved revisions, first approved first."""
        proposed = batch.rows_of("revision", "target_id", self.pk, lambda: list(self.revisions.all()))
        approved = [one for one in proposed if one.approved_at]
        approved.sort(key=lambda one: (one.approved_at, one.uuid))
        return approved

    def public_row(self) -> dict[str, Any]:
        row = super().public_row()
        return {**row, "withdrawn_rung": self.withdrawn_rung} if self.published_at else row

    def why_impossible(self, value: Decimal) -> str:
        """The sentence why no measurement of this target can have this value; "" when one can."""
        low, high = self.lower_bound, self.upper_bound
        if low is not None and high is not None and not low <= value <= high:
            return f"Nilai survei ini berada di antara {as_typed(low)} dan {as_typed(high)}."
        return why_impossible(value, self.family, self.statistic, self.unit_of_measure)

    @property
    def lacks_bounds(self) -> bool:
        """Whether it is a survey's score on a scale that nobody has stated."""
        return self.statistic == Statistic.SCORE and (self.lower_bound is None or self.upper_bound is None)

    def periods_to_report(self, today: date) -> list[Period]:
        """The periods to choose from: finished ones of its cycle, newest first, then what runs, up to today.

        None that ended by the day of the baseline: it could never count.
        """
        reported = self.measurements.standing().aggregate(last=Max("period_end"))["last"]
        running = periods.until_today(self.cycle_days, today, after=max(self.baseline_on, reported or date.min))
        finished = periods.offered(self.cycle_days, today, after=self.baseline_on)
        return [*finished, *([running] if running else [])]

    def clean(self) -> None:
        """Checks values, cycle and day of the baseline, as far as they are known yet."""
        faults: dict[str, str] = {}
        for name in ("baseline_value", "target_value"):
            value = getattr(self, name)
            if value is not None and self.family in Family:  # not chosen yet: its own field says so
                faults[name] = self.why_impossible(value)
        if self.cycle_days and self.cycle_days > ladder.LONGEST_CYCLE:
            faults["cycle_days"] = f"Paling lama {ladder.LONGEST_CYCLE} hari."
        if self.baseline_on and self.baseline_on > clock.today():
            faults["baseline_on"] = "Tanggal nilai awal tidak boleh di masa depan."
        if self.stated_clock and (why := self.why_not_this_clock(self.stated_clock)):
            faults["clock_unit"] = why
        if wrong := {name: why for name, why in faults.items() if why}:
            raise ValidationError(wrong)

    def why_not_this_clock(self, stated: StatedClock) -> str:
        """The sentence why this clock cannot explain this target; "" when it can."""
        if self.family != Family.FAST:
            return "Jam hanya ada pada target cepat."
        if self.statistic not in (Statistic.MEDIAN, Statistic.MEAN, Statistic.P90, Statistic.SHARE):
            return "Dengan jam, statistiknya median, rata-rata, persentil 90, atau bagian (persen)."
        if (stated.limit is not None) != (self.statistic == Statistic.SHARE):
            return "Batas waktu diisi untuk bagian (persen), dan hanya untuk itu."
        if self.statistic != Statistic.SHARE and self.unit_of_measure not in stated.known_unit.explains:
            return f"Jam ini dalam {stated.unit_of_measure}, sedangkan target ini dalam {self.unit_of_measure}."
        return ""

    @property
    def owner(self) -> Unit:
        return self.commitment.owner

    @property
    def unit(self) -> Unit:
        """The unit that owes it today."""
        return self.owner

    def screen(self) -> dict[str, Any]:
        """The target with the revisions approved since: a change is asked of what is in force, not of the
        original."""
        return {**super().screen(), "in_force": self.in_force()}

    def standing(self) -> dict[str, Any]:
        """The changing part of it: how far it has come, and what is in force."""
        stamps = {name: getattr(self, name) for name in ("proposed_at", "published_at", "withdrawn_at")}
        return {**stamps, **self.in_force()}

    def in_force(self) -> dict[str, Any]:
        """Baseline, target, minimum change and due date as approved so far."""
        now: dict[str, Any] = {
            "baseline_value": self.baseline_value,
            "target_value": self.target_value,
            "min_change": self.min_change,
            "due_on": self.original_due_on,
        }
        changed = (one for one in self._approved_revisions() if one.field != RevisedField.CLOCK)
        return {**now, **{one.field: one.new for one in changed}}

    @classmethod
    def propose(
        cls, *, by: access.Actor, commitment: Commitment, on_behalf: bool = False, **facts: Any
    ) -> ServiceTarget:
        """A new target by the head of the unit that owes the commitment (or imported on its behalf)."""
        with register.act("target.proposed", "target") as act:
            if not ((running := batch.current()) and running.knows(commitment)):
                commitment.refresh_from_db()
            act.office = access.require_voice(by, commitment.owner, on_behalf=on_behalf)
            if commitment.withdrawn_at:
                raise WrongState("Komitmennya sudah ditarik.")
            replaces = facts.get("replaces")
            if replaces and not replaces.withdrawn_at:
                raise WrongState("Target yang digantikan harus ditarik dahulu.")
            number = commitment.targets.count() + 1
            row = cls(
                commitment=commitment,
                reference=f"{commitment.reference}-{number}",
                proposed_at=act.at,
                proposed_by=account(by),
                **cls.stated(facts),
            )
            if row.stated_clock:
                row.unit_of_measure = row.stated_clock.unit_of_measure
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row

    def publish(self, *, by: access.Actor, seen: str) -> None:
        """Makes it public, by an approver who did not propose it: from now on it is on the ladder."""
        with register.act("target.published", self) as act:
            act.office = self.approve_publication(by=by, seen=seen)
            if not self.commitment.is_live:
                raise WrongState("Umumkan komitmennya dahulu.")
            self.clean()
            self.published_at, self.published_by = act.at, account(by)
            self.save()
            act.touch(self)

    def return_(self, *, by: access.Actor, seen: str, note: str) -> None:
        """An approver gives the proposal back to its unit with a note."""
        self._returned("target.returned", by=by, seen=seen, note=note)

    def amend(self, *, by: access.Actor, seen: str, reply: str = "", **facts: Any) -> None:
        """The unit's head, or the keeper who imported it, improves the proposal before it is decided."""
        self._amended("target.amended", by=by, seen=seen, reply=reply, facts=facts)

    def refuse(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """An approver refuses the proposal with a public reason."""
        with register.act("target.refused", self) as act:
            self._refused(act, by=by, seen=seen, reason=reason)
            self.close(act=act, by=account(by), reason=reason_given(reason, "alasan penolakan"))

    def withdraw(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """Withdraws it with a public reason.

        Withdrawn below rung 4, it keeps its unit below 4 until it is replaced.
        """
        with register.act("target.withdrawn", self) as act:
            act.office = self.approve_withdrawal(by=by, seen=seen)
            self.close(act=act, by=account(by), reason=reason_given(reason, "alasan penarikan"))

    def close(self, *, act: register.RunningAct, by: User, reason: str) -> None:
        """Ends this target as part of an act that withdraws it, or the whole commitment."""
        if self.published_at:
            narrowed, day = only_targets([self.pk]), clock.day_of(act.at)
            before = type(self).objects.filter(pk=self.pk).with_rung(day, until=act.at, narrowed=narrowed)
            self.withdrawn_rung = before.values_list("rung", flat=True).first() or ladder.Rung.MEASURABLE
        self.withdrawn_at, self.withdrawn_by, self.withdrawal_reason = act.at, by, reason
        self.save()
        act.touch(self)

    def revise(
        self,
        *,
        by: access.Actor,
        seen: str,
        field: str,
        new: Decimal | date | StatedClock,
        reason: str,
        document: str = "",
        baseline_by_clock: str = "",
    ) -> TargetRevision:
        """The head proposes to change what is in force; an approver decides. The original stays."""
        with register.act("revision.proposed", self) as act:
            act.office = access.require_head(by, self.unit)
            self.must_match(seen)
            row = self.changed(field, new)
            row.baseline_by_clock = baseline_by_clock
            row.reason, row.document = reason_given(reason, "alasan perubahan"), document
            row.proposed_at, row.proposed_by = act.at, account(by)
            row.add()
            act.subject = row.object_name
            act.touch(row)
        return row

    def changed(
        self, field: str, new: Decimal | date | StatedClock, *, instead_of: TargetRevision | None = None
    ) -> TargetRevision:
        """The revision for a new value, not saved; raises the reason if the target cannot be changed so."""
        if not self.is_live:
            raise WrongState("Hanya target yang sedang berjalan yang dapat diubah.")
        others = self.revisions.undecided().filter(field=field)
        if (others.exclude(pk=instead_of.pk) if instead_of else others).exists():
            raise WrongState("Usulan perubahan atas isian ini masih menunggu keputusan.")
        if field not in RevisedField.values:
            raise BadFact("Yang dapat diubah hanya tenggat, target, nilai awal, perubahan terkecil, dan jam.")
        row = TargetRevision(target=self, field=field)
        row.set_change(old=self.in_force().get(field), new=new)
        self.must_hold_with(field, new)
        return row

    def must_hold_with(self, field: str, new: Decimal | date | StatedClock) -> None:
        """Refuses a revision after which the target would not be better than its baseline by the minimum change,
        and a second clock: another clock is another target."""
        if isinstance(new, StatedClock):
            if self.clock:
                raise BadFact("Jam target ini sudah dinyatakan dan tidak berubah. Jam lain adalah target lain.")
            if why := self.why_not_this_clock(new):
                raise BadFact(why)
            return
        then = {**self.in_force(), field: new}
        gain = Direction(self.direction).sign * (then["target_value"] - then["baseline_value"])
        if gain <= 0 or gain < then["min_change"] or then["min_change"] < 0:
            raise BadFact("Sesudah perubahan, target tidak lagi melampaui nilai awal sebesar perubahan terkecil.")
        if isinstance(new, Decimal) and field != RevisedField.MIN_CHANGE and (why := self.why_impossible(new)):
            raise BadFact(why)
        if then["due_on"] <= self.baseline_on:
            raise BadFact("Tenggat harus sesudah tanggal nilai awal.")
