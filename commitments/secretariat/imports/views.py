"""Pages of the import: upload a spreadsheet, read what would happen row by row, then confirm."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from commitments.lists.exports import MEDIA_TYPE_OF
from commitments.secretariat.imports import pending_files, template, workbook
from commitments.secretariat.imports.run import IMPORTS, ImportReport, run
from opd.errors import BadFact, Refused
from opd.roster.read_only import for_keepers

SIGNING_SALT = "impor"
REGISTER_MOVED = "Register berubah sejak berkas ini diperiksa. Inilah yang akan terjadi sekarang; periksa lagi."


class UploadForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label="Berkas XLSX atau CSV",
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text="Paling besar 5 MB dan 5.000 baris. Belum ada yang tercatat pada langkah ini.",
        error_messages={"required": "Pilih berkasnya.", "max_length": "Nama berkas ini terlalu panjang."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > workbook.MAX_WORKBOOK_BYTES:
            raise forms.ValidationError("Berkas ini lebih dari 5 MB. Bagi menjadi beberapa berkas.")
        return file


def of_known_kind(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        if slug not in IMPORTS:
            raise Http404
        return view(request, slug)

    return guarded


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    return _page(request, "secretariat/import_list.html", title="Impor", kinds=IMPORTS.values())


def import_kind(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the upload form. POST with a file: its trial. POST with a token: the confirmation of a trial."""
    if request.method != "POST":
        return _upload(request, slug, UploadForm())
    if token := request.POST.get("token", ""):
        return _keep(request, slug, token)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload(request, slug, form, status=422)
    content, name = form.cleaned_data["file"].read(), form.cleaned_data["file"].name
    try:
        report = run(IMPORTS[slug], content, by=request.user)  # type: ignore[arg-type]
        if not report.faults:
            pending_files.put(content)
    except Refused as error:
        form.add_error("file", str(error))
        return _upload(request, slug, form, name=name, status=422)
    return _trial(request, report, name)


@require_safe
def import_template(request: HttpRequest, slug: str) -> HttpResponse:
    answer = HttpResponse(template.workbook(IMPORTS[slug]), content_type=MEDIA_TYPE_OF["xlsx"])
    answer["Content-Disposition"] = f'attachment; filename="impor-{slug}.xlsx"'
    return answer


def _keep(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    try:
        agreed = signing.loads(token, salt=SIGNING_SALT, max_age=pending_files.SECONDS_PENDING)
        if agreed["kind"] != slug or agreed["by"] != request.user.pk:
            raise BadFact("Persetujuan ini bukan untuk halaman ini. Unggah lagi.")
        report = run(IMPORTS[slug], pending_files.get(agreed["sha256"]), by=request.user, keep=agreed["digest"])  # type: ignore[arg-type]
    except (signing.BadSignature, BadFact) as error:
        form = UploadForm()
        sentence = str(error) if isinstance(error, BadFact) else pending_files.FILE_GONE
        return _upload(request, slug, form, problem=sentence, status=409)
    if not report.kept:
        return _trial(request, report, agreed["name"], problem=REGISTER_MOVED, status=409)
    pending_files.settle(report.sha256)
    messages.success(request, f"{report.changes} baris tercatat dari {agreed['name']}. {report.kind.effect}")
    return HttpResponseRedirect(reverse("admin:import-kind", args=[slug]))


def _trial(
    request: HttpRequest, report: ImportReport, name: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    agreed = {
        "kind": report.kind.slug,
        "sha256": report.sha256,
        "digest": report.digest,
        "name": name,
        "by": request.user.pk,
    }
    return _page(
        request,
        "secretariat/import_trial.html",
        status=422 if report.faults and status == 200 else status,
        title=f"Impor {report.kind.title.lower()}: hasil pemeriksaan",
        kind=report.kind,
        report=report,
        name=name,
        problem=problem,
        token="" if report.faults or not report.changes else signing.dumps(agreed, salt=SIGNING_SALT),
    )


def _upload(
    request: HttpRequest, slug: str, form: UploadForm, *, name: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    kind = IMPORTS[slug]
    return _page(
        request,
        "secretariat/import_upload.html",
        status=status,
        title=f"Impor {kind.title.lower()}",
        kind=kind,
        form=form,
        name=name,
        problem=problem,
    )


def _page(request: HttpRequest, screen: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return TemplateResponse(request, screen, {**admin.site.each_context(request), **context}, status=status)


urlpatterns = [
    path("", for_keepers(import_list), name="import-list"),
    path("<slug:slug>/", for_keepers(of_known_kind(import_kind)), name="import-kind"),
    path("<slug:slug>/templat.xlsx", for_keepers(of_known_kind(import_template)), name="import-template"),
]
