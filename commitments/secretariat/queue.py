"""Filters of admin lists by what waits for a decision (`?antrean=menunggu`) and by what was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from opd import access
from opd.models import Unit

WAITING_CHOICE = "menunggu"
DECIDERS = {role: frozenset({role, access.INSPECTOR}) for role in (access.VERIFIER, access.APPROVER)}


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


def decider(role: str, *units_of: Callable[[Any], Any]) -> Callable[[User, Any], str]:
    """A check for buttons: may this person decide about the row's unit in this role? The act checks again."""

    def may(user: User, row: Any) -> str:
        units: list[Unit] = [units_of[0](row)] if units_of else [row.unit]
        return access.require_decider(user, role, *units)

    return may
