"""A long form in steps, without a script, and without losing what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict


@dataclass(frozen=True)
class WizardStep:
    """One step. Without fields it is the last look before sending."""

    title: str
    asks: str
    fields: tuple[str, ...] = ()


WIZARD_STEPS = (
    WizardStep(
        "Janji",
        "Apa yang berubah bagi warga? Satu kalimat yang dapat ditagih.",
        ("memorandum", "title", "benefit", "dimension", "quick_win"),
    ),
    WizardStep(
        "Layanan",
        "Layanan mana, dan apanya yang diperbaiki: lebih cepat, atau lebih ringkas?",
        ("service", "family", "replaces"),
    ),
    WizardStep(
        "Cara mengukur",
        "Bagaimana orang lain menghitungnya dan mendapat angka yang sama?",
        ("unit_of_measure", "statistic", "direction", "data_source", "known_limits"),
    ),
    WizardStep(
        "Nilai awal",
        "Bagaimana keadaannya sebelum diperbaiki, dan dari mana Anda tahu?",
        ("baseline_value", "baseline_on", "baseline_source", "baseline_method"),
    ),
    WizardStep(
        "Target",
        "Angka berapa yang Anda sanggupi, dan paling lambat kapan?",
        ("target_value", "original_due_on", "cycle_days", "min_change"),
    ),
    WizardStep("Periksa", "Baca sekali lagi seperti warga akan membacanya."),
)
STEP_HINTS = {
    "cepat": "Cepat dihitung dalam hari kerja, jam, atau menit, sejak berkas lengkap sampai selesai. Makin kecil "
    "makin baik. Median paling jujur: satu-dua kasus yang aneh tidak mengubahnya.",
    "ringkas": "Ringkas dihitung dari langkah, berkas, kunjungan, atau loket yang dilalui warga. Kecil itu baik.",
    "daring": "Daring dihitung dalam persen permohonan yang selesai tanpa warga datang. Makin besar makin baik.",
    "kepuasan": "Kepuasan dihitung dari survei yang sama setiap kali, misalnya nilai IKM 0 sampai 100.",
    "literasi": "Literasi dihitung dalam persen pegawai yang sanggup memakai alatnya. Uji, bukan daftar hadir.",
    "lainnya": "Pilih satu angka yang dapat dihitung orang lain dengan hasil yang sama.",
}  # family -> how such a target is usually measured


class Wizard:
    """Several forms as steps. `di` says where the reader was, `langkah` where to go; without it all is sent.

    The fields of other steps travel along in hidden fields: nothing is kept on the server.
    """

    def __init__(self, forms_asked: Sequence[forms.ModelForm], data: QueryDict | None) -> None:
        self.forms = forms_asked
        names = {name for form in self.forms for name in form.fields}
        self.steps = [step for step in WIZARD_STEPS if not step.fields or names.intersection(step.fields)]
        self.last = len(self.steps) - 1
        wanted = _number(data.get("langkah"), self.last) if data else 0
        self.is_sent = data is not None and wanted is None
        self.number = self.last if wanted is None else wanted
        self.has_mistakes = False
        if data is not None and self.number >= (_number(data.get("di"), self.last) or 0):
            self._stop_at_mistakes()
        if data is not None and not self.has_mistakes and self.number < self.last:
            for form in self.forms:
                form.errors.clear()  # of steps that have not been asked yet

    def _stop_at_mistakes(self) -> None:
        """Stops at the first step with a mistake when the reader goes forward; going back is always allowed."""
        for number, step in enumerate(self.steps[: self.number]):
            if any(name in form.errors for form in self.forms for name in step.fields):
                self.number, self.has_mistakes = number, True
                return
        if self.number == self.last:
            self.has_mistakes = any(form.errors for form in self.forms)

    def return_to_mistake(self) -> None:
        """Shows the step with the mistake, after an act refused what every form had accepted."""
        self.number = self.last
        self._stop_at_mistakes()

    @property
    def step(self) -> WizardStep:
        return self.steps[self.number]

    @property
    def is_ready(self) -> bool:
        """Whether it was sent and every form is valid."""
        return self.is_sent and not self.has_mistakes

    @property
    def shown(self) -> Iterator[BoundField]:
        for field in self._fields():
            if field.name in self.step.fields and not field.is_hidden:
                yield field

    @property
    def carried(self) -> Iterator[BoundField]:
        for field in self._fields():
            if field.name not in self.step.fields or field.is_hidden:
                yield field

    def _fields(self) -> Iterator[BoundField]:
        for form in self.forms:
            yield from form

    @property
    def problem(self) -> str:
        said = [str(error) for form in self.forms for error in form.non_field_errors()] if self.has_mistakes else []
        return " ".join(said) or ("Periksa lagi isian yang ditandai." if self.has_mistakes else "")

    @property
    def hint(self) -> str:
        """Help on this step, from what was answered before."""
        target = self.forms[-1]
        if "statistic" in self.step.fields:
            return STEP_HINTS.get(str(target["family"].value()), "")
        if "target_value" in self.step.fields:
            before, unit = target["baseline_value"].value(), target["unit_of_measure"].value()
            return f"Nilai awal yang Anda tulis: {before} {unit}." if before else ""
        return ""


def _number(text: Any, last: int) -> int | None:
    """The number of a step; None when it is none."""
    return int(text) if str(text).isdecimal() and int(str(text)[:3]) <= last else None
