"""The handover page: what a new head takes over from the one before, on one page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from commitments.models import Commitment
from commitments.workspace import due_work
from commitments.workspace.ownership import MemberRequest, context_of, members, unit_asked
from opd import clock
from opd.models import Membership


@members
def handover(request: MemberRequest) -> HttpResponse:
    """What was promised, what waits, which drafts there are, and who works for the unit."""
    unit, today = unit_asked(request), clock.today()
    inherited = {row.pk for row in due_work.inherited(unit, today)}
    owed = Commitment.objects.owed_by(unit, today).live_on(today).prefetch_related("targets__revisions")
    due = due_work.due_targets(unit, today)
    people = Membership.objects.active_on(today).filter(unit=unit).select_related("user")
    context = context_of(request, unit) | {
        "promised": [(row, row.pk in inherited) for row in owed.order_by("reference")],
        "pressing": [one for one in due if one.urgency != "calm"],
        "waiting": due_work.waiting(unit, today),
        "drafts": unit.proposal_drafts.select_related("kept_by"),
        "report_drafts": [one.draft for one in due if one.draft],
        "people": people.order_by("role", "from_on", "pk"),
        "office": due_work.office_on(unit, today),
    }
    return render(request, "workspace/handover.html", context)
