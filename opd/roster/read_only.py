"""Read-only admin pages: staff of every role read everything, and nothing is edited in place."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import formats, timezone
from django.views.generic import View

from opd import access
from opd.models import Unit
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


DOWNLOAD_FIELD = "unduh"
MOST_DOWNLOADED = 20_000  # rows of one file
# How a list becomes a file, by format: name, title, address and rows; laid here by the app that knows how.
LIST_FILES: dict[str, Callable[[str, str, str, list[list[Any]]], HttpResponseBase]] = {}

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
    to_unit: tuple[str, ...] = ()  # the ways from a row to its units, so that a search finds them by any name
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
        if (format_ := request.GET.get(DOWNLOAD_FIELD, "")) in LIST_FILES:
            return self.download(request, format_)
        title = str(self.opts.verbose_name_plural).capitalize()
        tools = [(label, reverse(route, args=args)) for label, route, *args in self.tools if is_keeper(request)]
        context = {"title": title, "tools": tools, "downloads": self._downloads(request), **(extra_context or {})}
        answer = super().changelist_view(request, context)
        self._say_what_is_unknown(request, answer)
        return answer

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows found by Django's search, and those of the units with this name, short name or code."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term.strip() or not self.to_unit:
            return found, may_repeat
        units = units_called(search_term.strip())
        theirs = Q(*((f"{way}__in", units) for way in self.to_unit), _connector=Q.OR)
        rows = self.model._default_manager.filter(theirs).values("pk")
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(pk__in=rows)), False

    def _downloads(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The label and address of each file of this list, as it is filtered."""
        asked = request.GET.copy()
        addresses = []
        for format_ in LIST_FILES:
            asked[DOWNLOAD_FIELD] = format_
            addresses.append((format_.upper(), f"?{asked.urlencode()}"))
        return addresses

    def download(self, request: HttpRequest, format_: str) -> HttpResponseBase:
        """The whole list, filtered as on the page, as a file with the same columns."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = copy(request)
        asked.GET = request.GET.copy()  # type: ignore[assignment]
        del asked.GET[DOWNLOAD_FIELD]  # type: ignore[misc]
        try:
            rows = self.get_changelist_instance(asked).queryset[:MOST_DOWNLOADED]
        except IncorrectLookupParameters:
            return HttpResponseRedirect(request.path)
        columns = self.get_list_display(request)
        headings = [str(label_for_field(name, self.model, self)).capitalize() for name in columns]
        lines = ([self._cell(row, name) for name in columns] for row in rows)
        title = str(self.opts.verbose_name_plural).capitalize()
        return LIST_FILES[format_](f"meja-{self.opts.model_name}", title, asked.get_full_path(), [headings, *lines])

    def _cell(self, row: Any, name: Any) -> Any:
        """A column of the list as a cell: days and numbers keep their type."""
        own = getattr(self, str(name), None)
        if callable(own):
            return own(row)
        value = getattr(row, str(name))
        value = value() if callable(value) else value
        if shown := getattr(row, f"get_{name}_display", None):
            return shown()
        return timezone.localtime(value).date() if isinstance(value, datetime) else _plain(value)

    def _say_what_is_unknown(self, request: HttpRequest, answer: Any) -> None:
        """Says which filter or page of the address is unknown, instead of quietly showing something else."""
        if ERROR_FLAG in request.GET:
            messages.warning(
                request, "Alamatnya memuat saringan atau halaman yang tidak dikenal; ini seluruh daftarnya."
            )
        changes = (getattr(answer, "context_data", None) or {}).get("cl")
        if changes and changes.page_num > changes.paginator.num_pages:
            messages.warning(request, "Daftar ini tidak punya halaman sebanyak itu; yang tampil semuanya.")
        for spec in getattr(changes, "filter_specs", ()):
            if not isinstance(spec, admin.SimpleListFilter):
                continue
            value = spec.value()
            known = {str(choice) for choice, _ in getattr(spec, "lookup_choices", ())}
            if value is not None and value not in known:
                messages.warning(request, f"Saringan “{spec.title}” tidak mengenal “{value[:60]}”, jadi diabaikan.")

    def get_urls(self) -> list[URLPattern]:
        """The addresses, without the pages that add, delete, or show Django's own log: the register is the log."""
        kept = ("_changelist", "_change") if self.row_view is None else ("_changelist",)
        urls = [url for url in super().get_urls() if url.name and url.name.endswith(kept)]
        if self.row_view:
            name = f"{self.opts.app_label}_{self.opts.model_name}_change"
            urls.append(path("<int:pk>/change/", for_readers(self.row_view.as_view(model_admin=self)), name=name))
        return urls


def units_called(text: str) -> QuerySet[Unit]:
    """Units whose code or any name, of today or before, holds this text."""
    named = Q(code__icontains=text) | Q(names__name__icontains=text) | Q(names__short_name__icontains=text)
    return Unit.objects.filter(named)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return value if value is None or isinstance(value, int | Decimal | date) else str(value)


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
