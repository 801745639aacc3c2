"""What is due in this person's unit, most urgent first?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from commitments import duties
from commitments.models import Commitment, Measurement
from commitments.views.workspace.doors import MemberRequest, members, unit_of, units_of
from opd import access, clock

RECENT = 8  # submissions listed below the cards


@members
def home(request: MemberRequest) -> HttpResponse:
    units = units_of(request.user)
    if not units:
        return render(request, "workspace/no_unit.html")
    unit = unit_of(request.user, request.GET.get("unit", ""))
    today = clock.today()
    commitments = Commitment.objects.owed_by(unit, today).filter(withdrawn_at=None)
    sent = Measurement.objects.filter(target__commitment__in=commitments).exclude(submitted_at=None)
    due = duties.duties(unit, today)
    context = {
        "today": today,
        "unit": unit,
        "units": units,
        "duties": due,
        "pressing": [duty for duty in due if duty.urgency != "calm"],
        "calm": [duty for duty in due if duty.urgency == "calm"],
        "waiting": duties.waiting(unit, today),
        "inherited": duties.inherited(unit, today),
        "office": duties.office_on(unit, today),
        "commitments": commitments,
        "recent": sent.select_related("target").prefetch_related("decisions").order_by("-submitted_at")[:RECENT],
        "is_head": access.serves(request.user, unit, access.HEAD),
    }
    return render(request, "workspace/home.html", context)
