"""Admin pages of accounts, memberships and second factors. They are private, so they are edited in place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

# These register models that are registered anew below.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from opd import access, clock
from opd.accounts.sign_in import require_lately
from opd.errors import Refused
from opd.models import Membership
from opd.roster.forms import DayInput, standing_units, unit_choices
from opd.roster.read_only import ReadOnlyAdmin, is_keeper, may_read

for model in (User, Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


def is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


class KeptForeverAdmin(admin.ModelAdmin):
    """Admin page whose rows are never deleted: an account is switched off, a membership is ended."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_read(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_read(request)


class MembershipForm(forms.ModelForm):
    """Form of a membership with plain lists instead of a search box: they work without JavaScript."""

    class Meta:
        model = Membership
        fields = ("user", "unit", "role", "from_on", "until_on")
        widgets = {"from_on": DayInput, "until_on": DayInput}
        help_texts = {
            "user": "Akun yang aktif. Akun baru dibuat lebih dahulu di Pengguna.",
            "role": "Kepala mengirim dan mengusulkan; operator menyusun; pegawai hanya dicatat bertugas di sana.",
            "from_on": "Hari pertama boleh masuk ke tempat kerja unit ini.",
            "until_on": "Hari pertama yang tidak boleh lagi. Kosong: masih berlaku.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:  # else the place is only being ended
            units = standing_units()
            for link in ("can_add_related", "can_change_related", "can_view_related"):
                setattr(self.fields["user"].widget, link, False)  # icons that open windows: the list is enough
            users = User.objects.filter(is_active=True).order_by("username")
            self.fields["user"].queryset = users  # type: ignore[attr-defined]
            self.fields["unit"] = forms.TypedChoiceField(
                label="Unit", choices=unit_choices(units), coerce=units.get, empty_value=None
            )


class GrantingAdmin(admin.ModelAdmin):
    """Admin page where saving gives somebody rights: allowed only shortly after a password or a code.

    Whoever must give it again loses nothing of what was typed.
    """

    preserve_filters = False  # whoever was asked comes back to an address without a query

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require_lately(request)
        return super().changeform_view(request, *args, **kwargs)


@admin.register(User)
class AccountAdmin(GrantingAdmin, KeptForeverAdmin, UserAdmin):
    """Admin page of accounts.

    The keeper handles accounts of units; staff accounts, roles and passwords are a superuser's.
    """

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups")
    filter_horizontal = ()
    superusers_only = ("is_staff", "is_superuser", "groups")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Orangnya", {"fields": ("first_name", "last_name", "email")}),
        ("Wewenang", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Waktu", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2")}),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) or is_keeper(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        of_a_unit = obj is None or not (obj.is_staff or obj.is_superuser)
        return is_superuser(request) or (is_keeper(request) and of_a_unit)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The columns that cannot be edited: the user name of an existing account, and for a keeper the address too.

        The register holds digests of who acted under which name. And who could set the address to which a new
        password is sent could sign in as somebody else.
        """
        fixed = ("last_login", "date_joined", *(("username",) if obj else ()))
        if is_superuser(request):
            return fixed
        return (*fixed, *(("email",) if obj else ()), "password", *self.superusers_only)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields to show: only a superuser sees even the salted digest of a password."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or is_superuser(request):
            return fieldsets
        return ((None, {"fields": ("username",)}), *fieldsets[1:])

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Refused for all but superusers: a keeper who could set somebody's password could act in their name."""
        if not is_superuser(request):
            raise PermissionDenied
        require_lately(request)
        return super().user_change_password(request, id, form_url)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return "password" not in lookup and super().lookup_allowed(lookup, value, request)


class Outdated(admin.SimpleListFilter):
    """Filter for heads' accounts that are older than the tenure in force."""

    title = "antrean"
    parameter_name = "antrean"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("kepala-berganti", "kepala berganti, akun belum")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        outdated = Membership.objects.outdated_on(clock.today())
        return rows.filter(pk__in=outdated.values("pk")) if self.value() == "kepala-berganti" else rows


@admin.register(Membership)
class MembershipAdmin(GrantingAdmin, KeptForeverAdmin):
    """Admin page of memberships: given on one screen, ended on another, never deleted."""

    list_display = ("user", "unit_code", "role", "from_on", "until_on")
    list_filter = (Outdated, "role", ("until_on", admin.EmptyFieldListFilter))
    list_select_related = ("user", "unit")
    search_fields = ("user__username", "user__first_name", "user__last_name", "unit__code")
    form = MembershipForm
    fields = ("user", "unit", "role", "from_on", "until_on")
    change_form_template = "secretariat/membership_change.html"

    @admin.display(description="unit", ordering="unit__code")
    def unit_code(self, row: Membership) -> str:
        return row.unit.code

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.hand_over)
        return [path("<int:pk>/pejabat-baru/", view, name="opd_membership_hand_over"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page, with the buttons to hand over or end the membership when the office has changed hands since."""
        row, today = self.get_object(request, object_id), clock.today()
        extra = dict(extra_context or {})
        if row and self.has_change_permission(request) and Membership.objects.outdated_on(today).filter(pk=row.pk):
            holder = row.unit.tenures.holding(today).select_related("person").first()
            given = {"unit": row.unit_id, "role": row.role, "name": holder.person.name if holder else ""}
            invite = f"{reverse('admin:opd_invitation_add')}?{urlencode(given)}"
            extra |= {"outdated": access.outdated_since(row.user, row.unit), "holder": holder, "invite": invite}
        return super().change_view(request, object_id, form_url, extra)

    def hand_over(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Membership, pk=pk)
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        require_lately(request)
        try:
            row.hand_over(by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Akun {row.user} kini milik kepala {row.unit} yang baru, sejak hari ini.")
        return HttpResponseRedirect(reverse("admin:opd_membership_changelist"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else self.fields[:-1]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields[:-1] if obj else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) or is_keeper(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request) or is_keeper(request)


@admin.register(Authenticator)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Admin page of who has a second factor.

    A superuser removes it when a telephone is lost; its secret is never shown.
    """

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    fields = ("user", "type", "created_at", "last_used_at")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuses filters on `data` in the address: asked letter by letter, they would reveal the secrets."""
        return not lookup.startswith("data") and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def get_urls(self) -> list[URLPattern]:
        kept = ("_changelist", "_change", "_delete")
        return [url for url in admin.ModelAdmin.get_urls(self) if url.name and url.name.endswith(kept)]
