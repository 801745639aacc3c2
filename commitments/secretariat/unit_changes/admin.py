"""Admin page of unit changes: an approver confirms, and open commitments move to the successor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from commitments.models import Commitment, Inheritance, transfer
from commitments.models.proposal import conversation, is_returned
from commitments.secretariat.proposal_acts import NoteField
from commitments.secretariat.unit_changes.propose import unit_change_propose
from commitments.secretariat.work.queue import WAITING_CHOICE, AgeFilter, MineFilter, QueueFilter
from opd import access
from opd.models import Unit, UnitChange
from opd.roster.decision_view import ActForm, DecisionView, ReasonField
from opd.roster.forms import standing_units, unit_choices
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, address, fact, for_keepers


class ConfirmChangeForm(ActForm):
    """Form with the heirs of open commitments made since the proposal, where there are several successors."""

    slug = "sahkan"
    button = "Sahkan"
    explains = "Unit asal berakhir pada hari itu dan komitmennya yang terbuka pindah ke penerusnya."
    done = "Perubahan unit disahkan."
    grave = fresh = True

    def __init__(self, *args: Any, row: UnitChange, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.heirs = {unit.code: unit for unit in row.successors.all()}
        undecided = transfer.undecided(row)
        if undecided and not self.heirs:
            self.heirs = standing_units()
        for commitment in undecided:
            self.fields[commitment.reference] = forms.ChoiceField(
                label=f"Penerus {commitment}", choices=unit_choices(self.heirs)
            )

    @staticmethod
    def fits(row: UnitChange) -> bool:
        return row.is_undecided and not is_returned(row)

    @staticmethod
    def may(user: User, row: UnitChange) -> object:
        return transfer.office_to_confirm(row, user)

    def save(self, *, by: User, seen: str) -> object:
        heirs = {reference: self.heirs[code] for reference, code in self.cleaned_data.items()}
        return transfer.confirm(self.row, by=by, seen=seen, heirs=heirs)


class ReturnChangeForm(ActForm):
    slug, key = "kembalikan", "k"
    button = "Kembalikan"
    explains = "Pengelola data membaca catatan Anda, lalu memperbaiki atau menarik usulannya. Belum ada yang berubah."
    done = "Dikembalikan ke pengusulnya."

    note = NoteField()

    @staticmethod
    def fits(row: UnitChange) -> bool:
        return row.is_undecided and not is_returned(row)

    @staticmethod
    def may(user: User, row: UnitChange) -> object:
        return transfer.office_to_confirm(row, user)

    def save(self, *, by: User, seen: str) -> None:
        transfer.return_(self.row, by=by, seen=seen, note=self.cleaned_data["note"])


class RefuseChangeForm(ActForm):
    slug, key = "tolak", "t"
    button = "Tolak"
    explains = "Usulan ini berakhir: tidak ada unit atau komitmen yang pindah. Alasannya dibaca publik."
    done = "Perubahan unit ditolak."
    grave = True

    reason = ReasonField()

    @staticmethod
    def fits(row: UnitChange) -> bool:
        return row.is_undecided

    @staticmethod
    def may(user: User, row: UnitChange) -> object:
        return transfer.office_to_confirm(row, user)

    def save(self, *, by: User, seen: str) -> None:
        transfer.refuse(self.row, by=by, seen=seen, reason=self.cleaned_data["reason"])


class TakeBackChangeForm(ActForm):
    slug = "tarik"
    button = "Tarik usulan"
    explains = "Usulan ini berakhir sebelum diputus; alasannya dibaca publik."
    done = "Usulan ditarik."

    reason = ReasonField()

    @staticmethod
    def fits(row: UnitChange) -> bool:
        return row.is_undecided

    @staticmethod
    def may(user: User, row: UnitChange) -> object:
        return transfer.office_to_take_back(row, user)

    def save(self, *, by: User, seen: str) -> None:
        transfer.take_back(self.row, by=by, seen=seen, reason=self.cleaned_data["reason"])


class UnitChangeQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu pengesahan", lambda rows: rows.waiting()),
        ("dikembalikan", "dikembalikan", lambda rows: rows.returned()),
        ("ditolak", "ditolak atau ditarik", lambda rows: rows.exclude(refused_at=None)),
        ("sah", "disahkan", lambda rows: rows.exclude(confirmed_at=None)),
    )


def _moves(commitment: Commitment, heir: Unit | None) -> str:
    return f"{commitment} → {heir} ({heir.code})" if heir else str(commitment)


class UnitChangeView(DecisionView):
    template_name = "secretariat/unit_change_decide.html"
    acts = (ConfirmChangeForm, ReturnChangeForm, RefuseChangeForm, TakeBackChangeForm)
    labels = {
        "moving": "komitmen yang pindah",
        "undecided": "penerusnya belum ditentukan",
        **{str(value): str(label) for value, label in UnitChange.Change.choices},
    }

    def queue(self) -> QuerySet[UnitChange]:
        return UnitChange.objects.waiting().order_by("proposed_at", "pk")

    def depends_on(self) -> tuple[str, ...]:
        moving = transfer.heirs_of_open_commitments(self.object)
        return (str(self.object.uuid), *(commitment.reference for commitment, _ in moving))

    def facts(self) -> list[LabelledFact]:
        row = self.object
        ends = [LabelledFact("unit asal", str(unit), address(unit)) for unit in row.predecessors.all()]
        heirs = [LabelledFact("unit penerus", str(unit), address(unit)) for unit in row.successors.all()]
        moving = [
            LabelledFact("komitmen yang pindah", _moves(commitment, heir), address(commitment))
            for commitment, heir in (transfer.heirs_of_open_commitments(row) if row.is_undecided else [])
        ]
        return [fact(row, "change"), *ends, *heirs, *super().facts(), *moving]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        before, after = (", ".join(map(str, units.all())) for units in (row.predecessors, row.successors))
        title = f"{row.get_change_display().capitalize()}: {before}{' → ' if after else ''}{after}"
        may_amend = row.is_undecided and access.allows(transfer.office_to_take_back, row, self.request.user)
        return super().get_context_data(title=title, talk=conversation(row), may_amend=may_amend, **kwargs)


@admin.register(UnitChange)
class UnitChangeAdmin(ReadOnlyAdmin):
    row_view = UnitChangeView
    tools = (("Ubah nama, gabung, pecah, bubarkan", "admin:opd_unitchange_susun"),)
    list_display = ("change", "on", "units", "proposed_at", "confirmed_at")
    list_filter = (UnitChangeQueue, MineFilter, AgeFilter, "change")
    search_fields = ("legal_basis",)
    to_unit = ("predecessors", "successors")
    fields = (
        "on",
        "legal_basis",
        "proposed_at",
        "proposed_by",
        "confirmed_at",
        "confirmed_by",
        "refused_at",
        "refusal_reason",
    )

    def get_urls(self) -> list[URLPattern]:
        return [path("susun/", for_keepers(unit_change_propose), name="opd_unitchange_susun"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnitChange]:
        return super().get_queryset(request).prefetch_related("predecessors", "successors")

    @admin.display(description="unit")
    def units(self, row: UnitChange) -> str:
        before = ", ".join(unit.code for unit in row.predecessors.all())
        after = ", ".join(unit.code for unit in row.successors.all())
        return f"{before} → {after}" if after else before


@admin.register(Inheritance)
class InheritanceAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("commitment_reference", "unit_code", "change")
    list_select_related = ("commitment", "unit", "change")
    search_fields = ("commitment__reference", "unit__code")
    to_unit = ("unit",)
    fields = ("change", "commitment", "unit")

    @admin.display(description="komitmen", ordering="commitment__reference")
    def commitment_reference(self, row: Inheritance) -> str:
        return row.commitment.reference

    @admin.display(description="unit penerus", ordering="unit__code")
    def unit_code(self, row: Inheritance) -> str:
        return row.unit.code
