"""Admin pages of accounts, roles and second factors, and of who read what is private."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# These register models that are registered anew below.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern

from opd import access
from opd.accounts.sign_in import require_lately
from opd.errors import Refused
from opd.models import AccessRecord, StaffRole
from opd.models.staff_role import keep_a_superuser, switch_off
from opd.roster.read_only import DASH, ReadOnlyAdmin, is_keeper, may_read, roles

for model in (User, Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


def is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def sees_addresses(request: HttpRequest) -> bool:
    """Whether this person needs the e-mail addresses of others: who invites and who mends accounts."""
    return is_superuser(request) or is_keeper(request)


class KeptForeverAdmin(admin.ModelAdmin):
    """Admin page whose rows are never deleted: an account is switched off, a membership is ended."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_read(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_read(request)


class RolesField(forms.MultipleChoiceField):
    """Field for the roles that an account holds at the secretariat."""

    def __init__(self) -> None:
        super().__init__(
            label="Peran sekretariat",
            choices=[(role, role) for role in access.GIVEN_ROLES],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="Tiap pemberian dan pengakhiran tercatat di jejak dengan nomor, tanpa nama.",
        )


class AccountForm(UserChangeForm):
    """Form of an account, with the roles that it holds; what the acts would refuse is said beside the field."""

    by: User  # who fills it in

    roles = RolesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = set(StaffRole.objects.held().filter(user=self.instance).values_list("role", flat=True))
        if "roles" in self.fields:
            self.fields["roles"].initial = sorted(self.held)

    def clean_roles(self) -> set[str]:
        chosen = set(self.cleaned_data["roles"])
        with explained_refusal():
            if chosen - self.held:
                access.require_giver(self.by, self.instance, None, "")
            for role in self.held - chosen:
                keep_a_superuser(self.instance, role)
        return chosen

    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and access.ADMINISTRATOR in self.held:
            with explained_refusal():
                keep_a_superuser(self.instance, access.ADMINISTRATOR)
        return is_active


@contextmanager
def explained_refusal() -> Iterator[None]:
    """Context that turns a refusal into the message of a form's field."""
    try:
        yield
    except Refused as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class GrantingAdmin(admin.ModelAdmin):
    """Admin page where saving gives somebody rights: allowed only shortly after a password or a code.

    Whoever must give it again loses nothing of what was typed.
    """

    preserve_filters = False  # whoever was asked comes back to an address without a query

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require_lately(request)
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user  # type: ignore[attr-defined]
        return form


class RoleFilter(admin.SimpleListFilter):
    """Filter for accounts that hold a role at the secretariat."""

    title = "peran sekretariat"
    parameter_name = "peran"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role, role) for role in access.GIVEN_ROLES]

    def queryset(self, request: HttpRequest, rows: QuerySet[User]) -> QuerySet[User]:
        holders = StaffRole.objects.held().filter(role=self.value() or "")
        return rows.filter(pk__in=holders.values("user")) if self.value() else rows


@admin.register(User)
class AccountAdmin(GrantingAdmin, KeptForeverAdmin, UserAdmin):
    """Admin page of accounts.

    The keeper handles accounts of units; staff accounts, roles and passwords are a superuser's.
    """

    form = AccountForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", RoleFilter)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Orangnya", {"fields": ("first_name", "last_name", "email")}),
        ("Wewenang", {"fields": ("is_active", "roles")}),
        ("Waktu", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2")}),)

    @admin.display(description="peran sekretariat")
    def roles(self, row: User) -> str:
        return ", ".join(str(role) for role in StaffRole.objects.held().filter(user=row)) or DASH

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        AccessRecord.note(request.user, AccessRecord.ReadKind.ACCOUNTS)
        return super().changelist_view(request, extra_context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if row := self.get_object(request, object_id):
            AccessRecord.note(request.user, AccessRecord.ReadKind.ACCOUNTS, row.get_username())
        return super().change_view(request, object_id, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Saves the account; what it may do changes through acts only."""
        by: User = request.user  # type: ignore[assignment]
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and not obj.is_active and "is_active" in form.changed_data:
                switch_off(obj, by=by)
            elif change and "roles" in form.cleaned_data:
                self._change_roles(obj, form, by)

    def _change_roles(self, account: User, form: AccountForm, by: User) -> None:
        chosen: set[str] = form.cleaned_data["roles"]
        for role in StaffRole.objects.held().filter(user=account).exclude(role__in=chosen):
            role.end(by=by)
        for name in sorted(chosen - form.held):
            StaffRole.give(by=by, user=account, role=name)

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
        return (*fixed, *(("email",) if obj else ()), "password", "roles")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields to show: only a superuser sees even the salted digest of a password."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or is_superuser(request):
            return fieldsets
        person = fieldsets[1] if is_keeper(request) else ("Orangnya", {"fields": ("first_name", "last_name")})
        return ((None, {"fields": ("username",)}), person, *fieldsets[2:])

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("username", "first_name", "last_name", *(("email",) if sees_addresses(request) else ()))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Refused for all but superusers: a keeper who could set somebody's password could act in their name."""
        if not is_superuser(request):
            raise PermissionDenied
        require_lately(request)
        return super().user_change_password(request, id, form_url)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        hidden = ("password",) if sees_addresses(request) else ("password", "email")
        return not any(name in lookup for name in hidden) and super().lookup_allowed(lookup, value, request)


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


@admin.register(StaffRole)
class StaffRoleAdmin(ReadOnlyAdmin):
    """Admin page of the roles at the secretariat, as the register knows them, with the account behind each number."""

    list_display = ("role", "number", "user", "given_at", "ended_at", "given_by")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "given_by")
    search_fields = ("user__username", "user__first_name", "user__last_name")
    fields = ("role", "number", "user", "given_at", "given_by", "ended_at")


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnlyAdmin):
    """Admin page of who opened private evidence and who read accounts: for the Inspektorat and superusers only."""

    list_display = ("at", "user", "what", "named")
    list_filter = ("what",)
    list_select_related = ("user",)
    search_fields = ("user__username", "named")
    date_hierarchy = "at"
    fields = ("at", "user", "what", "named")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request) or access.INSPECTOR in roles(request)
