"""Import of commitments with their targets: proposed on behalf of the unit, published by an approver."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from commitments import ladder
from commitments.formats import measured, short_date
from commitments.models import Commitment, Memorandum, ServiceTarget
from commitments.secretariat.imports.cells import RawCell, cell_text, simple
from commitments.secretariat.imports.kinds.commitment_columns import ALL_COLUMNS, TARGET_KEYS
from commitments.secretariat.imports.sheet_kind import NEW, SAME, RowOutcome, SheetImport, WrongCell
from commitments.secretariat.imports.table import TableRow
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
    ruled = (Commitment, ServiceTarget)
    identities = (("reference",), ("commitment",))

    def look_up(self, rows: Sequence[TableRow]) -> None:
        found = list(Memorandum.objects.all()[:2])
        if len(found) != 1:
            raise BadFact("Impor komitmen memerlukan tepat satu kesepakatan di register.")
        self.memorandum = found[0]
        self.by_title: dict[tuple[str, str], Commitment] = {}
        self.commitments: dict[str, Commitment] = {}
        for row in sorted(Commitment.objects.with_unit(self.today), key=_standing_last):
            self._remember_commitment(row.unit_code, row)  # type: ignore[attr-defined]
        self.by_service: dict[tuple[int, str, str], ServiceTarget] = {}
        self.targets: dict[str, ServiceTarget] = {}
        for target in sorted(ServiceTarget.objects.select_related("commitment"), key=_standing_last):
            self._remember(target)

    def _remember(self, target: ServiceTarget) -> None:
        self.by_service[target.commitment_id, simple(target.service), target.statistic] = target
        self.targets[target.reference] = target

    def _remember_commitment(self, unit_code: str, row: Commitment) -> None:
        self.by_title[unit_code, simple(row.title)] = row
        self.commitments[row.reference] = row

    def is_on_record(self, cells: dict[str, RawCell]) -> bool:
        return not (cells["reference"].is_empty and cells["commitment"].is_empty)

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        known = self._numbered_target(given)
        commitment = known.commitment if known else self._numbered_commitment(given)
        unit = self._unit(given, commitment)
        facts: dict[str, Any] = {
            key: given[key] for key in ("title", "benefit", "dimension", "quick_win") if key in given
        }
        if commitment is None:
            commitment = self.by_title.get((unit.code, simple(given["title"])))
            facts["quick_win"] = given.get("quick_win", False)
        about = f"{commitment.reference} {commitment.title}" if commitment else ""
        is_new = commitment is None
        target = self._target(given, known)
        if commitment is None:
            commitment = Commitment.propose(
                by=self.by, unit=unit, on_behalf=True, memorandum=self.memorandum, **facts
            )
            about = f"{commitment.reference} {commitment.title}"
        else:
            self._must_be_the_same(commitment, facts, is_numbered=self._is_numbered(given))
        if target is None:
            self._remember_commitment(unit.code, commitment)
            return RowOutcome(NEW if is_new else SAME, about)
        known = known or self.by_service.get((commitment.pk, simple(target["service"]), target["statistic"]))
        if known:
            self._must_be_the_same(known, target, is_numbered=self._is_numbered(given))
            return RowOutcome(SAME, f"{known.reference} {_target_text(known)}")
        row = ServiceTarget.propose(by=self.by, commitment=commitment, on_behalf=True, **target)
        self._remember_commitment(unit.code, commitment)  # only now: a refused row takes its commitment back with it
        self._remember(row)
        return RowOutcome(NEW, f"{about}; {row.reference} {_target_text(row)}")

    def _is_numbered(self, given: dict[str, Any]) -> bool:
        return "reference" in given or "commitment" in given

    def _numbered_target(self, given: dict[str, Any]) -> ServiceTarget | None:
        """The target whose number the row names."""
        if "reference" not in given:
            return None
        known = self.targets.get(given["reference"].upper())
        if known is None:
            raise WrongCell("reference", "Nomor target ini tidak ada. Kosongkan bila targetnya baru.")
        number = given.get("commitment", known.commitment.reference).upper()
        if number != known.commitment.reference:
            raise WrongCell("commitment", f"{known.reference} adalah target dari {known.commitment.reference}.")
        return known

    def _numbered_commitment(self, given: dict[str, Any]) -> Commitment | None:
        if "commitment" not in given:
            return None
        found = self.commitments.get(given["commitment"].upper())
        if found is None:
            raise WrongCell("commitment", "Nomor komitmen ini tidak ada. Kosongkan bila komitmennya baru.")
        return found

    def _unit(self, given: dict[str, Any], commitment: Commitment | None) -> Unit:
        if commitment is None:
            return self.units.standing(given["unit"], "unit", self.today)
        owner = commitment.owner
        if "unit" in given and self.units.standing(given["unit"], "unit", self.today) != owner:
            raise WrongCell(
                "unit", f"{commitment.reference} milik {owner} ({owner.code}). Periksa nomor atau unitnya."
            )
        return owner

    def _target(self, given: dict[str, Any], known: ServiceTarget | None) -> dict[str, Any] | None:
        """The target in the row; None when it has none."""
        target = {key: given[key] for key in TARGET_KEYS if key in given}
        if not target:
            return {} if known else None
        if known is None:
            self._must_be_whole(target)
        unit_of_measure = target.get("unit_of_measure") or (known.unit_of_measure if known else "")
        statistic = target.get("statistic") or (known.statistic if known else "")
        for key in AMOUNT_KEYS:
            if key in target:
                target[key] = self.number(target, key, unit_of_measure, statistic, "Satuan di baris ini")
        if known is None:
            target = {"min_change": Decimal(0), "cycle_days": ladder.REPORTING_CYCLE, **target}
        return target

    def _must_be_whole(self, target: dict[str, Any]) -> None:
        labels = {column.key: column.label for column in ALL_COLUMNS}
        for key in REQUIRED_OF_TARGET:
            if key not in target:
                raise WrongCell(
                    key, f"Wajib diisi, karena baris ini menyebut target. Kosongkan semua, atau isi {labels[key]}."
                )

    def _must_be_the_same(
        self, known: Commitment | ServiceTarget, facts: dict[str, Any], *, is_numbered: bool
    ) -> None:
        """Refuses other facts about what is on record; a row that names its number may also say what is in force."""
        if known.withdrawn_at and not is_numbered:
            day = short_date(clock.day_of(known.withdrawn_at))
            raise WrongCell("title", f"{known.reference} sudah ditarik {day}. Hapus barisnya, atau beri judul lain.")
        for key, value in facts.items():
            there = getattr(known, key)
            if there == value or (is_numbered and value == _in_force(known, key)):
                continue
            told = cell_text(there) if not isinstance(there, Decimal) else measured(there, "").strip()
            raise WrongCell(
                key, f"{known.reference} sudah tercatat: {told}. Samakan, atau usulkan perubahannya di /kerja/."
            )


def _in_force(known: Commitment | ServiceTarget, key: str) -> Any:
    """What holds today instead of the original value."""
    name = "due_on" if key == "original_due_on" else key
    return known.in_force().get(name) if isinstance(known, ServiceTarget) else None


def _standing_last(row: Commitment | ServiceTarget) -> tuple[bool, int]:
    """Sorts rows with one name so that a row that is not withdrawn is used."""
    return row.withdrawn_at is None, row.pk


def _target_text(target: ServiceTarget) -> str:
    """`Rujukan: 14 hari → 3 hari, tenggat 31 Des 2030`: the row as it was read, for a last look."""
    before, after = (
        measured(value, target.unit_of_measure) for value in (target.baseline_value, target.target_value)
    )
    return f"{target.service}: {before} → {after}, tenggat {short_date(target.original_due_on)}"
