"""Import of commitments with their targets: proposed on behalf of the unit, published by an approver."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from commitments import ladder
from commitments.formats import measured, short_date
from commitments.models import Commitment, Memorandum, ServiceTarget
from commitments.secretariat.imports import cells
from commitments.secretariat.imports.commitment_columns import ALL_COLUMNS, TARGET_KEYS
from commitments.secretariat.imports.sheet_kind import NEW, SAME, RowOutcome, SheetImport, WrongCell
from opd import clock
from opd.errors import BadFact
from opd.models import Unit

# What a target cannot be without: the columns that the model neither leaves blank nor fills in.
REQUIRED_OF_TARGET = tuple(
    field.name
    for field in ServiceTarget._meta.fields
    if field.name in TARGET_KEYS and not field.blank and not field.has_default()
)
AMOUNT_KEYS = ("baseline_value", "target_value", "min_change", "lower_bound", "upper_bound")


class CommitmentImport(SheetImport):
    slug = "komitmen"
    title = "Komitmen dan target"
    explains = (
        "Satu baris satu target; judul komitmennya diulang di tiap baris. Tanpa kolom target: komitmennya saja."
    )
    effect = "Menjadi usulan atas nama unit, dan baru tampil untuk publik sesudah diumumkan penyetuju."
    columns = ALL_COLUMNS

    def __init__(self, by: User) -> None:
        super().__init__(by)
        found = list(Memorandum.objects.all()[:2])
        if len(found) != 1:
            raise BadFact("Impor komitmen memerlukan tepat satu kesepakatan di register.")
        self.memorandum, self.today = found[0], clock.today()
        self.commitments: dict[tuple[str, str], Commitment] = {}
        for row in sorted(Commitment.objects.with_unit(self.today), key=_standing_last):
            self.commitments[row.unit_code, cells.simple(row.title)] = row  # type: ignore[attr-defined]
        self.targets: dict[tuple[int, str, str], ServiceTarget] = {}
        for target in sorted(ServiceTarget.objects.all(), key=_standing_last):
            self._remember(target)

    def _remember(self, target: ServiceTarget) -> None:
        self.targets[target.commitment_id, cells.simple(target.service), target.statistic] = target

    def _remember_commitment(self, unit: Unit, row: Commitment) -> None:
        self.commitments[unit.code, cells.simple(row.title)] = row

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        unit = self.units.standing(given["unit"], "unit", self.today)
        title = given["title"]
        commitment = self.commitments.get((unit.code, cells.simple(title)))
        commitment_facts: dict[str, Any] = {key: given[key] for key in ("benefit", "dimension") if key in given}
        commitment_facts["quick_win"] = given.get("quick_win", False)
        target = self._target(given)
        if commitment is None:
            commitment = Commitment.propose(
                by=self.by, unit=unit, on_behalf=True, memorandum=self.memorandum, title=title, **commitment_facts
            )
            entered = True
        else:
            self._must_be_the_same(commitment, commitment_facts)
            entered = False
        about = f"{commitment.reference} {title}"
        if target is None:
            self._remember_commitment(unit, commitment)
            return RowOutcome(NEW if entered else SAME, about)
        known = self.targets.get((commitment.pk, cells.simple(target["service"]), target["statistic"]))
        target_text = _target_text(target)
        if known:
            self._must_be_the_same(known, target)
            return RowOutcome(SAME, f"{known.reference} {target_text}")
        row = ServiceTarget.propose(by=self.by, commitment=commitment, on_behalf=True, **target)
        self._remember_commitment(unit, commitment)  # only now: a refused row takes its commitment back with it
        self._remember(row)
        return RowOutcome(NEW, f"{about}; {row.reference} {target_text}")

    def _target(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """The target in the row; None when it has none."""
        target = {key: given[key] for key in TARGET_KEYS if key in given}
        if not target:
            return None
        labels = {column.key: column.label for column in ALL_COLUMNS}
        for key in REQUIRED_OF_TARGET:
            if key not in target:
                raise WrongCell(
                    key, f"Wajib diisi, karena baris ini menyebut target. Kosongkan semua, atau isi {labels[key]}."
                )
        for key in AMOUNT_KEYS:
            if key in target:
                target[key] = _in_unit(key, target[key], target["unit_of_measure"])
        return {"min_change": Decimal(0), "cycle_days": ladder.REPORTING_CYCLE, **target}

    def _must_be_the_same(self, known: Commitment | ServiceTarget, facts: dict[str, Any]) -> None:
        if known.withdrawn_at:
            day = short_date(clock.day_of(known.withdrawn_at))
            raise WrongCell("title", f"{known.reference} sudah ditarik {day}. Hapus barisnya, atau beri judul lain.")
        for key, value in facts.items():
            if getattr(known, key) != value:
                there = getattr(known, key)
                there = cells.cell_text(there) if not isinstance(there, Decimal) else measured(there, "").strip()
                raise WrongCell(
                    key, f"{known.reference} sudah tercatat: {there}. Samakan, atau usulkan perubahannya di /kerja/."
                )


def _standing_last(row: Commitment | ServiceTarget) -> tuple[bool, int]:
    """Sorts rows with one name so that a row that is not withdrawn is used."""
    return row.withdrawn_at is None, row.pk


def _in_unit(key: str, amount: cells.NumberWithUnit, unit_of_measure: str) -> Decimal:
    try:
        amount.must_be_in(unit_of_measure)
    except ValueError as error:
        raise WrongCell(key, str(error)) from None
    return amount.number


def _target_text(target: dict[str, Any]) -> str:
    """`Rujukan: 14 hari → 3 hari, tenggat 31 Des 2030`: the row as it was read, for a last look."""
    before, after = (measured(target[key], target["unit_of_measure"]) for key in ("baseline_value", "target_value"))
    return f"{target['service']}: {before} → {after}, tenggat {short_date(target['original_due_on'])}"
