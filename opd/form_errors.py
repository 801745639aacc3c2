"""Shows why an act was refused: beside the field that can correct it, or above the form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django import forms
from django.core.exceptions import ValidationError

from opd.errors import Refused
from opd.register import personal_data

F = TypeVar("F", bound=forms.BaseForm)
WHY = "not_personal"


def with_reason(form: F) -> F:
    """The form, plus a field for why something is not personal data, if that was answered: see `explain`."""
    if form.is_bound and form.data.get(form.add_prefix(WHY)):
        form.fields[WHY] = _why_field()
    return form


@contextmanager
def reason_of(form: forms.BaseForm) -> Iterator[None]:
    """Context for an act: passes on the form's reason why a text is not personal data, which is no argument of it."""
    reason = form.cleaned_data.pop(WHY, "")
    try:
        with personal_data.explained(reason):
            yield
    finally:
        if reason:
            form.cleaned_data[WHY] = reason  # for the next act of the same form


def explain(form: forms.BaseForm, error: Refused | ValidationError) -> None:
    """Adds the errors of a refused act to the form that asked for it."""
    if isinstance(error, personal_data.MayBePersonal):
        form.fields.setdefault(WHY, _why_field())
        least, _ = personal_data.REASON_LENGTH
        why = f"tulis di sini sebabnya, sedikitnya {least} huruf, tanpa mengulang datanya."
        form.add_error(WHY, f"{error} Bila memang bukan data pribadi, {why}")
    elif isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, problems in error.error_dict.items():
            form.add_error(name if name in form.fields else None, problems)
    else:
        form.add_error(None, str(error) if isinstance(error, Refused) else error)


def _why_field() -> forms.CharField:
    _, most = personal_data.REASON_LENGTH
    return forms.CharField(
        label="Mengapa ini bukan data pribadi?",
        required=False,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Misalnya: nomor layanan kantor, bukan milik warga. Tampil untuk publik di jejak.",
    )
