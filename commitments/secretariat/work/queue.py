"""Filters of admin lists by what waits for a decision (`?antrean=menunggu`) and by what was decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.secretariat.work.mine import mine
from opd import clock
from opd.roster.forms import standing_units, unit_choices

WAITING_CHOICE = "menunggu"
AGES = (3, 7, 14, 30)  # days

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


class MineFilter(SimpleListFilter):
    """Filter for what this person may decide."""

    title = "siapa yang memutus"
    parameter_name = "saya"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("ya", "saya")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return mine(request.user, queryset) if self.value() == "ya" else queryset  # type: ignore[arg-type]


class OwingUnitFilter(SimpleListFilter):
    """Filter by the unit that owes a row today."""

    title = "unit"
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return unit_choices(standing_units())[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(unit_code=self.value()) if self.value() else queryset


class AgeFilter(SimpleListFilter):
    """Filter by how long a row has been here; `since` is the moment it came."""

    title = "umur"
    parameter_name = "umur"
    since = "proposed_at"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(days), f"lebih dari {days} hari") for days in AGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None or value not in map(str, AGES):
            return queryset
        return queryset.filter(**{f"{self.since}__lt": clock.now() - timedelta(days=int(value))})


class SubmissionAgeFilter(AgeFilter):
    since = "submitted_at"
