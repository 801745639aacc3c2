"""Pages that print for a meeting: a report card for each unit, and the meeting pack for all."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from commitments.as_of import PER
from commitments.lists.exports import MEDIA_TYPE_OF
from commitments.reports import home_page, rises_and_falls
from commitments.reports import meeting_pack as packs
from commitments.secretariat.printing import workbook
from commitments.typst import print_texts, typst_runner
from commitments.typst.print_source import PrintSource
from commitments.typst.report_card import report_card
from opd import clock, register
from opd.accounts.throttle import DOWNLOADS, limited
from opd.models import Entry
from opd.roster.forms import DayInput
from opd.roster.read_only import for_readers


class MeetingForm(forms.Form):
    """Form with the day of the report and the day to compare it with."""

    use_required_attribute = False
    per = forms.DateField(label="Keadaan per", widget=DayInput)
    sejak = forms.DateField(label="Bandingkan dengan", widget=DayInput, help_text="Biasanya hari rapat yang lalu.")

    def clean_per(self) -> date:
        day: date = self.cleaned_data["per"]
        if day > clock.today():
            raise forms.ValidationError("Hari itu belum tiba.")
        if day < _begun():
            raise forms.ValidationError("Register belum dimulai pada hari itu.")
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"per", "sejak"} <= given.keys() and given["sejak"] >= given["per"]:
            self.add_error("sejak", "Pilih hari sebelum hari yang dicetak.")
        return given


def _begun() -> date:
    first = Entry.objects.order_by("seq").values_list("at", flat=True).first()
    return clock.day_of(first) if first else clock.today()


def _form(request: HttpRequest) -> MeetingForm:
    """The form as sent; today and one reporting cycle ago where nothing was sent."""
    today = clock.today()
    usual = {"per": today.isoformat(), "sejak": rises_and_falls.usual_since(today).isoformat()}
    return MeetingForm({**usual, **{name: request.GET[name] for name in usual if request.GET.get(name)}})


def _imprint(request: HttpRequest, day: date, address: str) -> PrintSource:
    head = register.head()
    if head is None:
        raise Http404("Register masih kosong: belum ada yang dapat dicetak.")
    return PrintSource(head, register.is_demo(), request.build_absolute_uri(f"{address}?{PER}={day}"))


def choose(request: HttpRequest, form: MeetingForm | None = None) -> HttpResponse:
    """The page on which a clerk picks the days and what to print."""
    form = form or _form(request)
    groups = home_page.home_page(clock.today()).groups
    context = {
        **admin.site.each_context(request),
        "title": "Rapor dan paket evaluasi",
        "form": form,
        "groups": groups,
    }
    return TemplateResponse(request, "secretariat/report_print.html", context, status=200 if form.is_valid() else 422)


def pack_pdf(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return choose(request, form)
    day, since = form.cleaned_data["per"], form.cleaned_data["sejak"]
    imprint = _imprint(request, day, reverse("home"))
    paper = typst_runner.pdf_of("paket.typ", print_texts.of_pack(packs.pack(day, since), imprint), imprint.head.at)
    return _file(paper, "application/pdf", f"paket-evaluasi-{day}.pdf")


def pack_xlsx(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return choose(request, form)
    day, since = form.cleaned_data["per"], form.cleaned_data["sejak"]
    book = workbook.workbook(packs.pack(day, since), _imprint(request, day, reverse("home")))
    return _file(book, MEDIA_TYPE_OF["xlsx"], f"paket-evaluasi-{day}.xlsx")


def report_pdf(request: HttpRequest, code: str) -> HttpResponse:
    form = _form(request)
    if "per" not in form.data or form.errors.get("per"):
        return choose(request, form)
    day = form.cleaned_data["per"]
    sheet = packs.sheet(code, day)
    if sheet is None:
        raise Http404
    imprint = _imprint(request, day, reverse("unit", args=[code]))
    return _file(report_card(sheet, day, imprint), "application/pdf", f"rapor-{code}-{day}.pdf")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    kept = "inline" if media_type == "application/pdf" else "attachment"
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'{kept}; filename="{name}"'}
    )


def urls() -> list[URLPattern]:
    dear = limited(DOWNLOADS)
    return [
        path("rapor/", for_readers(choose), name="paper"),
        path("rapor/paket.pdf", for_readers(dear(pack_pdf)), name="paper-pack"),
        path("rapor/paket.xlsx", for_readers(dear(pack_xlsx)), name="paper-workbook"),
        path("rapor/<slug:code>.pdf", for_readers(dear(report_pdf)), name="paper-report"),
    ]
