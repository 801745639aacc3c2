"""What does the secretariat see first? Django's admin, with the day's decisions in counts that are links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.contrib.admin import AdminSite
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path, reverse

from opd import clock


@dataclass(frozen=True)
class Pile:
    """Something that waits for a decision: how many, since when, and where to decide."""

    title: str
    count: int
    oldest_at: datetime | None
    url: str

    @property
    def days(self) -> int | None:
        """Age of the oldest in whole days."""
        return (clock.today() - clock.day_of(self.oldest_at)).days if self.oldest_at else None


def pile(title: str, rows: QuerySet[Any], since: str) -> Pile:
    """Every waiting row of one model; `since` is the column that says from when it waits."""
    found = rows.order_by().aggregate(oldest=Min(since))
    opts = rows.model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return Pile(title, rows.count(), found["oldest"], f"{url}?antrean=menunggu")


def piles() -> list[Pile]:
    """The day's work, what is asked most often first."""
    model = apps.get_model
    return [
        pile("Realisasi menunggu verifikasi", model("commitments.Measurement").objects.waiting(), "submitted_at"),
        pile("Usulan komitmen", model("commitments.Commitment").objects.waiting(), "proposed_at"),
        pile("Usulan target", model("commitments.ServiceTarget").objects.waiting(), "proposed_at"),
        pile("Usulan perubahan target", model("commitments.TargetRevision").objects.waiting(), "proposed_at"),
        pile("Perubahan unit", model("opd.UnitChange").objects.filter(confirmed_at=None), "proposed_at"),
    ]


SECTIONS = (
    ("Yang diputuskan", ("Measurement", "Commitment", "ServiceTarget", "TargetRevision", "UnitChange")),
    (
        "Perangkat daerah",
        ("Unit", "Tenure", "Person", "UnitName", "Membership", "Invitation", "User", "Authenticator"),
    ),
    ("Kesepakatan dan sumber", ("Memorandum", "Signature", "PublicFact")),
    ("Rinciannya", ("Evidence", "Decision", "Assignment", "Acknowledgement", "Entry")),
)


class Desk(AdminSite):
    site_header = "Melewati Seremoni"
    site_title = "Meja sekretariat"
    index_title = "Meja sekretariat"
    site_url = "/"
    enable_nav_sidebar = False  # lists and proof need the width; the front page names everything

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The admin's own form knows no second factor and no throttle: allauth's page signs in."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def get_urls(self) -> list[Any]:
        from commitments.admin import paper  # the admin's modules are loaded after its site

        imports = path("impor/", include("commitments.admin.imports"))
        return [imports, *paper.urls(), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """By what people look for, not by which part of the program holds it."""
        apps_shown = super().get_app_list(request, app_label)
        if app_label:
            return apps_shown
        known = {model["object_name"]: model for app in apps_shown for model in app["models"]}
        known.get("Authenticator", {})["name"] = "Faktor kedua"
        sections = []
        for number, (title, names) in enumerate(SECTIONS):
            models = [known[name] for name in names if name in known]
            section = {"name": title, "app_label": f"bagian-{number}", "app_url": "", "models": models}
            sections += [section] if models else []
        return sections

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().index(request, {"piles": piles(), **(extra_context or {})})
