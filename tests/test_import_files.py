"""Tests of the files of an import: workbooks and CSV of any shape are read, damaged and hostile ones refused."""

from __future__ import annotations

import io
import time
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook

from commitments.models import Measurement
from commitments.secretariat.imports import workbook
from opd.errors import BadFact
from tests import sheets
from tests.cast import Cast
from tests.sheets import measurement

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

MERGED = "<mergeCells>{}</mergeCells>"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_whatever_separates_it(cast: Cast, sign: str) -> None:
    target = cast.target()
    row = measurement(target.reference, "12,5", start="1 Januari 2018")
    content = b"\xef\xbb\xbf" + sheets.text([["Laporan"], [], sheets.MEASUREMENTS, row], sign)
    report = sheets.kept(cast, "realisasi", content)
    assert (report.table.line, Measurement.objects.get().value) == (3, Decimal("12.5"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Berkas ini kosong"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, r"Simpan sebagai \.xlsx tanpa kata sandi"),
        (b"PK\x03\x04 bukan zip", "Berkas ini rusak"),
        (b"%PDF-1.7 \xff\xfe", "Huruf di berkas ini tidak terbaca"),
        (b"a,b\x00c", "Berkas ini bukan XLSX atau CSV"),
        (b"nama,umur\nAni,3", "Baris judul tabel tidak ditemukan|kolom ini tidak ada"),
        (b"x" * (5 * 1024 * 1024 + 1), "lebih dari 5 MB"),
    ],
)
def test_what_is_no_sheet_is_refused_in_one_sentence(cast: Cast, content: bytes, sentence: str) -> None:
    with pytest.raises(BadFact, match=sentence):
        sheets.tried(cast, "realisasi", content)


def test_a_small_file_that_unfolds_to_gigabytes_is_not_unpacked(cast: Cast) -> None:
    good = zipfile.ZipFile(io.BytesIO(sheets.xlsx([sheets.MEASUREMENTS, measurement("DINKES-01-1")])))
    for part, size in (("xl/worksheets/sheet9.xml", 80), ("xl/sharedStrings.xml", 20), ("xl/styles.xml", 20)):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in {*good.namelist()} - {part}:
                archive.writestr(name, good.read(name))
            archive.writestr(part, b" " * size * 1024 * 1024)
        assert len(bomb.getvalue()) < 150_000
        with pytest.raises(BadFact, match="Berkas ini terlalu besar"):
            sheets.tried(cast, "realisasi", bomb.getvalue())


@pytest.mark.parametrize("name", ["row", "x:row"])
def test_a_row_of_a_million_cells_is_not_read(cast: Cast, name: str) -> None:
    good = zipfile.ZipFile(io.BytesIO(sheets.xlsx([sheets.MEASUREMENTS, measurement("DINKES-01-1")])))
    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in good.namelist():
            content = good.read(part)
            if part == "xl/worksheets/sheet1.xml":
                cells = "<c/>" * 1_000_000
                content = content.replace(b"</sheetData>", f"<{name}>{cells}</{name}></sheetData>".encode())
            archive.writestr(part, content)
    assert len(wide.getvalue()) < 50_000
    with pytest.raises(BadFact, match="Berkas ini terlalu besar"):
        sheets.tried(cast, "realisasi", wide.getvalue())


@pytest.mark.parametrize("part", ["xl/worksheets/sheet7.xml", "xl/lain.bin"])
@pytest.mark.parametrize("before", ["", f"<!--{' ' * 3000}-->", f"<!--{' ' * (2**20 - 40)}-->"])
@pytest.mark.parametrize("letters", ["utf-8", "utf-16"])
def test_a_sheet_with_entities_is_not_parsed(cast: Cast, part: str, before: str, letters: str) -> None:
    bomb = io.BytesIO(sheets.xlsx([sheets.MEASUREMENTS]))
    with zipfile.ZipFile(bomb, "a") as archive:
        told = f'<?xml version="1.0"?>{before}<!DOCTYPE x [<!ENTITY a "b">]><x/>'
        archive.writestr(part, told.encode(letters))
    with pytest.raises(BadFact, match="Berkas ini rusak"):
        sheets.tried(cast, "realisasi", bomb.getvalue())


