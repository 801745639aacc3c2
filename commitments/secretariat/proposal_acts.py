"""What an approver may do with a commitment or a target, as forms: publish it, or withdraw it."""

from __future__ import annotations

from django.contrib.auth.models import User

from commitments.models import Commitment, ServiceTarget
from opd.roster.decision_view import ActForm, ReasonField


class ProposalAct(ActForm):
    """Base form of an act of an approver on a commitment or a target."""

    fresh = True


class PublishForm(ProposalAct):
    slug, key = "umumkan", "u"
    button = "Umumkan"

    @staticmethod
    def may(user: User, row: Commitment | ServiceTarget) -> object:
        return row.office_to_publish(user)

    @staticmethod
    def fits(row: Commitment | ServiceTarget) -> bool:
        return row.is_waiting

    def save(self, *, by: User, seen: str) -> object:
        return self.row.publish(by=by, seen=seen)


class PublishCommitmentForm(PublishForm):
    explains = (
        "Sejak itu publik membacanya, bersama target yang diusulkan dengannya; target itu langsung ada di tangga."
    )
    done = "Komitmen diumumkan, bersama targetnya."

    def save(self, *, by: User, seen: str) -> object:
        return self.row.announce(by=by, seen=seen)


class PublishTargetForm(PublishForm):
    explains = "Sejak itu target ini ada di tangga bukti, dan yang asli tidak dapat diubah lagi."
    done = "Target diumumkan."


class WithdrawForm(ProposalAct):
    slug = "tarik"
    grave = True

    reason = ReasonField()

    @staticmethod
    def may(user: User, row: Commitment | ServiceTarget) -> object:
        return row.office_to_withdraw(user)

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
