"""The first page of the workspace: the due work of this person's unit, most urgent first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from commitments.models import Commitment, Measurement, Training
from commitments.workspace import due_work
from commitments.workspace.ownership import MemberRequest, home_of, members, unit_asked, units_of
from opd import access, clock
from opd.models import Unit

RECENT_SHOWN = 5  # submissions listed below the cards
LAST_UNIT_KEY = "unit"  # the key of the session: only opens a page, never decides for whom something is written


@members
def home(request: MemberRequest) -> HttpResponse:
    units = units_of(request.user)
    if not units:
        return render(request, "workspace/no_unit.html")
    code = request.GET.get("unit", "")
    if not code and len(units) > 1:
        return _choose(request, units)
    unit = unit_asked(request)
    if request.session.get(LAST_UNIT_KEY) != unit.code:  # else reading would wait for a turn to write
        request.session[LAST_UNIT_KEY] = unit.code
    today = clock.today()
    commitments = Commitment.objects.owed_by(unit, today).open()
    sent = Measurement.objects.filter(target__commitment__in=commitments).exclude(submitted_at=None)
    due = due_work.due_targets(unit, today)
    context = {
        "today": today,
        "unit": unit,
        "units": units,
        "due_targets": due,
        "targets": {one.target.pk: one.target for one in due}.values(),
        "pressing": [one for one in due if one.urgency != "calm"],
        "calm": [one for one in due if one.urgency == "calm" and not one.is_achieved],
        "achieved": [one for one in due if one.urgency == "calm" and one.is_achieved],
        "waiting": due_work.waiting(unit, today),
        "drafts": unit.proposal_drafts.select_related("unit", "kept_by"),
        "outcomes": due_work.outcomes(unit, today),
        "refused": due_work.refused(unit, today),
        "inherited": due_work.inherited(unit, today),
        "office": due_work.office_on(unit, today),
        "commitments": commitments,
        "recent": sent.select_related("target")
        .prefetch_related("decisions")
        .order_by("-submitted_at")[:RECENT_SHOWN],
        "next_training": Training.objects.upcoming(today).first(),
        "is_head": access.serves(request.user, unit, access.HEAD_ROLE),
        "outdated": access.outdated_since(request.user, unit),
    }
    return render(request, "workspace/home.html", context)


def _choose(request: MemberRequest, units: list[Unit]) -> HttpResponse:
    """Leads a person of two units to the unit where they were last, or shows the page to choose one."""
    for unit in units:
        if unit.code == request.session.get(LAST_UNIT_KEY):
            return redirect(home_of(unit))
    return render(request, "workspace/choose_unit.html", {"units": units})
