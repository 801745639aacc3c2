"""Admin pages of invitations: the keeper invites a head or an operator, a superuser also staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from opd import clock
from opd.accounts import correspondence
from opd.accounts.forms import REQUIRED_FIELD
from opd.accounts.sign_in import require_lately
from opd.errors import Refused
from opd.form_errors import explain
from opd.models import Invitation, Membership, Unit
from opd.roster.accounts import is_superuser, sees_addresses
from opd.roster.read_only import ReadOnlyAdmin, is_keeper


class StaffInvitationForm(forms.ModelForm):
    """Form to invite somebody into a unit; a superuser may choose a staff role instead."""

    use_required_attribute = False
    unit = forms.ModelChoiceField(Unit.objects.none(), label="Unit", required=False)
    role = forms.ChoiceField(label="Peran di unit", choices=Membership.Role.choices, required=False)

    class Meta:
        model = Invitation
        fields = ("name", "email", "unit", "role", "staff_role")
        help_texts = {"email": "Kalau diisi, tautannya juga dikirim ke sana."}
        error_messages = {"name": REQUIRED_FIELD}

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Unit.objects.standing_on(clock.today()).order_by("code")
        self.fields["unit"].queryset = standing  # type: ignore[attr-defined]
        if not by.is_superuser:
            del self.fields["staff_role"]

    def clean(self) -> dict[str, Any]:
        """Requires a unit, unless a staff role is chosen, which stands alone."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("staff_role"):
            given["role"] = ""
            if given.get("unit"):
                self.add_error(
                    "staff_role", "Pilih unit dengan perannya, atau satu peran sekretariat; bukan keduanya."
                )
        elif not given.get("unit"):
            self.add_error("unit", "Pilih unitnya.")
        return given

    def _post_clean(self) -> None:
        """Skips Django's check of the table's rules: the act checks them itself."""


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Admin page of invitations. The keeper invites into units, a superuser also staff. Who may invite may revoke."""

    list_display = ("name", "place", "get_state_label", "invited_by", "invited_at", "expires_at")
    list_select_related = ("unit", "invited_by")
    search_fields = ("name", "unit__code")
    to_unit = ("unit",)
    fields = ("name", "email", "unit", "role", "staff_role", "invited_by", "invited_at", "expires_at")
    readonly_fields = fields
    not_for_all = ("email",)
    change_form_template = "secretariat/invitation_change.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) or is_keeper(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        hidden = () if sees_addresses(request) else self.not_for_all
        return tuple(name for name in self.fields if name not in hidden)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return not lookup.startswith(self.not_for_all) and super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        revoke = path("<int:pk>/cabut/", self.admin_site.admin_view(self.revoke), name="opd_invitation_revoke")
        add = path("add/", self.admin_site.admin_view(self.add_view), name="opd_invitation_add")
        return [revoke, add, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        require_lately(request)
        form = StaffInvitationForm(request.POST or None, by=request.user, initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            try:
                row, token = Invitation.issue(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except (Refused, ValidationError) as error:
                explain(form, error)
            else:
                return self._invited(request, row, token)
        return self._page(request, "secretariat/invitation_create.html", "Undang", {"form": form})

    def _invited(self, request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
        """The page with the link, which is shown only this once."""
        context = correspondence.hand_over(row, token)
        return self._page(request, "secretariat/invitation_created.html", f"Undangan untuk {row.name}", context)

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        common = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, common | context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may = self.has_add_permission(request) and isinstance(row, Invitation) and row.state == "open"
        return super().change_view(request, object_id, form_url, {"may_revoke": may, **(extra_context or {})})

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Invitation, pk=pk)
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        try:
            row.revoke(by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Undangan dicabut; tautannya tidak berlaku lagi.")
        return HttpResponseRedirect(reverse("admin:opd_invitation_changelist"))
