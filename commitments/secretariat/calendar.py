"""Admin pages of the calendar: the keeper enters the holidays of a year, an approver lets them count."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import URLPattern, path

from commitments.form_fields import CountField, DayField
from commitments.formats import plain_date
from commitments.models.cases.calendar import DayOff, Holiday, HolidayYear
from commitments.models.cases.holiday_package import proposed_year
from commitments.secretariat.work.queue import WAITING_CHOICE, QueueFilter
from opd import clock
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import ActForm, DecisionView, ReasonField
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, for_keepers

DAY_AND_NAME = ";"


class CalendarQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "menunggu penyetuju", lambda rows: rows.waiting()),
        ("berlaku", "berlaku", lambda rows: rows.filter(pk__in=[row.pk for row in rows.in_force()])),
        ("ditolak", "ditolak", lambda rows: rows.exclude(refused_at=None)),
    )


class CalendarForm(forms.Form):
    """Form for the whole list of a year, one day a line."""

    use_required_attribute = False
    year = CountField(label="Tahun")
    days = forms.CharField(
        label="Hari libur dan cuti bersama",
        widget=forms.Textarea(attrs={"rows": 28}),
        help_text="Satu hari satu baris: tanggal, titik koma, nama. Misalnya: 1 Januari 2028; Tahun Baru Masehi.",
        error_messages={"required": "Tulis hari liburnya, satu baris satu hari."},
    )
    source = forms.CharField(
        label="Sumber",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Dari mana daftar ini. Tampil untuk publik.",
        error_messages={"required": "Tulis sumbernya."},
    )
    decree = forms.CharField(
        label="Keputusan bersama",
        required=False,
        max_length=300,
        help_text="Nomornya, bila daftar ini sudah dicocokkan. Kosong: belum dicocokkan dengan keputusan bersama.",
    )

    def clean_days(self) -> list[DayOff]:
        return [
            _day_off(number, line) for number, line in enumerate(self.cleaned_data["days"].splitlines(), 1) if line
        ]

    def save(self, *, by: User) -> HolidayYear:
        return HolidayYear.enter(by=by, **self.cleaned_data)


def _day_off(number: int, line: str) -> DayOff:
    written, sign, name = line.partition(DAY_AND_NAME)
    if not sign or not name.strip():
        raise ValidationError(f"Baris {number}: tulis tanggal, titik koma, lalu nama harinya.")
    try:
        day = DayField().clean(written.strip())
    except ValidationError as error:
        raise ValidationError(f"Baris {number}: {' '.join(error.messages)}") from None
    return DayOff(day, " ".join(name.split()))


class AddCalendarView(AddRowView):
    """The page for a year; it starts with what the package knows of it."""

    model = HolidayYear
    form_class = CalendarForm
    button = "Catat kalender"
    explains = (
        "Daftar satu tahun dicatat utuh, dan berlaku sesudah disetujui orang lain. Nilai yang sudah dikirim tidak "
        "berubah. Yang tertulis di sini usulan paket holidays: cocokkan dengan keputusan bersama."
    )
    done = "{} tercatat dan menunggu penyetuju."

    def get_initial(self) -> dict[str, Any]:
        year = self._year()
        proposed = proposed_year(year)
        lines = [f"{plain_date(one.day)}; {one.name}" for one in proposed.days]
        return {"year": year, "days": "\n".join(lines), "source": proposed.source}

    def _year(self) -> int:
        asked = self.request.GET.get("tahun", "")
        if asked.isascii() and asked.isdigit() and 1990 <= int(asked[:5]) <= 2100:
            return int(asked)
        newest = HolidayYear.objects.order_by("-year").values_list("year", flat=True).first()
        return (newest or clock.today().year - 1) + 1


class CalendarAct(ActForm):
    """Base form of an act of an approver on a calendar that waits."""

    @staticmethod
    def fits(row: HolidayYear) -> bool:
        return row.is_waiting

    @staticmethod
    def may(user: User, row: HolidayYear) -> object:
        return row.office_to_decide(user)


class ApproveCalendarForm(CalendarAct):
    slug, key = "setujui", "s"
    button = "Setujui"
    explains = "Sejak sekarang hari kerja tahun ini dihitung menurut daftar ini. Nilai yang sudah dikirim tetap."
    done = "Kalender disetujui."
    fresh = True

    def save(self, *, by: User, seen: str) -> object:
        return self.row.approve(by=by, seen=seen)


class RefuseCalendarForm(CalendarAct):
    slug, key = "tolak", "t"
    button = "Tolak"
    explains = "Kalender yang berlaku tetap; alasannya dibaca publik."
    done = "Kalender ditolak."

    reason = ReasonField()

    def save(self, *, by: User, seen: str) -> object:
        return self.row.refuse(by=by, seen=seen, reason=self.cleaned_data["reason"])


class CalendarView(DecisionView):
    acts = (ApproveCalendarForm, RefuseCalendarForm)

    def queue(self) -> QuerySet[HolidayYear]:
        return HolidayYear.objects.waiting().order_by("entered_at", "pk")

    def facts(self) -> list[LabelledFact]:
        days = [LabelledFact(plain_date(one.day), one.name) for one in self.object.days.all()]
        return [*super().facts(), *days]


@admin.register(HolidayYear)
class HolidayYearAdmin(ReadOnlyAdmin):
    row_view = CalendarView
    tools = (("Catat kalender", "admin:commitments_holidayyear_baru"),)
    list_display = ("year", "entered_at", "approved_at", "refused_at", "decree_said")
    list_filter = (CalendarQueue,)
    fields = (
        *("year", "source", "decree", "entered_at", "entered_by", "approved_at", "approved_by"),
        *("refused_at", "refused_by", "refusal_reason"),
    )

    def get_urls(self) -> list[URLPattern]:
        add = for_keepers(AddCalendarView.as_view())
        return [path("baru/", add, name="commitments_holidayyear_baru"), *super().get_urls()]

    @admin.display(description="keputusan bersama")
    def decree_said(self, row: HolidayYear) -> str:
        return row.decree or "belum dicocokkan dengan keputusan bersama"


@admin.register(Holiday)
class HolidayAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("day", "name", "calendar")
    list_select_related = ("calendar",)
    search_fields = ("name",)
    fields = ("calendar", "day", "name")
