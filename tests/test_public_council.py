"""Tests of the sheet for the council: on one page, however many units there are, and what the pages say."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from commitments.models import Recheck, Signature
from commitments.public.sharing import council_sheet
from commitments.typst import typst_runner
from commitments.typst.print_source import PrintSource
from opd import access, clock, register
from tests.cast import REASON, Cast, unit, utc

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

ADDRESS = "/lembar-dewan.pdf"


def signed(cast: Cast, units: range) -> None:
    for number in units:
        Signature.enter(
            by=access.SYSTEM,
            memorandum=cast.memorandum,
            unit=unit(f"kecamatan-bernama-panjang-{number:02}", "kecamatan"),
            capacity="party",
            source="uji",
            certainty="documented",
        )


def printed(client: Client, address: str = ADDRESS) -> tuple[int, str]:
    """(pages, words) of the sheet."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(response.content)).pages
    return len(pages), " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.mark.sqlite
def test_seventy_units_without_a_target_are_one_page(client: Client) -> None:
    cast = Cast()
    signed(cast, range(66))  # beside four of the cast
    pages, words = printed(client)
    head = register.head()
    assert head
    assert pages == 1
    assert "0 dari 70 unit sudah melewati seremoni · 70 belum ada target." in words
    assert "Belum ada target: 70 unit" in words
    assert head.hash in words
    assert f"http://testserver/?per={clock.today()}" in words
    assert words.count("Kecamatan-Bernama-Panjang-") == 66


@pytest.mark.sqlite
def test_seventy_units_with_everything_to_explain_are_one_page() -> None:
    """No register is so bad; the letters become smaller."""
    Cast()
    head = register.head()
    assert head
    words = council_sheet.sheet_words(
        clock.today(), PrintSource(head, False, "https://contoh.invalid/?per=2026-11-30")
    )
    everyone = [{"name": f"Kec. Bernama Panjang {number}", "figure": "12 target, 3.112 hari"} for number in range(70)]
    worst = [{**part, "count": "70", "groups": [{"words": "", "units": everyone}]} for part in words["parts"]]
    paper = typst_runner.pdf_of("dewan.typ", {**words, "parts": worst}, head.at)
    assert len(PdfReader(io.BytesIO(paper)).pages) == 1


def test_a_unit_stands_under_each_thing_that_it_has_to_explain(client: Client, time: clock.TurnedClock) -> None:
    cast = Cast()
    time.moment = utc(2018, 1, 10, 3)
    target = cast.target(original_due_on=date(2018, 12, 31))
    sent = cast.measurement(target, 5, period_start=date(2018, 1, 1), period_end=date(2018, 1, 9))
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    [item] = Recheck.draw(by=cast.inspector, size=1).items.all()
    item.record(by=cast.inspector, seen=item.fingerprint(), outcome="berbeda", finding=REASON, found_value=Decimal(9))
    cast.commitment(by=cast.other_head, unit=cast.pdam, published=False)
    time.moment = utc(2019, 1, 10, 3)
    pages, words = printed(client)
    words = words.replace("\N{NO-BREAK SPACE}", " ")
    assert pages == 1
    assert "Data contoh" in words
    assert "Diam: 1 unit semua targetnya melewati batas tanpa kabar Dinkes 365 hari" in words
    assert "Terlambat: 1 unit tenggat semula lewat, belum tercapai Dinkes 1 target, 10 hari" in words
    assert "Dipersoalkan: 1 unit Inspektorat tidak menemukan angka yang sama Dinkes 1 target" in words
    assert "Usulannya menunggu sekretariat (1): Pdam 365 hari" in words
    then = printed(client, f"{ADDRESS}?per=2018-01-10")[1]
    assert "Terlambat: 0 unit" in then
    assert "per=2018-01-10" in then


@pytest.mark.sqlite
def test_a_day_that_makes_no_sense_leads_to_the_page_that_says_so(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404  # nothing to print yet
    Cast()
    assert client.get(f"{ADDRESS}?per=kemarin")["Location"] == "/?per=kemarin"


def test_it_asks_as_often_for_many_units_as_for_few() -> None:
    cast = Cast()
    asked = []
    for more in (range(1), range(1, 12)):
        with CaptureQueriesContext(connection) as queries:
            head = register.head()
            assert head
            council_sheet.sheet_words(clock.today(), PrintSource(head, False, "https://contoh.invalid/"))
        asked.append(len(queries))
        signed(cast, more)
    assert asked[0] == asked[1]