def test_whatever_slips_through_that_look_unfolds_no_entity_either(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """openpyxl reads XML through defusedxml; expat alone would put the number of the target together."""
    target = cast.target().reference
    good = zipfile.ZipFile(io.BytesIO(sheets.xlsx([sheets.MEASUREMENTS, measurement(target, "5")])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in good.namelist():
            content = good.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                assert target in content
                start = '<!DOCTYPE worksheet [<!ENTITY a "DINKES">]><worksheet'
                content = content.replace("DINKES", "&a;").replace("<worksheet", start, 1)
            archive.writestr(part, content)
    monkeypatch.setattr(workbook, "_look_through", lambda archive, part: None)
    with pytest.raises(BadFact, match="Berkas ini rusak"):
        sheets.tried(cast, "realisasi", out.getvalue())


def test_a_row_far_below_does_not_cost_a_million(cast: Cast) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for place, name in enumerate(sheets.MEASUREMENTS, 1):
        sheet.cell(1, place, name)
    sheet.cell(1_048_576, 1, "DINKES-01-1")
    with pytest.raises(BadFact, match=r"lebih dari 20\.000 baris"):
        sheets.tried(cast, "realisasi", sheets.saved(book))


@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [
        ("", "<row/>" * 1_500_000, ""),
        ('<cols><col min="1" max="16384" hidden="1"/></cols>' * 200, "", ""),
        ("", "", MERGED.format('<mergeCell ref="A1:XFD1048576"/>' * 2)),
        ("", "", MERGED.format('<mergeCell ref="A1:A2"/>' * 1_500_000)),
    ],
    ids=("rows", "columns", "area", "ranges"),
)
def test_what_a_sheet_says_of_itself_costs_no_more_than_its_cells(
    cast: Cast, before: str, inside: str, after: str
) -> None:
    good = zipfile.ZipFile(io.BytesIO(sheets.xlsx([sheets.MEASUREMENTS, measurement("DINKES-01-1")])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in good.namelist():
            content = good.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<sheetData>", before.encode() + b"<sheetData>")
                content = content.replace(b"</sheetData>", inside.encode() + b"</sheetData>" + after.encode())
            archive.writestr(part, content)
    begun = time.process_time()
    with pytest.raises(BadFact, match="Berkas ini terlalu besar"):
        sheets.tried(cast, "realisasi", out.getvalue())
    assert time.process_time() - begun < 20


def test_a_line_that_stands_twice_is_a_damaged_file(cast: Cast) -> None:
    content = sheets.xlsx([sheets.MEASUREMENTS, measurement("DINKES-01-1")])
    out, good = io.BytesIO(), zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w") as archive:
        for part in good.namelist():
            archive.writestr(part, good.read(part).replace(b'<row r="2"', b'<row r="1"'))
    with pytest.raises(BadFact, match="Berkas ini rusak"):
        sheets.tried(cast, "realisasi", out.getvalue())


def test_missing_doubled_and_several_tables_are_named(cast: Cast) -> None:
    cast.target()
    row = measurement("DINKES-01-1")
    with pytest.raises(BadFact, match="Lembar Data, baris judul 1: kolom ini tidak ada: Nilai"):
        sheets.tried(cast, "realisasi", sheets.xlsx([["Nomor target", "Awal periode", "Akhir periode"]]))
    with pytest.raises(BadFact, match="Dua kolom terbaca sebagai Nilai: 'Nilai' dan 'Realisasi'"):
        sheets.tried(cast, "realisasi", sheets.xlsx([[*sheets.MEASUREMENTS, "Realisasi"], row]))
    with pytest.raises(BadFact, match="lembar Data dan Salinan"):
        copy: dict[str, sheets.Rows] = {"Salinan": [sheets.MEASUREMENTS, row]}
        sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS, row], more=copy))
    with pytest.raises(BadFact, match="Tidak ada baris isian"):
        sheets.tried(cast, "realisasi", sheets.xlsx([sheets.MEASUREMENTS]))
