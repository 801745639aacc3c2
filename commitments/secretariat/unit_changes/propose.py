"""Page on which the keeper merges, splits, ends or renames units in steps; nothing happens before the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from commitments.models import transfer
from commitments.models.proposal import conversation
from commitments.secretariat.unit_changes import notice
from commitments.secretariat.unit_changes.forms import (
    UNIT_CHANGE_STEPS,
    ChangedUnitsForm,
    ChangeKindForm,
    NewUnit,
    SuccessorsForm,
)
from commitments.wizard import Wizard
from opd import register
from opd.errors import Refused
from opd.form_errors import explain, reason_of, with_reason
from opd.models import Unit, UnitChange
from opd.roster.forms import standing_units
from opd.roster.read_only import address


def unit_change_propose(request: HttpRequest) -> HttpResponse:
    before = _to_amend(request)
    data = request.POST if request.method == "POST" else _typed_before(before)
    wizard = Wizard(UNIT_CHANGE_STEPS, _forms(data), data)
    if wizard.is_ready:
        units_form = wizard.form(ChangedUnitsForm)
        try:
            with reason_of(units_form):
                row = _carry_out(request, units_form, wizard.form(SuccessorsForm), before)
        except (Refused, ValidationError) as error:
            explain(units_form, error)
            wizard.return_to_mistake()
        else:
            messages.success(request, _success_message(row))
            return HttpResponseRedirect(address(row))
    context = {
        **admin.site.each_context(request),
        "opts": UnitChange._meta,
        "title": "Ubah nama, gabung, pecah, atau bubarkan unit",
        "wizard": wizard,
        "amended": before,
        "amended_seen": request.POST.get("amended_seen") or (before.fingerprint() if before else ""),
        "talk": conversation(before) if before else (),
        **(_last_look(wizard) if wizard.is_last else {}),
    }
    status = 422 if wizard.has_mistakes else 200
    return TemplateResponse(request, "secretariat/unit_change_propose.html", context, status=status)


def _to_amend(request: HttpRequest) -> UnitChange | None:
    """The proposal that this one improves; 404 for one that is decided, or another keeper's."""
    name = request.GET.get("dari", "")
    if not name:
        return None
    try:
        row = UnitChange.objects.undecided().filter(uuid=name).first()
    except ValidationError:  # not a UUID
        row = None
    if row is None:
        raise Http404
    return row


def _typed_before(before: UnitChange | None) -> QueryDict | None:
    """The form as it was filled in for the proposal to improve, at its second step."""
    if before is None:
        return None
    data = QueryDict(mutable=True)
    data.update({"change": before.change, "on": str(before.on), "legal_basis": before.legal_basis, "langkah": "1"})
    data.setlist("before", [unit.code for unit in before.predecessors.all()])
    data.setlist("after", [unit.code for unit in before.successors.all()])
    for reference, heir in transfer.proposed_heirs(before).items():
        data[f"{SuccessorsForm.prefix}-{reference}"] = heir.code
    return data


def _forms(data: QueryDict | None) -> Iterator[Form]:
    """The forms of the steps; each is made from what the one before accepted."""
    kind_form = ChangeKindForm(data)
    yield kind_form
    if not kind_form.is_valid():
        return
    units_form = ChangedUnitsForm(data, change=kind_form.cleaned_data["change"], units=standing_units())
    yield with_reason(units_form)
    if units_form.is_valid():
        yield SuccessorsForm(data, units_form=units_form)


def _last_look(wizard: Wizard) -> dict[str, Any]:
    """What the public will read, and the fingerprints of the units as they are shown here."""
    units_form = wizard.form(ChangedUnitsForm)
    return {
        "passages": notice.of_change(units_form, wizard.form(SuccessorsForm)),
        "is_renaming": units_form.change == UnitChange.Change.RENAMED,
        "seen": " ".join(unit.fingerprint() for unit in units_form.cleaned_data["predecessors"]),
    }


def _carry_out(
    request: HttpRequest,
    units_form: ChangedUnitsForm,
    successors_form: SuccessorsForm,
    before: UnitChange | None,
) -> UnitChange:
    """Carries out the act: a new name at once, anything else as a proposal for an approver."""
    by, given, seen = request.user, units_form.cleaned_data, request.POST.get("seen", "").split()
    if units_form.change == UnitChange.Change.RENAMED:
        names = {key: given[key] for key in ("name", "short_name", "on", "legal_basis")}
        return given["predecessors"][0].rename(by=by, seen=seen[0] if seen else "", **names)
    with register.many_acts():
        for unit, fingerprint in zip(
            given["predecessors"], [*seen, *[""] * len(given["predecessors"])], strict=False
        ):
            unit.must_match(fingerprint)
        new = {unit.code: _enter(by, unit, given) for unit in given["new"]}
        known = {**units_form.units, **new}
        facts: dict[str, Any] = {
            "by": by,
            "change": units_form.change,
            "on": given["on"],
            "legal_basis": given["legal_basis"],
            "predecessors": given["predecessors"],
            "successors": [*given["successors"], *new.values()],
            "heirs": {reference: known[code] for reference, code in successors_form.cleaned_data.items()},
        }
        if before:
            return transfer.amend(before, seen=request.POST.get("amended_seen", ""), **facts)
        return transfer.propose(**facts)


def _enter(by: Any, unit: NewUnit, given: dict[str, Any]) -> Unit:
    """Enters a new successor with the facts of its predecessor, from the day of the change."""
    model = given["predecessors"][0]
    return Unit.enter(
        by=by,
        code=unit.code,
        name=unit.name,
        short_name=unit.short_name,
        unit_kind=model.unit_kind,
        parent=model.parent,
        valid_from=given["on"],
        source=given["legal_basis"],
        certainty="documented",
        legal_basis=given["legal_basis"],
    )


def _success_message(row: UnitChange) -> str:
    if row.change == UnitChange.Change.RENAMED:
        return "Nama baru tercatat."
    return "Usulan tercatat. Penyetuju yang mengesahkannya; sampai saat itu belum ada yang berubah."
