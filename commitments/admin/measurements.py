"""Is this value true? The verifier reads it beside its proof, then verifies, returns or rejects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from commitments import evidence as store
from commitments.admin.queues import DECIDERS, WAITING, Queue, decider
from commitments.admin.verdicts import NoteForm, RejectForm, ReturnForm, VerifyForm
from commitments.models import Assignment, Decision, Evidence, Measurement, ServiceTarget, Verdict
from opd import access, clock
from opd.admin.entering import Entering, Tool
from opd.admin.reading import Fact, address, said
from opd.admin.screen import Deed, Offer, ReasonForm, Screen
from opd.models.unit import holding_on

VERIFIERS = DECIDERS[access.VERIFIER]
APPROVERS = DECIDERS[access.APPROVER]
EARLIER = 10  # other values of the target beside the one to decide


def _as(role: str) -> Any:
    return decider(role, lambda row: row.target.unit)


def _became(verdict: Verdict) -> Any:
    def narrowed(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
        found = rows.filter(decisions__verdict=verdict)
        revoked = Decision.objects.filter(verdict=Verdict.REVOKED).values("measurement_id")
        return found.exclude(pk__in=revoked) if verdict == Verdict.VERIFIED else found

    return narrowed


class SubmissionQueue(Queue):
    questions = (
        (WAITING, "menunggu verifikasi", lambda rows: rows.filter(decisions=None)),
        *((verdict.value, str(verdict.label), _became(verdict)) for verdict in Verdict),
    )


@dataclass(frozen=True)
class Exhibit:
    """One piece of evidence on the verifier's table."""

    item: Evidence
    original: str  # address of the file as received, for staff; empty for a link
    is_picture: bool
    elsewhere: list[Evidence]  # the same bytes with another submission
    choice: Any  # public or private, as a field of the form that verifies


