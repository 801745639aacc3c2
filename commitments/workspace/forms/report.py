"""Forms for a unit that reports a value, and for the preview while it types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from commitments.form_fields import CountField, DayField, ValueField
from commitments.models import EvidenceKind, ServiceTarget
from commitments.models.measurement import why_not_a_period
from commitments.reports.doubts import ClaimedValue
from commitments.workspace.submission import NewEvidence
from opd.texts import LONGEST_TEXT

MAX_EVIDENCE = 12  # a file of each of six rows, before and after it was made smaller


class ReportForm(forms.Form):
    """Form for one value over one period. `uuid` is the sender's: the same form sent twice is one report.

    `offered` is evidence that was sent before, by the value of its tick.
    """

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    value = ValueField(label="Angka hasil ukur")
    period_start = DayField(label="Awal periode")
    period_end = DayField(label="Akhir periode")
    n = CountField(label="Dihitung dari berapa data (n)", required=False)
    method = forms.CharField(
        label="Cara mengukur",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tampil untuk publik.",
    )
    note = forms.CharField(
        label="Catatan untuk sekretariat",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tidak tampil untuk publik.",
    )
    reuse = forms.MultipleChoiceField(
        label="Pakai lagi bukti yang dahulu",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Centang hanya bila isinya membuktikan angka dan periode ini.",
    )

    def __init__(self, *args: Any, target: ServiceTarget, offered: Mapping[str, NewEvidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target, self.offered = target, offered
        self.fields["value"].label = f"Angka hasil ukur, dalam {target.unit_of_measure}"
        self.fields["value"].of = target  # type: ignore[attr-defined]
        if offered:
            self.fields["reuse"].choices = [(name, item.label) for name, item in offered.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["reuse"]

    def clean(self) -> None:
        start, end = self.cleaned_data.get("period_start"), self.cleaned_data.get("period_end")
        if end and (why := why_not_a_period(start or end, end)):
            self.add_error("period_end", why)

    def facts(self) -> dict[str, Any]:
        """The columns of the measurement itself."""
        return {
            name: self.cleaned_data[name] for name in ("value", "period_start", "period_end", "n", "method", "note")
        }

    def reused(self) -> list[NewEvidence]:
        chosen = self.cleaned_data.get("reuse", [])
        return [item for name, item in self.offered.items() if name in chosen]

    def as_asked(self) -> QueryDict:
        """The number and the period as they stand in the form, for `PreviewForm`."""
        asked = QueryDict(mutable=True)
        for name in ("value", "period_start", "period_end"):
            asked[name] = str(self[name].value() or "")
        return asked

    def claim(self, evidence_items: list[NewEvidence]) -> ClaimedValue:
        """What is about to be said, with everything that proves it."""
        given = self.cleaned_data
        return ClaimedValue(
            given["value"],
            given["period_start"],
            given["period_end"],
            kinds=[item.kind for item in evidence_items],
            digests=[digest for item in evidence_items for digest in item.digests],
            taken_on=[day for item in evidence_items if (day := item.about.get("captured_on"))],
            n=given["n"],
            method=given["method"],
            is_complete=True,
        )


class PreviewForm(forms.Form):
    """Form for the preview that a page asks for while its reader types; evidence comes as kinds, digests and days."""

    value = ValueField()
    period_start = DayField(required=False)
    period_end = DayField(required=False)
    base = forms.UUIDField(required=False)

    def __init__(self, *args: Any, target: ServiceTarget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].of = target  # type: ignore[attr-defined]

    @property
    def readings(self) -> tuple[str, ...]:
        """Both ways to read a number that could be two."""
        faults = self.errors.as_data().get("value", [])
        return tuple(reading for fault in faults for reading in (fault.params or {}).get("readings", ()))

    def claim(self) -> ClaimedValue:
        given = self.cleaned_data
        return ClaimedValue(
            given["value"],
            given.get("period_start"),
            given.get("period_end"),
            kinds=[kind for kind in self._all("kind") if kind in EvidenceKind] or None,
            digests=[digest for digest in self._all("sha256") if re.fullmatch("[0-9a-f]{64}", digest)],
            taken_on=list(filter(None, map(self._day, self._all("captured_on")))),
        )

    def _all(self, name: str) -> list[str]:
        return self.data.getlist(name)[:MAX_EVIDENCE]  # type: ignore[attr-defined]

    def _day(self, text: str) -> date | None:
        try:
            return DayField().clean(text)
        except ValidationError:
            return None
