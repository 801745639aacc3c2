"""What an approver may do with a commitment or a target, as forms: publish it, or withdraw it."""

from __future__ import annotations

from django.contrib.auth.models import User

from commitments.models import Commitment, ServiceTarget
from commitments.secretariat.queue import DECIDERS
from opd import access
from opd.roster.decision_view import ActForm, ReasonField


class ProposalAct(ActForm):
    """Base form of an act of an approver on a commitment or a target."""

    offered_to = DECIDERS[access.APPROVER]
    fresh = True

    @staticmethod
    def may(user: User, row: Commitment | ServiceTarget) -> object:
        unit = row.owner if isinstance(row, Commitment) else row.unit
        return access.require_decider(user, access.APPROVER, unit)


class PublishForm(ProposalAct):
    slug, key = "umumkan", "u"
    button = "Umumkan"

    @staticmethod
    def fits(row: Commitment | ServiceTarget) -> bool:
        return row.is_waiting

    def save(self, *, by: User, seen: str) -> object:
        return self.row.publish(by=by, seen=seen)


class PublishCommitmentForm(PublishForm):
    explains = "Sejak itu publik membacanya. Targetnya diumumkan sendiri-sendiri."
    done = "Komitmen diumumkan."


class PublishTargetForm(PublishForm):
    explains = "Sejak itu target ini ada di tangga bukti, dan yang asli tidak dapat diubah lagi."
    done = "Target diumumkan."


class WithdrawForm(ProposalAct):
    slug = "tarik"
    grave = True

    reason = ReasonField()

    @staticmethod
    def fits(row: Commitment | ServiceTarget) -> bool:
        return row.is_live

    def save(self, *, by: User, seen: str) -> object:
        return self.row.withdraw(by=by, seen=seen, reason=self.cleaned_data["reason"])


class WithdrawCommitmentForm(WithdrawForm):
    button = "Tarik komitmen"
    explains = "Semua targetnya yang berjalan ikut ditarik; alasannya dibaca publik."
    done = "Komitmen ditarik."


class WithdrawTargetForm(WithdrawForm):
    button = "Tarik target"
    explains = "Ditarik sebelum Tercapai, target ini menahan unitnya di bawah Tercapai sampai ada penggantinya."
    done = "Target ditarik."
