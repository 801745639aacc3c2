"""Filters of admin lists by what waits for a decision (`?antrean=menunggu`) and by what was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

WAITING_CHOICE = "menunggu"

Question = tuple[str, str, Callable[[Any], QuerySet[Any]]]


class QueueFilter(SimpleListFilter):
    """A filter whose choices are (value, label, narrowed rows)."""

    title = "keadaan"
    parameter_name = "antrean"
    questions: tuple[Question, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(value, label) for value, label, _ in self.questions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for value, _, narrowed in self.questions:
            if value == self.value():
                return narrowed(queryset)
        return queryset
