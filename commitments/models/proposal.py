"""What commitments and targets share: proposed, returned, amended, published, refused, withdrawn, with four eyes."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import F, Q
from django.http import QueryDict

from opd import access, clock, register, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered, Unit, UnitChange
from opd.register.canonical import canonical
from opd.register.registered import all_or_none
from opd.texts import SHORTEST_REASON

SUBJECTS = ("commitment", "target", "revision", "unit_change")  # each the kind of a row, and a column here


def reason_given(text: str, what: str) -> str:
    """The reason without extra spaces; BadFact when it is too short."""
    text = " ".join(texts.tidy(text).split())
    if len(text) < SHORTEST_REASON:
        raise BadFact(f"Tulis {what} dengan jelas, sedikitnya {SHORTEST_REASON} huruf: publik membacanya.")
    return text


def account(by: access.Actor) -> User:
    """The account of the person who acts; the loader of sourced facts may not act on commitments."""
    if not isinstance(by, User):
        raise BadFact("Tindakan ini memerlukan akun seseorang.")
    return by


class StepKind(models.TextChoices):
    RETURNED = "returned", "dikembalikan"
    AMENDED = "amended", "diperbaiki"
    REFUSED = "refused", "ditolak"


class ProposalStep(Registered):
    """A step of a proposal on its way to a decision, with what was said. Only the reason of a refusal is public."""

    kind = "proposal_step"
    related = ("commitment", "target", "revision", "unit_change", "by")

    commitment = models.ForeignKey(
        "commitments.Commitment", models.PROTECT, null=True, related_name="steps", verbose_name="komitmen"
    )
    target = models.ForeignKey(
        "commitments.ServiceTarget", models.PROTECT, null=True, related_name="steps", verbose_name="target"
    )
    revision = models.ForeignKey(
        "commitments.TargetRevision", models.PROTECT, null=True, related_name="steps", verbose_name="perubahan target"
    )
    unit_change = models.ForeignKey(
        UnitChange, models.PROTECT, null=True, related_name="steps", verbose_name="perubahan unit"
    )
    step = models.CharField("langkah", max_length=10, choices=StepKind)
    note = texts.TextField("catatan", blank=True)
    office = texts.CharField("jabatan", max_length=80)
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="oleh")

    class Meta:
        ordering = ("at", "pk")
        verbose_name = "langkah usulan"
        verbose_name_plural = "langkah usulan"
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    *(Q(**{f"{other}__isnull": other != subject for other in SUBJECTS}) for subject in SUBJECTS),
                    _connector=Q.OR,
                ),
                name="proposal_step_about_one_proposal",
            ),
            models.CheckConstraint(
                condition=Q(step=StepKind.AMENDED) | ~Q(note=""), name="proposal_step_returned_or_refused_with_a_note"
            ),
        )

    def __str__(self) -> str:
        return f"{self.about} {self.get_step_display()}"

    @property
    def about(self) -> Registered:
        """The commitment, target, revision or unit change that it is about."""
        about: Registered = next((one for name in SUBJECTS if (one := getattr(self, name))), None)  # type: ignore[assignment]
        return about

    @property
    def is_public(self) -> bool:
        return self.step == StepKind.REFUSED

    def public_row(self) -> dict[str, Any]:
        return {
            "about": self.about.object_name,
            "step": self.step,
            "office": self.office,
            "at": self.at,
            "reason": self.note if self.is_public else None,
        }

    def private_row(self) -> dict[str, str | None]:
        return {"by": self.by.get_username(), "note": None if self.is_public else self.note or None}


def record_step(act: register.RunningAct, about: Any, step: StepKind, *, by: User, note: str) -> ProposalStep:
    """Records a step as part of an act; what an office answers to a unit is written so that it can be acted on."""
    note = " ".join(texts.tidy(note).split()) if step != StepKind.REFUSED else note
    if step == StepKind.RETURNED and len(note) < SHORTEST_REASON:
        raise BadFact(f"Tulis yang perlu diperbaiki dengan jelas, sedikitnya {SHORTEST_REASON} huruf.")
    row = ProposalStep(step=step, note=note, office=act.office, at=act.at, by=by, **{about.kind: about})
    row.add()
    act.touch(row)
    return row


def steps_of(row: Any) -> list[ProposalStep]:
    """What was said and done about a proposal, oldest first."""
    if row.pk is None:
        return []
    return sorted(row.steps.all(), key=lambda step: (step.at, step.pk))


def conversation(row: Any) -> list[ProposalStep]:
    """The steps of a proposal and of those that it amends, oldest first."""
    before = getattr(row, "amends", None)
    return [*(conversation(before) if before else []), *steps_of(row)]


def is_returned(row: Any) -> bool:
    """Whether the last step gave it back."""
    steps = steps_of(row)
    return bool(steps) and steps[-1].step == StepKind.RETURNED


def steps_on_screen(row: Any) -> dict[str, Any]:
    """Part of the screen of a proposal: nothing while nothing was said."""
    steps = [{"step": one.step, "note": one.note, "at": one.at} for one in steps_of(row)]
    return {"steps": steps} if steps else {}


def was_imported_by(row: Any, by: access.Actor) -> bool:
    """Whether this keeper proposed it on behalf of the unit; whoever amends it becomes its proposer."""
    is_keeper = isinstance(by, User) and access.KEEPER in access.roles_of(by)
    return is_keeper and row.proposed_by == by and not access.serves(by, row.owner, access.HEAD_ROLE)  # type: ignore[arg-type]


REFUSAL = "alasan penolakan"
UNDECIDED = "{row}.published_at IS NULL AND {row}.withdrawn_at IS NULL"
STAMPS = ("published_at", "published_by_id", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason")


class Proposal(Registered):
    """Base class of what a unit proposes, an approver publishes, and somebody withdraws with a public reason.

    Until published, its content enters the register only as a digest.
    """

    proposed_at = models.DateTimeField("diusulkan")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="pengusul")
    published_at = models.DateTimeField("diumumkan", null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="yang mengumumkan"
    )
    withdrawn_at = models.DateTimeField("ditarik", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="yang menarik"
    )
    withdrawal_reason = texts.TextField("alasan penarikan", blank=True, help_text="Tampil untuk publik.")

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.CheckConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | (Q(published_at__isnull=False, published_by__isnull=False) & ~Q(published_by=F("proposed_by"))),
                name="%(class)s_published_by_someone_other_than_its_proposer",
                violation_error_message="Pengusul tidak boleh mengumumkan usulannya sendiri.",
            ),
            models.CheckConstraint(
                condition=all_or_none("withdrawn_at", "withdrawn_by", texts=("withdrawal_reason",)),
                name="%(class)s_withdrawn_by_someone_with_a_reason",
                violation_error_message="Penarikan memerlukan alasan.",
            ),
        )

    @property
    def is_live(self) -> bool:
        """Published and not withdrawn, as the row stands now."""
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_undecided(self) -> bool:
        """Neither published nor withdrawn, as the row stands now: it waits for an approver, or for its unit."""
        return self.published_at is None and self.withdrawn_at is None

    @property
    def is_returned(self) -> bool:
        """Whether an approver gave it back and it waits for its unit."""
        return self.is_undecided and is_returned(self)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for an approver."""
        return self.is_undecided and not is_returned(self)

    def is_withdrawn_by(self, day: date) -> bool:
        """Whether it was withdrawn by the end of a day."""
        return clock.is_known(self.withdrawn_at, day)

    def content(self) -> dict[str, Any]:
        """The columns that become public with publication."""
        raise NotImplementedError  # abstract: Django's models take no ABC

    def public_row(self) -> dict[str, Any]:
        stamps = {
            "proposed_at": self.proposed_at,
            "published_at": self.published_at,
            "withdrawn_at": self.withdrawn_at,
        }
        if self.published_at is None:
            return stamps
        return {**self.content(), **stamps, "withdrawal_reason": self.withdrawal_reason}

    def private_row(self) -> dict[str, str | None]:
        who = {
            "proposed_by": self.proposed_by.get_username(),
            "published_by": self.published_by.get_username() if self.published_by else None,
            "withdrawn_by": self.withdrawn_by.get_username() if self.withdrawn_by else None,
        }
        if self.published_at is None:
            who["content"] = canonical({**self.content(), "withdrawal_reason": self.withdrawal_reason})
        return who

    @property
    def owner(self) -> Unit:
        """The unit that owes it today."""
        raise NotImplementedError  # abstract: Django's models take no ABC

    def office_to_publish(self, by: access.Actor) -> str:
        """The office in which somebody may announce it, or `WrongPerson`."""
        office = access.require_decider(by, access.APPROVER, self.owner)
        access.require_other(by, self.proposed_by, what="Anda yang mengusulkan")
        return office

    def office_to_amend(self, by: access.Actor) -> str:
        """The office in which somebody may amend it or take it back before it is decided: the unit's head, or the
        keeper who imported it."""
        return access.require_voice(by, self.owner, on_behalf=was_imported_by(self, by))

    def office_to_withdraw(self, by: access.Actor) -> str:
        """The office in which somebody may withdraw it: an approver once published, its proposer before."""
        if self.published_at is None:
            return self.office_to_amend(by)
        return access.require_decider(by, access.APPROVER, self.owner)

    def approve_publication(self, *, by: access.Actor, seen: str) -> str:
        """The approver's office, after person, screen and state have been checked."""
        office = self.office_to_publish(by)
        self.must_match(seen)
        self.must_be_undecided()
        if self.is_returned:
            raise WrongState("Usulan ini sedang dikembalikan; tunggu perbaikan unitnya.")
        return office

    def must_be_undecided(self) -> None:
        if not self.is_undecided:
            raise WrongState("Usulan ini sudah diputus atau ditarik.")

    def screen(self) -> dict[str, Any]:
        """The row with what was said about it so far."""
        return {**super().screen(), **steps_on_screen(self)}

    def _returned(self, act_name: str, *, by: access.Actor, seen: str, note: str) -> None:
        """Gives it back to its unit with a note; nothing else changes."""
        with register.act(act_name, self) as act:
            act.office = self.office_to_publish(by)
            self.must_match(seen)
            self.must_be_undecided()
            if self.is_returned:
                raise WrongState("Usulan ini sudah dikembalikan; tunggu perbaikan unitnya.")
            act.touch(self)
            record_step(act, self, StepKind.RETURNED, by=account(by), note=note)

    def _amended(self, act_name: str, *, by: access.Actor, seen: str, reply: str = "", facts: dict[str, Any]) -> None:
        """Changes its content before it is decided; whoever amends it becomes its proposer."""
        with register.act(act_name, self) as act:
            act.office = self.office_to_amend(by)
            self.must_match(seen)
            self.must_be_undecided()
            if unknown := facts.keys() - {column.removesuffix("_id") for column in self.guard.amendable}:
                raise BadFact(f"Tidak dapat diperbaiki dari sini: {', '.join(sorted(unknown))}.")
            for column, value in facts.items():
                setattr(self, column, value)
            self.proposed_by = account(by)
            self.full_clean()
            self.save()
            act.touch(self)
            record_step(act, self, StepKind.AMENDED, by=account(by), note=reply)

    def _refused(self, act: register.RunningAct, *, by: access.Actor, seen: str, reason: str) -> None:
        """Refuses it with a public reason, as part of an act."""
        act.office = self.office_to_publish(by)
        self.must_match(seen)
        self.must_be_undecided()
        record_step(act, self, StepKind.REFUSED, by=account(by), note=reason_given(reason, REFUSAL))

    def approve_withdrawal(self, *, by: access.Actor, seen: str) -> str:
        """The office that withdraws, after person, screen and state have been checked."""
        office = self.office_to_withdraw(by)
        self.must_match(seen)
        if self.withdrawn_at:
            raise WrongState("Ini sudah ditarik sebelumnya.")
        return office


