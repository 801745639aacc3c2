"""Import of people and their tenures, old ones too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from commitments.formats import short_date
from commitments.secretariat.imports.cells import RawCell, day
from commitments.secretariat.imports.columns import ChoiceColumn, DayColumn, ModelTextColumn, TextColumn
from commitments.secretariat.imports.kinds.units import CERTAINTY_COLUMN, SOURCE_COLUMN
from commitments.secretariat.imports.sheet_kind import NEW, SAME, RowOutcome, SheetImport, WrongCell, standing_units
from commitments.secretariat.imports.table import TableRow
from opd.models import Person, Tenure

UNIT_COLUMN = TextColumn(
    key="unit",
    label="Unit",
    also=("kode unit", "nama unit", "opd", "perangkat daerah", "nama opd", "unit kerja"),
    needed=True,
    help="Kodenya, atau namanya.",
    allowed=standing_units,
    examples=("dinkes", "kec-tugu"),
)


class TenureImport(SheetImport):
    slug = "pejabat"
    title = "Pejabat dan masa jabatan"
    explains = "Siapa memegang jabatan apa, sejak kapan, menurut sumber mana; yang sudah lewat pun boleh."
    effect = (
        "Tercatat dan langsung tampil untuk publik. Masa jabatan yang masih terbuka berakhir saat penggantinya "
        "mulai; Plh mewakili sementara dan tidak mengakhiri apa pun."
    )
    columns = (
        UNIT_COLUMN,
        ModelTextColumn(
            key="person",
            label="Nama pejabat",
            model=Person,
            column="name",
            also=("nama", "pejabat", "nama kepala"),
            needed=True,
            help="Persis seperti di sumbernya. Tampil untuk publik.",
            examples=("Pejabat Contoh A", "Pejabat Contoh B"),
        ),
        ModelTextColumn(
            key="title",
            label="Jabatan",
            model=Tenure,
            also=("jabatan seperti tertulis", "nama jabatan"),
            needed=True,
            help="Seperti tertulis di sumbernya.",
            examples=("Kepala Dinas Kesehatan", "Plt. Camat Tugu"),
        ),
        ChoiceColumn(
            key="status",
            label="Status",
            of=Tenure.Status.choices,
            spelled={"definitive": "definitif"},
            also=("status jabatan",),
            help="Kosong: definitif.",
            examples=("definitif", "Plt"),
        ),
        DayColumn(
            key="from_on",
            label="Sejak",
            also=("mulai", "tmt", "tanggal mulai", "mulai menjabat"),
            help="Hari pertama menjabat. Kosong: tidak diketahui.",
            examples=("2 November 2017", "10 Januari 2022"),
        ),
        DayColumn(
            key="last_on",
            label="Hari terakhir",
            also=("sampai", "s d", "sampai dengan", "selesai", "berakhir"),
            help="Hari terakhir menjabat. Kosong: masih menjabat, atau sampai penggantinya mulai. Wajib untuk Plh.",
            examples=("9 Januari 2022", ""),
        ),
        ModelTextColumn(
            key="as_of",
            label="Menurut sumber per",
            model=Tenure,
            help="Bila sumber hanya menyebut waktu kira-kira, misalnya: 2018.",
        ),
        SOURCE_COLUMN,
        CERTAINTY_COLUMN,
    )

    ruled = (Tenure, Person)

    def look_up(self, rows: Sequence[TableRow]) -> None:
        self.people = {person.name: person for person in Person.objects.order_by("-pk")}
        self.held: dict[tuple[int, str, date | None], Tenure] = {}
        for tenure in Tenure.objects.select_related("person", "unit"):
            self._remember(tenure)

    def _remember(self, tenure: Tenure) -> None:
        self.people.setdefault(tenure.person.name, tenure.person)
        self.held[tenure.unit_id, tenure.person.name, tenure.from_on] = tenure

    @staticmethod
    def rank(cells: dict[str, RawCell]) -> date:
        """The order in which offices were taken, so that each tenure ends the one before."""
        try:
            return day(cells["from_on"])
        except ValueError:
            return date.min

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        facts = {"status": Tenure.Status.DEFINITIVE, **given}
        last, start = facts.pop("last_on", None), facts.get("from_on")
        facts["until_on"] = last + timedelta(days=1) if last else None
        facts["unit"] = unit = self.units.find(given["unit"], "unit")
        if unit.valid_until and (start is None or start >= unit.valid_until):
            raise WrongCell("unit", self.units.what_became_of(unit))
        since = f"sejak {short_date(start)}" if start else "sejak tidak diketahui"
        about = f"{unit.code}: {given['person']}, {given['title']}, {since}"
        if known := self.held.get((unit.pk, given["person"], start)):
            self._must_be_the_same(known, facts)
            return RowOutcome(SAME, about)
        if last and start and last < start:
            raise WrongCell("last_on", "Hari terakhir mendahului hari pertama.")
        facts["person"] = self.people.get(given["person"], given["person"])
        serving = Tenure.objects.filter(unit=unit, until_on=None).select_related("person")
        names = {tenure.pk: str(tenure) for tenure in serving}
        self._remember(Tenure.enter(by=self.by, **facts))
        ended = Tenure.objects.filter(pk__in=names).exclude(until_on=None).values_list("pk", flat=True)
        return RowOutcome(NEW, about + "".join(f"; mengakhiri masa jabatan {names[pk]}" for pk in ended))

    def _must_be_the_same(self, known: Tenure, facts: dict[str, Any]) -> None:
        if known.title != facts["title"]:
            raise WrongCell(
                "title", f"Masa jabatan ini sudah tercatat sebagai {known.title!r}. Samakan, atau hapus barisnya."
            )
        if known.status != facts["status"]:
            raise WrongCell(
                "status", f"Masa jabatan ini sudah tercatat {known.status}. Samakan, atau hapus barisnya."
            )
        mend = "koreksi di halaman masa jabatannya"
        for key, there, other in (
            ("source", known.source, mend),
            ("certainty", known.get_certainty_display(), mend),
            ("as_of", known.as_of, "kosongkan selnya"),
        ):
            if key in facts and getattr(known, key) != facts[key]:
                raise WrongCell(key, f"Sudah tercatat: {there or 'kosong'}. Samakan, atau {other}.")
        if facts["until_on"] and known.until_on != facts["until_on"]:
            told = short_date(known.until_on - timedelta(days=1)) if known.until_on else "masih menjabat"
            raise WrongCell("last_on", f"Di register: {told}. Akhiri masa jabatan di halamannya, atau samakan.")
