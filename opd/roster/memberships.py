"""Admin pages of memberships: which account works for which unit; each is given and ended by an act."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from opd import access, clock
from opd.accounts.sign_in import require_lately
from opd.models import Membership
from opd.models.unit import has_ended
from opd.roster.accounts import sees_addresses
from opd.roster.add_row import AddRowView
from opd.roster.decision_view import ActForm, DecisionView
from opd.roster.forms import DayInput, standing_units, unit_choices
from opd.roster.read_only import ReadOnlyAdmin, only_for


class MembershipForm(forms.Form):
    """Form of a new membership, with plain lists instead of a search box: they work without JavaScript."""

    use_required_attribute = False

    user = forms.ModelChoiceField(
        User.objects.none(),
        label="Akun",
        help_text="Akun yang aktif, bukan akun Anda sendiri. Akun baru dibuat lebih dahulu di Pengguna.",
    )
    role = forms.ChoiceField(
        label="Peran",
        choices=Membership.Role.choices,
        help_text="Kepala mengirim dan mengusulkan; operator menyusun; pegawai hanya dicatat bertugas di sana.",
    )
    from_on = forms.DateField(
        label="Sejak", widget=DayInput, initial=clock.today, help_text="Hari pertama boleh masuk ke tempat kerjanya."
    )

    field_order = ("user", "unit", "role", "from_on")

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        units = standing_units()
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.TypedChoiceField(
            label="Unit", choices=unit_choices(units), coerce=units.get, empty_value=None
        )
        self.order_fields(self.field_order)
        others = User.objects.filter(is_active=True).exclude(pk=by.pk).order_by("username")
        self.fields["user"].queryset = others  # type: ignore[attr-defined]

    def save(self, *, by: User) -> Membership:
        return Membership.give(by=by, **self.cleaned_data)


class AddMembershipView(AddRowView):
    model = Membership
    form_class = MembershipForm
    button = "Beri tempat"
    explains = "Tercatat di jejak dengan nomor, tanpa nama. Tidak ada yang memberi tempat kepada dirinya sendiri."
    done = "Tempat diberikan."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_lately(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}


class MembershipAct(ActForm):
    """Base form of an act on a membership, for whoever may invite to that place."""

    fresh = True

    @staticmethod
    def may(user: User, row: Membership) -> object:
        return access.require_ender(user, row.unit, row.role)


class EndMembershipForm(MembershipAct):
    slug = "akhiri"
    button = "Akhiri"
    explains = "Akun ini tidak lagi boleh masuk ke tempat kerja unit ini."
    done = "Tempat ini berakhir."

    on = forms.DateField(label="Hari pertama yang tidak boleh lagi", widget=DayInput, initial=clock.today)

    @staticmethod
    def fits(row: Membership) -> bool:
        return not has_ended(row, clock.today())

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < self.row.from_on:
            raise forms.ValidationError("Hari ini mendahului hari mulainya.")
        return on

    def save(self, *, by: User, seen: str) -> object:
        return self.row.end(by=by, on=self.cleaned_data["on"])


class HandOverForm(MembershipAct):
    slug = "pejabat-baru"
    button = "Akun ini milik kepala yang baru"
    explains = "Bila benar miliknya: berlaku sejak hari ini. Bila bukan, akhiri, lalu undang kepala yang baru."
    done = "Akun ini kini milik kepala yang baru, sejak hari ini."

    @staticmethod
    def may(user: User, row: Membership) -> object:
        return access.require_giver(user, row.user, row.unit, row.role)

    @staticmethod
    def fits(row: Membership) -> bool:
        return Membership.objects.outdated_on(clock.today()).filter(pk=row.pk).exists()

    def save(self, *, by: User, seen: str) -> object:
        return self.row.hand_over(by=by)


class MembershipView(DecisionView):
    """The page of a membership; it says so when the office has changed hands since."""

    template_name = "secretariat/membership_decide.html"
    acts = (HandOverForm, EndMembershipForm)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.object, clock.today()
        if HandOverForm.fits(row):
            holder = row.unit.tenures.holding(today).select_related("person").first()
            given = {"unit": row.unit_id, "role": row.role, "name": holder.person.name if holder else ""}
            invite = f"{reverse('admin:opd_invitation_add')}?{urlencode(given)}"
            kwargs |= {"outdated": access.outdated_since(row.user, row.unit), "holder": holder, "invite": invite}
        return super().get_context_data(**kwargs)


class OutdatedFilter(admin.SimpleListFilter):
    """Filter for heads' accounts that are older than the tenure in force."""

    title = "antrean"
    parameter_name = "antrean"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("kepala-berganti", "kepala berganti, akun belum")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        outdated = Membership.objects.outdated_on(clock.today())
        return rows.filter(pk__in=outdated.values("pk")) if self.value() == "kepala-berganti" else rows


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Admin page of memberships: given on one page, ended on another, never deleted."""

    row_view = MembershipView
    tools = (("Beri tempat", "admin:opd_membership_add"),)
    list_display = ("user", "unit_code", "role", "number", "from_on", "until_on")
    list_filter = (OutdatedFilter, "role", ("until_on", admin.EmptyFieldListFilter))
    list_select_related = ("user", "unit")
    search_fields = ("user__username", "user__first_name", "user__last_name", "unit__code")
    to_unit = ("unit",)
    fields = ("user", "unit", "role", "number", "from_on", "until_on", "given_by")

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Membership) -> str:
        return row.unit.code

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related(*Membership.related)

    def get_urls(self) -> list[URLPattern]:
        add = only_for(sees_addresses)(AddMembershipView.as_view())
        return [path("add/", add, name="opd_membership_add"), *super().get_urls()]
