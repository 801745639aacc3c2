"""The admin site of the secretariat, whose first page counts today's decisions and links to them."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path, reverse

from commitments.secretariat.work.waiting_work import waiting_work
from opd import access, clock
from opd.accounts.first_door import FIRST_VISIT_KEY

# Work that begins on a page of its own, and the role that alone may open it ("" for every reader).
TOOL_LINKS = (
    ("Papan peluncuran: undang unit dan petugas", "admin:launch", ""),
    ("Cari di semua daftar", "admin:search", ""),
    ("Tagih yang berutang jawaban", "admin:chasing", ""),
    ("Rapor dan paket evaluasi", "admin:paper", ""),
    ("Impor dari XLSX atau CSV", "admin:import-list", access.KEEPER),
    ("Rotasi pejabat", "admin:opd_tenure_rotasi", access.KEEPER),
    ("Ubah nama, gabung, pecah, bubarkan unit", "admin:opd_unitchange_susun", access.KEEPER),
    ("Undi uji petik", "admin:commitments_recheck_draw", access.INSPECTOR),
    ("Lamanya memutus dan hasil uji petik, seperti dibaca publik", "recheck-list", ""),
)

MODEL_SECTIONS = (
    ("Yang diputuskan", ("Measurement", "Commitment", "ServiceTarget", "TargetRevision", "UnitChange")),
    (
        "Perangkat daerah",
        (
            "Unit",
            "Tenure",
            "Person",
            "UnitName",
            "Membership",
            "Invitation",
            "User",
            "StaffRole",
            "Authenticator",
            "AccessRecord",
        ),
    ),
    (
        "Kesepakatan dan sumber",
        (
            *("Memorandum", "Signature", "PublicFact", "Assessment", "Training", "HolidayYear"),
            *("RegisterOperator", "Witness"),
        ),
    ),
    ("Uji petik", ("Recheck", "RecheckItem")),
    (
        "Rinciannya",
        (
            *("Evidence", "CaseFile", "MeasurementQuestion", "Decision", "ProposalStep", "Holiday"),
            *("Assignment", "Acknowledgement", "Inheritance", "Entry"),
        ),
    ),
)


class SecretariatSite(AdminSite):
    site_header = "Melewati Seremoni"
    site_title = "Meja sekretariat"
    index_title = "Meja sekretariat"
    site_url = "/"
    enable_nav_sidebar = False  # lists and evidence need the width; the front page names everything

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Leads to allauth's sign-in page: the admin's own form has no second factor and no limit on guesses."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def get_urls(self) -> list[Any]:
        from commitments.secretariat import chasing
        from commitments.secretariat.launch import views as launch
        from commitments.secretariat.printing import views  # the admin's modules are loaded after its site

        search = path("cari/", include("commitments.secretariat.work.search"))
        imports = path("impor/", include("commitments.secretariat.imports.views"))
        return [search, imports, *launch.urls(), *chasing.urls(), *views.urls(), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The menu, grouped by what people look for and not by app."""
        apps_shown = super().get_app_list(request, app_label)
        if app_label:
            return apps_shown
        known = {model["object_name"]: model for app in apps_shown for model in app["models"]}
        known.get("Authenticator", {})["name"] = "Faktor kedua"
        sections = []
        for number, (title, names) in enumerate(MODEL_SECTIONS):
            models = [known[name] for name in names if name in known]
            section = {"name": title, "app_label": f"bagian-{number}", "app_url": "", "models": models}
            sections += [section] if models else []
        return sections

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The first page. The counts are for people with a role; anybody else reads that they have none."""
        from opd.roster.read_only import roles  # as above

        if request.session.pop(FIRST_VISIT_KEY, False):  # just made at the first door
            return HttpResponseRedirect(reverse("admin:launch"))
        day = waiting_work(clock.today(), cast("User", request.user)) if self.get_app_list(request) else None
        tools = [(title, reverse(name)) for title, name, role in TOOL_LINKS if not role or role in roles(request)]
        return super().index(request, {"workday": day, "tools": tools, **(extra_context or {})})
