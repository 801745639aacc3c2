"""Tests of what columns and rows decide together: a cell that can be read in two ways is asked about or refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from commitments.models import Measurement, ServiceTarget
from opd import access, register
from opd.models import Unit
from tests import doors, sheets
from tests.cast import Cast, unit

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

SHORT = ("Nomor target", "Awal periode", "Akhir periode", "Nilai", "n")
REALISASI = "/admin/impor/realisasi/"
AGAIN = "/akun/yakinkan/"  # where the password is asked again


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def client(cast: Cast) -> Client:
    return doors.enter(cast.keeper)


def sent(client: Client, content: bytes, slug: str = "realisasi", name: str = "rekap.xlsx") -> Any:
    file = BytesIO(content)
    file.name = name
    return client.post(f"/admin/impor/{slug}/", {"file": file})


def answered(client: Client, trial: Any, **answers: str) -> Any:
    """The trial again, with an answer to each question whose key begins so."""
    asked = trial.context["report"].asked
    given = {question.name: answers[question.key.split(":")[0]] for question in asked}
    kind = trial.context["kind"].slug
    return client.post(f"/admin/impor/{kind}/", {"token": trial.context["file_token"], "act": "jawab", **given})


def kept(client: Client, trial: Any) -> list[tuple[date, date, Decimal]]:
    """What is on record after a yes."""
    slug = trial.context["kind"].slug
    answer = client.post(f"/admin/impor/{slug}/", {"token": trial.context["token"]})
    assert answer.status_code == 302
    return list(Measurement.objects.order_by("period_start").values_list("period_start", "period_end", "value"))


def told(trial: Any) -> list[tuple[int, str, str]]:
    return sheets.faults(trial.context["report"])


def questions(trial: Any) -> list[str]:
    return [question.key for question in trial.context["report"].questions.open]


def styled(rows: sheets.Rows, formats: dict[str, str]) -> bytes:
    """A workbook whose cells have these number formats."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for place, format_ in formats.items():
        sheet[place].number_format = format_
    return sheets.saved(book)


def share(cast: Cast) -> ServiceTarget:
    facts: dict[str, Any] = {"family": "daring", "unit_of_measure": "%", "statistic": "share", "direction": "higher"}
    return cast.target(baseline_value=Decimal(5), target_value=Decimal(90), **facts)


def quarters(target: ServiceTarget, *values: Any) -> list[list[Any]]:
    starts = [datetime(2018, month, 1) for month in (1, 4, 7, 10)]
    ends = [datetime(2018, 3, 31), datetime(2018, 6, 30), datetime(2018, 9, 30), datetime(2018, 12, 31)]
    return [
        [target.reference, start, end, value, 100] for start, end, value in zip(starts, ends, values, strict=False)
    ]


# --- Numbers ----------------------------------------------------------------------------------------------------


def test_a_literal_per_cent_sign_multiplies_nothing_and_a_plain_share_is_asked(cast: Cast, client: Client) -> None:
    rows = [SHORT, *quarters(share(cast), 0.9, 85, 0.85, 0.85)]
    trial = sent(client, styled(rows, {"D2": r"0.0\%", "D3": '0"%"', "D4": "0%"}))
    assert (trial.status_code, questions(trial), trial.context["token"]) == (422, ["persen:value"], "")
    assert "0,85 % atau 85 %?" in trial.content.decode()
    for answer, last in (("apa-adanya", "0.85"), ("kali-100", "85")):
        again = answered(client, trial, persen=answer)
        assert (again.status_code, questions(again)) == (200, [])
        assert f"{last.replace('.', ',')}\N{NO-BREAK SPACE}%" in again.context["report"].outcomes[-1][1].about
    assert [value for _, _, value in kept(client, again)] == [Decimal("0.9"), 85, 85, 85]


@pytest.mark.parametrize("written", [1, "0,85", "1"])
def test_a_share_of_at_most_one_is_asked_in_any_plain_cell(cast: Cast, client: Client, written: Any) -> None:
    assert questions(sent(client, sheets.xlsx([SHORT, *quarters(share(cast), written)]))) == ["persen:value"]


