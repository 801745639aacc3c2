"""Admin pages of rechecks (uji petik): the Inspektorat draws a sample, then writes down its findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from commitments.form_fields import CountField, DayField, NumberField
from commitments.models import Recheck, RecheckItem
from commitments.models.recheck import MAX_SAMPLE
from commitments.secretariat.evidence import original_address
from commitments.secretariat.work.queue import WAITING_CHOICE, QueueFilter
from opd import access, clock
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import ActForm, DecisionView
from opd.roster.read_only import LabelledFact, ReadOnlyAdmin, address, fact, in_words, only_for, roles
from opd.texts import LONGEST_TEXT


def is_inspector(request: HttpRequest) -> bool:
    return access.INSPECTOR in roles(request)


class DrawForm(forms.Form):
    use_required_attribute = False
    size = CountField(label="Banyaknya sampel", initial=10, help_text=f"Antara 1 dan {MAX_SAMPLE}.")
    since = DayField(
        label="Diverifikasi sejak", required=False, help_text="Kosongkan agar semua yang terverifikasi ikut diundi."
    )

    def clean_size(self) -> int:
        size: int = self.cleaned_data["size"]
        if size > MAX_SAMPLE:
            raise forms.ValidationError(f"Paling banyak {MAX_SAMPLE}: sampel yang benar-benar diperiksa.")
        return size

    def save(self, *, by: User) -> Recheck:
        return Recheck.draw(by=by, **self.cleaned_data)


class DrawView(AddRowView):
    """Draws a sample, once for one press; who is in it follows from the register, not from this page."""

    model = Recheck
    form_class = DrawForm
    template_name = "secretariat/recheck_draw.html"
    button = "Undi uji petik"
    done = "{} diundi. Publik sudah dapat membacanya."

    def get_success_url(self) -> str:
        return address(self.object.items.order_by("rank")[0])


class FindingForm(ActForm):
    slug, key = "catat", "c"
    button = "Catat hasil"
    explains = "Lihat lagi sumbernya, bukan berkas yang dikirim. Hasilnya dibaca publik dan tidak dapat diganti."
    done = "Hasil uji petik tercatat."

    outcome = forms.ChoiceField(
        label="Hasilnya",
        choices=RecheckItem.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih hasilnya."},
    )
    found_value = NumberField(label="Nilai yang ditemukan, bila berbeda", required=False)
    finding = forms.CharField(
        label="Temuan",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Tampil untuk publik, sedikitnya 20 huruf. Sebut sumber yang dilihat, tanpa nama warga.",
        error_messages={"required": "Tulis apa yang Anda lihat."},
    )

    @staticmethod
    def fits(row: RecheckItem) -> bool:
        return row.is_open

    @staticmethod
    def may(user: User, row: RecheckItem) -> object:
        return row.office_to_record(user)

    def save(self, *, by: User, seen: str) -> object:
        return self.row.record(by=by, seen=seen, **self.cleaned_data)


class StandsForm(ActForm):
    slug, key = "tetap", "t"
    button = "Nyatakan angkanya tetap"
    explains = (
        "Angka ini dipersoalkan sampai verifikasinya dicabut, unitnya mengoreksi, atau Anda menyatakannya tetap. "
        "Alasannya dibaca publik dan tidak dapat diganti."
    )
    done = "Angkanya dinyatakan tetap; tanda dipersoalkan hilang."
    offered_to = frozenset({access.INSPECTOR})

    reason = forms.CharField(
        label="Alasan",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Tampil untuk publik, sedikitnya 20 huruf. Sebut apa yang dilihat lagi, tanpa nama warga.",
        error_messages={"required": "Tulis mengapa angkanya tetap."},
    )

    @staticmethod
    def fits(row: RecheckItem) -> bool:
        return row.is_objecting

    @staticmethod
    def may(user: User, row: RecheckItem) -> object:
        return row.require_other_inspector(user)

    def save(self, *, by: User, seen: str) -> object:
        return self.row.let_stand(by=by, seen=seen, **self.cleaned_data)


def _outcome(item: RecheckItem) -> str:
    return item.get_outcome_display() or "belum diperiksa"


@admin.register(Recheck)
class RecheckAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "drawn_at", "since", "population", "drawn", "open_ones")
    change_list_template = "secretariat/recheck_list.html"
    fields = ("number", "drawn_at", "since", "head_seq", "head_hash", "population", "size", "samples")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recheck]:
        items = {"items_count": Count("items"), "items_open": Count("items", filter=Q(items__recorded_at=None))}
        return super().get_queryset(request).annotate(**items)

    def get_urls(self) -> list[URLPattern]:
        draw = only_for(is_inspector)(DrawView.as_view())
        return [path("undi/", draw, name="commitments_recheck_draw"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"may_draw": is_inspector(request)})

    @admin.display(description="sampel undian ini")
    def samples(self, row: Recheck) -> SafeString:
        items = row.items.select_related("measurement__target").order_by("rank")
        found = ((address(one), one.rank, one.measurement.target, _outcome(one)) for one in items)
        return format_html_join("", '<p><a href="{}">{}. {}</a>: {}</p>', found)

    @admin.display(description="sampel", ordering="items_count")
    def drawn(self, row: Any) -> int:
        return int(row.items_count)

    @admin.display(description="belum diperiksa", ordering="items_open")
    def open_ones(self, row: Any) -> int:
        return int(row.items_open)


def _found(outcome: str) -> Callable[[Any], QuerySet[Any]]:
    return lambda rows: rows.filter(outcome=outcome)


class FindingQueue(QueueFilter):
    questions = (
        (WAITING_CHOICE, "belum diperiksa", lambda rows: rows.filter(recorded_at=None)),
        ("dipersoalkan", "masih dipersoalkan", lambda rows: rows.objecting_on(clock.today())),
        *((value, str(label), _found(value)) for value, label in RecheckItem.Outcome.choices),
    )


class RecheckItemView(DecisionView):
    acts = (FindingForm, StandsForm)

    def queue(self) -> QuerySet[RecheckItem]:
        return RecheckItem.objects.filter(recorded_at=None).order_by("recheck__number", "rank")

    def facts(self) -> list[LabelledFact]:
        measurement, target = self.object.measurement, self.object.measurement.target
        value = f"{in_words(measurement.value)} {target.unit_of_measure}"
        period = f"{in_words(measurement.period_start)} s.d. {in_words(measurement.period_end)}"
        return [
            LabelledFact("unit", str(target.unit), address(target.unit)),
            LabelledFact("target", str(target), address(target)),
            LabelledFact("terverifikasi", value, address(measurement)),
            LabelledFact("periode", period),
            *(
                LabelledFact("bukti", str(item), original_address(item) or item.url)
                for item in measurement.evidence.all()
            ),
            fact(measurement, "n"),
            fact(measurement, "method"),
            fact(target, "data_source"),
            *super().facts(),
        ]


@admin.register(RecheckItem)
class RecheckItemAdmin(ReadOnlyAdmin):
    row_view = RecheckItemView
    list_display = ("__str__", "target_named", "value_said", "outcome", "recorded_at")
    list_filter = (FindingQueue, "recheck")
    list_select_related = ("recheck", "measurement__target")
    fields = (
        *("recheck", "rank", "measurement", "outcome", "found_value", "finding", "recorded_at", "recorded_by"),
        *("stands_at", "stands_by", "stands_reason"),
    )

    @admin.display(description="target")
    def target_named(self, row: RecheckItem) -> str:
        return str(row.measurement.target)

    @admin.display(description="terverifikasi")
    def value_said(self, row: RecheckItem) -> str:
        return f"{in_words(row.measurement.value)} {row.measurement.target.unit_of_measure}"
