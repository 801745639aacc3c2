"""Evidence in the admin: each piece beside its value, and a page where personal data is destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from commitments.evidence import personal_data, serving
from commitments.models import Evidence, Measurement
from opd.models import AccessRecord
from opd.roster.decision_view import ActForm, DecisionView, ReasonField
from opd.roster.read_only import ReadOnlyAdmin


@dataclass(frozen=True)
class EvidenceOnScreen:
    """One piece of evidence as the verifier sees it."""

    item: Evidence
    original: str  # address of the file as received, for staff; empty for a link
    is_picture: bool
    elsewhere: list[Evidence]  # the same bytes with another submission
    hints: tuple[str, ...]  # personal data that it seems to hold
    is_unread: bool  # a PDF of which not every page could be read


def evidence_on_screen(row: Measurement, items: Sequence[Evidence]) -> list[EvidenceOnScreen]:
    """The evidence of a measurement; one query finds the same bytes elsewhere, however many pieces there are."""
    same = Evidence.objects.filter(sha256__in=[item.sha256 for item in items]).exclude(measurement=row)
    sent = list(
        same.exclude(measurement__submitted_at=None)
        .select_related("measurement__target")
        .prefetch_related("measurement__decisions")
    )
    return [
        EvidenceOnScreen(
            item=item,
            original=original_address(item),
            is_picture=item.media_type.startswith("image/"),
            elsewhere=[other for other in sent if other.sha256 == item.sha256],
            hints=personal_data.hints_of_evidence([item]),
            is_unread=not personal_data.inside(item).is_all,
        )
        for item in items
    ]


def original_address(item: Evidence) -> str:
    if not item.media_type or item.redacted_at:
        return ""
    return reverse("admin:commitments_evidence_original", args=[item.pk])


class RedactEvidenceForm(ActForm):
    slug = "hapus"
    button = "Hapus berkas"
    explains = "Hanya bila memuat data pribadi. Berkasnya hilang untuk selamanya; sidiknya tetap di jejak."
    done = "Berkas dihapus."
    grave = fresh = True

    reason = ReasonField()

    @staticmethod
    def fits(row: Evidence) -> bool:
        return row.redacted_at is None

    @staticmethod
    def may(user: User, row: Evidence) -> object:
        return row.office_to_redact(user)

    def save(self, *, by: User, seen: str) -> object:
        return self.row.redact(by=by, seen=seen, reason=self.cleaned_data["reason"])


class EvidenceView(DecisionView):
    template_name = "secretariat/evidence_decide.html"
    acts = (RedactEvidenceForm,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(original=original_address(self.object), **kwargs)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    row_view = EvidenceView
    list_display = ("kind_said", "measurement", "media_type", "size", "public", "redacted_at")
    list_filter = ("evidence_kind", "public")
    list_select_related = ("measurement__target",)
    search_fields = ("sha256", "measurement__target__reference")
    to_unit = ("measurement__target__commitment__assignments__unit",)
    fields = (
        "measurement",
        "evidence_kind",
        "media_type",
        "file_name",
        "url",
        "size",
        "sha256",
        "captured_on",
        "caption",
        "public",
        "public_sha256",
        "redacted_at",
        "redacted_by",
        "redaction_reason",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).exclude(measurement__submitted_at=None)

    def get_urls(self) -> list[URLPattern]:
        original = self.admin_site.admin_view(self.original)
        return [path("<int:pk>/asli/", original, name="commitments_evidence_original"), *super().get_urls()]

    def original(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file as it was received: for staff only, never cached, and only of the four types."""
        item = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if item is None or not original_address(item):
            raise Http404
        AccessRecord.note(request.user, AccessRecord.ReadKind.EVIDENCE, item.sha256)
        return serving.original(item.sha256, item.media_type)

    @admin.display(description="jenis bukti", ordering="evidence_kind")
    def kind_said(self, row: Evidence) -> str:
        return row.get_evidence_kind_display()
