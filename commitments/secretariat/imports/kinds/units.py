"""Import of units: new ones are entered, known ones corrected where a filled cell differs."""

from __future__ import annotations

from typing import Any

from commitments.secretariat.imports import cells
from commitments.secretariat.imports.cells import RawCell
from commitments.secretariat.imports.columns import (
    ChoiceColumn,
    CleanedColumn,
    DayColumn,
    ModelTextColumn,
    TextColumn,
)
from commitments.secretariat.imports.sheet_kind import (
    CHANGED,
    NEW,
    SAME,
    RowOutcome,
    SheetImport,
    WrongCell,
    standing_units,
)
from opd.models import Certainty, Unit, UnitName
from opd.models.unit import UnitKind

NAMES = ("name", "short_name")
CERTAINTY_COLUMN = ChoiceColumn(
    key="certainty",
    label="Kepastian",
    of=Certainty.choices,
    spelled={"tercatat": "documented", "pasti": "documented", "perkiraan": "assumed"},
    needed=True,
    help="Seberapa pasti menurut sumbernya.",
    examples=("documented", "reconstructed"),
)
SOURCE_COLUMN = ModelTextColumn(
    key="source",
    label="Sumber",
    model=Unit,
    also=("dasar", "sumber data", "sumber informasi"),
    needed=True,
    help="Dokumen atau berita. Tampil untuk publik.",
    examples=("Perwal 12/2020", "semarangkota.go.id, dibaca 3 Mei 2026"),
)


class UnitImport(SheetImport):
    slug = "unit"
    title = "Unit"
    explains = "Perangkat daerah dan BUMD: kode, jenis, nama, dan sumbernya."
    effect = "Unit baru tercatat. Unit yang sudah ada dikoreksi hanya pada sel yang terisi; namanya tidak."
    columns = (
        CleanedColumn(
            key="code",
            label="Kode",
            cleaned=cells.code,
            also=("kode unit", "slug"),
            needed=True,
            help="Tetap untuk selamanya. Huruf kecil, angka, tanda hubung.",
            examples=("dinas-contoh", "kec-contoh"),
        ),
        ChoiceColumn(
            key="unit_kind",
            label="Jenis",
            of=UnitKind.choices,
            spelled={"rumah_sakit": "rsud"},
            also=("jenis unit", "kategori"),
            ours=("kind",),
            needed=True,
            help="Lihat lembar Pilihan.",
            examples=("dinas", "kecamatan"),
        ),
        ModelTextColumn(
            key="name",
            label="Nama",
            model=UnitName,
            also=("nama unit", "nama opd", "perangkat daerah", "nama perangkat daerah"),
            spare=("unit",),
            needed=True,
            help="Nama lengkap. Tampil untuk publik.",
            examples=("Dinas Contoh Kota Semarang", "Kecamatan Contoh"),
        ),
        ModelTextColumn(
            key="short_name",
            label="Nama singkat",
            model=UnitName,
            also=("singkatan", "nama pendek"),
            needed=True,
            help="Untuk ubin dan tabel. Tampil untuk publik.",
            examples=("Dinas Contoh", "Kec. Contoh"),
        ),
        TextColumn(
            key="parent",
            label="Induk",
            also=("unit induk",),
            allowed=standing_units,
            help="Kode unit induknya, bila ada.",
        ),
        ModelTextColumn(
            key="head_title",
            label="Sebutan kepala",
            model=Unit,
            also=("jabatan kepala",),
            help="Tampil untuk publik.",
            examples=("Kepala Dinas", "Camat"),
        ),
        ModelTextColumn(
            key="official_code",
            label="Kode resmi",
            model=Unit,
            also=("kode skpd", "kode opd"),
        ),
        CleanedColumn(
            key="website",
            label="Situs",
            cleaned=cells.address,
            also=("website", "laman"),
            help="Tampil untuk publik.",
        ),
        CleanedColumn(
            key="whatsapp",
            label="WhatsApp",
            cleaned=cells.telephone,
            also=("nomor whatsapp", "no wa", "wa", "no hp"),
            help="Tidak pernah tampil untuk publik.",
        ),
        DayColumn(
            key="valid_from",
            label="Ada sejak",
            also=("berdiri sejak", "berlaku sejak"),
            help="Kosong: sejak sebelum register.",
        ),
        SOURCE_COLUMN,
        CERTAINTY_COLUMN,
        ModelTextColumn(
            key="note",
            label="Catatan",
            model=Unit,
            also=("catatan sumber",),
            help="Tampil untuk publik.",
        ),
    )

    ruled = (Unit, UnitName)
    identities = (("code",),)

    @staticmethod
    def rank(cells: dict[str, RawCell]) -> bool:
        """Parents before their children."""
        return not cells["parent"].is_empty

    def is_on_record(self, cells: dict[str, RawCell]) -> bool:
        return cells["code"].text in self.units.by_code

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        facts = dict(given)
        if "parent" in facts:
            facts["parent"] = self.units.find(facts["parent"], "parent")
        known = self.units.by_code.get(given["code"])
        if known is not None:
            return self._corrected(known, facts)
        names = {key: facts.pop(key) for key in NAMES}
        unit = Unit.enter(by=self.by, **names, **facts)
        self.units.add(unit, **names)
        return RowOutcome(NEW, f"{unit.code}: {names['name']}")

    def _corrected(self, known: Unit, facts: dict[str, Any]) -> RowOutcome:
        facts.pop("code")
        other = {key: value for key, value in facts.items() if getattr(known, key) != value}
        if not other:
            return RowOutcome(SAME, f"{known.code}: {known.name}")
        if known.valid_until:
            raise WrongCell("code", self.units.what_became_of(known))
        for key in NAMES:
            if key in other:
                raise WrongCell(
                    key, f"Tercatat sebagai {getattr(known, key)!r}. Nama diganti di halaman unit itu: Ganti nama."
                )
        labels = {column.key: column.label.lower() for column in self.columns}
        before = {key: cells.cell_text(getattr(known, key)) or "kosong" for key in other}
        told = ", ".join(f"{labels[key]} {before[key]} → {cells.cell_text(value)}" for key, value in other.items())
        known.correct(by=self.by, seen=known.fingerprint(), **other)
        return RowOutcome(CHANGED, f"{known.code}: {told}")
