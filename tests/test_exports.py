"""Tests of exports: files name their source, numbers and days keep their type, no cell becomes a formula."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from commitments.lists import exports
from opd import access, clock, register
from opd.models import Unit
from tests import cast as people
from tests.cast import Cast, utc

LEADS = ("=", "+", "-", "@", "\t=", "\r+", "\n-", "|", "＝", "＋", "－", "＠", " =", "  +", "\x0b@", "\u200b=", "+ ")
BLANK = "\t\r\n \x0b\u200b"
CSV, XLSX = "csv", "xlsx"


def body(client: Client, address: str) -> bytes:
    _, content = file(client, address)
    return content


def file(client: Client, address: str) -> tuple[str, bytes]:
    """Its name and its bytes."""
    response = client.get(address)
    assert response.status_code == 200
    name = response["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')
    return name, b"".join(response.streaming_content)  # type: ignore[attr-defined]


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def cells(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def table(rows: list[Any]) -> tuple[list[Any], list[Any]]:
    """What stands above the empty line, and what follows it."""
    empty = next(at for at, row in enumerate(rows) if not any(row))
    return rows[:empty], rows[empty + 1 :]


@pytest.mark.django_db
def test_the_csv_of_a_filtered_list_holds_every_row_with_typed_words(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target(original_due_on=date(2018, 6, 30))
    time.moment = utc(2019, 1, 5, 3)
    sent = cast.measurement(target, "16.25")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    _, (headings, row) = table(lines(body(client, "/komitmen/?format=csv&q=rujukan")))
    told = dict(zip(headings, row, strict=True))
    assert told | {"Tanda": "", "Tanpa kabar": ""} == {
        "Komitmen": "DINKES-01",
        "Judul komitmen": "Layanan lebih cepat",
        "Nomor target": "DINKES-01-1",
        "Layanan": "Rujukan",
        "Unit": "Dinkes",
        "Dimensi": "Kualitas hidup (living)",
        "Rumpun": "Cepat (waktu)",
        "Anak tangga": "Bergerak",
        "Anak tangga yang diakui": "Bergerak",
        "Nilai awal": "14",
        "Sekarang": "16,25",
        "Target": "3",
        "Satuan": "hari",
        "Kemajuan": "-0,2045",
        "Kurangnya": "13,25",
        "Tenggat": "2018-06-30",
        "Tenggat semula": "2018-06-30",
        "Tenggat mundur, hari": "0",
        "Tanpa kabar": "",
        "Kabar terakhir": "2019-01-05",
        "Menunggu sekretariat": "tidak",
        "Tanda": "",
        "Ditarik": "",
    }
    assert told["Tanda"] == "terlambat, memburuk"


@pytest.mark.django_db
def test_a_file_says_what_it_is(client: Client, time: clock.TurnedClock) -> None:
    Cast()
    head = register.head()
    assert head
    expected = [
        ["Melewati Seremoni: unit"],
        ["DATA CONTOH: angka di berkas ini dibuat untuk peragaan, bukan capaian sebenarnya."],
        ["Keadaan per", "Kamis, 2 November 2017"],
        ["Kepala jejak", str(head.seq), head.hash, "Kamis, 2 November 2017, 10.00\xa0WIB"],
        ["Alamat", "http://testserver/unit/?jenis=dinas"],
        ["Lisensi", "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/deed.id"],
    ]
    above, (_, *rows) = table(lines(body(client, "/unit/?jenis=dinas&format=csv")))
    assert above == expected
    assert [row[0] for row in rows] == ["dinkes"]
    above, (_, *rows) = table(cells(body(client, "/unit/?jenis=dinas&format=xlsx")))
    assert [[str(cell) for cell in row if cell is not None] for row in above] == expected
    assert [row[0] for row in rows] == ["dinkes"]


@pytest.mark.django_db
def test_the_name_of_a_file_says_its_day_and_whether_it_is_invented(client: Client) -> None:
    Cast()
    today = clock.today()
    name, content = file(client, "/unit/?format=csv")
    assert name == f"unit-{today}.csv"
    above, _ = table(lines(content))
    assert not any("CONTOH" in cell for row in above for cell in row)


@pytest.mark.django_db
def test_the_name_of_an_invented_file_says_so(client: Client, time: clock.TurnedClock) -> None:
    assert file(client, "/data/units.xlsx")[0] == "contoh-units-2017-11-02.xlsx"


@pytest.mark.django_db
def test_a_file_is_of_the_day_asked_for(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2018, 5, 1, 3)
    cast.target()
    above, (_, *rows) = table(lines(body(client, "/komitmen/?format=csv&per=2018-04-30")))
    assert ["Keadaan per", "Senin, 30 April 2018"] in above
    assert ["Alamat", "http://testserver/komitmen/?per=2018-04-30"] in above
    assert rows == []
    _, (_, *rows) = table(lines(body(client, "/komitmen/?format=csv&per=2018-05-01")))
    assert [row[2] for row in rows] == ["DINKES-01-1"]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["rung=9", "per=kemarin", "per=2017-01-01", "baris=7", "halaman=4", "apa=1"])
def test_an_address_that_makes_no_sense_is_answered_with_the_page(client: Client, wrong: str) -> None:
    Cast()
    response = client.get(f"/unit/?format=xlsx&{wrong}")
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert b"notice-warn" in response.content


@pytest.mark.django_db
def test_cells_of_a_workbook_have_types(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    target = cast.target(
        family="lainnya", unit_of_measure="selisih", baseline_value=Decimal("-2.5"), target_value=Decimal("-7")
    )
    time.moment = utc(2019, 1, 5, 3)
    sent = cast.measurement(target, "-5")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    _, (headings, row) = table(cells(body(client, "/komitmen/?format=xlsx")))
    told = dict(zip(headings, row, strict=True))
    assert (told["Nilai awal"], told["Sekarang"], told["Target"]) == (-2.5, -5, -7)
    assert told["Tenggat"].date() == date(2030, 12, 31)
    assert told["Tanpa kabar"] == 0
    _, (headings, row) = table(lines(body(client, "/komitmen/?format=csv")))
    assert dict(zip(headings, row, strict=True))["Nilai awal"] == "-2,5"  # a number, without an apostrophe


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("format_", [CSV, XLSX])
@pytest.mark.sqlite
@pytest.mark.django_db
def test_no_cell_becomes_a_formula(lead: str, format_: str) -> None:
    text = f"{lead}HYPERLINK(1)"
    sheet = exports.ExportSheet("uji", text, date(2026, 1, 1), text, [[text, "n"], [text, Decimal(-1)]])
    with {CSV: exports.as_csv, XLSX: exports.as_xlsx}[format_](sheet) as written:
        written.seek(0)
        content = written.read()
    rows = lines(content) if format_ == CSV else cells(content)
    for row in rows:
        for cell in row:
            assert not isinstance(cell, str) or cell == "-1" or not exports.FORMULA.match(cell), cell
    assert rows[-1] == ([f"'{text.strip(BLANK)}", "-1"] if format_ == CSV else (f"'{text.strip(BLANK)}", -1))
    assert b"<f>" not in content


@pytest.mark.sqlite
def test_unguarded_it_would_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exports.cell("=1+1") == "'=1+1"
    monkeypatch.setattr(exports, "no_formula", str)
    assert exports.cell("=1+1") == "=1+1"


@pytest.mark.sqlite
def test_text_that_no_spreadsheet_mistakes_stays_as_it_is() -> None:
    for text in ("Dinkes", "a=b", "10-12 hari", "", "'=", "Kartu\nkeluarga", "%", "% permohonan", "-", "100 %"):
        assert exports.no_formula(text) == text
    assert exports.no_formula("a\x00b\x0bc") == "ab\nc"  # what XML cannot hold


@pytest.mark.django_db
def test_a_unit_of_measure_of_one_sign_is_a_cell_of_one_sign(client: Client, time: clock.TurnedClock) -> None:
    Cast().target(unit_of_measure="%", baseline_value=Decimal(40), target_value=Decimal(60), direction="higher")
    for rows in (lines(body(client, "/data/targets.csv")), cells(body(client, "/data/targets.xlsx"))):
        assert [cell for row in rows for cell in row if isinstance(cell, str) and "%" in cell] == ["%"]


@pytest.mark.django_db
def test_a_name_that_looks_like_a_formula_is_harmless_in_every_file(client: Client) -> None:
    Cast()
    Unit.enter(
        by=access.SYSTEM,
        name='=HYPERLINK("https://contoh.invalid";"klik")',
        short_name="@jahat",
        code="jahat",
        unit_kind="dinas",
        certainty="documented",
        head_title="Kepala",
    )
    people.unit("biasa")
    for rows in (lines(body(client, "/unit/?format=csv")), cells(body(client, "/unit/?format=xlsx"))):
        [row] = [row for row in rows if row and row[0] == "jahat"]
        assert list(row[1:3]) == ['\'=HYPERLINK("https://contoh.invalid";"klik")', "'@jahat"]


@pytest.mark.django_db
def test_a_csv_of_an_english_page_has_commas_and_points(client: Client) -> None:
    cast = Cast()
    cast.target(target_value=Decimal("3.5"))
    for address in ("/en/komitmen/?format=csv", "/en/unit/dinkes/data.csv"):
        content = body(client, address).decode("utf-8-sig")
        [row] = [row for row in csv.reader(io.StringIO(content, newline="")) if "DINKES-01-1" in row]
        assert "3.5" in row
    assert ";" in body(client, "/data/targets.csv").decode("utf-8-sig")