@admin.register(Measurement)
class Measurements(Entering):
    tools = (Tool("Impor dari XLSX", "admin:import-kind", ("realisasi",)),)
    screen_template = "admin/measurement.html"
    list_display = ("target_named", "unit_now", "value_said", "period_end", "submitted_at", "age", "state_now")
    list_filter = (SubmissionQueue,)
    search_fields = ("target__reference", "target__service")
    list_select_related = ("target",)
    deeds = (
        Deed(
            "verifikasi",
            "Verifikasi",
            "Angka ini Anda nyatakan terbukti.",
            do=Measurement.verify,
            may=_as(access.VERIFIER),
            wanted=VERIFIERS,
            fits=lambda row: row.state == "submitted",
            form=VerifyForm,
            done="Terverifikasi.",
        ),
        Deed(
            "kembalikan",
            "Kembalikan",
            "Unit membaca alasannya dan dapat mengirim koreksi.",
            do=Measurement.return_,
            may=_as(access.VERIFIER),
            wanted=VERIFIERS,
            fits=lambda row: row.state == "submitted",
            form=ReturnForm,
            done="Dikembalikan ke unitnya.",
        ),
        Deed(
            "tolak",
            "Tolak",
            "Ditolak untuk seterusnya; unit membaca alasannya.",
            do=Measurement.reject,
            may=_as(access.VERIFIER),
            wanted=VERIFIERS,
            fits=lambda row: row.state == "submitted",
            form=RejectForm,
            done="Ditolak.",
            grave=True,
        ),
        Deed(
            "cabut",
            "Cabut verifikasi",
            "Angka ini tidak lagi dihitung sejak sekarang, untuk seterusnya. Keputusan pertamanya tetap tercatat.",
            do=Measurement.revoke,
            may=_as(access.APPROVER),
            wanted=APPROVERS,
            fits=lambda row: row.state == Verdict.VERIFIED,
            form=NoteForm,
            done="Verifikasi dicabut.",
            grave=True,
        ),
        Deed(
            "hapus-catatan",
            "Hapus catatan",
            "Hanya bila catatannya memuat data pribadi. Sidiknya tetap di jejak.",
            do=Measurement.redact_note,
            may=_as(access.APPROVER),
            wanted=APPROVERS,
            fits=lambda row: bool(row.note),
            form=ReasonForm,
            done="Catatan dihapus.",
            grave=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measurement]:
        """Sent ones only: a draft is the unit's own."""
        owed = Assignment.objects.filter(holding_on(clock.today()), commitment=OuterRef("target__commitment_id"))
        rows = super().get_queryset(request).exclude(submitted_at=None).prefetch_related("decisions")
        return rows.annotate(unit_code=Subquery(owed.values("unit__code")[:1]))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits longest comes first; everything else, newest first."""
        waiting = request.GET.get(SubmissionQueue.parameter_name) == WAITING
        return ("submitted_at", "pk") if waiting else ("-submitted_at", "-pk")

    def queue(self) -> QuerySet[Measurement]:
        return Measurement.objects.waiting().select_related("target__commitment")

    def facts(self, row: Measurement) -> list[Fact]:
        return []  # its own template shows them

    def more(self, request: HttpRequest, row: Measurement, offers: dict[str, Offer]) -> dict[str, Any]:
        today = clock.today()
        exhibits = _exhibits(row, offers.get("verifikasi"))
        now = ServiceTarget.objects.with_rung(today).filter(pk=row.target_id).first()
        others = row.target.measurements.exclude(submitted_at=None).exclude(pk=row.pk)
        unit = row.target.unit
        return {
            "title": f"{row.target.service}, {unit.short_name}",
            "unit": unit,
            "target": row.target,
            "now": now,
            "exhibits": exhibits,
            "has_result": any(item.item.evidence_kind == Evidence.Kind.RESULT for item in exhibits),
            "waiting_here": others.filter(decisions=None).count(),
            "others": others.prefetch_related("decisions").order_by("-period_end", "-submitted_at")[:EARLIER],
            "decisions": row.decisions.select_related("by"),
            "days_waiting": (today - clock.day_of(row.submitted_at)).days if row.submitted_at else 0,
            "unit_url": address(unit),
            "target_url": address(row.target),
        }

    @admin.display(description="target", ordering="target__reference")
    def target_named(self, row: Measurement) -> str:
        return str(row.target)

    @admin.display(description="unit", ordering="unit_code")
    def unit_now(self, row: Any) -> str:
        return row.unit_code or "–"

    @admin.display(description="realisasi", ordering="value")
    def value_said(self, row: Measurement) -> str:
        return f"{said(row.value)} {row.target.unit_of_measure}"

    @admin.display(description="hari")
    def age(self, row: Measurement) -> int | str:
        """Days since it was sent, while nobody has decided."""
        waits = row.submitted_at and not row.decisions.all()
        return (clock.today() - clock.day_of(row.submitted_at)).days if row.submitted_at and waits else "–"

    @admin.display(description="keadaan")
    def state_now(self, row: Measurement) -> str:
        return row.get_state_label()


def _exhibits(row: Measurement, verify: Offer | None) -> list[Exhibit]:
    form = verify.form if verify else None
    choices = form.choices() if isinstance(form, VerifyForm) else {}
    items = list(row.evidence.all())
    same = Evidence.objects.filter(sha256__in=[item.sha256 for item in items]).exclude(measurement=row)
    sent = list(same.exclude(measurement__submitted_at=None).select_related("measurement__target"))
    return [
        Exhibit(
            item=item,
            original=_original(item),
            is_picture=item.media_type.startswith("image/"),
            elsewhere=[other for other in sent if other.sha256 == item.sha256],
            choice=choices.get(item.uuid),
        )
        for item in items
    ]


def _original(item: Evidence) -> str:
    if not item.media_type or item.redacted_at:
        return ""
    return reverse("admin:commitments_evidence_original", args=[item.pk])


@admin.register(Evidence)
class Exhibits(Screen):
    screen_template = "admin/evidence.html"
    list_display = ("kind_said", "measurement", "media_type", "size", "public", "redacted_at")
    list_filter = ("evidence_kind", "public")
    list_select_related = ("measurement__target",)
    search_fields = ("sha256", "measurement__target__reference")
    shown = (
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
    deeds = (
        Deed(
            "hapus",
            "Hapus berkas",
            "Hanya bila memuat data pribadi. Berkasnya hilang untuk selamanya; sidiknya tetap di jejak.",
            do=Evidence.redact,
            may=decider(access.APPROVER, lambda item: item.measurement.target.unit),
            wanted=APPROVERS,
            fits=lambda item: item.redacted_at is None,
            form=ReasonForm,
            done="Berkas dihapus.",
            grave=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).exclude(measurement__submitted_at=None)

    def get_urls(self) -> list[URLPattern]:
        original = self.admin_site.admin_view(self.original)
        return [path("<int:pk>/asli/", original, name="commitments_evidence_original"), *super().get_urls()]

    def original(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        """The file as it was received: for staff only, kept by no cache, and only its own kind of file."""
        item = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if item is None or not _original(item):
            raise Http404
        file = store.path_of(item.sha256)
        if not file.exists():
            raise Http404
        kind = item.media_type.partition("/")[2]
        response = FileResponse(
            file.open("rb"),
            content_type=item.media_type,
            as_attachment=kind == "pdf",
            filename=f"{item.sha256[:12]}.{kind}",
        )
        response["Cache-Control"] = "private, no-store"
        return response

    def more(self, request: HttpRequest, row: Evidence, offers: dict[str, Offer]) -> dict[str, Any]:
        return {"original": _original(row)}

    @admin.display(description="jenis bukti", ordering="evidence_kind")
    def kind_said(self, row: Evidence) -> str:
        return row.get_evidence_kind_display()


@admin.register(Decision)
class Decisions(Screen):
    list_display = ("verdict", "measurement", "office", "at", "own_unit")
    list_filter = ("verdict", "own_unit")
    list_select_related = ("measurement__target",)
    search_fields = ("measurement__target__reference", "office")
    shown = ("measurement", "verdict", "note", "by", "office", "at", "own_unit", "seen")