def test_zero_and_a_share_with_its_sign_are_not_asked(cast: Cast, client: Client) -> None:
    trial = sent(client, sheets.xlsx([SHORT, *quarters(share(cast), 0, "0,85 %", "85 persen", 85)]))
    assert [value for _, _, value in kept(client, trial)] == [0, Decimal("0.85"), 85, 85]


def test_a_pasted_mean_is_rounded_to_four_places_and_said_so(cast: Cast, client: Client) -> None:
    trial = sent(client, sheets.xlsx([SHORT, *quarters(cast.target(), 2 / 3)]))
    assert "Nilai 0,666666666666667 dibulatkan menjadi 0,6667." in trial.content.decode()
    assert [value for _, _, value in kept(client, trial)] == [Decimal("0.6667")]


@pytest.mark.parametrize("brackets", ["(jam)", "[jam]", "{dalam jam}", "<jam>", "【jam】"])
def test_the_unit_in_a_heading_must_be_that_of_the_target(cast: Cast, client: Client, brackets: str) -> None:
    rows = [[*SHORT[:3], f"Nilai {brackets}", "n"], *quarters(cast.target(), 8)]
    [(line, column, why)] = told(sent(client, sheets.xlsx(rows)))
    assert (line, column) == (2, "Nilai")
    assert why.startswith("Judul kolom ini menyebut jam, padahal DINKES-01-1 dalam hari.")


@pytest.mark.parametrize("brackets", ["(hari)", "(dalam hari)", "[HARI]", "(wajib)", "(4)"])
def test_the_right_unit_in_a_heading_is_no_fault(cast: Cast, client: Client, brackets: str) -> None:
    trial = sent(client, sheets.xlsx([[*SHORT[:3], f"Nilai {brackets}", "n"], *quarters(cast.target(), 8)]))
    assert [value for _, _, value in kept(client, trial)] == [8]


def promise(**other: Any) -> tuple[list[str], list[Any]]:
    row = {
        **{"Unit": "Dinkes", "Komitmen": "Rujukan tanpa antre", "Yang didapat warga": "Selesai hari itu juga."},
        **{"Dimensi": "living", "Layanan": "Rujukan", "Rumpun": "cepat", "Satuan": "hari", "Statistik": "median"},
        **{"Arah": "turun", "Nilai awal": 14, "Tanggal nilai awal": "1 Januari 2018", "Sumber nilai awal": "Rekap"},
        **{"Target": 8, "Tenggat": "31 Desember 2019"},
    }
    for name, value in other.items():
        row[name] = value
    return list(row), list(row.values())


@pytest.mark.parametrize(
    ("heading", "column"),
    [("Target (jam)", "Target"), ("Nilai awal [jam kerja]", "Nilai awal"), ("Perubahan terkecil (menit)", "")],
)
def test_a_unit_in_a_heading_is_compared_with_the_measure_of_the_row(
    cast: Cast, client: Client, heading: str, column: str
) -> None:
    head, row = promise()
    name = heading.partition(" (")[0].partition(" [")[0]
    if name in head:
        head[head.index(name)] = heading
    else:
        head, row = [*head, heading], [*row, 1]
    [(line, told_column, why)] = told(sent(client, sheets.xlsx([head, row]), "komitmen"))
    assert (line, told_column) == (2, column or name)
    assert "padahal Satuan di baris ini hari" in why


def test_a_cycle_is_counted_in_days(cast: Cast, client: Client) -> None:
    for heading, value in (("Siklus lapor (bulan)", 3), ("Siklus lapor", "3 bulan")):
        head, row = promise(**{heading: value})
        [(line, column, _)] = told(sent(client, sheets.xlsx([head, row]), "komitmen"))
        assert (line, column) == (2, "Siklus lapor")
    head, row = promise(**{"Siklus lapor (hari)": "30 hari"})
    assert told(sent(client, sheets.xlsx([head, row]), "komitmen")) == []


