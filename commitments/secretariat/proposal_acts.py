"""What may be done at the desk with a proposal, as forms: publish, return, refuse, amend, take back, withdraw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User

from commitments.models import Commitment, ServiceTarget
from commitments.models.proposal import was_imported_by
from opd.errors import WrongRole
from opd.roster.decision_view import ActForm, ReasonField
from opd.roster.forms import DayInput
from opd.texts import LONGEST_TEXT, SHORTEST_REASON


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


class NoteField(forms.CharField):
    """Field for what has to be improved: the unit reads it, the public does not."""

    def __init__(self) -> None:
        super().__init__(
            label="Yang perlu diperbaiki",
            min_length=SHORTEST_REASON,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Dibaca pengusulnya, tidak oleh publik. Sebutkan isiannya dan bagaimana seharusnya.",
            error_messages={
                "required": "Tulis yang perlu diperbaiki.",
                "min_length": "Tulis yang perlu diperbaiki dengan jelas, sedikitnya 20 huruf.",
            },
        )


class ReturnProposalForm(ActForm):
    """Form to give a proposal back with a note."""

    slug, key = "kembalikan", "k"
    button = "Kembalikan"
    explains = "Pengusulnya membaca catatan Anda, lalu memperbaiki atau menarik usulannya."
    done = "Dikembalikan ke pengusulnya."

    note = NoteField()

    @staticmethod
    def may(user: User, row: Commitment | ServiceTarget) -> object:
        return row.office_to_publish(user)

    @staticmethod
    def fits(row: Commitment | ServiceTarget) -> bool:
        return row.is_waiting

    def save(self, *, by: User, seen: str) -> object:
        return self.row.return_(by=by, seen=seen, note=self.cleaned_data["note"])


class RefuseProposalForm(ActForm):
    """Form to refuse a proposal for good."""

    slug, key = "tolak", "t"
    button = "Tolak"
    explains = "Usulan ini berakhir; alasannya dibaca publik. Untuk yang dapat diperbaiki, kembalikan saja."
    done = "Usulan ditolak."
    grave = fresh = True

    reason = ReasonField()

    @staticmethod
    def may(user: User, row: Commitment | ServiceTarget) -> object:
        return row.office_to_publish(user)

    @staticmethod
    def fits(row: Commitment | ServiceTarget) -> bool:
        return row.is_undecided

    def save(self, *, by: User, seen: str) -> object:
        return self.row.refuse(by=by, seen=seen, reason=self.cleaned_data["reason"])


class ImporterAct(ActForm):
    """Base form of an act of the keeper who imported a proposal that nobody has decided yet."""

    @staticmethod
    def may(user: User, row: Commitment | ServiceTarget) -> object:
        if not was_imported_by(row, user):
            raise WrongRole("Ini diperbaiki atau ditarik kepala unitnya, atau pengelola data yang mengimpornya.")
        return row.office_to_amend(user)

    @staticmethod
    def fits(row: Commitment | ServiceTarget) -> bool:
        return row.is_undecided


class AmendProposalForm(ImporterAct):
    """Base form with the content of a proposal, filled in as it stands."""

    slug = "perbaiki"
    button = "Perbaiki"
    explains = "Isinya berganti, dan penyetuju membacanya lagi dari awal."
    done = "Usulan diperbaiki dan menunggu penyetuju."

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        copy = type(row).objects.get(pk=row.pk)  # a form writes on its instance: the row on the screen stays
        super().__init__(*args, row=row, instance=copy, **kwargs)

    def _post_clean(self) -> None:
        """Skips Django's check of the table's rules: the act checks them itself."""

    def save(self, *, by: User, seen: str) -> object:
        return self.row.amend(by=by, seen=seen, **self.cleaned_data)


class AmendCommitmentForm(AmendProposalForm, forms.ModelForm):  # type: ignore[misc]  # it saves an act
    class Meta:
        model = Commitment
        fields = ("title", "benefit", "dimension", "quick_win")


class AmendTargetForm(AmendProposalForm, forms.ModelForm):  # type: ignore[misc]  # it saves an act
    class Meta:
        model = ServiceTarget
        fields = (
            *("service", "family", "unit_of_measure", "statistic", "direction", "baseline_value", "baseline_on"),
            *("baseline_source", "baseline_method", "target_value", "min_change", "original_due_on", "cycle_days"),
            *("data_source", "known_limits", "lower_bound", "upper_bound"),
        )
        widgets = {"baseline_on": DayInput, "original_due_on": DayInput}


class TakeBackProposalForm(ImporterAct):
    slug = "tarik-usulan"
    button = "Tarik usulan"
    explains = "Usulan ini berakhir sebelum diputus. Isinya tidak pernah tampil untuk publik."
    done = "Usulan ditarik."
    grave = True

    reason = ReasonField()

    def save(self, *, by: User, seen: str) -> object:
        return self.row.withdraw(by=by, seen=seen, reason=self.cleaned_data["reason"])


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
