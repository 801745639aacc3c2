"""The steps in which a commitment and its target are proposed, and their texts."""

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
        ("unit_of_measure", "statistic", "direction", "data_source", "known_limits"),
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
    WizardStep(
        "Janji",
        "Apa yang berubah bagi warga? Satu kalimat yang dapat ditagih.",
        CommitmentForm,
        ("memorandum", "title", "benefit", "dimension", "quick_win"),
    ),
    *TARGET_STEPS,
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


def step_hint(wizard: Wizard) -> str:
    """Help on the step, from what was answered before."""
    target = wizard.form(TargetForm)
    if "statistic" in wizard.step.fields:
        return STEP_HINTS.get(str(target["family"].value()), "")
    if "target_value" in wizard.step.fields:
        before, unit = target["baseline_value"].value(), target["unit_of_measure"].value()
        return f"Nilai awal yang Anda tulis: {before} {unit}." if before else ""
    return ""
