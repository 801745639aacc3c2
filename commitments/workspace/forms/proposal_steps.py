"""The steps in which a commitment and its target are proposed, and their texts."""

from commitments.models import Family
from commitments.models.cases.stated_clock import CLOCK_FIELDS
from commitments.wizard import Wizard, WizardStep
from commitments.workspace.forms.proposal import CommitmentForm, TargetForm

TARGET_STEPS = (
    WizardStep(
        "Layanan",
        "Layanan mana, dan apanya yang diperbaiki: lebih cepat, atau lebih ringkas?",
        TargetForm,
        ("service", "family", "replaces"),
    ),
    WizardStep(
        "Cara mengukur",
        "Bagaimana orang lain menghitungnya dan mendapat angka yang sama?",
        TargetForm,
        (
            *(*CLOCK_FIELDS[:3], "unit_of_measure", "statistic", *CLOCK_FIELDS[3:], "lower_bound", "upper_bound"),
            *("direction", "data_source", "known_limits"),
        ),
    ),
    WizardStep(
        "Nilai awal",
        "Bagaimana keadaannya sebelum diperbaiki, dan dari mana Anda tahu?",
        TargetForm,
        ("baseline_value", "baseline_on", "baseline_source", "baseline_method"),
    ),
    WizardStep(
        "Target",
        "Angka berapa yang Anda sanggupi, dan paling lambat kapan?",
        TargetForm,
        ("target_value", "original_due_on", "cycle_days", "min_change"),
    ),
    WizardStep("Periksa", "Baca sekali lagi seperti warga akan membacanya."),
)
COMMITMENT_STEPS = (
    *TARGET_STEPS[:-1],
    WizardStep(
        "Janji",
        "Apa yang berubah bagi warga? Satu kalimat yang dapat ditagih.",
        CommitmentForm,
        ("memorandum", "title", "benefit", "dimension", "quick_win"),
    ),
    TARGET_STEPS[-1],
)
# Fields that most people leave as they are: a step shows them folded.
FOLDED_FIELDS = ("known_limits", "baseline_method", "cycle_days", "min_change", "quick_win")


def step_hint(wizard: Wizard) -> str:
    """Help on the step, from what was answered before."""
    target = wizard.form(TargetForm)
    if "statistic" in wizard.step.fields:
        family = target["family"].value()
        return Family(family).details.hint if family in Family else ""
    if "target_value" in wizard.step.fields:
        before, unit = target["baseline_value"].value(), target["unit_of_measure"].value()
        return f"Nilai awal yang Anda tulis: {before} {unit}." if before else ""
    return ""