class ProposalDraft(models.Model):
    """The draft of a proposal: its form as filled in, at its address in the workspace.

    No fact yet: only the unit sees it, the register does not know it, and the head sends the form like any other.
    """

    uuid = models.UUIDField("pengenal")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="proposal_drafts", verbose_name="unit")
    path = models.CharField("alamat formulir", max_length=200)
    title = texts.CharField("judul", max_length=300)
    typed = models.TextField("isian")
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="penyusun")
    kept_at = models.DateTimeField("disusun")

    class Meta:
        db_table = "commitments_plandraft"  # its name before
        ordering = ("kept_at", "pk")
        verbose_name = "konsep usulan"
        verbose_name_plural = "konsep usulan"
        constraints = (models.UniqueConstraint(fields=("unit", "uuid"), name="plan_draft_once_in_its_unit"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address of the filled-in form."""
        return f"{self.path}?{urlencode({'unit': self.unit.code, 'konsep': self.uuid})}"

    @property
    def fields(self) -> QueryDict:
        return QueryDict(self.typed)

    @classmethod
    def keep(
        cls, *, by: access.Actor, unit: Unit, uuid: UUID, path: str, title: str, fields: QueryDict
    ) -> ProposalDraft:
        """Saves the draft; it belongs to the person of the unit who saved it last."""
        with transaction.atomic():
            access.require_member(by, unit)
            facts = {"path": path, "title": title[:300], "typed": fields.urlencode()}
            row, _ = cls.objects.update_or_create(
                unit=unit, uuid=uuid, defaults={**facts, "kept_by": account(by), "kept_at": clock.now()}
            )
        return row

    def discard(self, *, by: access.Actor) -> None:
        access.require_member(by, self.unit)
        self.delete()
