"""Settings of reminders: how often e-mail comes, and this person's address of the unit's calendar."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from commitments.models import CalendarAddress, Frequency, ReminderChoice
from commitments.workspace import kept_forms
from commitments.workspace.calendar import calendar_of
from commitments.workspace.forms import FrequencyForm
from commitments.workspace.ownership import MemberRequest, context_of, members, unit_asked
from opd import clock
from opd.accounts import correspondence


@members
def reminding(request: MemberRequest) -> HttpResponse:
    """Page for this person's e-mail and this unit's calendar; a new calendar address makes the old one invalid."""
    unit = unit_asked(request)
    choice = ReminderChoice.of(request.user)
    given = kept_forms.given(request)
    form = FrequencyForm(given if given and "frequency" in given else None, instance=choice)
    if "alamat" in request.POST:
        CalendarAddress.renew(by=request.user, unit=unit)
        messages.success(request, "Alamat kalender sudah jadi. Alamat sebelumnya, bila ada, tidak berlaku lagi.")
        return redirect(request.get_full_path())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Tercatat.")
        return redirect(request.get_full_path())
    context = context_of(request, unit) | {"form": form, "address": None}
    if address := CalendarAddress.open_of(unit, request.user):
        feed = correspondence.link("calendar-feed", address.address)
        context |= {"address": address, "feed": feed, "webcal": f"webcal:{feed.partition(':')[2]}"}
    return render(request, "workspace/reminding.html", context)


@csrf_exempt  # the link is the authority, and a mail program's one-click button (RFC 8058) brings no cookie
@never_cache
def frequency(request: HttpRequest, token: str) -> HttpResponse:
    """Page from the footer of an e-mail, without sign-in: how often, and nothing else."""
    choice = ReminderChoice.by_token(token)
    if choice is None:
        raise Http404
    given = request.POST.copy() if request.method == "POST" else None
    if given is not None and "List-Unsubscribe" in given:
        given["frequency"] = Frequency.OFF
    form = FrequencyForm(given, instance=choice)
    done = form.is_bound and form.is_valid()
    if done:
        form.save()
    return render(request, "workspace/frequency.html", {"form": form, "done": done, "choice": choice})


@never_cache
def calendar_feed(request: HttpRequest, address: str) -> HttpResponse:
    """The calendar for the telephone, which cannot sign in: who knows the address reads the dates."""
    found = CalendarAddress.by_address(address)
    if found is None:
        raise Http404
    return HttpResponse(calendar_of(found.unit, clock.today()), content_type="text/calendar; charset=utf-8")