# --- Texts ------------------------------------------------------------------------------------------------------


def unit_row(code: Any) -> list[list[Any]]:
    head = [*sheets.UNITS[:4], "Kode resmi", "Berlaku sejak", *sheets.UNITS[4:]]
    row = ["dinas-contoh", "dinas", "Dinas Contoh", "Contoh", code, datetime(2017, 1, 1), "Perwal", "documented"]
    return [head, row]


@pytest.mark.parametrize(("answer", "code"), [("titik", "1.1"), ("koma", "1,1")])
def test_a_number_in_a_column_of_text_is_asked(cast: Cast, client: Client, answer: str, code: str) -> None:
    trial = sent(client, sheets.xlsx(unit_row(1.1)), "unit")
    assert questions(trial) == ["angka:official_code:pecahan"]
    client.post("/admin/impor/unit/", {"token": answered(client, trial, angka=answer).context["token"]})
    found = Unit.objects.get(code="dinas-contoh")
    assert (found.official_code, found.valid_from) == (code, date(2017, 1, 1))


def test_what_the_format_shows_of_a_number_in_a_column_of_text_is_offered(cast: Cast, client: Client) -> None:
    trial = sent(client, styled(unit_row(1.1), {"E2": "0.00"}), "unit")
    assert [options for _, options in trial.context["report"].asked[0].options] == ["“1.10”", "“1,10”"]


def test_a_date_that_a_spreadsheet_made_of_a_code_is_refused(cast: Cast, client: Client) -> None:
    [(line, column, why)] = told(sent(client, sheets.xlsx(unit_row(datetime(2017, 2, 1))), "unit"))
    assert (line, column) == (2, "Kode resmi")
    assert "Format selnya sebagai Teks" in why


# --- Days -------------------------------------------------------------------------------------------------------


def days(cast: Cast, *pairs: tuple[Any, Any]) -> bytes:
    target = cast.target().reference
    return sheets.xlsx([SHORT, *[[target, start, end, 5 + at, 20] for at, (start, end) in enumerate(pairs)]])


def test_true_dates_and_texts_of_figures_in_one_column_are_refused(cast: Cast, client: Client) -> None:
    content = days(cast, (datetime(2018, 1, 1), "30 Juni 2018"), ("01/07/2018", "31 Desember 2018"))
    [(line, column, why)] = told(sent(client, content))
    assert (line, column) == (3, "Awal periode")
    assert "Excel mungkin menukar hari dan bulannya" in why


def test_a_date_that_excel_turned_is_known_by_the_text_that_it_could_not_turn(cast: Cast, client: Client) -> None:
    [(line, column, why)] = told(sent(client, days(cast, (datetime(2018, 1, 7), "31/12/2018"))))
    assert (line, column) == (2, "Awal periode")
    assert why.startswith("Dapat berarti 7 Januari 2018 atau 1 Juli 2018")


@pytest.mark.parametrize(("answer", "start"), [("dmy", date(2018, 4, 3)), ("mdy", date(2018, 3, 4))])
def test_an_order_that_nothing_decides_is_asked(cast: Cast, client: Client, answer: str, start: date) -> None:
    trial = sent(client, days(cast, ("03/04/2018", "31 Desember 2018")))
    assert questions(trial) == ["tanggal:period_start"]
    assert [label for _, label in trial.context["report"].asked[0].options] == [
        "hari/bulan/tahun: 3 April 2018",
        "bulan/hari/tahun: 4 Maret 2018",
    ]
    assert kept(client, answered(client, trial, tanggal=answer)) == [(start, date(2018, 12, 31), 5)]


def test_one_cell_decides_for_its_column_and_says_so_for_the_other(cast: Cast, client: Client) -> None:
    trial = sent(client, days(cast, ("01/04/2018", "30/06/2018"), ("01/07/2018", "30/09/2018")))
    assert "Awal periode dibaca hari/bulan/tahun, seperti 30/06/2018 di baris 2." in trial.content.decode()
    assert [start for start, _, _ in kept(client, trial)] == [date(2018, 4, 1), date(2018, 7, 1)]


