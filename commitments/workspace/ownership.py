"""Access to the workspace, and the rows of a person's units; what is not theirs is 404."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from commitments.models import Commitment, Measurement, ServiceTarget, TargetRevision
from commitments.workspace import due_work, kept_forms
from opd import access, clock
from opd.models import Unit


class MemberRequest(HttpRequest):
    """A request by somebody who signed in."""

    user: User


View = Callable[..., HttpResponseBase]


def members(view: View) -> View:
    """Decorator of workspace pages: signed-in people only, never cached, no form of another account."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return kept_forms.redirect_to_sign_in(request)
        if kept_forms.is_of_another(request):
            return render(request, "workspace/form_of_another.html", status=409)
        return view(request, *args, **kwargs)

    return guarded


def units_of(user: User) -> list[Unit]:
    """The units a person serves in today."""
    return list(Unit.objects.owned_by(user).with_names(clock.today()))


def unit_asked(request: MemberRequest) -> Unit:
    """The unit in the address, or the only one of the person; with two units and none in the address: 404."""
    code = request.GET.get("unit", "")
    units = [unit for unit in units_of(request.user) if code in ("", unit.code)]
    if len(units) != 1:
        raise Http404
    return units[0]


def home_of(unit: Unit) -> str:
    """The address of the workspace's first page for this unit."""
    return f"{reverse('workspace')}?unit={unit.code}"


def target_of(user: User, reference: str) -> ServiceTarget:
    """A live target of one of the person's units, or 404."""
    mine = ServiceTarget.objects.owned_by(user).live_on(clock.today()).select_related("commitment")
    return get_object_or_404(mine, reference=reference)


def proposed_target_of(user: User, reference: str) -> ServiceTarget:
    """A target of one of the person's units, live or not, or 404."""
    mine = ServiceTarget.objects.owned_by(user).select_related("commitment")
    return get_object_or_404(mine, reference=reference)


def commitment_of(user: User, reference: str) -> Commitment:
    return get_object_or_404(Commitment.objects.owned_by(user), reference=reference)


def revision_of(user: User, uuid: UUID) -> TargetRevision:
    """A revision that one of the person's units proposed, or 404."""
    mine = TargetRevision.objects.owned_by(user).select_related("target__commitment")
    return get_object_or_404(mine, uuid=uuid)


def measurement_of(user: User, uuid: UUID) -> Measurement:
    """A draft or a submission of one of the person's units, or 404."""
    mine = Measurement.objects.owned_by(user).select_related("target__commitment", "supersedes")
    return get_object_or_404(mine, uuid=uuid)


def context_of(request: MemberRequest, unit: Unit) -> dict[str, Any]:
    """The context that every page beside the home shows of its unit: who reads it, and what is waiting there."""
    pressing = Counter[str]()
    for due in due_work.due_targets(unit, clock.today()):
        pressing[due.urgency] += due.count
    plans = unit.proposal_drafts.count()
    return {
        "unit": unit,
        "is_head": access.serves(request.user, unit, access.HEAD_ROLE),
        "outdated": access.outdated_since(request.user, unit),
        "meanwhile": [(what, pressing[what]) for what in due_work.URGENCIES if pressing[what] and what != "calm"]
        + ([("plan", plans)] if plans else []),
    }
