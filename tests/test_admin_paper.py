"""Tests of print: the papers for a meeting say what the pages say, with any text in the register."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from commitments.models import Signature
from commitments.reports import meeting_pack as packs
from commitments.secretariat.printing import workbook
from commitments.typst import print_texts, typst_runner
from commitments.typst.print_source import PrintSource
from commitments.typst.report_card import charts_of
from opd import access, clock, register
from opd.clock import TurnedClock
from tests import doors
from tests.cast import Cast, person, unit, utc

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

DAY, SINCE = date(2019, 3, 1), date(2018, 6, 1)
ADDRESS = "https://register.example/unit/dinkes/?per=2019-03-01"


def imprint() -> PrintSource:
    head = register.head()
    assert head
    return PrintSource(head, register.is_demo(), ADDRESS)


@pytest.fixture
def cast(time: TurnedClock) -> Cast:
    """One target of dinkes, improved by a verified measurement of 2018."""
    time.moment = utc(2018, 1, 2, 3)
    cast = Cast()
    target = cast.target(service='#panic("x") = [*tebal*]')
    time.moment = utc(2019, 2, 1, 3)
    sent = cast.measurement(target, 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    time.moment = utc(2019, 3, 1, 3)
    return cast


def test_a_sheet_says_what_the_unit_page_says(cast: Cast) -> None:
    sheet = packs.sheet("dinkes", DAY)
    assert sheet
    said = print_texts.of_sheet(sheet)
    assert (said["name"], said["rung_name"], said["claimed"], said["tally"], said["flags"]) == (
        "Unit dinkes",
        "Membaik",
        "",
        "1 dari 1 target membaik.",
        [],
    )
    [row] = said["targets"]
    wanted = ("baseline", "value", "target", "progress", "detail", "due", "due_now", "evidence", "flags")
    assert {
        name: row[name].replace("\N{NO-BREAK SPACE}", " ") if isinstance(row[name], str) else row[name]
        for name in wanted
    } == {
        "baseline": "14 hari",
        "value": "5 hari",
        "target": "3 hari",
        "progress": "82 %",
        "detail": "median, dari 10 data, sampai 31 Des 2018",
        "due": "31 Des 2030",
        "due_now": "",
        "evidence": "1 bukti terverifikasi: 1 hasil",
        "flags": [],
    }


def test_the_pack_tells_what_moved_between_two_days(cast: Cast) -> None:
    said = print_texts.of_pack(packs.pack(DAY, SINCE), imprint())
    assert said["sentence"] == "1 dari 4 unit sudah melewati seremoni · 3 belum ada target."
    assert said["moves"] == {
        "rises": [{"unit": "Dinkes", "before": "Terukur", "after": "Membaik"}],
        "falls": [],
        "silences": [],
        "slips": [],
    }
    assert [one["short"] for one in said["sheets"]] == ["Dinkes", "Pdam", "Setda", "Bag-Hukum"]


def test_paper_is_printed_whatever_a_service_is_called(cast: Cast) -> None:
    at = clock.now()
    sheet = packs.sheet("dinkes", DAY)
    assert sheet
    report = print_texts.of_report(sheet, charts_of(sheet, DAY), imprint(), DAY)
    pack = print_texts.of_pack(packs.pack(DAY, SINCE), imprint())
    printed = typst_runner.pdf_of("rapor.typ", report, at)
    assert printed.startswith(b"%PDF-")
    assert printed == typst_runner.pdf_of("rapor.typ", report, at)  # the same facts, the same bytes
    assert typst_runner.pdf_of("paket.typ", pack, at).startswith(b"%PDF-")


def test_the_pack_asks_as_often_for_many_units_as_for_few(cast: Cast) -> None:
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            packs.pack(DAY, SINCE)
        asked.append(len(queries))
        for number in range(12):
            head = unit(f"kec-{len(asked)}-{number}", "kecamatan")
            Signature.enter(
                by=access.SYSTEM,
                memorandum=cast.memorandum,
                unit=head,
                capacity="party",
                source="uji",
                certainty="documented",
            )
            owner = person(f"camat-{len(asked)}-{number}", unit=head)
            cast.target(commitment=cast.commitment(by=owner, unit=head), by=owner)
    assert asked[0] == asked[1]


def test_the_workbook_holds_typed_figures_and_no_formula(cast: Cast) -> None:
    target = cast.target(
        service="=1+1\x0b",
        family="lainnya",
        unit_of_measure="selisih hari",
        baseline_value=Decimal(-4),
        target_value=Decimal("-9.5"),
    )
    book = load_workbook(io.BytesIO(workbook.workbook(packs.pack(DAY, SINCE), imprint())))
    assert book.sheetnames == ["Ringkasan", "Unit", "Target", "Perubahan"]
    rows: list[Any] = [row for row in book["Target"].iter_rows() if row[1].value == target.reference]
    [row] = rows
    assert [cell.value for cell in row[2:8]] == ["'=1+1", "selisih hari", -4, None, None, -9.5]
    assert [cell.data_type for cell in row[2:5]] == ["s", "s", "n"]
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    assert book["Ringkasan"]["B2"].value == workbook.WORKBOOK_DEMO_NOTICE


def test_a_clerk_prints_and_a_wrong_day_is_said(cast: Cast) -> None:
    client = doors.enter(cast.leader)
    asked = {"per": "2019-03-01", "sejak": "2018-06-01"}
    for name, start in (("paket.pdf", b"%PDF-"), ("paket.xlsx", b"PK"), ("dinkes.pdf", b"%PDF-")):
        answer = client.get(f"/admin/rapor/{name}", asked)
        assert (answer.status_code, answer.content[: len(start)]) == (200, start)
    for wrong, said in (
        ({"per": "2999-01-01"}, "Hari itu belum tiba."),
        ({"per": "2001-01-01"}, "Register belum dimulai pada hari itu."),
        ({"per": "kemarin"}, "Masukkan tanggal yang valid."),
        ({"sejak": "2019-03-01"}, "Pilih hari sebelum hari yang dicetak."),
    ):
        answer = client.get("/admin/rapor/paket.pdf", {**asked, **wrong})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "2018-06-01" in answer.content.decode() or "sejak" in wrong  # what was right is kept
    assert client.get("/admin/rapor/tidak-ada.pdf", asked).status_code == 404