def test_a_month_first_is_never_taken_without_an_answer(cast: Cast, client: Client) -> None:
    trial = sent(client, days(cast, ("01/07/2018", "12/31/2018")))
    assert questions(trial) == ["tanggal:period_start", "tanggal:period_end"]
    assert kept(client, answered(client, trial, tanggal="mdy")) == [(date(2018, 1, 7), date(2018, 12, 31), 5)]


def test_a_column_of_both_orders_is_refused_at_the_cell(cast: Cast, client: Client) -> None:
    content = days(cast, ("01/01/2018", "31/03/2018"), ("01/04/2018", "06/30/2018"))
    assert [(line, column) for line, column, _ in told(sent(client, content))] == [(3, "Akhir periode")]


@pytest.mark.parametrize(
    ("start", "end"),
    [("Triwulan I 2018", None), ("Triwulan I 2018", "Triwulan I 2018"), ("Januari 2018", "Maret 2018")],
)
def test_a_period_can_be_written_in_words(cast: Cast, client: Client, start: str, end: str | None) -> None:
    assert kept(client, sent(client, days(cast, (start, end)))) == [(date(2018, 1, 1), date(2018, 3, 31), 5)]


def test_a_period_in_words_and_a_day_that_ends_another_are_refused(cast: Cast, client: Client) -> None:
    [(line, column, _)] = told(sent(client, days(cast, ("Triwulan I 2018", "30/06/2018"))))
    assert (line, column) == (2, "Akhir periode")


def test_one_column_can_hold_the_whole_period(cast: Cast, client: Client) -> None:
    rows: list[list[Any]] = [["Nomor target", "Periode", "Nilai"], [cast.target().reference, "Semester II 2018", 5]]
    assert kept(client, sent(client, sheets.xlsx(rows))) == [(date(2018, 7, 1), date(2018, 12, 31), 5)]
    rows[1][1] = datetime(2018, 12, 31)
    [(line, column, _)] = told(sent(client, sheets.xlsx(rows)))
    assert (line, column) == (2, "Periode")


# --- Hidden and merged ------------------------------------------------------------------------------------------


def hidden(cast: Cast, *, rows: tuple[int, ...] = (), columns: str = "") -> bytes:
    target, book = cast.target(), Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [SHORT, *quarters(target, 1, 2, 3, 4)]:
        sheet.append(list(row))
    for number in rows:
        sheet.row_dimensions[number].hidden = True
    for letter in columns:
        sheet.column_dimensions[letter].hidden = True
    return sheets.saved(book)


@pytest.mark.parametrize(("answer", "values"), [("ambil", [1, 2, 3, 4]), ("tinggal", [1, 4])])
def test_hidden_rows_are_named_and_chosen(cast: Cast, client: Client, answer: str, values: list[int]) -> None:
    trial = sent(client, hidden(cast, rows=(3, 4)))
    assert (trial.status_code, questions(trial)) == (422, ["baris"])
    assert "Tersembunyi: baris 3 dan 4." in trial.content.decode()
    assert [value for _, _, value in kept(client, answered(client, trial, baris=answer))] == values


@pytest.mark.parametrize(("answer", "n"), [("ambil", 100), ("tinggal", None)])
def test_a_hidden_column_is_named_and_chosen(cast: Cast, client: Client, answer: str, n: int | None) -> None:
    trial = sent(client, hidden(cast, columns="E"))
    assert questions(trial) == ["kolom:n"]
    kept(client, answered(client, trial, kolom=answer))
    assert set(Measurement.objects.values_list("n", flat=True)) == {n}


