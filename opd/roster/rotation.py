"""The screen for a rotation of many heads: one row an office, all of them or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from opd import clock, register
from opd.errors import Refused
from opd.form_errors import explain, reason_of, with_reason
from opd.models import Certainty, Membership, Person, Tenure, Unit
from opd.roster.forms import DayInput, day_after, on_record, standing_units, unit_choices
from opd.texts import LONGEST_TEXT

ROWS, MORE, MOST = 12, 4, 80
REQUIRED_CELL = {"required": "Bagian ini perlu diisi."}


class DecreeForm(forms.Form):
    """Form with what one decree says for all its rows; a row may say otherwise."""

    use_required_attribute = False

    from_on = forms.DateField(label="Mulai menjabat", widget=DayInput, error_messages=REQUIRED_CELL)
    source = forms.CharField(
        label="Sumber",
        max_length=LONGEST_TEXT,
        help_text="Misalnya nomor SK. Tampil untuk publik.",
        error_messages=REQUIRED_CELL,
    )
    certainty = forms.ChoiceField(label="Kepastian", choices=Certainty.choices)


class RotationRowForm(forms.Form):
    """Form for one office that changes hands. An empty row counts for nothing."""

    use_required_attribute = False

    unit = forms.ChoiceField(label="Unit", error_messages=REQUIRED_CELL)
    person = forms.CharField(label="Nama pejabat", max_length=160, error_messages=REQUIRED_CELL)
    title = forms.CharField(label="Jabatan", max_length=200, required=False)
    status = forms.ChoiceField(label="Status", choices=Tenure.Status.choices, initial=Tenure.Status.DEFINITIVE)
    from_on = forms.DateField(label="Sejak", widget=DayInput, required=False)
    last_on = forms.DateField(label="Hari terakhir (Plh)", widget=DayInput, required=False)
    source = forms.CharField(label="Sumber", max_length=LONGEST_TEXT, required=False)
    account = forms.ChoiceField(
        label="Akun kepala lama",
        required=False,
        choices=[("", "berakhir sekarang"), ("serahkan", "milik pejabat baru ini"), ("biarkan", "biarkan dulu")],
    )

    def __init__(self, *args: Any, units: dict[str, Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        with_reason(self)
        self.fields["unit"].choices = unit_choices(units)  # type: ignore[attr-defined]

    def clean(self) -> None:
        unit = self.cleaned_data["unit"] = self.units.get(self.cleaned_data.get("unit", ""))
        if unit and not self.cleaned_data.get("title"):
            if unit.head_title:
                self.cleaned_data["title"] = unit.head_title
            else:
                self.add_error("title", "Sebutan kepala unit ini belum dicatat: tulis jabatannya.")


class RotationFormSet(BaseFormSet):
    form = RotationRowForm
    extra, min_num, max_num, absolute_max = ROWS, 0, MOST, MOST
    can_order = can_delete = can_delete_extra = validate_min = False
    validate_max = True
    renderer = forms.renderers.get_default_renderer()

    def clean(self) -> None:
        """Refuses two rows for one office and status: each would end the other on the same day."""
        seen: set[tuple[str, str]] = set()
        for form in self.filled:
            key = (form["unit"].data or "", form["status"].data or "")
            if key in seen:
                form.add_error("unit", "Unit ini sudah ada di baris lain dengan status yang sama.")
            seen.add(key)

    @property
    def filled(self) -> list[RotationRowForm]:
        return [form for form in self.forms if form.has_changed()]


class _RotationRefused(Exception):
    """Error that ends the transaction, because one row was refused."""


def rotate(request: HttpRequest) -> HttpResponse:
    units = standing_units()  # read once for every row's list of choices
    posted: QueryDict | None = request.POST if request.method == "POST" else None
    more = posted is not None and "tambah" in posted
    if posted is not None and more:
        posted = _with_more_rows(posted)
    shared = DecreeForm(posted, prefix="semua")
    offices = RotationFormSet(posted, prefix="baris", form_kwargs={"units": units})
    if posted is None or more:
        return _page(request, shared, offices, quiet=True)
    valid = all([shared.is_valid(), offices.is_valid()])
    if valid and not offices.filled:
        shared.add_error(None, "Isi paling sedikit satu baris.")
        valid = False
    if not valid or not _enter(request, shared, offices):
        return _page(request, shared, offices, status=422)
    messages.success(request, f"{len(offices.filled)} masa jabatan tercatat.")
    return HttpResponseRedirect(reverse("admin:opd_tenure_changelist"))


def _with_more_rows(posted: QueryDict) -> QueryDict:
    """The same form with everything that was typed, and with a few more rows."""
    longer = posted.copy()
    given = posted.get("baris-TOTAL_FORMS", "")
    total = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else ROWS
    longer["baris-TOTAL_FORMS"] = str(min(total + MORE, MOST))
    return longer


def _enter(request: HttpRequest, shared: DecreeForm, offices: RotationFormSet) -> bool:
    """Enters every row through its act, in one transaction; an error is shown beside its row."""
    try:
        with register.many_acts():
            for form in sorted(offices.filled, key=lambda form: form.cleaned_data["status"] == Tenure.Status.PLH):
                try:  # whoever stands in comes after the holders of this table
                    with transaction.atomic(), reason_of(form):
                        _enter_one(request, shared, form)
                except (Refused, ValidationError) as error:
                    explain(form, error)
            if not any(form.errors for form in offices.filled):
                _nobody_in_two_places(offices)
            if any(form.errors for form in offices.filled):
                raise _RotationRefused
    except _RotationRefused:
        return False
    return True


def _enter_one(request: HttpRequest, shared: DecreeForm, form: RotationRowForm) -> None:
    common, own = shared.cleaned_data, form.cleaned_data
    tenure = Tenure.enter(
        by=request.user,  # type: ignore[arg-type]
        unit=own["unit"],
        person=on_record(own["person"]),
        title=own["title"],
        status=own["status"],
        from_on=own["from_on"] or common["from_on"],
        until_on=day_after(own["last_on"]),
        source=own["source"] or common["source"],
        certainty=common["certainty"],
    )
    if own["status"] != Tenure.Status.PLH and own["account"] != "biarkan":
        _settle_accounts(request, tenure, hands_over=own["account"] == "serahkan")


def _settle_accounts(request: HttpRequest, tenure: Tenure, *, hands_over: bool) -> None:
    """Ends the accounts of heads that are older than a tenure, or makes them the new holder's.

    Before a tenure begins nothing is settled: on its first day an older account may only draft, by itself.
    """
    if tenure.from_on is None or tenure.from_on > clock.today():
        return
    older = Membership.objects.filter(unit=tenure.unit, role=Membership.Role.HEAD, until_on=None)
    for place in older.filter(from_on__lt=tenure.from_on).select_related("user", "unit"):
        if hands_over:
            place.hand_over(by=request.user)  # type: ignore[arg-type]
        else:
            place.end(by=request.user)  # type: ignore[arg-type]


def _nobody_in_two_places(offices: RotationFormSet) -> None:
    """Refuses a person who would hold two offices: the old one needs a successor in this table, or must be ended
    first."""
    for form in offices.filled:
        people = Person.objects.filter(name=form.cleaned_data["person"])
        held = Tenure.objects.filter(person__in=people, status=Tenure.Status.DEFINITIVE, until_on=None)
        left = held.exclude(from_on=None).exclude(unit=form.cleaned_data["unit"]).select_related("unit").first()
        if left and form.cleaned_data["status"] == Tenure.Status.DEFINITIVE:
            form.add_error(
                "person",
                f"Masih tercatat definitif di {left.unit} ({left.unit.code}). "
                "Tambahkan penggantinya di tabel ini, atau akhiri masa jabatannya dahulu.",
            )


def _page(
    request: HttpRequest, shared: DecreeForm, offices: RotationFormSet, *, quiet: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": Tenure._meta,
        "title": "Rotasi pejabat",
        "shared": shared,
        "offices": offices,
        "quiet": quiet,
        "wrong": status != 200,
        "full": len(offices.forms) >= MOST,
    }
    return TemplateResponse(request, "secretariat/rotation_record.html", context, status=status)
