"""Admin page of unit changes: an approver confirms, and open commitments move to the successor."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern

from commitments.models import Commitment, Inheritance, transfer
from commitments.secretariat.queue import DECIDERS, WAITING_CHOICE, QueueFilter
from commitments.secretariat.unit_changes.propose import unit_change_propose
from opd import access
from opd.models import Unit, UnitChange
from opd.roster.decision_screen import DecisionAction, DecisionForm, DecisionScreenAdmin, OfferedAction
from opd.roster.forms import standing_units, unit_choices
from opd.roster.new_row import ListTool, NewRowAdmin
from opd.roster.read_only import LabelledFact, address, fact


class LateSuccessorsForm(DecisionForm):
    """Form for the heirs of open commitments made since the proposal, where there are several successors."""

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

    def given(self) -> dict[str, Any]:
        return {"heirs": {reference: self.heirs[code] for reference, code in self.cleaned_data.items()}}


class UnitChangeQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu pengesahan", lambda rows: rows.filter(confirmed_at=None)),
        ("sah", "disahkan", lambda rows: rows.exclude(confirmed_at=None)),
    )


def _moves(commitment: Commitment, heir: Unit | None) -> str:
    return f"{commitment} → {heir} ({heir.code})" if heir else str(commitment)


def may_confirm(user: Any, change: UnitChange) -> str:
    heirs = transfer.proposed_heirs(change).values()
    return access.require_decider(user, access.APPROVER, *change.predecessors.all(), *change.successors.all(), *heirs)


@admin.register(UnitChange)
class UnitChangeAdmin(NewRowAdmin):
    words: ClassVar[dict[str, str]] = {
        "moving": "komitmen yang pindah",
        "undecided": "penerusnya belum ditentukan",
        **{str(value): str(label) for value, label in UnitChange.Change.choices},
    }
    tools = (ListTool("Ubah nama, gabung, pecah, bubarkan", "admin:opd_unitchange_susun"),)
    list_display = ("change", "on", "units", "proposed_at", "confirmed_at")
    list_filter = (UnitChangeQueue,)
    shown = ("change", "on", "legal_basis", "proposed_at", "proposed_by", "confirmed_at", "confirmed_by")
    decision_actions = (
        DecisionAction(
            "sahkan",
            "Sahkan",
            "Unit asal berakhir pada hari itu dan komitmennya yang terbuka pindah ke penerusnya.",
            do=transfer.confirm,
            may=may_confirm,
            offered_to=DECIDERS[access.APPROVER],
            fits=lambda change: change.confirmed_at is None,
            form=LateSuccessorsForm,
            done="Perubahan unit disahkan.",
            grave=True,
            fresh=True,
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        return [self.page("susun", unit_change_propose), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnitChange]:
        return super().get_queryset(request).prefetch_related("predecessors", "successors")

    def queue(self) -> QuerySet[UnitChange]:
        return UnitChange.objects.filter(confirmed_at=None).order_by("proposed_at", "pk")

    def rests_on(self, row: UnitChange) -> tuple[str, ...]:
        return (str(row.uuid), *(commitment.reference for commitment, _ in transfer.heirs_of_open_commitments(row)))

    def more(self, request: HttpRequest, row: UnitChange, offers: dict[str, OfferedAction]) -> dict[str, Any]:
        before, after = (", ".join(map(str, units.all())) for units in (row.predecessors, row.successors))
        return {"title": f"{row.get_change_display().capitalize()}: {before}{' → ' if after else ''}{after}"}

    def facts(self, row: UnitChange) -> list[LabelledFact]:
        ends = [LabelledFact("unit asal", str(unit), address(unit)) for unit in row.predecessors.all()]
        heirs = [LabelledFact("unit penerus", str(unit), address(unit)) for unit in row.successors.all()]
        moving = [
            LabelledFact("komitmen yang pindah", _moves(commitment, heir), address(commitment))
            for commitment, heir in ([] if row.confirmed_at else transfer.heirs_of_open_commitments(row))
        ]
        return [fact(row, "change"), *ends, *heirs, *super().facts(row)[1:], *moving]

    @admin.display(description="unit")
    def units(self, row: UnitChange) -> str:
        before = ", ".join(unit.code for unit in row.predecessors.all())
        after = ", ".join(unit.code for unit in row.successors.all())
        return f"{before} → {after}" if after else before


@admin.register(Inheritance)
class InheritanceAdmin(DecisionScreenAdmin):
    list_display = ("commitment_reference", "unit_code", "change")
    list_select_related = ("commitment", "unit", "change")
    search_fields = ("commitment__reference", "unit__code")
    shown = ("change", "commitment", "unit")

    @admin.display(description="komitmen", ordering="commitment__reference")
    def commitment_reference(self, row: Inheritance) -> str:
        return row.commitment.reference

    @admin.display(description="unit penerus", ordering="unit__code")
    def unit_code(self, row: Inheritance) -> str:
        return row.unit.code