@pytest.mark.parametrize(("answer", "value"), [("lembar-0", 5), ("lembar-1", 7)])
def test_a_table_on_a_hidden_sheet_is_named_and_chosen(cast: Cast, client: Client, answer: str, value: int) -> None:
    book, target = Workbook(), cast.target()
    for name, number in (("Data", 5), ("Lama", 7)):
        sheet = book.create_sheet(name)
        for row in [SHORT, *quarters(target, number)]:
            sheet.append(list(row))
    del book["Sheet"]
    book["Lama"].sheet_state = "hidden"
    trial = sent(client, sheets.saved(book))
    assert questions(trial) == ["lembar"]
    assert [one for _, _, one in kept(client, answered(client, trial, lembar=answer))] == [value]


def test_merged_cells_are_filled_down(cast: Cast, client: Client) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    head, row = promise()
    sheet.append(head)
    sheet.append(row)
    sheet.append([None, None, None, None, "Pendaftaran", *row[5:]])
    for letter in "ABCD":
        sheet.merge_cells(f"{letter}2:{letter}3")
    trial = sent(client, sheets.saved(book), "komitmen")
    assert "Sel gabungan diisi ke bawah" in trial.content.decode()
    client.post("/admin/impor/komitmen/", {"token": trial.context["token"]})
    assert list(ServiceTarget.objects.values_list("reference", "service")) == [
        ("DINKES-01-1", "Rujukan"),
        ("DINKES-01-2", "Pendaftaran"),
    ]


def test_a_heading_over_two_lines_is_read(cast: Cast, client: Client) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nomor target", "Periode", None, "Nilai", "n"])
    sheet.append([None, "Awal", "Akhir", None, None])
    for name in ("A1:A2", "B1:C1", "D1:D2", "E1:E2"):
        sheet.merge_cells(name)
    for row in quarters(cast.target(), 5):
        sheet.append(row)
    assert kept(client, sent(client, sheets.saved(book))) == [(date(2018, 1, 1), date(2018, 3, 31), 5)]


# --- Whole rows -------------------------------------------------------------------------------------------------


def test_a_row_with_more_cells_than_headings_is_refused(cast: Cast, client: Client) -> None:
    target = cast.target().reference
    comma = sheets.text([SHORT]) + f"{target},2018-01-01,2018-03-31,5,5,212\r\n".encode()
    [(line, column, why)] = told(sent(client, comma, name="rekap.csv"))
    assert (line, column) == (2, "seluruh baris")
    assert why.startswith("Lebih banyak sel daripada judul: ada isi di kolom F")
    beyond = sheets.xlsx([SHORT, [target, datetime(2018, 1, 1), datetime(2018, 3, 31), 5, 20, "lihat catatan"]])
    assert [(line, column) for line, column, _ in told(sent(client, beyond))] == [(2, "seluruh baris")]


def test_a_column_without_a_heading_is_named(cast: Cast, client: Client) -> None:
    rows = [[*SHORT[:3], None, *SHORT[3:]], *[[*row[:3], 99, *row[3:]] for row in quarters(cast.target(), 5)]]
    trial = sent(client, sheets.xlsx(rows))
    assert trial.context["report"].table.unused == ["D (tanpa judul)"]
    assert [value for _, _, value in kept(client, trial)] == [5]


def test_two_rows_about_one_period_are_named(cast: Cast, client: Client) -> None:
    target = cast.target()
    trial = sent(client, sheets.xlsx([SHORT, *quarters(target, 5), *quarters(target, 6)]))
    assert told(trial) == [(3, "Nilai", "Baris 2 sudah menyebut periode ini: 5\N{NO-BREAK SPACE}hari. Sisakan satu.")]


def test_the_trial_shows_every_column_that_it_read(cast: Cast, client: Client) -> None:
    head, row = promise(**{"Cara mengukur nilai awal": "Diukur dengan jam dinding"})
    page = sent(client, sheets.xlsx([head, row]), "komitmen").content.decode()
    shown = ("makin kecil makin baik", "median", "1 Jan 2018", "Rekap", "31 Des 2019", "Diukur dengan jam dinding")
    assert [text for text in shown if text not in page] == []
    measured = sent(client, sheets.xlsx([SHORT, *quarters(cast.target(), 5)])).context["report"]
    assert measured.as_read(measured.new)[0][1] == ["DINKES-01-1", "1 Jan 2018", "31 Mar 2018", "5", "100"]


