"""The wizard for merging, splitting, ending or renaming units: four steps, and nothing happens before the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import Form, MultipleChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from commitments.models import transfer
from commitments.secretariat.unit_changes import notice as public_notice
from commitments.secretariat.unit_changes.forms import ChangedUnitsForm, ChangeKindForm, SuccessorsForm
from opd import register
from opd.errors import Refused
from opd.models import Unit, UnitChange
from opd.roster.forms import standing_units
from opd.roster.read_only import address

CHANGE_STEPS = (
    ("apa", "Apa yang terjadi"),
    ("unit", "Unit dan dasarnya"),
    ("komitmen", "Komitmen"),
    ("periksa", "Periksa"),
)
STEP_NAMES = tuple(name for name, _ in CHANGE_STEPS)


@dataclass
class UnitChangeWizard:
    """The forms that are valid so far; `step` is the one to show."""

    step: str
    forms: dict[str, Form]

    @property
    def form(self) -> Form | None:
        return self.forms.get(self.step)

    @property
    def units(self) -> ChangedUnitsForm:
        form = self.forms["unit"]
        assert isinstance(form, ChangedUnitsForm)  # noqa: S101 - what `walk` put there
        return form

    @property
    def heirs(self) -> SuccessorsForm:
        form = self.forms["komitmen"]
        assert isinstance(form, SuccessorsForm)  # noqa: S101 - what `walk` put there
        return form

    def kept(self) -> list[Any]:
        """The fields of the steps before this one, which the page carries in hidden fields."""
        before = STEP_NAMES[: STEP_NAMES.index(self.step)]
        return [field for name in before if name in self.forms for field in self.forms[name]]


def walk(request: HttpRequest) -> UnitChangeWizard:
    """Checks the steps in order, up to the requested one; the first that is not valid is shown."""
    asked = request.POST.get("ke", "apa") if request.method == "POST" else "apa"
    goal = STEP_NAMES.index(asked) if asked in STEP_NAMES else len(STEP_NAMES) - 1
    units, done = standing_units(), UnitChangeWizard("apa", {})
    kind = ChangeKindForm(request.POST or None)
    done.forms["apa"] = kind
    if goal == 0:
        done.forms["apa"] = ChangeKindForm(initial=request.POST.dict() if request.method == "POST" else None)
        return done
    if not kind.is_valid():
        return done
    done.step, change = "unit", kind.cleaned_data["change"]
    about = done.forms["unit"] = ChangedUnitsForm(request.POST, change=change, units=units)
    if goal == 1:
        done.forms["unit"] = ChangedUnitsForm(change=change, units=units, initial=_typed(request, about))
        return done
    if not about.is_valid():
        return done
    heirs = SuccessorsForm(request.POST, about=about)
    if heirs.commitments:
        done.step, done.forms["komitmen"] = "komitmen", heirs
        if goal == 2:
            done.forms["komitmen"] = SuccessorsForm(about=about, initial=request.POST.dict())
            return done
    elif goal == 2:
        goal = 3
    if not heirs.is_valid():
        return done
    done.forms["komitmen"] = heirs
    done.step = "periksa"
    return done


def _typed(request: HttpRequest, form: Form) -> dict[str, Any]:
    """What was typed into this step before, on the way back to it."""
    several = {name for name, field in form.fields.items() if isinstance(field, MultipleChoiceField)}
    return {
        name: request.POST.getlist(name) if name in several else request.POST[name]
        for name in form.fields
        if name in request.POST
    }


def reshape(request: HttpRequest) -> HttpResponse:
    done = walk(request)
    problem = ""
    if done.step == "periksa" and request.POST.get("ke") == "usulkan":
        try:
            row = _carry_out(request, done)
        except (Refused, ValidationError) as error:
            problem = str(error) if isinstance(error, Refused) else " ".join(error.messages)
        else:
            messages.success(request, _done(row))
            return HttpResponseRedirect(address(row))
    wrong = bool(problem or (done.form and done.form.is_bound and done.form.errors))
    context = {
        **admin.site.each_context(request),
        "opts": UnitChange._meta,
        "title": "Ubah nama, gabung, pecah, atau bubarkan unit",
        "walk": done,
        "steps": CHANGE_STEPS,
        "at": STEP_NAMES.index(done.step),
        "back": STEP_NAMES[STEP_NAMES.index(done.step) - 1] if done.step != "apa" else "",
        "onward": STEP_NAMES[STEP_NAMES.index(done.step) + 1] if done.step != "periksa" else "usulkan",
        "notice": public_notice.of_change(done.units, done.heirs) if done.step == "periksa" else None,
        "renaming": done.step == "periksa" and done.units.change == UnitChange.Change.RENAMED,
        "seen": _print(done),
        "problem": problem,
        "wrong": wrong,
    }
    return TemplateResponse(request, "secretariat/unit_change.html", context, status=422 if wrong else 200)


def _print(done: UnitChangeWizard) -> str:
    """The fingerprint of the units to be changed, as shown on the last step."""
    if done.step != "periksa":
        return ""
    return " ".join(unit.fingerprint() for unit in done.units.cleaned_data["predecessors"])


def _carry_out(request: HttpRequest, done: UnitChangeWizard) -> UnitChange:
    """Carries out the act: a new name at once, anything else as a proposal for an approver."""
    form, by = done.units, request.user
    given, seen = form.cleaned_data, request.POST.get("seen", "").split()
    if form.change == UnitChange.Change.RENAMED:
        names = {key: given[key] for key in ("name", "short_name", "on", "legal_basis")}
        return given["predecessors"][0].rename(by=by, seen=seen[0] if seen else "", **names)
    with register.many_acts():
        for unit, print_ in zip(given["predecessors"], [*seen, *[""] * len(given["predecessors"])], strict=False):
            unit.must_match(print_)
        new = {unit.code: _enter(by, unit, given) for unit in given["new"]}
        known = {**form.units, **new}
        return transfer.propose(
            by=by,  # type: ignore[arg-type]
            change=form.change,
            on=given["on"],
            legal_basis=given["legal_basis"],
            predecessors=given["predecessors"],
            successors=[*given["successors"], *new.values()],
            heirs={reference: known[code] for reference, code in done.heirs.cleaned_data.items()},
        )


def _enter(by: Any, unit: Any, given: dict[str, Any]) -> Unit:
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


def _done(row: UnitChange) -> str:
    if row.change == UnitChange.Change.RENAMED:
        return "Nama baru tercatat."
    return "Usulan tercatat. Penyetuju yang mengesahkannya; sampai saat itu belum ada yang berubah."
