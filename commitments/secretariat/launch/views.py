"""Pages of the launch: the board, the list of people to invite, and what is handed out to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from commitments.secretariat.imports.views import UploadForm
from commitments.secretariat.launch import guest_list, letters
from commitments.secretariat.launch.board import STAGES, launch_board
from commitments.secretariat.launch.guest_list import GuestList
from opd import access, clock
from opd.accounts import correspondence
from opd.accounts.forms import REQUIRED_FIELD
from opd.accounts.sign_in import require_lately
from opd.errors import BadFact, Refused
from opd.form_errors import explain
from opd.models import Invitation, RegisterOperator
from opd.models.invitation import LASTING_DAYS
from opd.roster.accounts import is_superuser
from opd.roster.read_only import for_readers, is_keeper

LASTING = [
    (days, f"{days} hari" + (", cukup untuk surat" if days > LASTING_DAYS[0] else "")) for days in LASTING_DAYS
]


def may_invite(request: HttpRequest) -> bool:
    return is_superuser(request) or is_keeper(request)


class OperatorForm(forms.ModelForm):
    """Form that names who keeps the register."""

    use_required_attribute = False

    class Meta:
        model = RegisterOperator
        fields = ("name", "contact")
        labels = {"name": "Penyelenggara", "contact": "Kontak untuk melaporkan kesalahan"}
        help_texts = {
            "name": "Kantor yang menyimpan register ini, misalnya: Diskominfo Kota Semarang.",
            "contact": "Surel, nomor, atau alamat kantor itu. Tampil untuk publik di halaman Tentang.",
        }
        error_messages = {"name": REQUIRED_FIELD, "contact": REQUIRED_FIELD}


class GuestListForm(forms.Form):
    """Form with the people to invite: pasted, or as a sheet."""

    use_required_attribute = False

    role = forms.ChoiceField(label="Diundang sebagai")
    people = forms.CharField(
        label="Daftarnya",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=(
            "Satu orang satu baris: nama; unit; surel atau nomor WhatsApp. Boleh ditempel dari lembar kerja. "
            "Baris yang menyebut perannya (penyetuju, verifikator, pengelola data, operator) diundang sebagai itu."
        ),
    )
    file = UploadForm.base_fields["file"]
    lasts = forms.TypedChoiceField(
        label="Tautannya berlaku", choices=LASTING, coerce=int, initial=LASTING_DAYS[1], required=True
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = [
            (role, name)
            for role, name in guest_list.ROLE_LABELS.items()
            if by.is_superuser or role not in access.STAFF_ROLES
        ]
        self.fields["role"].choices = self.roles  # type: ignore[attr-defined]
        self.fields["file"].required = False
        self.fields["file"].label = "Atau berkas XLSX atau CSV"
        self.fields["file"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Reads the list; a sheet is turned into lines, which the page then shows like a pasted list."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        text = given.get("people", "")
        if self.errors:
            return given
        try:
            if file := given.get("file"):
                text = guest_list.lines_of_file(file.read())
                self.data = self.data | {"people": text}  # type: ignore[operator]
            given["list"] = guest_list.read(text, given["role"], [role for role, _ in self.roles])
        except BadFact as error:
            self.add_error("file" if given.get("file") else "people", str(error))
        return given


def board(request: HttpRequest) -> HttpResponse:
    """The launch board. A superuser names the operator of the register on it."""
    form = OperatorForm(request.POST or None, initial=RegisterOperator.in_force()._asdict())
    if request.method == "POST":
        if not is_superuser(request):
            raise PermissionDenied
        if form.is_valid() and _appoint(request, form):
            messages.success(request, "Penyelenggara tercatat dan tampil di halaman Tentang.")
            return HttpResponseRedirect(reverse("admin:launch"))
    stage = request.GET.get("tahap", "")
    stage = stage if stage in STAGES else ""
    found = launch_board(clock.today())
    context = {
        "board": found,
        "rows": found.at(stage),
        "stage": stage,
        "operator": RegisterOperator.in_force(),
        "form": form if is_superuser(request) else None,
        "may": may_invite(request),
    }
    return _page(request, "board", "Papan peluncuran", context, status=422 if form.errors else 200)


def _appoint(request: HttpRequest, form: OperatorForm) -> bool:
    try:
        RegisterOperator.appoint(by=_user(request), **form.cleaned_data)
    except (Refused, ValidationError) as error:
        explain(form, error)
        return False
    return True


@never_cache
def invite(request: HttpRequest) -> HttpResponseBase:
    """A list of people: written, looked at, invited. All of them are invited, or nobody."""
    if not may_invite(request):
        raise PermissionDenied
    require_lately(request)
    by = _user(request)
    asked = request.GET.get("unit", "")
    initial = {"role": request.GET.get("role", access.HEAD_ROLE), "people": f"; {asked}; " if asked else ""}
    form = GuestListForm(request.POST or None, request.FILES or None, by=by, initial=initial)
    people: GuestList | None = None
    if request.method == "POST" and form.is_valid():
        people = form.cleaned_data["list"]
        if "undang" in request.POST and not people.faults:
            try:
                made = guest_list.invite(people, by=by, days=form.cleaned_data["lasts"])
            except (Refused, ValidationError) as error:
                explain(form, error)
            else:
                return _handed_out(request, made)
    wrong = bool(form.errors or (people and people.faults))
    context = {
        "form": form,
        "people": people if not form.errors else None,
        "mail_leaves": correspondence.mail_leaves(),
    }
    return _page(request, "invite", "Undang banyak orang", context, status=422 if wrong else 200)


@require_POST
@never_cache
def renew(request: HttpRequest) -> HttpResponseBase:
    """New links for the chosen invitations, or for one; the old links are dead."""
    if not may_invite(request):
        raise PermissionDenied
    require_lately(request)
    chosen = [pk for pk in request.POST.getlist("undangan") if pk.isdecimal() and len(pk) < 19]
    rows = Invitation.objects.filter(pk__in=chosen, used_at=None, revoked_at=None).select_related("unit")
    made = []
    for row in rows.order_by("unit__code", "pk"):
        try:
            made.append((row, row.renew(by=_user(request))))
        except Refused as refusal:
            messages.error(request, f"{row.name}: {refusal}")
    if not made:
        messages.error(request, "Pilih dulu undangan yang dikirim ulang.")
        return HttpResponseRedirect(reverse("admin:launch"))
    return _handed_out(request, made)


def _handed_out(request: HttpRequest, made: Iterable[tuple[Invitation, str]]) -> HttpResponse:
    """The page with all links, which is shown only this once."""
    given = [{**correspondence.hand_over(row, token), "token": token} for row, token in made]
    count = len(given)
    context = {
        "given": given,
        "mailed": sum(bool(one["mailed"]) for one in given),
        "mail_leaves": correspondence.mail_leaves(),
        "until": given[0]["invitation"].expires_at,
    }
    return _page(request, "handed_out", f"{count} undangan siap dibagikan", context)


@require_POST
def letters_file(request: HttpRequest) -> HttpResponse:
    """The letters of the invitations whose links the page before held: they are stored nowhere."""
    if not may_invite(request):
        raise PermissionDenied
    found = []
    for token in request.POST.getlist("token")[: guest_list.MAX_GUESTS]:
        row = Invitation.objects.open().by_token(token).select_related("unit").first()
        if row and access.allows(access.require_inviter, request.user, row.unit, row.role):
            found.append((row, token))
    if not found:
        messages.error(
            request, "Tautan-tautan itu tidak berlaku lagi. Kirim ulang undangannya, lalu cetak dari sana."
        )
        return HttpResponseRedirect(reverse("admin:launch"))
    headers = {"Content-Disposition": 'attachment; filename="undangan.pdf"'}
    return HttpResponse(letters.letters_pdf(found), content_type="application/pdf", headers=headers)


def _page(
    request: HttpRequest, name: str, title: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    common = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"secretariat/launch_{name}.html", common | context, status=status)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # the desk's door lets nobody else in
    return request.user


def urls() -> list[URLPattern]:
    return [
        path("peluncuran/", for_readers(board), name="launch"),
        path("peluncuran/undang/", for_readers(invite), name="launch-invite"),
        path("peluncuran/ulang/", for_readers(renew), name="launch-renew"),
        path("peluncuran/surat.pdf", for_readers(letters_file), name="launch-letters"),
    ]
