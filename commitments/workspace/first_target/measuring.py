"""The way to a first target: the page that begins with a service, and the help beside the form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from commitments.formats import measured as with_unit
from commitments.models import Family, Statistic
from commitments.wizard import Wizard
from commitments.workspace.first_target.baseline_sheet import BaselineSheet
from commitments.workspace.first_target.target_templates import (
    TargetTemplate,
    promised_by_others,
    templates_for,
)
from commitments.workspace.forms import FOLDED_FIELDS, TargetForm
from commitments.workspace.ownership import MemberRequest, context_of, members, unit_asked
from opd.models import Unit

MEASURE_BUTTON = "hitung"
SHORTEST_WORDS = 4  # letters of a typed service by which others are looked for


@members
def start(request: MemberRequest) -> HttpResponse:
    """Begin with the service: one that this unit offers, or another one."""
    unit = unit_asked(request)
    found = templates_for(unit)
    context = context_of(request, unit) | {
        "own": [one for one in found if not one.is_for_all],
        "general": [one for one in found if one.is_for_all],
    }
    return render(request, "workspace/first_target.html", context)


def measured(given: QueryDict | None, prefix: str) -> tuple[QueryDict | None, BaselineSheet | None]:
    """The data of the form, with the baseline that the sheet worked out, and the sheet when it was sent.

    The reader stays at the step where the sheet is.
    """
    if given is None or MEASURE_BUTTON not in given:
        return given, None
    data = given.copy()
    data["langkah"] = data.get("di", "")
    statistic, family = (str(data.get(f"{prefix}{name}", "")) for name in ("statistic", "family"))
    if statistic not in Statistic or family not in Family:
        return data, None
    sheet = _sheet(data, statistic, family, str(data.get(f"{prefix}unit_of_measure", "")))
    if sheet.is_valid():
        for name, text in sheet.baseline(str(data.get(f"{prefix}baseline_method", ""))).items():
            data[f"{prefix}{name}"] = text
    return data, sheet


def _sheet(data: QueryDict | None, statistic: str, family: str, unit_of_measure: str) -> BaselineSheet:
    return BaselineSheet(data, statistic=statistic, family=family, unit_of_measure=unit_of_measure)


def help_with(
    wizard: Wizard, unit: Unit, sheet: BaselineSheet | None, template: TargetTemplate | None = None
) -> dict[str, Any]:
    """What the page shows beside the fields of this step: a standard, the sheet, what other units promised."""
    fields, target = wizard.step.fields, wizard.form(TargetForm)
    statistic, family = target["statistic"].value(), target["family"].value()
    measure = target["unit_of_measure"].value() or ""
    if "baseline_value" not in fields or statistic not in Statistic or family not in Family:
        sheet = None
    elif sheet is None:
        sheet = _sheet(None, statistic, family, measure)
    words = template.words if template else str(target["service"].value() or "")
    folded = [field for field in wizard.shown if field.name in FOLDED_FIELDS]
    looks_aside = "target_value" in fields and len(words) >= SHORTEST_WORDS - 1
    return {
        "template": template,
        "help_step": "baseline_value" in fields or "target_value" in fields,
        "sheet": sheet if sheet and sheet.has_lines else None,
        "sheet_value": _said(sheet, measure) if sheet and sheet.is_bound and sheet.is_valid() else "",
        "others": promised_by_others(words, unit) if looks_aside else [],
        "has_folded": bool(folded),
        "folded_wrong": any(field.errors for field in folded),
    }


def _said(sheet: BaselineSheet, measure: str) -> str:
    value, n = sheet.cleaned_data["value"], sheet.cleaned_data["n"]
    name = str(Statistic(sheet.statistic).label).capitalize()
    return f"{name} dari {n}: {with_unit(value, measure)}. Sudah diisikan di bawah, dengan sumber dan caranya."
