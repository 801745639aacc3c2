"""Tests of imports: untidy sheets are read right or refused with the row; all or nothing; safe to repeat."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment, Measurement, ServiceTarget, transfer
from commitments.secretariat.imports import table
from commitments.secretariat.imports.kinds.measurements import MeasurementImport
from commitments.secretariat.imports.run import IMPORTS, run
from commitments.secretariat.imports.sheet_kind import CHANGED, NEW
from commitments.secretariat.imports.template import workbook
from opd import access, clock, register
from opd.errors import BadFact, WrongPerson
from opd.models import Entry, Person, Tenure, Unit, UnitChange
from tests import sheets
from tests.cast import Cast, give, person
from tests.screen_texts import NO_BETTER_TARGET
from tests.sheets import measurement

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def promise(unit: str = "dinkes", service: str = "Rujukan", **other: Any) -> list[Any]:
    row = {"title": "Layanan lebih cepat", "before": "14 hari", "after": 3, "due": "31 Desember 2030", **other}
    first = [
        unit,
        row["title"],
        "Warga menunggu lebih sebentar.",
        "living",
        service,
        "cepat",
        "hari",
        "median",
        "turun",
    ]
    return [*first, row["before"], "2 November 2017", "Buku agenda", row["after"], row["due"]]


def test_a_messy_sheet_is_read_right(cast: Cast) -> None:
    target = cast.target()
    messy: sheets.Rows = [
        ["LAPORAN REALISASI TAHUN 2018", *[None] * 8],
        [],
        ["No.", " nomor  TARGET *", "Periode awal", "Periode akhir", "Capaian (dalam hari)", "N", "Keterangan"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, f" {target.reference.lower()} ", datetime(2018, 1, 1), "30 Juni 2018", "12,5 hari", "1.234", "<b>x</b>"],
        [],
        [2, target.reference, "1 Juli 2018", 43465, 9, 240.0, None],
        ["Jumlah", None, None, None, "=SUM(E5:E7)", None, None],
    ]
    report = sheets.kept(cast, "realisasi", sheets.xlsx(messy))
    assert (report.table.line, report.table.unused) == (3, ["No.", "Keterangan"])
    assert report.table.skipped == [(4, "baris nomor kolom"), (8, "baris jumlah")]
    rows = Measurement.objects.order_by("period_start").values_list("period_start", "period_end", "value", "n")
    assert list(rows) == [
        (date(2018, 1, 1), date(2018, 6, 30), Decimal("12.5"), 1234),
        (date(2018, 7, 1), date(2018, 12, 31), Decimal(9), 240),
    ]


def test_every_fault_is_named_by_row_column_and_how_to_write_it(cast: Cast) -> None:
    target = cast.target().reference
    wrong = [
        sheets.MEASUREMENTS,
        measurement(target, "1.234"),
        measurement("DINKES-09-9"),
        measurement(target, "14 jam", end="30 Juni 2017"),
        measurement(target, end="31/06/2018"),
        measurement(target, "=1+1"),
        measurement(target, kind=None),
        measurement(target, end="31 Desember 2990"),
        measurement(target, None),
        measurement(target, start="1 Juli 2018"),
    ]
    before = sheets.entries()
    report = sheets.tried(cast, "realisasi", sheets.xlsx(wrong))
    assert [(line, column) for line, column, _ in sheets.faults(report)] == [
        (2, "Nilai"),
        (3, "Nomor target"),
        (4, "Nilai"),
        (5, "Akhir periode"),
        (6, "Nilai"),
        (7, "Jenis bukti"),
        (8, "Akhir periode"),
        (9, "Nilai"),
        (10, "Akhir periode"),
    ]
    assert report.faults[0].text == "1.234"
    assert report.faults[0].wrong.endswith("Tulis 1234 tanpa titik, atau 1,2340 bila itu angka di belakang koma.")
    assert (sheets.entries(), Measurement.objects.count()) == (before, 0)


def test_one_bad_row_keeps_all_the_others_out(cast: Cast) -> None:
    target = cast.target().reference
    rows = [sheets.MEASUREMENTS, measurement(target), measurement(target, "1.234", start="1 Juli 2018")]
    report = sheets.tried(cast, "realisasi", sheets.xlsx(rows))
    again = run(IMPORTS["realisasi"], sheets.xlsx(rows), by=cast.keeper, keep=report.digest)
    assert (again.kept, Measurement.objects.count()) == (False, 0)
    assert list(register.check()) == []


def test_what_is_imported_is_sent_now_on_behalf_of_the_unit_and_decided_by_somebody_else(cast: Cast) -> None:
    target = cast.target()
    report = sheets.kept(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, measurement(target.reference, 2)]))
    [row] = Measurement.objects.all()
    assert (row.on_behalf, row.state, row.submitted_by) == (True, "submitted", cast.keeper)
    assert clock.day_of(row.submitted_at) == clock.today()  # type: ignore[arg-type]
    entry = Entry.objects.latest("seq")
    assert (entry.act, entry.actor) == ("measurement.submitted", "pengelola-data:dinkes")
    assert json.loads(entry.body)["data"]["file_sha256"] == report.sha256
    give(cast.keeper, access.VERIFIER)
    with pytest.raises(WrongPerson, match="Anda yang menyusun atau mengirimnya"):
        row.verify(by=User.objects.get(pk=cast.keeper.pk), seen=row.fingerprint())
    row.verify(by=cast.verifier, seen=row.fingerprint())
    assert ServiceTarget.objects.with_rung(clock.today()).get().rung == 4
    assert list(register.check()) == []


def test_nobody_but_the_keeper_speaks_on_behalf_of_a_unit(cast: Cast) -> None:
    target = cast.target()
    content = sheets.xlsx([sheets.MEASUREMENTS, measurement(target.reference)])
    for somebody in (cast.verifier, cast.head, cast.leader, person("akar-biasa")):
        report = run(IMPORTS["realisasi"], content, by=somebody)
        assert [fault.wrong for fault in report.faults] == [
            "Hanya pengelola data yang dapat mencatat atas nama unit."
        ]
    with pytest.raises(WrongPerson):
        access.require_voice(cast.keeper, cast.dinkes, on_behalf=False)


@pytest.mark.parametrize(
    ("slug", "rows"),
    [
        ("unit", [sheets.UNITS, ["dinas-baru", "Dinas", "Dinas Baru", "Baru", "Perda", "tercatat di sumber"]]),
        ("pejabat", [sheets.TENURES, ["dinkes", "Budi", "Kepala", None, "2 Jan 2018", None, "SK", "documented"]]),
        ("komitmen", [sheets.PROMISES, promise(), promise(service="Antrean")]),
        (
            "realisasi",
            [
                sheets.MEASUREMENTS,
                measurement("DINKES-01-1"),
                measurement("DINKES-01-1", n=9, start="2 Feb 18"),
            ],
        ),
    ],
)
def test_the_same_file_twice_changes_nothing_and_says_so(cast: Cast, slug: str, rows: sheets.Rows) -> None:
    cast.target(commitment=cast.commitment(title="Yang lain"), service="Lain")
    content = sheets.xlsx(rows)
    first = sheets.kept(cast, slug, content)
    assert (first.changes, len(first.same)) == (len(rows) - 1, 0)
    before = sheets.entries()
    again = sheets.tried(cast, slug, content)
    assert (again.faults, again.changes, len(again.same)) == ([], 0, len(rows) - 1)
    assert sheets.entries() == before
    assert list(register.check()) == []


def test_a_file_is_kept_only_as_it_was_tried(cast: Cast) -> None:
    """Between the trial and the yes the unit itself sent one of the values."""
    target = cast.target()
    rows = [
        measurement(target.reference, 9, url=None, kind=None),
        measurement(target.reference, 8, start="2 Januari 2018"),
    ]
    content = sheets.xlsx([sheets.MEASUREMENTS, *rows])
    trial = sheets.tried(cast, "realisasi", content)
    cast.measurement(target, 9, period_start=date(2018, 1, 1), period_end=date(2018, 6, 30), n=212)
    late = run(IMPORTS["realisasi"], content, by=cast.keeper, keep=trial.digest)
    assert (late.kept, len(late.new), len(late.same), Measurement.objects.count()) == (False, 1, 1, 1)
    agreed = run(IMPORTS["realisasi"], content, by=cast.keeper, keep=late.digest)
    assert (agreed.kept, Measurement.objects.count()) == (True, 2)


def test_another_value_for_a_known_period_is_never_written_over_it(cast: Cast) -> None:
    target = cast.target()
    cast.measurement(target, 5)
    row = measurement(target.reference, 7, start="1 Jan 2018", end="31 Des 2018")
    report = sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, row]))
    [(line, column, wrong)] = sheets.faults(report)
    assert (line, column) == (2, "Nilai")
    assert "sudah tercatat: 5\N{NO-BREAK SPACE}hari, menunggu verifikasi" in wrong


def test_commitments_with_targets_become_proposals_that_another_publishes(cast: Cast) -> None:
    rows = [sheets.PROMISES, promise(), promise(service="Antrean", before=1234.5, after="1.000,25"), promise("pdam")]
    sheets.kept(cast, "komitmen", sheets.xlsx(rows))
    assert list(ServiceTarget.objects.values_list("reference", "baseline_value", "target_value")) == [
        ("DINKES-01-1", Decimal(14), Decimal(3)),
        ("DINKES-01-2", Decimal("1234.5"), Decimal("1000.25")),
        ("PDAM-01-1", Decimal(14), Decimal(3)),
    ]
    commitment = Commitment.objects.get(reference="DINKES-01")
    assert commitment.is_waiting
    actors = Entry.objects.filter(act__endswith=".proposed").values_list("act", "actor").order_by("seq")
    assert list(actors)[:2] == [
        ("commitment.proposed", "pengelola-data:dinkes"),
        ("target.proposed", "pengelola-data:dinkes"),
    ]
    give(cast.keeper, access.APPROVER)
    with pytest.raises(WrongPerson, match="Anda yang mengusulkan"):
        commitment.publish(by=User.objects.get(pk=cast.keeper.pk), seen=commitment.fingerprint())
    commitment.publish(by=cast.approver, seen=commitment.fingerprint())


def test_a_target_without_a_direction_or_worse_than_its_baseline_is_named(cast: Cast) -> None:
    no_direction, worse = promise(), promise(service="Antrean", before=2)
    no_direction[8] = None
    report = sheets.tried(cast, "komitmen", sheets.xlsx([sheets.PROMISES, no_direction, worse]))
    told = sheets.faults(report)
    assert [(line, column) for line, column, _ in told] == [(2, "Arah"), (3, "Arah, Target, Nilai awal")]
    assert report.faults[1].text == "Arah: makin kecil makin baik · Target: 3 · Nilai awal: 2"
    assert NO_BETTER_TARGET in told[1][2]


def test_a_row_that_is_refused_takes_its_promise_back_with_it(cast: Cast) -> None:
    """The next row with the same promise proposes it anew."""
    rows = [sheets.PROMISES, promise(before=2), promise("pdam"), promise(service="Antrean")]
    report = sheets.tried(cast, "komitmen", sheets.xlsx(rows))
    assert [(line, column) for line, column, _ in sheets.faults(report)] == [(2, "Arah, Target, Nilai awal")]
    assert [outcome.about.split(";")[1].split()[0] for _, outcome in report.outcomes] == ["PDAM-01-1", "DINKES-01-1"]


def test_a_correction_made_meanwhile_is_not_undone_by_an_older_yes(cast: Cast) -> None:
    row = ["dinkes", "dinas", "Unit dinkes", "Dinkes", "Perda", "documented", "https://lama.example"]
    content = sheets.xlsx([[*sheets.UNITS, "Situs"], row])
    trial = sheets.tried(cast, "unit", content)
    cast.dinkes.correct(by=cast.keeper, seen=cast.dinkes.fingerprint(), website="https://baru.example")
    late = run(IMPORTS["unit"], content, by=cast.keeper, keep=trial.digest)
    assert (late.kept, Unit.objects.get(code="dinkes").website) == (False, "https://baru.example")
    assert "situs https://baru.example → https://lama.example" in late.changed[0].outcome.about  # type: ignore[union-attr]


def test_a_tenure_says_whose_it_ends(cast: Cast) -> None:
    rows = [
        ["dinkes", "Ani", "Kepala", None, "2 Jan 2015", None, "SK 0", "documented"],
        ["dinkes", "Budi", "Kepala Dinas", None, "2 Jan 2018", None, "SK 1", "documented"],
    ]
    report = sheets.tried(cast, "pejabat", sheets.xlsx([sheets.TENURES, *rows]))
    assert [outcome.about.partition("; ")[2] for _, outcome in report.outcomes] == [
        "",
        "mengakhiri masa jabatan Ani, Kepala",
    ]


@pytest.mark.parametrize(
    ("slug", "head", "first", "again", "column"),
    [
        (
            "pejabat",
            [*sheets.TENURES, "Menurut sumber per"],
            ["dinkes", "Ani", "Kepala", None, "2 Jan 2018", None, "SK", "assumed", "2018"],
            {8: "2019"},
            "Menurut sumber per",
        ),
        (
            "pejabat",
            sheets.TENURES,
            ["dinkes", "Ani", "Kepala", None, "2 Jan 2018", None, "Ingatan", "assumed"],
            {6: "SK 821/12"},
            "Sumber",
        ),
        (
            "pejabat",
            sheets.TENURES,
            ["dinkes", "Ani", "Kepala", None, "2 Jan 2018", None, "Ingatan", "assumed"],
            {7: "documented"},
            "Kepastian",
        ),
        (
            "realisasi",
            sheets.MEASUREMENTS,
            measurement("DINKES-01-1", url=None, kind=None),
            {5: "https://contoh.go.id/bukti", 6: "hasil"},
            "Tautan bukti",
        ),
        ("realisasi", sheets.MEASUREMENTS, measurement("DINKES-01-1"), {6: "kegiatan"}, "Tautan bukti"),
    ],
)
def test_what_a_later_sheet_knows_better_is_named_and_not_dropped(
    cast: Cast, slug: str, head: list[Any], first: list[Any], again: dict[int, Any], column: str
) -> None:
    cast.target()
    sheets.kept(cast, slug, sheets.xlsx([head, first]))
    better = [again.get(place, cell) for place, cell in enumerate(first)]
    told = sheets.faults(sheets.tried(cast, slug, sheets.xlsx([head, better])))
    assert [(line, name) for line, name, _ in told] == [(2, column)]


def test_a_promise_that_begins_like_a_total_is_no_total(cast: Cast) -> None:
    row = promise(title="Jumlah kunjungan puskesmas naik")
    report = sheets.tried(cast, "komitmen", sheets.xlsx([sheets.PROMISES, promise(), [None, *row[1:]]]))
    assert (report.table.skipped, [(line, name) for line, name, _ in sheets.faults(report)]) == ([], [(3, "Unit")])


def test_heads_come_and_go_in_the_order_of_their_days_whatever_the_order_of_the_rows(cast: Cast) -> None:
    rows = [
        sheets.TENURES,
        ["dinkes", "Citra", "Kepala", "Plt.", "1 Feb 2022", None, "SK 2", "documented"],
        ["Unit dinkes", "Budi", "Kepala", None, "2 Jan 2018", None, "SK 1", "documented"],
        ["dinkes", "Ani", "Kepala", "definitif", "2 Jan 2015", "1 Jan 2018", "SK 0", "disusun ulang"],
    ]
    report = sheets.tried(cast, "pejabat", sheets.xlsx(rows))
    assert [fault.wrong for fault in report.faults] == [
        "Pilihan ini tidak dikenal. Pilih: definitif, Plt, Plh, Pj."
    ] or (report.faults == [])
    sheets.kept(cast, "pejabat", sheets.xlsx(rows))
    held = Tenure.objects.order_by("from_on").values_list("person__name", "status", "from_on", "until_on")
    assert list(held) == [
        ("Ani", "definitif", date(2015, 1, 2), date(2018, 1, 2)),
        ("Budi", "definitif", date(2018, 1, 2), date(2022, 2, 1)),
        ("Citra", "Plt", date(2022, 2, 1), None),
    ]


def test_an_old_tenure_before_the_one_of_today_is_history(cast: Cast) -> None:
    Tenure.enter(
        by=cast.keeper,
        person="Budi",
        unit=cast.dinkes,
        from_on=date(2020, 1, 1),
        title="Kepala",
        certainty="documented",
    )
    row = ["dinkes", "Ani", "Kepala", None, "2 Jan 2018", "31 Des 2019", "SK", "documented"]
    sheets.kept(cast, "pejabat", sheets.xlsx([sheets.TENURES, row]))
    assert Tenure.objects.get(person__name="Budi").until_on is None
    assert Person.objects.count() == 2


def merged(cast: Cast) -> None:
    change = UnitChange.propose(
        by=cast.keeper,
        change="merged",
        on=date(2023, 1, 2),
        legal_basis="Perda",
        predecessors=[cast.dinkes],
        successors=[cast.pdam],
    )
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())


def test_a_merged_unit_is_named_with_its_successor(cast: Cast) -> None:
    merged(cast)
    sentence = "Dinkes (dinkes) sudah digabung ke Pdam (pdam) sejak 2 Jan 2023. Tulis pdam."
    for slug, head, row in (
        ("komitmen", sheets.PROMISES, promise()),
        ("pejabat", sheets.TENURES, ["dinkes", "Budi", "Kepala", None, "2 Jan 2024", None, "SK", "documented"]),
        ("unit", sheets.UNITS, ["dinkes", "dinas", "Unit dinkes", "Dinkes", "Perda", "documented"]),
    ):
        report = sheets.tried(cast, slug, sheets.xlsx([head, row]))
        assert [wrong for _, _, wrong in sheets.faults(report)] == [sentence]
    old = ["dinkes", "Budi", "Kepala", None, "2 Jan 2019", "1 Jan 2023", "SK", "documented"]
    assert sheets.tried(cast, "pejabat", sheets.xlsx([sheets.TENURES, old])).faults == []


def test_a_dissolved_unit_and_one_that_never_was_are_named(cast: Cast) -> None:
    change = UnitChange.propose(
        by=cast.keeper,
        change="dissolved",
        on=date(2023, 1, 2),
        legal_basis="Perda",
        predecessors=[cast.pdam],
        successors=[],
    )
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    report = sheets.tried(cast, "komitmen", sheets.xlsx([sheets.PROMISES, promise("pdam"), promise("dinkez")]))
    assert [wrong for _, _, wrong in sheets.faults(report)] == [
        "Pdam (pdam) sudah berakhir sejak 2 Jan 2023, tanpa penerus.",
        "Unit ini tidak ada di register. Mungkin dinkes? Kode unit ada di lembar Pilihan pada templat.",
    ]


def test_units_are_entered_and_corrected_but_never_renamed_in_passing(cast: Cast) -> None:
    rows: sheets.Rows = [
        [*sheets.UNITS, "Induk", "WhatsApp"],
        ["bag-baru", "bagian", "Bagian Baru", "Bag. Baru", "Perwal", "assumed", "dinas-baru", None],
        ["dinas-baru", "dinas", "Dinas Baru", "Baru", "Perda", "documented", None, "0812 3456 7890"],
        ["dinkes", "badan", "Unit dinkes", "Dinkes", "Perda", "documented", None, None],
    ]
    report = sheets.kept(cast, "unit", sheets.xlsx(rows))
    assert [(line, outcome.status, outcome.about) for line, outcome in report.outcomes] == [
        (2, NEW, "bag-baru: Bagian Baru"),
        (3, NEW, "dinas-baru: Dinas Baru"),
        (4, CHANGED, "dinkes: jenis dinas → badan, sumber kosong → Perda"),
    ]
    assert Unit.objects.get(code="bag-baru").parent == Unit.objects.get(code="dinas-baru")
    assert Unit.objects.get(code="dinas-baru").whatsapp == "6281234567890"
    renamed = [sheets.UNITS, ["pdam", "bumd", "Perumda", "Pdam", "Perda", "documented"]]
    [(line, column, wrong)] = sheets.faults(sheets.tried(cast, "unit", sheets.xlsx(renamed)))
    assert (line, column) == (2, "Nama")
    assert wrong.startswith("Tercatat sebagai 'Unit pdam'")


def test_long_texts_and_markup_are_refused_or_kept_as_text(cast: Cast) -> None:
    long, markup = promise(title="x" * 5000), promise(title="<script>alert(1)</script>")
    report = sheets.tried(cast, "komitmen", sheets.xlsx([sheets.PROMISES, long, markup]))
    assert sheets.faults(report) == [(2, "Judul komitmen", "Terlalu panjang: 5000 huruf, paling banyak 160.")]
    assert len(report.faults[0].text) == 200


@pytest.mark.parametrize("slug", IMPORTS)
def test_the_template_is_read_by_its_own_import(cast: Cast, slug: str) -> None:
    """Its headings are known; its examples are read, whatever the register says of them."""
    report = sheets.tried(cast, slug, workbook(IMPORTS[slug]))
    assert (report.table.page.name, report.table.line, report.table.unused) == ("Isian", 1, [])
    assert len(report.read) == 2
    of_the_facts = ("Nomor target", "Unit", "Akun")  # invented ones are not in this register
    assert [fault for fault in report.faults if fault.column not in of_the_facts] == []


def test_more_rows_cost_no_more_queries_each(cast: Cast) -> None:
    commitment = cast.commitment()
    target = cast.target(commitment=commitment)

    def queries(count: int) -> int:
        days = [date(2018, 1 + number // 28, 1 + number % 28) for number in range(count)]
        rows = [measurement(target.reference, start=day, end=day) for day in days]
        with CaptureQueriesContext(connection) as asked:
            sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, *rows]))
        return len([one for one in asked if "SAVEPOINT" not in one["sql"]])

    queries(2)
    ten, twenty, forty = queries(10), queries(20), queries(40)
    assert (twenty - ten) / 10 == (forty - twenty) / 20 == 5  # three inserts, one update, the values before it


def test_a_mistake_of_ours_is_raised_and_not_told_of_a_row(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would put it down beside the row, and the sheet would look wrong."""
    target = cast.target().reference
    before, correct = sheets.entries(), MeasurementImport.enter

    def mistaken(self: MeasurementImport, given: dict[str, Any]) -> Any:
        return correct(self, given) if given["n"] == 212 else given["what is not there"]

    monkeypatch.setattr(MeasurementImport, "enter", mistaken)
    content = sheets.xlsx(
        [sheets.MEASUREMENTS, measurement(target), measurement(target, n=9, start="2 Januari 2018")]
    )
    with pytest.raises(KeyError, match="what is not there"):
        run(MeasurementImport, content, by=cast.keeper)
    assert (sheets.entries(), Measurement.objects.count()) == (before, 0)


def test_a_sheet_that_takes_too_long_is_given_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commitments.secretariat.imports.run.MAX_SECONDS", -1)
    with pytest.raises(BadFact, match="Bagi menjadi beberapa berkas"):
        sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, measurement(cast.target().reference)]))


def test_too_many_rows_are_refused_before_any_act(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    rows = [measurement("DINKES-01-1")] * 4
    with pytest.raises(BadFact, match="Lebih dari 3 baris isian"):
        sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, *rows]))


def test_a_value_that_cannot_be_is_named_in_its_column(cast: Cast) -> None:
    why = "Angka dalam hari tidak dapat kurang dari 0."
    row = measurement(cast.target().reference, -5)
    assert sheets.faults(sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, row]))) == [
        (2, "Nilai", why)
    ]
    report = sheets.tried(cast, "komitmen", sheets.xlsx([sheets.PROMISES, promise(service="Antrean", after=-3)]))
    assert sheets.faults(report) == [(2, "Target", why)]
