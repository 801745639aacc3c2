"""Import of past measurements: submitted now, on behalf of the unit, for somebody else to decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from tablib import Dataset

from commitments.formats import kinds_named, measured, short_date
from commitments.models import Evidence, EvidenceKind, Measurement, ServiceTarget
from commitments.models.measurement import why_not_a_period
from commitments.secretariat.imports import cells
from commitments.secretariat.imports.sheet_kind import NEW, SAME, RowOutcome, SheetImport, WrongCell, listed
from commitments.secretariat.imports.table import ImportColumn
from opd import clock


class MeasurementImport(SheetImport):
    slug = "realisasi"
    title = "Realisasi yang lalu"
    explains = "Hasil ukur dari laporan lama: satu baris satu target dan satu periode."
    effect = (
        "Terkirim sekarang atas nama unit, dan menunggu keputusan orang lain, bukan Anda. "
        f"Tanpa tautan bukti berjenis {kinds_named(counts=True)}, yang terverifikasi pun tidak dihitung di tangga."
    )
    columns = (
        ImportColumn(
            "target",
            "Nomor target",
            cells.name_of_row,
            also=("target", "kode target", "nomor sasaran", "no target"),
            needed=True,
            help="Seperti di halaman target; daftarnya di lembar Pilihan.",
            examples=("DINKES-01-1", "DINKES-01-1"),
        ),
        ImportColumn(
            "unit",
            "Unit",
            cells.name_of_row,
            also=("kode unit", "nama unit", "opd"),
            help="Boleh kosong; untuk mencocokkan.",
        ),
        ImportColumn(
            "period_start",
            "Awal periode",
            cells.day,
            also=("periode awal", "dari tanggal", "mulai"),
            needed=True,
            help="Hari pertama yang diukur.",
            examples=("1 Januari 2018", "01/07/2018"),
        ),
        ImportColumn(
            "period_end",
            "Akhir periode",
            cells.day,
            also=("periode akhir", "sampai tanggal", "sampai", "selesai"),
            needed=True,
            help="Hari terakhir yang diukur.",
            examples=("30 Juni 2018", "31/12/2018"),
        ),
        ImportColumn(
            "value",
            "Nilai",
            cells.amount,
            also=("realisasi", "capaian", "hasil ukur", "angka"),
            needed=True,
            help="Angkanya saja, dalam satuan targetnya.",
            examples=(9, 6.5),
        ),
        ImportColumn(
            "n",
            "n",
            cells.count,
            also=("banyaknya data", "jumlah data", "jumlah sampel", "banyaknya data n"),
            help="Dihitung dari berapa data.",
            examples=(212, 240),
        ),
        ImportColumn(
            "method",
            "Cara mengukur",
            cells.words(Measurement, "method"),
            also=("metode",),
            help="Tampil untuk publik.",
        ),
        ImportColumn(
            "note", "Catatan", cells.words(Measurement, "note"), help="Untuk sekretariat; tidak tampil untuk publik."
        ),
        ImportColumn(
            "url",
            "Tautan bukti",
            cells.address,
            also=("bukti", "link bukti", "bukti dukung"),
            help="Tautan ke bukti dukungnya.",
            examples=("https://contoh.go.id/laporan-2018", ""),
        ),
        ImportColumn(
            "kind",
            "Jenis bukti",
            cells.one_of(EvidenceKind.choices),
            also=("jenis bukti dukung",),
            help="Wajib bila ada tautan. Lihat lembar Pilihan.",
            examples=("hasil", ""),
            choices=listed(EvidenceKind.choices),
        ),
    )

    def __init__(self, by: User) -> None:
        super().__init__(by)
        self.today = clock.today()

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Looks up what the rows are about, in few queries."""
        asked = {cell.text.upper() for cell in dataset["target"]}
        found = ServiceTarget.objects.filter(reference__in=asked).select_related("commitment")
        self.targets = {target.reference: target for target in found}
        sent = Measurement.objects.filter(target__in=self.targets.values(), submitted_at__isnull=False)
        self.sent: dict[tuple[int, date, date], Measurement] = {}
        for row in sent.prefetch_related("decisions", "evidence").order_by("version", "pk"):
            self._remember(row)

    def _remember(self, row: Measurement) -> None:
        self.sent[row.target_id, row.period_start, row.period_end] = row

    def enter(self, given: dict[str, Any]) -> RowOutcome:
        target = self._target(given)
        value = self._value(given, target)
        start, end = given["period_start"], given["period_end"]
        if why := why_not_a_period(start, end):
            raise WrongCell("period_end", why)
        about = (
            f"{target.reference} {target.service}: {measured(value, target.unit_of_measure)}, "
            f"{short_date(start)} – {short_date(end)}"
        )
        if known := self.sent.get((target.pk, start, end)):
            self._must_be_the_same(known, value, given)
            return RowOutcome(SAME, about)
        facts = {key: given[key] for key in ("n", "method", "note") if key in given}
        row = Measurement.draft(
            by=self.by, target=target, on_behalf=True, value=value, period_start=start, period_end=end, **facts
        )
        if "url" in given:
            Evidence.attach(row, kind=given["kind"], url=given["url"])
        row.submit(by=self.by, seen=row.fingerprint())
        self._remember(row)
        return RowOutcome(NEW, about)

    def _target(self, given: dict[str, Any]) -> ServiceTarget:
        target = self.targets.get(given["target"].upper())
        if target is None:
            raise WrongCell(
                "target", "Nomor target ini tidak ada. Tulis misalnya DINKES-01-1, seperti di lembar Pilihan."
            )
        if not target.is_live:
            why = "sudah ditarik" if target.withdrawn_at else "belum diumumkan"
            raise WrongCell("target", f"Target ini {why}, jadi tidak menerima realisasi.")
        if "unit" in given:
            owner, named = target.unit, self.units.find(given["unit"], "unit")
            if named.has_ended_by(self.today):
                raise WrongCell("unit", self.units.what_became_of(named))
            if named != owner:
                raise WrongCell(
                    "unit", f"Target ini milik {owner} ({owner.code}). Periksa nomor target atau unitnya."
                )
        if ("url" in given) != ("kind" in given):
            raise WrongCell(
                "kind" if "url" in given else "url", "Tautan bukti dan jenis bukti diisi keduanya, atau dikosongkan."
            )
        return target

    def _value(self, given: dict[str, Any], target: ServiceTarget) -> Any:
        try:
            given["value"].must_be_in(target.unit_of_measure)
        except ValueError as error:
            raise WrongCell("value", str(error)) from None
        return given["value"].number

    def _must_be_the_same(self, known: Measurement, value: Any, given: dict[str, Any]) -> None:
        unit = known.target.unit_of_measure
        if known.value != value:
            there = f"{measured(known.value, unit)}, {known.get_state_label()}"
            raise WrongCell("value", f"Periode ini sudah tercatat: {there}. Koreksi dikirim unitnya dari /kerja/.")
        known_evidence = {(item.url, item.evidence_kind) for item in known.evidence.all()}
        for key, there, is_same in (
            ("n", f"dengan n = {known.n or 'kosong'}", given.get("n") in (None, known.n)),
            ("method", "dengan cara mengukur yang lain", given.get("method") in (None, known.method)),
            ("note", "dengan catatan yang lain", given.get("note") in (None, known.note)),
            ("url", "tanpa bukti ini", "url" not in given or (given["url"], given["kind"]) in known_evidence),
        ):
            if not is_same:
                raise WrongCell(key, f"Periode ini sudah tercatat {there}. Koreksi dikirim unitnya dari /kerja/.")
