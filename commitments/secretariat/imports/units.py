"""Import of units: new ones are entered, known ones corrected where a filled cell differs."""

from __future__ import annotations

from typing import Any

from commitments.secretariat.imports import cells
from commitments.secretariat.imports.cells import RawCell
from commitments.secretariat.imports.sheet_kind import CHANGED, NEW, SAME, RowOutcome, SheetImport, WrongCell, listed
from commitments.secretariat.imports.table import ImportColumn
from opd.models import Certainty, Unit, UnitName
from opd.models.unit import UnitKind

CERTAINTY_COLUMN = ImportColumn(
    "certainty",
    "Kepastian",
    cells.one_of(Certainty.choices, tercatat="documented", pasti="documented", perkiraan="assumed"),
    needed=True,
    help="Seberapa pasti menurut sumbernya.",
    examples=("documented", "reconstructed"),
    choices=listed(Certainty.choices),
)
SOURCE_COLUMN = ImportColumn(
    "source",
    "Sumber",
    cells.words(Unit, "source"),
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
        ImportColumn(
            "code",
            "Kode",
            cells.code,
            also=("kode unit", "slug"),
            needed=True,
            help="Tetap untuk selamanya. Huruf kecil, angka, tanda hubung.",
            examples=("dinas-contoh", "kec-contoh"),
        ),
        ImportColumn(
            "unit_kind",
            "Jenis",
            cells.one_of(UnitKind.choices, rumah_sakit="rsud"),
            also=("jenis unit", "kategori"),
            needed=True,
            help="Lihat lembar Pilihan.",
            examples=("dinas", "kecamatan"),
            choices=listed(UnitKind.choices),
        ),
        ImportColumn(
            "name",
            "Nama",
            cells.words(UnitName, "name"),
            also=("nama unit", "nama opd", "perangkat daerah", "nama perangkat daerah"),
            needed=True,
            help="Nama lengkap. Tampil untuk publik.",
            examples=("Dinas Contoh Kota Semarang", "Kecamatan Contoh"),
        ),
        ImportColumn(
            "short_name",
            "Nama singkat",
            cells.words(UnitName, "short_name"),
            also=("singkatan", "nama pendek"),
            needed=True,
            help="Untuk ubin dan tabel. Tampil untuk publik.",
            examples=("Dinas Contoh", "Kec. Contoh"),
        ),
        ImportColumn(
            "parent", "Induk", cells.name_of_row, also=("unit induk",), help="Kode unit induknya, bila ada."
        ),
        ImportColumn(
            "head_title",
            "Sebutan kepala",
            cells.words(Unit, "head_title"),
            also=("jabatan kepala",),
            help="Tampil untuk publik.",
            examples=("Kepala Dinas", "Camat"),
        ),
        ImportColumn(
            "official_code", "Kode resmi", cells.words(Unit, "official_code"), also=("kode skpd", "kode opd")
        ),
        ImportColumn("website", "Situs", cells.address, also=("website", "laman"), help="Tampil untuk publik."),
        ImportColumn(
            "whatsapp",
            "WhatsApp",
            cells.telephone,
            also=("nomor whatsapp", "no wa", "wa", "no hp"),
            help="Tidak pernah tampil untuk publik.",
        ),
        ImportColumn(
            "valid_from", "Ada sejak", cells.day, also=("berdiri sejak",), help="Kosong: sejak sebelum register."
        ),
        SOURCE_COLUMN,
        CERTAINTY_COLUMN,
        ImportColumn(
            "note", "Catatan", cells.words(Unit, "note"), also=("catatan sumber",), help="Tampil untuk publik."
        ),
    )

    @staticmethod
    def rank(cells: dict[str, RawCell]) -> bool:
        """Parents before their children."""
        return not cells["parent"].is_empty

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        facts = dict(given)
        names = {"name": facts.pop("name"), "short_name": facts.pop("short_name")}
        if "parent" in facts:
            facts["parent"] = self.units.find(facts["parent"], "parent")
        known = self.units.by_code.get(given["code"])
        if known is None:
            unit = Unit.enter(by=self.by, **names, **facts)
            self.units.add(unit, **names)
            return RowOutcome(NEW, f"{unit.code}: {names['name']}")
        if known.valid_until:
            raise WrongCell("code", self.units.what_became_of(known))
        for key, name in names.items():
            if getattr(known, key) != name:
                raise WrongCell(
                    key, f"Tercatat sebagai {getattr(known, key)!r}. Nama diganti di halaman unit itu: Ganti nama."
                )
        return self._corrected(known, facts)

    def _corrected(self, known: Unit, facts: dict[str, Any]) -> RowOutcome:
        facts.pop("code")
        other = {key: value for key, value in facts.items() if getattr(known, key) != value}
        if not other:
            return RowOutcome(SAME, f"{known.code}: {known.name}")
        labels = {column.key: column.label.lower() for column in self.columns}
        before = {key: cells.cell_text(getattr(known, key)) or "kosong" for key in other}
        told = ", ".join(f"{labels[key]} {before[key]} → {cells.cell_text(value)}" for key, value in other.items())
        known.correct(by=self.by, seen=known.fingerprint(), **other)
        return RowOutcome(CHANGED, f"{known.code}: {told}")
