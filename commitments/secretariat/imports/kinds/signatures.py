"""Import of signatures: who signed the agreement, as printed, by which source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from commitments.formats import short_date
from commitments.models import Memorandum, Signature
from commitments.secretariat.imports.cells import cell_text, simple
from commitments.secretariat.imports.columns import ChoiceColumn, ModelTextColumn, TextColumn
from commitments.secretariat.imports.kinds.units import CERTAINTY_COLUMN, SOURCE_COLUMN
from commitments.secretariat.imports.sheet_kind import (
    CHANGED,
    NEW,
    SAME,
    RowOutcome,
    SheetImport,
    WrongCell,
    standing_units,
)
from commitments.secretariat.imports.table import TableRow
from opd import clock
from opd.models import Unit


def agreements() -> Iterable[tuple[str, str]]:
    return Memorandum.objects.values_list("code", "title")


class SignatureImport(SheetImport):
    slug = "tanda-tangan"
    title = "Tanda tangan"
    explains = "Siapa menandatangani kesepakatan, seperti tercetak, menurut sumber mana."
    effect = (
        "Tercatat dan langsung tampil untuk publik. Yang sudah tercatat dikoreksi hanya sumber dan kepastiannya; "
        "yang keliru dicabut di halamannya."
    )
    columns = (
        TextColumn(
            key="memorandum",
            label="Kesepakatan",
            also=("kode kesepakatan",),
            help="Kodenya. Kosong: satu-satunya yang tercatat.",
            allowed=agreements,
        ),
        TextColumn(
            key="unit",
            label="Unit",
            also=("kode unit", "nama unit", "opd", "perangkat daerah", "nama opd", "unit kerja"),
            help="Kodenya, atau namanya. Wajib bagi pihak yang berkomitmen.",
            examples=("dinas-contoh", "kec-contoh"),
            allowed=standing_units,
        ),
        ModelTextColumn(
            key="printed_name",
            label="Nama seperti tercetak",
            model=Signature,
            also=("nama", "nama pejabat"),
            help="Kosong: tidak diketahui. Tampil untuk publik.",
            examples=("Pejabat Contoh A", ""),
        ),
        ModelTextColumn(
            key="printed_title",
            label="Jabatan seperti tercetak",
            model=Signature,
            also=("jabatan",),
            help="Tampil untuk publik.",
            examples=("Kepala Dinas Kesehatan", "Camat Tugu"),
        ),
        ChoiceColumn(
            key="capacity",
            label="Kedudukan",
            of=Signature.Capacity.choices,
            spelled={"pihak": "party", "ikut": "co-signer", "saksi": "before", "di_hadapan": "before"},
            also=("sebagai",),
            needed=True,
            help="Lihat lembar Pilihan.",
            examples=("party", "party"),
        ),
        SOURCE_COLUMN,
        CERTAINTY_COLUMN,
    )
    ruled = (Signature,)

    def look_up(self, rows: Sequence[TableRow]) -> None:
        self.agreements = {row.code: row for row in Memorandum.objects.all()}
        self.signed: dict[tuple[Any, ...], Signature] = {}
        for row in Signature.objects.select_related(*Signature.related).order_by("withdrawn_at", "pk"):
            self.signed.setdefault(_key(row.memorandum, row.unit, row.printed_name, row.capacity), row)
        for row in [one for one in self.signed.values() if one.stands]:  # the one that stands is the one to compare
            self._remember(row)

    def _remember(self, row: Signature) -> None:
        self.signed[_key(row.memorandum, row.unit, row.printed_name, row.capacity)] = row

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        memorandum = self._memorandum(given)
        unit = self.units.find(given["unit"], "unit") if "unit" in given else None
        facts = {key: value for key, value in given.items() if key not in ("memorandum", "unit")}
        who = unit.code if unit else given.get("printed_name", "tanpa nama")
        about = f"{who}: {given.get('printed_name', 'nama tidak diketahui')}, {_capacity_name(given['capacity'])}"
        known = self.signed.get(_key(memorandum, unit, given.get("printed_name", ""), given["capacity"]))
        if known is None:
            self._remember(Signature.enter(by=self.by, memorandum=memorandum, unit=unit, **facts))
            return RowOutcome(NEW, about)
        other = {key: value for key, value in facts.items() if getattr(known, key) != value}
        if not other:
            return RowOutcome(SAME, about)
        if not known.stands:
            day = short_date(clock.day_of(known.withdrawn_at)) if known.withdrawn_at else ""
            raise WrongCell("unit", f"Tanda tangan ini dicabut {day}. Hapus barisnya, atau catat lagi di halamannya.")
        for key in other:
            if key not in ("source", "certainty"):
                there = cell_text(getattr(known, key)) or "kosong"
                raise WrongCell(key, f"Sudah tercatat: {there}. Samakan; yang keliru dicabut di halamannya.")
        before = {"source": known.source, "certainty": known.certainty}
        known.correct(by=self.by, seen=known.fingerprint(), **{**before, **other})
        labels = {column.key: column.label.lower() for column in self.columns}
        told = ", ".join(f"{labels[key]} {before[key] or 'kosong'} → {value}" for key, value in other.items())
        return RowOutcome(CHANGED, f"{about}: {told}")

    def _memorandum(self, given: dict[str, Any]) -> Memorandum:
        if "memorandum" in given:
            found = self.agreements.get(given["memorandum"])
            if found is None:
                raise WrongCell("memorandum", f"Kesepakatan ini tidak ada. Yang ada: {', '.join(self.agreements)}.")
            return found
        if len(self.agreements) != 1:
            raise WrongCell("memorandum", "Wajib diisi, karena kesepakatan yang tercatat tidak tepat satu.")
        return next(iter(self.agreements.values()))


def _key(memorandum: Memorandum, unit: Unit | None, name: str, capacity: str) -> tuple[Any, ...]:
    """What tells one signature from another: a unit signs once; who signs for no unit, by name and capacity."""
    return (memorandum.pk, unit.pk) if unit else (memorandum.pk, simple(name), capacity)


def _capacity_name(code: str) -> str:
    return str(Signature.Capacity(code).label)
