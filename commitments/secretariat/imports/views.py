"""Pages of the import: upload a spreadsheet, read what would happen row by row, then confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from commitments.lists.exports import MEDIA_TYPE_OF
from commitments.secretariat.imports import jobs, pending_files, template, workbook
from commitments.secretariat.imports.jobs import ImportJob, Tell
from commitments.secretariat.imports.marked import marked_workbook
from commitments.secretariat.imports.questions import ANSWER_PREFIX, Question
from commitments.secretariat.imports.run import IMPORTS, ImportReport, run
from commitments.secretariat.imports.sheet_kind import SheetImport, standing_units
from commitments.secretariat.work.taking_back import import_take_back, imports_of
from opd.accounts.sign_in import require_lately
from opd.errors import BadFact, Refused
from opd.models import Unit
from opd.roster.read_only import for_keepers

SIGNING_SALT = "impor"
CSRF_PLACE = "tempat-token-csrf"  # in a page that was made before anybody asked for it
MAX_BYTES_AT_ONCE = 64 * 1024  # of a sheet whose trial is waited for: some hundred rows
SECONDS_BETWEEN_LOOKS = 2
JOB_LOST = "Terhenti sebelum selesai. Unggah lagi berkasnya: yang sudah tercatat tidak dicatat dua kali."
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
    def guarded(request: HttpRequest, slug: str, **more: str) -> HttpResponse:
        if slug not in IMPORTS:
            raise Http404
        return view(request, slug, **more)

    return guarded


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    taken_back = imports_of(request.user)  # type: ignore[arg-type]  # staff only
    return _page(request, "secretariat/import_list.html", title="Impor", kinds=IMPORTS.values(), imports=taken_back)


def import_kind(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the upload form. POST with a file: its trial. POST with a token: what was chosen below a trial."""
    if request.method != "POST":
        return _upload(request, slug, UploadForm())
    if token := request.POST.get("token", ""):
        return _go_on(request, slug, token)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload(request, slug, form, status=422)
    content, name = form.cleaned_data["file"].read(), form.cleaned_data["file"].name
    try:
        pending_files.put(content)
        return _run(request, Submitted(slug, content, name))
    except Refused as error:
        form.add_error("file", str(error))
        return _upload(request, slug, form, name=name, status=422)


@dataclass(frozen=True)
class Submitted:
    """A file to try, or to keep once it was tried: then `digest` is what its trial showed."""

    slug: str
    content: bytes
    name: str
    answers: dict[str, str] = field(default_factory=dict)
    digest: str = ""

    def run(self, by: User, tell: Tell | None = None) -> ImportReport:
        report = run(IMPORTS[self.slug], self.content, by=by, keep=self.digest, answers=self.answers, tell=tell)
        if report.kept:
            pending_files.settle(report.sha256)
        return report

    def success(self, report: ImportReport) -> str:
        return f"{report.changes} baris tercatat dari {self.name}. {report.kind.effect}"


def _run(request: HttpRequest, submitted: Submitted) -> HttpResponse:
    """The answer to what was submitted, or for a long sheet the page that shows how far it is."""
    by: User = request.user  # type: ignore[assignment]
    if len(submitted.content) > MAX_BYTES_AT_ONCE:
        job = _started(submitted, by)
        return HttpResponseRedirect(reverse("admin:import-job", args=[submitted.slug, job.key]))
    report = submitted.run(by)
    if report.kept:
        messages.success(request, submitted.success(report))
        return HttpResponseRedirect(reverse("admin:import-kind", args=[submitted.slug]))
    context = _trial(report, submitted, by)
    return _page(request, "secretariat/import_trial.html", status=_status(report, submitted), **context)


def _started(submitted: Submitted, by: User) -> ImportJob:
    def work(job: ImportJob, tell: Tell) -> None:
        report = submitted.run(User.objects.get(pk=by.pk), tell)
        if report.kept:
            job.success = submitted.success(report)
            return
        job.status = _status(report, submitted)
        context = {**_trial(report, submitted, by), "csrf_token": CSRF_PLACE}
        job.html = render_to_string("secretariat/_import_trial.html", context)

    return jobs.start(work, slug=submitted.slug, name=submitted.name, by=by.pk, keeps=bool(submitted.digest))


