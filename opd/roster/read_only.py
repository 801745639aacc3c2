"""Read-only admin pages: staff of every role read everything, and nothing is edited in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import formats, timezone
from django.views.generic import View

from opd import access
from opd.register.canonical import decimal_text

DASH = "–"


def roles(request: HttpRequest) -> frozenset[str]:
    """The staff roles of the signed-in person, looked up once a request."""
    known: frozenset[str] | None = getattr(request, "staff_roles", None)
    if known is None:
        known = access.roles_of(request.user) if request.user.is_authenticated else frozenset()
        request.staff_roles = known  # type: ignore[attr-defined]
    return known


def may_read(request: HttpRequest) -> bool:
    return bool(roles(request)) or bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def is_keeper(request: HttpRequest) -> bool:
    return access.KEEPER in roles(request)


AdminPage = Callable[..., HttpResponseBase]


def only_for(may: Callable[[HttpRequest], bool]) -> Callable[[AdminPage], AdminPage]:
    """Decorator for an admin page that is no list: for the people of whom `may` is true."""

    def decorate(view: AdminPage) -> AdminPage:
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not may(request):
                raise PermissionDenied
            return view(request, **kwargs)

        return admin.site.admin_view(guarded)

    return decorate


for_readers, for_keepers = only_for(may_read), only_for(is_keeper)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list and a page for each row. Superusers too cannot add, change or delete anything here.

    `fields` are on the page of a row: Django's own, or `row_view`. `tools` are links above the list for the keeper.
    """

    row_view: type[View] | None = None
    tools: tuple[tuple[str, ...], ...] = ()  # a label, the name of a route, and what its address takes

    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    view_on_site = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_read(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_read(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = str(self.opts.verbose_name_plural).capitalize()
        tools = [(label, reverse(route, args=args)) for label, route, *args in self.tools if is_keeper(request)]
        return super().changelist_view(request, {"title": title, "tools": tools, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """The addresses, without the pages that add, delete, or show Django's own log: the register is the log."""
        kept = ("_changelist", "_change") if self.row_view is None else ("_changelist",)
        urls = [url for url in super().get_urls() if url.name and url.name.endswith(kept)]
        if self.row_view:
            name = f"{self.opts.app_label}_{self.opts.model_name}_change"
            urls.append(path("<int:pk>/change/", for_readers(self.row_view.as_view(model_admin=self)), name=name))
        return urls


@dataclass(frozen=True)
class LabelledFact:
    """One line of a page: a label, a value, and where it links to."""

    label: str
    text: str
    url: str = ""


def address(row: models.Model) -> str:
    """The address of a row's admin page; empty when there is none."""
    opts = row._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


def fact(row: models.Model, name: str) -> LabelledFact:
    """A column of a row as a labelled fact that a person can read."""
    field = row._meta.get_field(name)
    label = str(getattr(field, "verbose_name", name))
    value = getattr(row, name)
    if isinstance(value, models.Model):
        return LabelledFact(label, str(value), address(value))
    shown = getattr(row, f"get_{name}_display", None)
    return LabelledFact(label, str(shown() or DASH) if shown else in_words(value))


def in_words(value: Any) -> str:
    """A value in words: dates and numbers the Indonesian way, yes and no, a dash for nothing."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return f"{formats.date_format(timezone.localtime(value), 'j F Y, H.i')} WIB"
    if isinstance(value, date):
        return formats.date_format(value, "j F Y")
    if isinstance(value, Decimal):
        return formats.number_format(decimal_text(value), use_l10n=True, force_grouping=True)
    return str(value)