def test_a_rule_over_several_columns_names_them_with_their_values(cast: Cast, client: Client) -> None:
    head, row = promise(Target=20)
    trial = sent(client, sheets.xlsx([head, row]), "komitmen")
    [fault] = trial.context["report"].faults
    assert fault.column == "Arah, Target, Nilai awal"
    assert fault.text == "Arah: makin kecil makin baik · Target: 20 · Nilai awal: 14"


def test_the_doubts_of_the_form_are_those_of_the_import(cast: Cast, client: Client) -> None:
    target, link = cast.target(), "https://contoh.go.id/laporan"
    cast.measurement(target, 14, period_start=date(2017, 12, 1), period_end=date(2018, 1, 15))
    head = [*SHORT, "Tautan bukti", "Jenis bukti"]
    rows = [[*row, link, "hasil"] for row in quarters(target, 14, 4)]
    doubts = [doubt for doubt, _ in sent(client, sheets.xlsx([head, *rows])).context["report"].doubts]
    for part in ("bertumpuk dengan", "Melompat dari laporan terakhir", "pernah dipakai untuk kiriman lain"):
        assert any(part in doubt for doubt in doubts), part


# --- Names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "dinas kependudukan & pencatatan sipil",
        "DISPENDUKCAPIL",
        "Disdukcapil Kota Semarang",
        "Dinas Pencatatan Sipil",
    ],
)
def test_a_unit_is_found_by_the_names_that_people_write(cast: Cast, client: Client, written: str) -> None:
    Unit.enter(
        by=access.SYSTEM,
        code="disdukcapil",
        name="Dinas Kependudukan dan Pencatatan Sipil Kota Semarang",
        short_name="Disdukcapil",
        unit_kind="dinas",
        certainty="documented",
    )
    head, row = promise(Unit=written)
    trial = sent(client, sheets.xlsx([head, row]), "komitmen")
    assert "DISDUKCAPIL-01 Rujukan tanpa antre" in trial.context["report"].outcomes[0][1].about


def test_a_name_that_fits_two_units_is_asked(cast: Cast, client: Client) -> None:
    unit("kec-semarang-tengah", "kecamatan")
    unit("kec-semarang-utara", "kecamatan")
    head, row = promise(Unit="Kec Semarang")
    trial = sent(client, sheets.xlsx([head, row]), "komitmen")
    assert questions(trial) == ["unit:Kec Semarang"]
    again = answered(client, trial, unit="kec-semarang-utara")
    assert "KEC-SEMARANG-UTARA-01" in again.context["report"].outcomes[0][1].about


# --- Given back -------------------------------------------------------------------------------------------------


def test_faults_come_back_as_the_same_workbook_with_its_cells_marked(cast: Cast, client: Client) -> None:
    target = cast.target()
    rows = [["LAPORAN"], SHORT, *quarters(target, 5, "1.234"), ["DINKES-09-9", "Januari 2019", None, 5, 5, "lihat"]]
    trial = sent(client, styled(rows, {"D3": "0.00"}))
    given = {"token": trial.context["file_token"], "act": "berkas"}
    answer = client.post(REALISASI, given)
    assert answer["Content-Disposition"] == 'attachment; filename="rekap-diperiksa.xlsx"'
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert (sheet["G2"].value, sheet["G3"].value, sheet["D3"].number_format) == (
        "Yang perlu dibetulkan",
        None,
        "0.00",
    )
    assert sheet["G4"].value.startswith("Nilai: 1.234 dapat dibaca 1234 atau 1,234.")
    assert sheet["D4"].comment.text.startswith("1.234 dapat dibaca")
    assert sheet["G5"].value.startswith("Lebih banyak sel daripada judul: ada isi di kolom F")
    sheet["D4"], sheet["A5"], sheet["F5"] = 9, target.reference, None
    book = sheet.parent
    assert book is not None
    again = sent(client, sheets.saved(book))
    assert (told(again), again.context["report"].table.unused) == ([], [])
    assert len(kept(client, again)) == 3


