"""What commitments and targets share: proposed, published, withdrawn, by whom and when, with four eyes."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import F, Q
from django.http import QueryDict

from opd import access, clock, texts
from opd.errors import BadFact, WrongState
from opd.models import Registered, Unit
from opd.register.canonical import canonical
from opd.register.registered import all_or_none
from opd.texts import SHORTEST_REASON


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
    def is_waiting(self) -> bool:
        return self.published_at is None and self.withdrawn_at is None

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

    def office_to_withdraw(self, by: access.Actor) -> str:
        """The office in which somebody may withdraw it: an approver once published, the unit's head before."""
        if self.published_at is None:
            return access.require_head(by, self.owner)
        return access.require_decider(by, access.APPROVER, self.owner)

    def approve_publication(self, *, by: access.Actor, seen: str) -> str:
        """The approver's office, after person, screen and state have been checked."""
        office = self.office_to_publish(by)
        self.must_match(seen)
        if not self.is_waiting:
            raise WrongState("Usulan ini sudah diputus atau ditarik.")
        return office

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
