"""Page of the people who work for a unit; the head invites people and ends memberships."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from commitments.form_fields import DayField
from commitments.formats import plain_date
from commitments.workspace import kept_forms
from commitments.workspace.ownership import MemberRequest, context_of, members, unit_asked
from opd import access, clock
from opd.accounts import correspondence
from opd.accounts.forms import InvitationForm
from opd.errors import Refused
from opd.form_errors import explain
from opd.models import Invitation, Membership, Unit
from opd.models.unit import holding_on


@members
def team(request: MemberRequest) -> HttpResponse:
    """The people of a unit and the open invitations; the head invites one more."""
    unit = unit_asked(request)
    form = InvitationForm(kept_forms.given(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row, token = Invitation.issue(by=request.user, unit=unit, role=access.OPERATOR_ROLE, **given)
        except (Refused, ValidationError) as error:
            explain(form, error)
        else:
            return _invited(request, unit, row, token)
    today = clock.today()
    people = Membership.objects.filter(holding_on(today), unit=unit).select_related("user")
    context = context_of(request, unit) | {
        "form": form,
        "people": people.order_by("role", "from_on", "pk"),
        "is_principal": access.allows(access.require_principal, request.user, unit),
        "acting": {place.user_id for place in people if place.role == access.HEAD_ROLE},
        "invitations": Invitation.objects.filter(unit=unit).open().select_related("invited_by"),
    }
    return render(request, "workspace/team.html", context)


def _invited(request: MemberRequest, unit: Unit, row: Invitation, token: str) -> HttpResponse:
    """The page with the link, shown only once."""
    context = context_of(request, unit) | correspondence.hand_over(row, token)
    return render(request, "workspace/team_invited.html", context)


class DeputyForm(forms.Form):
    """Form with the last day on which somebody acts for the head."""

    until = DayField(label="Sampai dan termasuk", help_text="Paling lama 90 hari; sesudahnya berakhir sendiri.")


@members
def member_deputise(request: MemberRequest, pk: int) -> HttpResponse:
    """The head names an operator as deputy until a day."""
    place = get_object_or_404(Membership, pk=pk, unit__in=Unit.objects.owned_by(request.user))
    form = DeputyForm(kept_forms.given(request))
    if request.method == "POST" and form.is_valid():
        try:
            place.deputise(by=request.user, last_on=form.cleaned_data["until"])
        except Refused as refusal:
            explain(form, refusal)
        else:
            until = plain_date(form.cleaned_data["until"])
            messages.success(
                request, f"Wakil Anda sampai {until}: ia mengirim, mengusulkan, dan menerima atas nama unit."
            )
            return redirect(f"{reverse('workspace-team')}?unit={place.unit.code}")
    context = context_of(request, place.unit) | {"form": form, "place": place}
    return render(request, "workspace/deputy_name.html", context)


@members
def member_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once, then ends the membership."""
    place = get_object_or_404(Membership, pk=pk, unit__in=Unit.objects.owned_by(request.user))
    if request.method != "POST":
        return render(request, "workspace/member_remove.html", context_of(request, place.unit) | {"place": place})
    return _done(request, place.unit, lambda: place.end(by=request.user), "Sudah tidak bertugas lagi mulai hari ini.")


@members
@require_POST
def invitation_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Invitation, pk=pk, unit__in=Unit.objects.owned_by(request.user))
    return _done(request, row.unit, lambda: row.revoke(by=request.user), "Undangan dicabut; tautannya tidak berlaku.")


def _done(request: MemberRequest, unit: Unit | None, act: Callable[[], None], message: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, message)
    return redirect(f"{reverse('workspace-team')}?unit={unit.code if unit else ''}")
