"""Pages for chasing: the list of silent or late units, and the log of reminders."""

from __future__ import annotations

from collections import Counter

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
    every = chasing_list.cases(clock.today())
    reason = request.GET.get("alasan", "")
    counts = Counter(code for case in every for code in case.reasons)
    context = {
        **admin.site.each_context(request),
        "title": "Tagih yang berutang jawaban",
        "cases": [case for case in every if reason in case.reasons] if reason in chasing_list.REASONS else every,
        "reasons": [(code, words, counts[code]) for code, words in chasing_list.REASONS.items()],
        "reason": reason,
        "every": len(every),
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
def send_chosen_mails(request: HttpRequest) -> HttpResponse:
    """One e-mail to each chosen unit whose head has an address; what was not sent is named."""
    if not correspondence.mail_leaves():
        return _back(request, "", NO_MAIL)
    chosen, sent, unsent = set(request.POST.getlist("unit")), 0, []
    for case in chasing_list.cases(clock.today()):
        if case.unit.code not in chosen:
            continue
        try:
            if case.addresses:
                chasing_list.write(case, by=_user(request))
                sent += 1
            else:
                unsent.append(f"{case.unit} (tanpa alamat)")
        except Refused as refusal:
            return _back(request, case.unit.code, str(refusal))
        except OSError:
            unsent.append(f"{case.unit} (layanan surel tidak menjawab)")
    if unsent:
        messages.warning(request, f"Belum terkirim: {', '.join(unsent)}.")
    if not sent:
        return _back(request, "", "Tidak ada surel yang terkirim. Pilih dulu unitnya.")
    return _back(request, "", f"{sent} surel terkirim.", messages.SUCCESS)


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
        raise Http404("Unit ini tidak sedang berutang jawaban.")
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
        path("tagih/surel/", for_readers(send_chosen_mails), name="chasing-mails"),
        path("tagih/<slug:code>/whatsapp/", for_readers(open_whatsapp), name="chasing-whatsapp"),
        path("tagih/<slug:code>/surel/", for_readers(send_chasing_mail), name="chasing-mail"),
        path("tagih/<int:pk>/terkirim/", for_readers(confirm), name="chasing-confirm"),
    ]
