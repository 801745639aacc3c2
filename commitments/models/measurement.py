"""Measurements: the values that units send, and the acts on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from commitments.cases.typed_series import ALWAYS_ROUND, PutQuestion, of_typed
from commitments.evidence import personal_data
from commitments.evidence.deletion import no_copy_without_its_act
from commitments.models.decision import Decision, MeasurementState, Verdict
from commitments.models.proposal import account, reason_given
from commitments.models.querysets import MeasurementQuerySet
from commitments.models.target import ServiceTarget
from commitments.models.values import IMPOSSIBLE, NOT_POSSIBLE, Origin, value_field, within_digits
from commitments.periods import Period
from opd import access, clock, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered
from opd.register import batch
from opd.register.registered import all_or_none
from opd.register.triggers import Guard

if TYPE_CHECKING:
    from commitments.models.cases.case_file import CaseFile
    from commitments.models.cases.question import MeasurementQuestion
    from commitments.models.evidence import Evidence


def why_not_a_period(start: date, end: date) -> str:
    """The sentence why nobody can report these days today; "" when one can."""
    if start > end:
        return "Akhir periode mendahului awalnya."
    return "Periode belum selesai: akhirnya tidak boleh sesudah hari ini." if end > clock.today() else ""


class Measurement(Registered):
    """One value of one target over one period. Once submitted it never changes: a correction is a new version.

    `chain` is the identity of the first version and `version` its number there, so that "a later version"
    needs no recursion. What became of it is in `decisions`.
    """

    kind = "measurement"
    guard = Guard(
        draft="{row}.submitted_at IS NULL",
        fixed=("target_id", "chain", "version", "supersedes_id"),
        stamps=("redacted_at", "redacted_by_id", "redaction_reason"),
        erasable=("note",),
        inserts=(
            (
                "NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM commitments_measurement m"
                " WHERE m.id = NEW.supersedes_id AND m.target_id = NEW.target_id AND m.chain = NEW.chain"
                " AND m.version = NEW.version - 1 AND m.submitted_at IS NOT NULL)",
                "versi baru harus menyambung versi terkirim dari target yang sama",
            ),
            (
                "EXISTS (SELECT 1 FROM commitments_servicetarget t WHERE t.id = NEW.target_id"  # noqa: S608 - our names
                f" AND {IMPOSSIBLE.format(t='t', value='NEW.value')})",
                NOT_POSSIBLE,
            ),
            (
                "EXISTS (SELECT 1 FROM commitments_servicetarget t WHERE t.id = NEW.target_id"
                " AND t.lower_bound IS NOT NULL AND (NEW.value < t.lower_bound OR NEW.value > t.upper_bound))",
                "nilai ini di luar skala survei targetnya",
            ),
        ),
    )
    related = ("target__commitment", "supersedes", "drafted_by", "submitted_by", "redacted_by")

    target = models.ForeignKey(ServiceTarget, models.PROTECT, related_name="measurements", verbose_name="target")
    chain = models.UUIDField("rantai", editable=False)
    version = models.PositiveSmallIntegerField("versi", default=1, editable=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name="mengoreksi"
    )
    period_start = models.DateField("awal periode")
    period_end = models.DateField("akhir periode")
    value = value_field("realisasi")
    n = models.PositiveIntegerField("banyaknya data (n)", null=True, blank=True)
    method = texts.TextField("cara mengukur", blank=True, help_text="Tampil untuk publik.")
    note = texts.TextField("catatan untuk sekretariat", blank=True, help_text="Tidak tampil untuk publik.")
    origin = models.CharField("asal angka", max_length=8, choices=Origin, default=Origin.TYPED)
    on_behalf = models.BooleanField("atas nama unit", default=False, help_text="Diimpor sekretariat untuk unitnya.")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="penyusun")
    drafted_at = models.DateTimeField("disusun")
    submitted_at = models.DateTimeField("dikirim", null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pengirim"
    )
    redacted_at = models.DateTimeField("catatan dihapus", null=True, blank=True)
    redacted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="penghapus"
    )
    redaction_reason = texts.TextField("alasan penghapusan", blank=True, help_text="Tampil untuk publik.")

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ("submitted_at", "pk")
        verbose_name = "realisasi"
        verbose_name_plural = "realisasi"
        indexes = (models.Index(fields=("target", "period_end")), models.Index(fields=("submitted_at",)))
        constraints = (
            models.CheckConstraint(
                condition=Q(period_start__lte=F("period_end")),
                name="measurement_period_starts_before_it_ends",
                violation_error_message="Awal periode tidak boleh sesudah akhirnya.",
            ),
            models.CheckConstraint(
                condition=Q(n=None) | Q(n__gte=1),
                name="measurement_n_is_at_least_one",
                violation_error_message="Banyaknya data paling sedikit 1.",
            ),
            models.CheckConstraint(
                condition=within_digits("value"),
                name="measurement_value_has_at_most_15_digits_and_4_decimals",
                violation_error_message="Nilai paling banyak 15 angka, 4 di antaranya di belakang koma.",
            ),
            models.CheckConstraint(
                condition=all_or_none("submitted_at", "submitted_by"), name="measurement_submitted_by_someone"
            ),
            models.CheckConstraint(
                condition=all_or_none("redacted_at", "redacted_by", texts=("redaction_reason",)),
                name="measurement_redacted_by_someone_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None, version=1) | Q(supersedes__isnull=False, version__gt=1),
                name="measurement_version_counts_what_it_supersedes",
            ),
            models.UniqueConstraint(fields=("chain", "version"), name="measurement_version_once_in_its_chain"),
        )

    def __str__(self) -> str:
        return f"{self.target.reference} · {self.period_end}"

    @property
    def in_register(self) -> bool:
        return self.submitted_at is not None

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)

    def public_row(self) -> dict[str, Any]:
        return {
            "target": self.target.reference,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "value": self.value,
            "n": self.n,
            "method": self.method,
            "chain": self.chain,
            "version": self.version,
            "supersedes": self.supersedes.uuid if self.supersedes else None,
            "on_behalf": self.on_behalf,
            "submitted_at": self.submitted_at,
            "redacted_at": self.redacted_at,
            "redaction_reason": self.redaction_reason,
            **({"origin": self.origin} if self.is_computed else {}),  # older entries keep their bytes
        }

    @property
    def is_computed(self) -> bool:
        """Whether the register computed it from a case file."""
        return self.origin == Origin.COMPUTED

    def private_row(self) -> dict[str, str | None]:
        return {
            "note": self.note or None,
            "submitted_by": self.submitted_by.get_username() if self.submitted_by else None,
            "drafted_by": self.drafted_by.get_username(),
            "drafted_at": str(self.drafted_at.timestamp()),
            "redacted_by": self.redacted_by.get_username() if self.redacted_by else None,
        }

    def screen(self) -> dict[str, Any]:
        """What a verifier sees: the value, its evidence, what was decided, and the target in force."""
        return {
            **super().screen(),
            "evidence": [item.screen() for item in self.evidence_items()],
            "decisions": [item.public_row() for item in self.verdicts()],
            "target": self.target.in_force(),
            "questions": [item.public_row() for item in self.questions_on_record()],
            **({"case_file": self.case_file.public_row()} if self.is_computed else {}),
        }

    def evidence_items(self) -> list[Evidence]:
        """Its evidence, first attached first."""
        return batch.rows_of("evidence", "measurement_id", self.pk, lambda: list(self.evidence.all()))

    def questions_on_record(self) -> list[MeasurementQuestion]:
        """What the register asked about it."""
        return batch.rows_of("question", "measurement_id", self.pk, lambda: list(self.questions_asked.all()))

    def verdicts(self) -> list[Decision]:
        """The decisions about it, first decision first."""
        if not self.submitted_at:
            return []
        return batch.rows_of("decision", "measurement_id", self.pk, lambda: list(self.decisions.all()))

    @property
    def state(self) -> MeasurementState:
        """Its state as it stands now."""
        return MeasurementState.DRAFT if self.submitted_at is None else MeasurementState.of(self.verdicts())

    @property
    def is_pulled_back(self) -> bool:
        """Whether its own unit took it back, or corrected it before anybody decided."""
        return any(decision.own_unit for decision in self.verdicts())

    def _first_decision(self) -> Decision | None:
        return self.decisions.exclude(verdict=Verdict.REVOKED).first()

    @classmethod
    def draft(
        cls,
        *,
        by: access.Actor,
        target: ServiceTarget,
        corrects: Measurement | None = None,
        case_file: CaseFile | None = None,
        **facts: Any,
    ) -> Measurement:
        """Makes a draft: nobody outside the unit sees it, and the register does not know it.

        `corrects` is the submitted version that this one will supersede. What is computed from a `case_file` cannot
        be given. With `on_behalf` the roster keeper imports
        what the unit gave on paper.
        """
        if facts.get("on_behalf"):
            access.require_voice(by, target.unit, on_behalf=True)
        else:
            access.require_member(by, target.unit)
        if case_file:
            facts |= {**case_file.facts(), "origin": Origin.COMPUTED}
        elif corrects and corrects.is_computed:
            raise BadFact("Angka ini dihitung dari berkas kasus: koreksinya berkas kasus baru, bukan angka.")
        uuid: UUID = facts.pop("uuid", None) or clock.new_uuid()
        row = cls(
            uuid=uuid,
            target=target,
            supersedes=corrects,
            chain=corrects.chain if corrects else uuid,
            version=corrects.version + 1 if corrects else 1,
            drafted_by=account(by),
            drafted_at=clock.now(),
            **cls.stated(facts),
        )
        row._must_be_over()
        row.add()
        if case_file:
            case_file.belong_to(row)
        for kind in ("evidence", "decision", "question"):
            batch.remember_rows(kind, "measurement_id", row.pk, [])
        return row

    def clean(self) -> None:
        if why := self.target.why_impossible(self.value):
            raise ValidationError({"value": why})

    def _must_be_possible(self) -> None:
        """Refuses an impossible value that was written down before the rule: it can be neither sent nor verified."""
        if why := self.target.why_impossible(self.value):
            raise BadFact(why)

    def _must_be_over(self) -> None:
        if why := why_not_a_period(self.period_start, self.period_end):
            raise BadFact(why)

    def ask(self, answers: Mapping[str, str] | None = None) -> list[MeasurementQuestion]:
        """Puts the questions about this draft on record, with answers by their codes; earlier answers stay."""
        wanted, kept = self.questions_to_put(), {one.code: one for one in self.questions_on_record()}
        for code in kept.keys() - {one.code for one in wanted}:
            kept[code].delete()
        asked = []
        for one in wanted:
            row = kept.get(one.code) or self.questions_asked.model(measurement=self, code=one.code)
            row.text, row.rule = one.text, one.rule
            row.answer = (answers or {}).get(one.code, row.answer)
            row.add() if row.pk is None else row.save()
            asked.append(row)
        return asked

    def questions_to_put(self) -> list[PutQuestion]:
        """What the register asks about it, as it stands now."""
        if self.is_computed:
            return self.case_file.put_questions()
        sent = type(self).objects.filter(target=self.target, period_end__lt=self.period_end)
        newest = sent.exclude(submitted_at=None).exclude(chain=self.chain).order_by("-period_end", "-submitted_at")
        earlier = list(newest.values_list("value", flat=True)[: ALWAYS_ROUND - 1])
        return list(of_typed(self.value, self.target.in_force()["target_value"], earlier))

    def _must_be_what_was_computed(self) -> None:
        computed = self.case_file.facts()
        if any(getattr(self, name) != value for name, value in computed.items()):
            raise BadFact("Angka ini bukan yang dihitung dari berkas kasusnya.")
        self.case_file.must_be_new()

    def submit(self, *, by: access.Actor, seen: str) -> None:
        """Submits it: the head (or who imports it on the unit's behalf) states that it is true.

        An undecided version that it corrects is closed as returned by its own unit.
        """
        with register.act("measurement.submitted", self) as act:
            act.office = access.require_voice(by, self.target.unit, on_behalf=self.on_behalf)
            self.must_match(seen)
            if self.submitted_at:
                raise WrongState("Realisasi ini sudah dikirim.")
            if not self.target.is_live:
                raise WrongState("Target ini tidak sedang berjalan.")
            self._must_be_over()
            self._must_be_possible()
            asked = self.ask()
            if self.is_computed:
                self._must_be_what_was_computed()
                act.touch(self.case_file)
            if self.supersedes and self.supersedes.state == MeasurementState.SUBMITTED:
                act.touch(self.supersedes.decide(act, by, Verdict.RETURNED, own_unit=True))
            self.submitted_at, self.submitted_by = act.at, account(by)
            self.save(update_fields=["submitted_at", "submitted_by"])
            act.touch(self, *self.evidence_items(), *asked)

    def decide(
        self,
        act: register.RunningAct,
        by: access.Actor,
        verdict: Verdict,
        *,
        note: str = "",
        seen: str = "",
        own_unit: bool = False,
    ) -> Decision:
        """Adds one more decision on this version, with the digest of what was on the screen; part of an act."""
        return Decision.objects.create(
            measurement=self,
            verdict=verdict,
            note=note,
            by=account(by),
            office=act.office,
            at=act.at,
            seen=seen,
            own_unit=own_unit,
        )

    def pull_back(self, *, by: access.Actor, seen: str) -> Decision:
        """Pulls back what the head sent too early, as long as nobody has decided."""
        with register.act("measurement.pulled_back", self) as act:
            act.office = access.require_head(by, self.target.unit)
            self.must_match(seen)
            self._must_be_undecided()
            decision = self.decide(act, by, Verdict.RETURNED, seen=seen, own_unit=True)
            act.touch(decision)
        return decision

    def _must_be_undecided(self) -> None:
        if self.state != MeasurementState.SUBMITTED:
            raise WrongState(f"Realisasi ini tidak sedang menunggu keputusan: {self.get_state_label()}.")

    def get_state_label(self) -> str:
        return self.state.words(own_unit=self.is_pulled_back)

    def office_to_decide(self, by: access.Actor) -> str:
        """The office in which somebody may verify, return or reject it, or `WrongPerson`."""
        office = access.require_decider(by, access.VERIFIER, self.target.unit)
        access.require_other(by, self.submitted_by, self.drafted_by, what="Anda yang menyusun atau mengirimnya")
        return office

    def office_to_revoke(self, by: access.Actor) -> str:
        """The office in which somebody may revoke its verification, or `WrongPerson`."""
        office = access.require_decider(by, access.APPROVER, self.target.unit)
        first = self._first_decision()
        access.require_other(by, first.by if first else None, what="Anda yang memverifikasinya")
        access.require_other(by, self.submitted_by, what="Anda yang mengirimnya")
        return office

    def office_to_redact(self, by: access.Actor) -> str:
        """The office in which somebody may destroy its note, or `WrongPerson`."""
        return access.require_decider(by, access.APPROVER, self.target.unit)

    def _decided_by_secretariat(
        self,
        name: str,
        verdict: Verdict,
        by: access.Actor,
        seen: str,
        note: str,
        public: Mapping[UUID, bool] | None,
    ) -> Decision:
        opened = [item for item in self.evidence_items() if public and public.get(item.uuid)]
        hints = personal_data.hints_of_evidence(opened)  # before the register's lock: to read a file takes a while
        copies = {item.uuid: item.public_copy() for item in opened}  # so does drawing one
        with no_copy_without_its_act() as marked, register.act(name, self) as act:
            act.hints = hints
            act.office = self.office_to_decide(by)
            self.must_match(seen)
            self._must_be_undecided()
            if verdict == Verdict.VERIFIED:
                self._must_be_possible()
            for item in self.evidence_items():
                if public is not None:
                    marked.append(item)
                    item.mark(public=public.get(item.uuid, False), copy=copies.get(item.uuid, b""))
                act.touch(item)
            decision = self.decide(act, by, verdict, note=note, seen=seen)
            act.touch(decision)
        return decision

    def verify(
        self, *, by: access.Actor, seen: str, public: Mapping[UUID, bool] | None = None, note: str = ""
    ) -> Decision:
        """A verifier finds it true. `public`: evidence UUID -> whether everybody may see it; what is left out
        stays private.

        What seems to hold personal data is opened only inside `personal_data.explained`.
        """
        return self._decided_by_secretariat(
            "measurement.verified", Verdict.VERIFIED, by, seen, note.strip(), public or {}
        )

    def return_(self, *, by: access.Actor, seen: str, note: str) -> Decision:
        """Returns it to the unit with a reason that only the unit reads."""
        note = reason_given(note, "alasan pengembalian")
        return self._decided_by_secretariat("measurement.returned", Verdict.RETURNED, by, seen, note, None)

    def reject(self, *, by: access.Actor, seen: str, note: str) -> Decision:
        """Rejects it for good, with a reason."""
        note = reason_given(note, "alasan penolakan")
        return self._decided_by_secretariat("measurement.rejected", Verdict.REJECTED, by, seen, note, None)

    def revoke(self, *, by: access.Actor, seen: str, note: str) -> Decision:
        """Revokes a verification, by an approver, with a public reason. Final; the first decision stays on record."""
        note = reason_given(note, "alasan pencabutan")
        with register.act("measurement.revoked", self) as act:
            act.office = self.office_to_revoke(by)
            self.must_match(seen)
            if self.state != MeasurementState.VERIFIED:
                raise WrongState("Hanya realisasi yang terverifikasi yang dapat dicabut.")
            decision = self.decide(act, by, Verdict.REVOKED, note=note, seen=seen)
            act.touch(decision)
        return decision

    def redact_note(self, *, by: access.Actor, seen: str, reason: str) -> None:
        """Destroys the note because it holds personal data.

        Its digest stays, so that one sees that there was a note.
        """
        with register.act("measurement.redacted", self) as act:
            act.office = self.office_to_redact(by)
            self.must_match(seen)
            if not self.submitted_at or not self.note:
                raise WrongState("Tidak ada catatan yang dapat dihapus.")
            self.note, self.redacted_at, self.redacted_by = "", act.at, account(by)
            self.redaction_reason = reason_given(reason, "alasan penghapusan")
            self.save()
            act.touch(self)
