"""Pages for adding a row: a page beside the list with a form, and an act that makes the row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from opd import access
from opd.errors import Refused
from opd.form_errors import explain, reason_of, with_reason
from opd.models import Registered
from opd.roster.decision_screen import DecisionScreenAdmin
from opd.roster.read_only import address, roles


def is_keeper(request: HttpRequest) -> bool:
    return access.KEEPER in roles(request)


@dataclass(frozen=True)
class NewRowPage:
    """A page on which the keeper makes a new row; `do` is the act."""

    name: str  # in the address
    button: str
    explains: str
    form: type[forms.Form] | type[forms.ModelForm[Any]]
    do: Callable[..., Registered]  # (by=, **cleaned data)
    done: str


@dataclass(frozen=True)
class ListTool:
    """A link above a list; `view` is the name of a route."""

    label: str
    view: str
    arguments: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.view, args=self.arguments)


class NewRowAdmin(DecisionScreenAdmin):
    """A list with links to pages that add a row, and to other tools of the keeper, above it."""

    entrances: tuple[NewRowPage, ...] = ()
    tools: tuple[ListTool, ...] = ()

    def _tools(self) -> list[ListTool]:
        return [ListTool(one.button, f"admin:{self._name(one.name)}") for one in self.entrances] + list(self.tools)

    def _name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        tools = self._tools() if is_keeper(request) else []
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        return [self.page(one.name, self._entrance(one)) for one in self.entrances] + super().get_urls()

    def page(self, name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        """A page of this list for the keeper alone."""

        def for_keepers(request: HttpRequest) -> HttpResponse:
            if not is_keeper(request):
                raise PermissionDenied
            return view(request)

        return path(f"{name}/", self.admin_site.admin_view(for_keepers), name=self._name(name))

    def _entrance(self, one: NewRowPage) -> Callable[[HttpRequest], HttpResponse]:
        return lambda request: self._enter(request, one)

    def _enter(self, request: HttpRequest, one: NewRowPage) -> HttpResponse:
        form = with_reason(one.form(request.POST or None))
        if request.method == "POST" and form.is_valid():
            try:
                with reason_of(form):
                    row = one.do(by=request.user, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                explain(form, error)
            else:
                messages.success(request, one.done)
                return HttpResponseRedirect(address(row))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": one.button,
            "one": one,
            "form": form,
        }
        return TemplateResponse(request, "secretariat/row_add.html", context, status=422 if form.errors else 200)
