"""Admin pages, to read only: what the register computed of case files, and what it asked about measurements."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.models.cases.case_file import CaseFile
from commitments.models.cases.question import MeasurementQuestion
from opd.roster.decision_view import DecisionView
from opd.roster.read_only import ReadOnlyAdmin


@admin.register(CaseFile)
class CaseFileAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("target", "period_start", "period_end", "value", "n", "open_cases")
    list_select_related = ("target",)
    search_fields = ("target__reference", "received_sha256")
    to_unit = ("target__commitment__assignments__unit",)
    fields = (
        *("target", "measurement", "period_start", "period_end", "unit", "statistic", "limit"),
        *("value", "median", "p90", "slowest", "rows", "n", "open_cases", "oldest_open_days"),
        *("excluded_outside", "excluded_duplicate", "excluded_reversed", "excluded_unreadable"),
        *("excluded_contradicting", "excluded_unanswered", "received_sha256", "calendar_sha256"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CaseFile]:
        return super().get_queryset(request).exclude(measurement__submitted_at=None)


@admin.register(MeasurementQuestion)
class MeasurementQuestionAdmin(ReadOnlyAdmin):
    row_view = DecisionView
    list_display = ("measurement", "text", "answer")
    list_select_related = ("measurement__target",)
    search_fields = ("measurement__target__reference", "text", "answer")
    to_unit = ("measurement__target__commitment__assignments__unit",)
    fields = ("measurement", "text", "rule", "answer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MeasurementQuestion]:
        return super().get_queryset(request).exclude(measurement__submitted_at=None)
