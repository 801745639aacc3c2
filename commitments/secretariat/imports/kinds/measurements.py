"""Import of past measurements: submitted now, on behalf of the unit, for somebody else to decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max

from commitments import periods
from commitments.formats import kinds_named, measured, plain_date
from commitments.ladder.rows import TargetOnLadder
from commitments.models import Evidence, EvidenceKind, Measurement, MeasurementState, ServiceTarget
from commitments.models.measurement import why_not_a_period
from commitments.periods import PERIOD_EXAMPLE, Period
from commitments.reports.doubts import ClaimedValue, doubts_about
from commitments.secretariat.imports import cells
from commitments.secretariat.imports.cells import RawCell, simple
from commitments.secretariat.imports.columns import (
    AmountColumn,
    ChoiceColumn,
    CleanedColumn,
    CountColumn,
    ModelTextColumn,
    PeriodColumn,
    TextColumn,
    YesNoColumn,
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
from commitments.secretariat.imports.table import TableRow
from opd import clock
from opd.models import Unit

MAX_PERIODS_DUE = 12  # of each target, in a filled template
FILLED_BY_HAND = ("value", "n", "method", "note", "url", "kind", "correction")  # what a filled template leaves open


def live_targets() -> Iterable[tuple[str, str]]:
    """The targets that can be reported today, as a template lists them."""
    live = ServiceTarget.objects.live_on(clock.today())
    return [(row.reference, f"{row.service} ({row.unit_of_measure})") for row in live]


class MeasurementImport(SheetImport):
    slug = "realisasi"
    title = "Realisasi yang lalu"
    explains = "Hasil ukur dari laporan lama: satu baris satu target dan satu periode."
    effect = (
        "Terkirim sekarang atas nama unit, dan menunggu keputusan orang lain, bukan Anda. "
        f"Tanpa tautan bukti berjenis {kinds_named(counts=True)}, yang terverifikasi pun tidak dihitung di tangga."
    )
    columns = (
        TextColumn(
            key="target",
            label="Nomor target",
            also=("kode target", "nomor sasaran", "no target"),
            ours=("target number",),
            spare=("target",),
            needed=True,
            help="Seperti di halaman target; daftarnya di lembar Pilihan.",
            examples=("DINKES-01-1", "DINKES-01-1"),
            allowed=live_targets,
        ),
        TextColumn(
            key="unit",
            label="Unit",
            also=("kode unit", "nama unit", "opd"),
            allowed=standing_units,
            help="Boleh kosong; untuk mencocokkan.",
        ),
        TextColumn(
            key="service",
            label="Layanan",
            also=("nama layanan",),
            help="Boleh kosong; untuk mencocokkan.",
        ),
        TextColumn(
            key="unit_of_measure",
            label="Satuan",
            also=("satuan ukur",),
            help="Boleh kosong; untuk mencocokkan.",
        ),
        PeriodColumn(
            key="period_start",
            label="Awal periode",
            also=("periode awal", "dari tanggal", "mulai"),
            spare=("awal", "dari"),
            help="Hari pertama yang diukur; atau periode dalam kata, misalnya Triwulan I 2018, tanpa akhir periode.",
            examples=("1 Januari 2018", "Semester II 2018"),
        ),
        PeriodColumn(
            key="period_end",
            label="Akhir periode",
            also=("periode akhir", "sampai tanggal", "sampai", "selesai"),
            spare=("akhir", "s d"),
            help="Hari terakhir yang diukur.",
            examples=("30 Juni 2018", ""),
        ),
        PeriodColumn(
            key="period",
            label="Periode",
            also=("periode laporan", "periode pengukuran", "masa", "triwulan", "semester", "bulan"),
            help="Ganti awal dan akhir periode: Maret 2018, Triwulan I 2018, Semester II 2019, Tahun 2018.",
        ),
        AmountColumn(
            key="value",
            label="Nilai",
            also=("realisasi", "capaian", "hasil ukur", "angka"),
            ours=("result",),
            needed=True,
            help="Angkanya saja, dalam satuan targetnya.",
            examples=(9, 6.5),
        ),
        CountColumn(
            key="n",
            label="n",
            also=("banyaknya data", "jumlah data", "jumlah sampel", "banyaknya data n"),
            help="Dihitung dari berapa data.",
            examples=(212, 240),
        ),
        ModelTextColumn(
            key="method",
            label="Cara mengukur",
            model=Measurement,
            also=("metode",),
            help="Tampil untuk publik.",
        ),
        ModelTextColumn(
            key="note",
            label="Catatan",
            model=Measurement,
            help="Untuk sekretariat; tidak tampil untuk publik.",
        ),
        CleanedColumn(
            key="url",
            label="Tautan bukti",
            cleaned=cells.address,
            also=("bukti", "link bukti", "bukti dukung"),
            help="Tautan ke bukti dukungnya.",
            examples=("https://contoh.go.id/laporan-2018", ""),
        ),
        ChoiceColumn(
            key="kind",
            label="Jenis bukti",
            of=EvidenceKind.choices,
            also=("jenis bukti dukung",),
            help="Wajib bila ada tautan. Lihat lembar Pilihan.",
            examples=("hasil", ""),
        ),
        YesNoColumn(
            key="correction",
            label="Koreksi",
            also=("mengoreksi", "perbaikan"),
            help="ya: angka baru untuk periode yang sudah tercatat. Kosong: tidak.",
        ),
    )
    ruled = (Measurement, Evidence)
    fills_in = True

    @classmethod
    def filled(cls, unit: Unit) -> Iterator[dict[str, Any]]:
        today = clock.today()
        owed = ServiceTarget.objects.owed_by(unit, today).live_on(today).order_by("reference")
        for target in owed:
            reported = target.measurements.standing().aggregate(last=Max("period_end"))["last"]
            known = {"target": target.reference, "unit": unit.code, "service": target.service}
            known["unit_of_measure"] = target.unit_of_measure
            due = periods.offered(
                target.cycle_days, today, after=max(reported or date.min, target.baseline_on), count=MAX_PERIODS_DUE
            )
            for period in reversed(due):
                yield {**known, "period_start": period.start, "period_end": period.end}

    @staticmethod
    def why_unfilled(cells: dict[str, RawCell]) -> str:
        is_open = not cells["target"].is_empty and all(cells[key].is_empty for key in FILLED_BY_HAND)
        return "nilainya belum diisi" if is_open else ""

    def look_up(self, rows: Sequence[TableRow]) -> None:
        asked = {row.cells["target"].text.upper() for row in rows}
        found = ServiceTarget.objects.filter(reference__in=asked).with_rung(self.today, live_only=False)
        self.targets = {target.reference: target for target in found.select_related("commitment")}
        self.sent: dict[tuple[int, Period], list[Measurement]] = {}
        self.standing: dict[int, dict[UUID, Measurement]] = {}  # by target and chain
        self.links: dict[str, str] = {}
        self.lines: dict[int, int] = {}  # of what this sheet itself has sent, by its key
        sent = Measurement.objects.filter(target__in=self.targets.values(), submitted_at__isnull=False)
        for row in sent.prefetch_related("decisions", "evidence").order_by("version", "pk"):
            self._remember(row, [item.url for item in row.evidence.all()])

    def _remember(self, row: Measurement, links: Iterable[str]) -> None:
        self.sent.setdefault((row.target_id, row.period), []).append(row)
        chains = self.standing.setdefault(row.target_id, {})
        chains.pop(row.chain, None)
        if row.state in (MeasurementState.SUBMITTED, MeasurementState.VERIFIED):
            chains[row.chain] = row
        for link in filter(None, links):
            self.links.setdefault(link, f"{row.target.reference} sampai {cells.cell_text(row.period_end)}")

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        target = self._target(given)
        value = self.number(given, "value", target.unit_of_measure, target.statistic, f"{target.reference} dalam")
        period = self._period(given)
        about = f"{target.reference} {target.service}: {measured(value, target.unit_of_measure)}, {period.days}"
        known = self.sent.get((target.pk, period), [])
        if any(row.value == value for row in known):
            self._must_be_the_same([row for row in known if row.value == value][-1], given)
            return RowOutcome(SAME, about)
        if not target.is_live:
            why = "sudah ditarik" if target.withdrawn_at else "belum diumumkan"
            raise WrongCell("target", f"Target ini {why}, jadi tidak menerima realisasi.")
        corrected = self._corrected(known, given)
        doubts = tuple(self._doubts(given, target, value, period, corrected))
        facts = {key: given[key] for key in ("n", "method", "note") if key in given}
        row = Measurement.draft(
            by=self.by,
            target=target,
            on_behalf=True,
            value=value,
            period_start=period.start,
            period_end=period.end,
            corrects=corrected,
            **facts,
        )
        if "url" in given:
            Evidence.attach(row, kind=given["kind"], url=given["url"])
        row.submit(by=self.by, seen=row.fingerprint())
        self._remember(row, [given.get("url", "")])
        self.lines[row.pk] = self.questions.line
        if corrected is None:
            return RowOutcome(NEW, about, doubts)
        before = measured(corrected.value, target.unit_of_measure)
        return RowOutcome(CHANGED, f"{about} (koreksi atas {before})", doubts)

    def _target(self, given: dict[str, Any]) -> TargetOnLadder:
        target = self.targets.get(given["target"].upper())
        if target is None:
            raise WrongCell(
                "target", "Nomor target ini tidak ada. Tulis misalnya DINKES-01-1, seperti di lembar Pilihan."
            )
        if "unit" in given:
            owner, named = target.unit, self.units.standing(given["unit"], "unit", self.today)
            if named != owner:
                raise WrongCell(
                    "unit", f"Target ini milik {owner} ({owner.code}). Periksa nomor target atau unitnya."
                )
        written = given.get("unit_of_measure", "")
        if not cells.same_unit(written, target.unit_of_measure):
            raise WrongCell("unit_of_measure", f"{target.reference} diukur dalam {target.unit_of_measure}.")
        if ("url" in given) != ("kind" in given):
            raise WrongCell(
                "kind" if "url" in given else "url", "Tautan bukti dan jenis bukti diisi keduanya, atau dikosongkan."
            )
        return target

    def _period(self, given: dict[str, Any]) -> Period:
        """The days that a row is about: from one day to another, or a period in words in any of its columns."""
        start, end, named = (given.get(key) for key in ("period_start", "period_end", "period"))
        if named is not None and not isinstance(named, Period):
            raise WrongCell("period", f"Ini sebuah hari, bukan periode. {PERIOD_EXAMPLE}")
        start = start or named
        if start is None:
            raise WrongCell("period_start", f"Wajib diisi. {PERIOD_EXAMPLE}")
        end = end or (start if isinstance(start, Period) else None)
        if end is None:
            raise WrongCell("period_end", "Wajib diisi, karena awal periodenya sebuah hari.")
        first = start.start if isinstance(start, Period) else start
        last = end.end if isinstance(end, Period) else end
        if isinstance(start, Period) and isinstance(end, date) and end != start.end:
            raise WrongCell("period_end", f"Awalnya menyebut {start.name}, yang berakhir {plain_date(start.end)}.")
        if why := why_not_a_period(first, last):
            raise WrongCell("period_end" if "period_end" in given or not named else "period", why)
        if isinstance(named, Period) and named != Period(first, last):
            raise WrongCell("period", f"Ini {named.days}, padahal awal dan akhirnya {Period(first, last).days}.")
        return Period(first, last)

    def _corrected(self, known: list[Measurement], given: dict[str, Any]) -> Measurement | None:
        """The version that a row corrects; refused where the row does not say that it does."""
        if not known:
            if given.get("correction"):
                raise WrongCell("correction", "Untuk periode ini belum ada yang tercatat. Kosongkan.")
            return None
        last = known[-1]
        if last.pk in self.lines:
            there = measured(last.value, last.target.unit_of_measure)
            raise WrongCell(
                "value", f"Baris {self.lines[last.pk]} sudah menyebut periode ini: {there}. Sisakan satu."
            )
        if not given.get("correction"):
            there = f"{measured(last.value, last.target.unit_of_measure)}, {last.get_state_label()}"
            raise WrongCell(
                "value", f"Periode ini sudah tercatat: {there}. Bila ini koreksi, tulis ya di kolom Koreksi."
            )
        return last

    def _doubts(
        self,
        given: dict[str, Any],
        target: TargetOnLadder,
        value: Decimal,
        period: Period,
        corrected: Measurement | None,
    ) -> Iterator[str]:
        """What the form would ask its sender about such a report."""
        others = [
            row for row in self.standing.get(target.pk, {}).values() if not corrected or row.chain != corrected.chain
        ]
        before = [row for row in others if row.period_end < period.start]
        last = max(before, key=lambda row: row.period_end, default=None)
        overlapping = [row for row in others if row.period_start <= period.end and row.period_end >= period.start]
        claim = ClaimedValue(
            value,
            period.start,
            period.end,
            kinds=[given["kind"]] if "kind" in given else [],
            n=given.get("n"),
            method=given.get("method", ""),
            sent_on=self.today,
        )
        if simple(given.get("service", target.service)) != simple(target.service):
            yield f"Layanan di berkas “{given['service']}”, padahal {target.reference} adalah “{target.service}”."
        where = self.links.get(given.get("url", ""), "")
        for doubt in doubts_about(
            claim,
            target,
            last=last.value if last else None,
            reused=1 if where else 0,
            overlapping=overlapping,
            where=where,
        ):
            yield doubt.text

    def _must_be_the_same(self, known: Measurement, given: dict[str, Any]) -> None:
        known_evidence = {(item.url, item.evidence_kind) for item in known.evidence.all()}
        for key, there, is_same in (
            ("n", f"dengan n = {known.n or 'kosong'}", given.get("n") in (None, known.n)),
            ("method", "dengan cara mengukur yang lain", given.get("method") in (None, known.method)),
            ("note", "dengan catatan yang lain", given.get("note") in (None, known.note)),
            ("url", "tanpa bukti ini", "url" not in given or (given["url"], given["kind"]) in known_evidence),
        ):
            if not is_same:
                raise WrongCell(key, f"Periode ini sudah tercatat {there}. Samakan, atau koreksi angkanya.")
