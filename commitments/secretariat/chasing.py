"""Pages for chasing: the list of silent or late units, and the log of reminders."""

from __future__ import annotations

from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from commitments.models import Reminder, ReminderChannel
from commitments.secretariat import chasing_list
from opd import access, clock
from opd.accounts import correspondence
from opd.errors import Refused
from opd.roster.read_only import for_readers

NO_MAIL = "Server ini belum diatur untuk mengirim surel: pakai WhatsApp, atau salin pesannya."


@require_safe
@csp_update(
    {"form-action": list(chasing_list.WHATSAPP_ADDRESSES)}
)  # a browser asks about where a form is led on to as well
def chase_list(request: HttpRequest) -> HttpResponseBase:
    context = {
        **admin.site.each_context(request),
        "title": "Tagih yang diam dan terlambat",
        "cases": chasing_list.cases(clock.today()),
        "mail_leaves": correspondence.mail_leaves(),
        "may": access.allows(access.require_chaser, request.user),
    }
    return TemplateResponse(request, "secretariat/chasing_list.html", context)


@require_POST
def open_whatsapp(request: HttpRequest, code: str) -> HttpResponse:
    """Logs the message as prepared, then opens WhatsApp with its text."""
    case = _case(code)
    if not case.unit.whatsapp:
        return _back(request, code, f"{case.unit} belum punya nomor WhatsApp.")
    try:
        Reminder.prepare(by=_user(request), unit=case.unit, channel=ReminderChannel.WHATSAPP, on=case.day)
    except Refused as refusal:
        return _back(request, code, str(refusal))
    return HttpResponseRedirect(case.whatsapp)


@require_POST
def send_chasing_mail(request: HttpRequest, code: str) -> HttpResponse:
    case = _case(code)
    if not case.addresses:
        return _back(request, code, f"Kepala {case.unit} belum punya alamat surel.")
    if not correspondence.mail_leaves():
        return _back(request, code, NO_MAIL)
    try:
        chasing_list.write(case, by=_user(request))
    except Refused as refusal:
        return _back(request, code, str(refusal))
    except OSError:
        return _back(request, code, "Surel belum terkirim karena layanan surel tidak menjawab. Coba lagi nanti.")
    return _back(request, code, f"Surel kepada {case.unit} terkirim.", messages.SUCCESS)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    reminder = get_object_or_404(Reminder.objects.select_related("unit"), pk=pk)
    try:
        reminder.confirm(by=_user(request))
    except Refused as refusal:
        return _back(request, reminder.unit.code, str(refusal))
    return _back(
        request, reminder.unit.code, f"Pengingat kepada {reminder.unit} tercatat terkirim.", messages.SUCCESS
    )


def _case(code: str) -> chasing_list.ChasingCase:
    case = chasing_list.case_of(code, clock.today())
    if case is None:
        raise Http404("Unit ini tidak sedang diam atau terlambat.")
    return case


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # the desk's door lets nobody else in
    return request.user


def _back(request: HttpRequest, code: str, message: str, level: int = messages.ERROR) -> HttpResponse:
    messages.add_message(request, level, message)
    return HttpResponseRedirect(f"{reverse('admin:chasing')}#{code}")


def urls() -> list[URLPattern]:
    return [
        path("tagih/", for_readers(chase_list), name="chasing"),
        path("tagih/<slug:code>/whatsapp/", for_readers(open_whatsapp), name="chasing-whatsapp"),
        path("tagih/<slug:code>/surel/", for_readers(send_chasing_mail), name="chasing-mail"),
        path("tagih/<int:pk>/terkirim/", for_readers(confirm), name="chasing-confirm"),
    ]
