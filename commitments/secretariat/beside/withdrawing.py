"""The form that withdraws a row which was entered by mistake, with its reason and its source."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User

from commitments.models.beside.withdrawable import WithdrawableRow
from opd.roster.decision_view import ReasonField
from opd.roster.forms import KeeperAct


class WithdrawMistakenForm(KeeperAct):
    """Base form; each kind of row says in its own words what happens."""

    slug = "cabut"
    grave = True

    reason = ReasonField()
    source = forms.CharField(
        label="Sumbernya",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Dokumen atau berita yang menunjukkan kekeliruannya. Tampil untuk publik.",
    )

    @staticmethod
    def fits(row: WithdrawableRow) -> bool:
        return row.stands

    def save(self, *, by: User, seen: str) -> object:
        return self.row.withdraw(by=by, seen=seen, **self.cleaned_data)
