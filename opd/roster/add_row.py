"""A page that adds a row: a form, whose `save` is the act that makes it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponse, HttpResponseRedirect
from django.views.generic import FormView

from opd.errors import Refused
from opd.form_errors import explain, reason_of, with_reason
from opd.roster.read_only import address


class AddRowView(FormView):
    """A page that adds a row of `model`; its form saves with `save(by=)`."""

    model: type[models.Model]
    template_name = "secretariat/row_add.html"
    button = ""
    explains = ""
    done = ""  # {} stands for the new row

    def get_form(self, form_class: Any = None) -> Any:
        return with_reason(super().get_form(form_class))

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with reason_of(form):
                self.object = form.save(by=self.request.user)
        except (Refused, ValidationError) as error:
            explain(form, error)
            return self.form_invalid(form)
        messages.success(self.request, self.done.format(self.object))
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_success_url(self) -> str:
        return address(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {**admin.site.each_context(self.request), "opts": self.model._meta, "title": self.button}
        return super().get_context_data(**context | kwargs)
