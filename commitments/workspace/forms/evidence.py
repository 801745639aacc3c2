"""Forms for the evidence of a value: files and links."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.forms.formsets import BaseFormSet
from django.forms.renderers import get_default_renderer

from commitments import evidence as store
from commitments.evidence import photos
from commitments.form_fields import DayField
from commitments.models import EvidenceKind
from commitments.workspace.submission import NewEvidence
from opd.errors import Refused

# What proves most comes first.
KIND_QUESTIONS = tuple((kind.value, kind.details.question) for kind in reversed(EvidenceKind))


def _salt(account: str) -> str:
    return f"held evidence of {account}"


def held_name(account: str, file: store.ReceivedFile) -> str:
    """The name of a file that is on disk and waits for its form, signed for one account."""
    told = dataclasses.asdict(file)
    told["taken_on"] = file.taken_on.isoformat() if file.taken_on else None
    return signing.dumps(told, salt=_salt(account))


def held_file(account: str, name: str) -> store.ReceivedFile | None:
    """The file of such a name; None for another person's, a forged or an old one, which must be sent again."""
    try:
        told = signing.loads(name, salt=_salt(account), max_age=store.DRAFT_FILES_KEPT_FOR)
    except signing.BadSignature:
        return None
    if not store.path_of(told["sha256"]).exists():
        return None
    taken_on = told.pop("taken_on")
    return store.ReceivedFile(**told, taken_on=date.fromisoformat(taken_on) if taken_on else None)


class EvidenceForm(forms.Form):
    """Form for a file, a link, or both, and their evidence kind.

    `held` names a file that came earlier and is on disk already, signed for one account: it need not be sent again.
    """

    kind = forms.ChoiceField(label="Ini bukti apa?", choices=KIND_QUESTIONS, required=False, widget=forms.RadioSelect)
    file = forms.FileField(
        label="Foto atau berkas",
        required=False,
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,application/pdf",
                "data-largest": store.MAX_FILE_BYTES,
                "data-shrunk": store.SHRUNK_PHOTO_BYTES,
                "data-empty": store.EMPTY_FILE,
                "data-too-big": store.TOO_MANY_BYTES,
                "data-too-wide": photos.TOO_MANY_PIXELS,
                "data-most-pixels": photos.MAX_PIXELS,
                "data-short-side": photos.MAX_SHORT_SIDE,
                "data-other-kind": photos.OTHER_KIND,
                "data-heic": photos.HEIC_NOT_TAKEN,
            }
        ),
        help_text="JPEG, PNG, WebP, atau PDF, paling besar 10\N{NO-BREAK SPACE}MB.",
        error_messages={"max_length": "Nama berkas ini terlalu panjang; ganti namanya."},
    )
    url = forms.URLField(
        label="atau tautan",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "Tautan ini tidak lengkap. Tulis misalnya https://contoh.go.id/data."},
    )
    captured_on = DayField(
        label="Tanggal bukti", required=False, help_text="Bila kosong, diambil dari fotonya. Tampil untuk publik."
    )
    caption = forms.CharField(label="Keterangan", required=False, max_length=300)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    original_sha256 = forms.RegexField("^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def has_changed(self) -> bool:
        """Whether it holds evidence. A kind alone is none yet: the form may have suggested it."""
        return self.changed_data not in ([], ["kind"])

    def clean_file(self) -> store.ReceivedFile | None:
        """Checks the file and stores a sound one on disk at once, so that it need not be sent again after a
        mistake elsewhere."""
        file = self.cleaned_data["file"]
        try:
            return store.receive(file.name, file) if file else None
        except Refused as error:
            raise forms.ValidationError(str(error)) from error

    def clean_held(self) -> store.ReceivedFile | None:
        return held_file(self.account, self.cleaned_data["held"])

    def clean(self) -> None:
        given = self.cleaned_data
        if self.errors or not self.has_changed():
            return
        if not (given.get("file") or given.get("held") or given.get("url")):
            self.add_error("file", "Pilih berkasnya, atau tulis tautannya.")
        if not given.get("kind"):
            self.add_error("kind", "Pilih ini bukti apa.")

    @property
    def received(self) -> store.ReceivedFile | None:
        """The file of this row, safely on disk; None without a sound one."""
        given = getattr(self, "cleaned_data", {})
        return given.get("file") or given.get("held")

    def hold(self) -> None:
        """Writes into the form, in place of the file, where it is kept."""
        if file := self.received:
            self.kept, self.kept_name = file, held_name(self.account, file)
            self.data[self.add_prefix("held")] = self.kept_name  # type: ignore[index]

    kept: store.ReceivedFile | None = None
    kept_name = ""

    def evidence_items(self) -> list[NewEvidence]:
        """The evidence, its file safely on disk; a file and a link beside it are two."""
        given = self.cleaned_data
        about = {"captured_on": given["captured_on"], "caption": given["caption"]}
        found = [NewEvidence(kind=given["kind"], url=given["url"], about=about)] if given["url"] else []
        if file := self.received:
            taken = {
                "captured_on": given["captured_on"] or file.taken_on,
                "original_sha256": given["original_sha256"],
            }
            found.append(NewEvidence(kind=given["kind"], file=file, about={**about, **taken}))
        return found


class EvidenceRows(BaseFormSet):
    """Up to six pieces of evidence; the first three rows are on the page, empty ones count for nothing.

    What is posted must be a copy: `hold` writes into it.
    """

    form = EvidenceForm
    extra, min_num, max_num, absolute_max = 3, 0, 6, 6
    can_order = can_delete = validate_min = False
    can_delete_extra = validate_max = True
    renderer = get_default_renderer()

    @classmethod
    def get_default_prefix(cls) -> str:
        return "bukti"

    def evidence_items(self) -> list[NewEvidence]:
        return [item for row in self.forms if row.has_changed() for item in row.evidence_items()]

    def hold(self) -> None:
        """Keeps every sound file, so that a mistake elsewhere does not send it over the line again."""
        self.is_valid()
        for row in self.forms:
            row.hold()