def import_job(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """GET: how far a long import is, and its result once it has one. POST: stops it."""
    job = jobs.find(key)
    if job is None or (job.slug, job.by) != (slug, request.user.pk):
        raise Http404
    if request.method == "POST":
        jobs.stop(job)
        return HttpResponseRedirect(request.path)
    if job.success:
        messages.success(request, job.success)
        return HttpResponseRedirect(reverse("admin:import-kind", args=[slug]))
    if job.problem or job.is_lost:
        return _upload(request, slug, UploadForm(), problem=job.problem or JOB_LOST, status=409)
    kind = IMPORTS[slug]
    if job.is_over:
        body = mark_safe(job.html.replace(CSRF_PLACE, get_token(request)))  # noqa: S308 - our own template made it
        title = _trial_title(kind)
        return _page(request, "secretariat/import_trial.html", status=job.status, title=title, kind=kind, body=body)
    title = f"Impor {kind.title.lower()}: sedang {'dicatat' if job.keeps else 'diperiksa'}"
    answer = _page(request, "secretariat/import_job.html", title=title, kind=kind, job=job)
    answer["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return answer


@require_safe
def import_template(request: HttpRequest, slug: str) -> HttpResponse:
    """The template of a kind; `?unit=` fills in what the register knows of that unit."""
    code = request.GET.get("unit", "")
    unit = get_object_or_404(Unit, code=code) if code else None
    of_whom = f"-{unit.code}" if unit else ""
    return _workbook(template.workbook(IMPORTS[slug], unit), f"impor-{slug}{of_whom}.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=MEDIA_TYPE_OF["xlsx"])
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _go_on(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """With a file that was tried: keeps it, tries it again with answers, or gives it back with its faults marked."""
    try:
        agreed = signing.loads(token, salt=SIGNING_SALT, max_age=pending_files.SECONDS_PENDING)
        if agreed["kind"] != slug or agreed["by"] != request.user.pk:
            raise BadFact("Persetujuan ini bukan untuk halaman ini. Unggah lagi.")
        content = pending_files.get(agreed["sha256"])
        act = request.POST.get("act", "catat")
        if act == "catat" and IMPORTS[slug].gives_rights:
            require_lately(request)
        answers = agreed["answers"] if act == "catat" else _answers(request)
        submitted = Submitted(slug, content, agreed["name"], answers, agreed["digest"] if act == "catat" else "")
        if act == "berkas":
            report = submitted.run(request.user)  # type: ignore[arg-type]
            return _workbook(marked_workbook(content, report), f"{PurePath(agreed['name']).stem}-diperiksa.xlsx")
        return _run(request, submitted)
    except (signing.BadSignature, BadFact) as error:
        sentence = str(error) if isinstance(error, BadFact) else pending_files.FILE_GONE
        return _upload(request, slug, UploadForm(), problem=sentence, status=409)


def _answers(request: HttpRequest) -> dict[str, str]:
    """The answers to the questions of a trial, by the name of each."""
    return {name: str(value) for name, value in request.POST.items() if name.startswith(ANSWER_PREFIX)}


class AnswerForm(forms.Form):
    """The questions of a trial, each with its options; those that were answered keep their answer."""

    use_required_attribute = False

    def __init__(self, questions: list[Question]) -> None:
        super().__init__()
        for question in questions:
            self.fields[question.name] = forms.ChoiceField(
                label=question.text,
                choices=question.options,
                widget=forms.RadioSelect,
                initial=question.answer,
                help_text=" ".join(filter(None, (f"Di {question.where}." if question.lines else "", question.hint))),
            )


def _trial_title(kind: type[SheetImport]) -> str:
    return f"Impor {kind.title.lower()}: hasil pemeriksaan"


def _status(report: ImportReport, submitted: Submitted) -> int:
    if submitted.digest:
        return 409  # it was to be kept, and is another one by now
    return 200 if report.is_ready else 422


def _trial(report: ImportReport, submitted: Submitted, by: User) -> dict[str, Any]:
    """What the page of a trial shows."""
    agreed = {
        "kind": report.kind.slug,
        "sha256": report.sha256,
        "digest": report.digest,
        "answers": {question.name: question.answer for question in report.asked if question.answer},
        "name": submitted.name,
        "by": by.pk,
    }
    token = signing.dumps(agreed, salt=SIGNING_SALT)
    return {
        "title": _trial_title(report.kind),
        "kind": report.kind,
        "report": report,
        "name": submitted.name,
        "problem": REGISTER_MOVED if submitted.digest else "",
        "asked": AnswerForm(report.asked),
        "file_token": token,
        "token": token if report.is_ready and report.changes else "",
        "here": reverse("admin:import-kind", args=[report.kind.slug]),
    }


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
        units=standing_units() if kind.fills_in else (),
    )


def _page(request: HttpRequest, screen: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return TemplateResponse(request, screen, {**admin.site.each_context(request), **context}, status=status)


urlpatterns = [
    path("", for_keepers(import_list), name="import-list"),
    path("tarik/<slug:sha256>/", for_keepers(import_take_back), name="import-take-back"),
    path("<slug:slug>/", for_keepers(of_known_kind(import_kind)), name="import-kind"),
    path("<slug:slug>/berjalan/<str:key>/", for_keepers(of_known_kind(import_job)), name="import-job"),
    path("<slug:slug>/templat.xlsx", for_keepers(of_known_kind(import_template)), name="import-template"),
]
