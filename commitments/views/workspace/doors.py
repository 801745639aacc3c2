"""Who comes into the workspace, and what is theirs? Not yours is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from commitments.models import Commitment, Measurement, ServiceTarget
from opd import clock
from opd.models import Unit


class MemberRequest(HttpRequest):
    """A request by somebody who signed in."""

    user: User


View = Callable[..., HttpResponse]


def members(view: View) -> View:
    """For the workspace: a signed-in person, and no copy kept by anybody's cache."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return guarded


def units_of(user: User) -> list[Unit]:
    """The units a person serves in today."""
    return list(Unit.objects.owned_by(user).with_names(clock.today()))


def unit_of(user: User, code: str) -> Unit:
    """One of the person's units: the one asked for, or the first; 404 when there is none."""
    for unit in units_of(user):
        if code in ("", unit.code):
            return unit
    raise Http404


def home_of(unit: Unit) -> str:
    """The workspace, opened on this unit."""
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


def measurement_of(user: User, uuid: UUID) -> Measurement:
    """A draft or a submission of one of the person's units, or 404."""
    mine = Measurement.objects.owned_by(user).select_related("target__commitment", "supersedes")
    return get_object_or_404(mine, uuid=uuid)