def test_a_csv_comes_back_as_a_workbook(cast: Cast, client: Client) -> None:
    content = sheets.text([SHORT, [cast.target().reference, "2018-01-01", "2018-03-31", "=1+1", "212"]], ";")
    trial = sent(client, content, name="rekap.csv")
    answer = client.post(REALISASI, {"token": trial.context["file_token"], "act": "berkas"})
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=1+1", "s")
    assert sheet["F2"].value.startswith("Nilai: Angka ini tidak terbaca")


def test_marks_of_an_earlier_time_are_taken_away(cast: Cast, client: Client) -> None:
    trial = sent(client, sheets.xlsx([SHORT, *quarters(cast.target(), "1.234", "empat")]))
    first = client.post(REALISASI, {"token": trial.context["file_token"], "act": "berkas"}).content
    book = load_workbook(BytesIO(first))
    sheet = book.active
    assert sheet is not None
    sheet["D2"] = 9
    second = sent(client, sheets.saved(book))
    content = client.post(REALISASI, {"token": second.context["file_token"], "act": "berkas"}).content
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    assert (sheet["D2"].comment, sheet["F2"].value, sheet.max_column) == (None, None, 6)
    assert sheet["F3"].value.startswith("Nilai: Angka ini tidak terbaca")


def test_a_template_comes_filled_with_the_targets_of_a_unit_and_the_periods_due(cast: Cast, client: Client) -> None:
    target = cast.target(baseline_on=date(2026, 1, 31), cycle_days=90, original_due_on=date(2030, 12, 31))
    answer = client.get(f"{REALISASI}templat.xlsx?unit=dinkes")
    assert answer["Content-Disposition"] == 'attachment; filename="impor-realisasi-dinkes.xlsx"'
    book = load_workbook(BytesIO(answer.content))
    filled = [row for row in book["Isian"].iter_rows(min_row=2, values_only=True) if row[0]]
    assert {row[0] for row in filled} == {target.reference}
    heads = [cell.value for cell in book["Isian"][1]]
    book["Isian"].cell(2, heads.index("Nilai") + 1, 9)
    trial = sent(client, sheets.saved(book))
    report = trial.context["report"]
    assert (told(trial), len(report.read), len(report.table.skipped)) == ([], 1, len(filled) - 1)
    assert "nilainya belum diisi" in trial.content.decode()
    assert client.get(f"{REALISASI}templat.xlsx?unit=tak-ada").status_code == 404


def test_a_correction_is_sent_where_the_row_says_that_it_is_one(cast: Cast, client: Client) -> None:
    target = cast.target()
    first = cast.measurement(target, 5, period_start=date(2018, 1, 1), period_end=date(2018, 3, 31), n=100)
    [row] = quarters(target, 7)
    [(line, column, why)] = told(sent(client, sheets.xlsx([SHORT, row])))
    assert (line, column) == (2, "Nilai")
    assert why.endswith("Bila ini koreksi, tulis ya di kolom Koreksi.")
    trial = sent(client, sheets.xlsx([[*SHORT, "Koreksi"], [*row, "ya"]]))
    assert "koreksi atas 5" in trial.content.decode()
    kept(client, trial)
    new = Measurement.objects.latest("pk")
    assert (new.supersedes, new.version, new.value, first.is_pulled_back) == (first, 2, 7, True)
    [(line, column, _)] = told(sent(client, sheets.xlsx([[*SHORT, "Koreksi"], [*quarters(target, 1, 2)[1], "ya"]])))
    assert (line, column) == (2, "Koreksi")


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("realisasi", "/unit/dinkes/data.csv"),
        ("realisasi", "/data/measurements.csv"),
        ("realisasi", "/data/measurements.xlsx"),
        ("komitmen", "/komitmen/?format=csv"),
        ("komitmen", "/komitmen/?format=xlsx"),
        ("komitmen", "/data/commitments.csv"),
        ("komitmen", "/data/targets.csv"),
        ("komitmen", "/data/targets.xlsx"),
        ("unit", "/unit/?format=csv"),
        ("unit", "/unit/?format=xlsx"),
        ("unit", "/data/units.csv"),
        ("unit", "/data/units.xlsx"),
        ("tanda-tangan", "/data/signatures.csv"),
        ("realisasi", "/en/unit/dinkes/data.csv"),
        ("realisasi", "/data/plain/measurements.csv"),
        ("komitmen", "/en/komitmen/?format=csv"),
        ("komitmen", "/data/plain/targets.csv"),
        ("unit", "/en/unit/?format=xlsx"),
        ("unit", "/data/plain/units.csv"),
    ],
)
def test_our_own_downloads_are_read_and_change_nothing(cast: Cast, client: Client, slug: str, address: str) -> None:
    target = cast.target(service="=SUM(A1)")
    cast.target(commitment=target.commitment, service="Belum diukur")
    cast.commitment(title="Belum punya target")
    cast.measurement(target, "1.234", n=None)
    cast.measurement(target, "6.5", period_start=date(2019, 1, 1), period_end=date(2019, 3, 31))
    answer = Client().get(address)
    assert answer.status_code == 200
    trial = sent(client, b"".join(answer), slug, name="unduhan")
    assert trial.context.get("report"), trial.context["form"].errors
    assert told(trial) == []
    report = trial.context["report"]
    assert (report.changes, questions(trial), len(report.same) > 0) == (0, [], True)


def places(*rows: list[Any]) -> bytes:
    return sheets.xlsx([["Akun", "Unit", "Peran", "Sejak", "Hari terakhir"], *rows])


def test_memberships_are_given_and_ended_by_a_sheet(cast: Cast, client: Client) -> None:
    cast.outsider.email = "luar@contoh.go.id"
    cast.outsider.save()
    rows = [
        ["LUAR@contoh.go.id", "Pdam", "operator", "1 Januari 2020", None],
        ["operator-dinkes", "dinkes", "operator", None, "31 Desember 2030"],
        ["kepala-dinkes", "dinkes", "kepala", None, None],
    ]
    trial = sent(client, places(*rows), "keanggotaan")
    report = trial.context["report"]
    assert (told(trial), [outcome.status for _, outcome in report.outcomes]) == ([], ["new", "changed", "same"])
    assert not cast.outsider.memberships.exists()
    client.post("/admin/impor/keanggotaan/", {"token": trial.context["token"]})
    [place] = cast.outsider.memberships.all()
    assert (place.unit, place.role, place.from_on, place.until_on) == (cast.pdam, "operator", date(2020, 1, 1), None)
    assert cast.operator.memberships.get().until_on == date(2031, 1, 1)
    assert list(register.check()) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["tak-ada", "dinkes", "operator", None, None], "Akun"),
        (["orang-luar", "tak-ada", "operator", None, None], "Unit"),
        (["orang-luar", "dinkes", "raja", None, None], "Peran"),
        (["orang-luar", "dinkes", "operator", "2 Januari 2020", "1 Januari 2020"], "Hari terakhir"),
        (["pengelola", "dinkes", "operator", None, None], "seluruh baris"),  # nobody gives a place to themselves
        (["kepala-dinkes", "dinkes", "kepala", "1 Januari 2020", None], "Sejak"),
    ],
)
def test_a_membership_that_cannot_be_is_named(cast: Cast, client: Client, row: list[Any], column: str) -> None:
    [(line, name, _)] = told(sent(client, places(row), "keanggotaan"))
    assert (line, name) == (2, column)


def test_rights_are_given_only_shortly_after_a_password(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = sent(client, places(["orang-luar", "dinkes", "operator", None, None]), "keanggotaan")
    monkeypatch.setattr("opd.accounts.sign_in.signed_in_lately", lambda request: False)
    answer = client.post("/admin/impor/keanggotaan/", {"token": trial.context["token"]})
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, AGAIN)
    assert not cast.outsider.memberships.exists()
