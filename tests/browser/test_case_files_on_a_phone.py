"""Browser tests of a case file on a phone: its columns said once, counted, proven, sent; no number typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commitments.models import CaseFile, Measurement, Origin, ServiceTarget
from tests.browser.test_first_path import PHONE, complaints_of
from tests.browser.test_report_on_a_phone import come_in, wait_for_receipt
from tests.cast import Cast
from tests.screen_texts import CONFIRM_BUTTON, RECEIPT_HEADING, SEND_BUTTON
from tests.test_case_reports import cases, clocked

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return clocked(cast)


def payload(content: bytes) -> FilePayload:
    return {"name": "antrean.csv", "mimeType": "text/csv", "buffer": content}


def choose(page: Page, content: bytes) -> None:
    page.get_by_label("Berkas kasus").set_input_files(payload(content))


def say_period(page: Page) -> None:
    page.get_by_text("Periode lain", exact=True).first.tap()
    page.get_by_label("Periode lain").fill("Februari 2019")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_head_sends_cases_from_a_phone(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, scripts: bool
) -> None:
    page = new_page(**PHONE, java_script_enabled=scripts)
    come_in(page, cast.head)
    page.goto(f"/kerja/sasaran/{target.reference}/lapor/")
    page.get_by_role("link", name="Kirim berkas kasusnya").tap()
    say_period(page)
    strange = cases().replace(b"Waktu ambil", b"Kolom X").replace(b"Waktu selesai", b"Kolom Y")
    choose(page, strange)
    page.get_by_role("button", name="Hitung").tap()
    expect(page.get_by_text("Sebutkan dahulu kolom mana")).to_be_visible()
    page.get_by_label("Kapan mulai").select_option(label="Kolom X (02/02/2019 08.01)")
    page.get_by_label("Kapan selesai").select_option(label="Kolom Y (02/02/2019 09.13)")
    if not scripts:  # the page forgot the file; with a script it stays chosen
        choose(page, strange)
    page.get_by_role("button", name="Hitung").tap()
    expect(page.get_by_role("heading", name="Yang dihitung register")).to_be_visible()
    if scripts:
        assert complaints_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360 if scripts else True
    page.get_by_role("link", name="Lanjut: bukti, lalu kirim").tap()
    expect(page.get_by_role("heading", name="Dihitung dari berkas kasus")).to_be_visible()
    assert page.get_by_label("Angka hasil ukur").count() == 0
    row = page.locator(".evidence-row").first
    row.get_by_label("atau tautan").fill("https://contoh.go.id/rekap")
    row.get_by_role("radio").first.check()
    page.get_by_role("button", name=SEND_BUTTON, exact=True).tap()
    confirm = page.get_by_role("button", name=CONFIRM_BUTTON)
    confirm.or_(page.get_by_role("heading", name=RECEIPT_HEADING)).first.wait_for()
    if confirm.count():
        confirm.tap()
    wait_for_receipt(page)
    sent = Measurement.objects.get()
    assert (sent.origin, sent.value) == (Origin.COMPUTED, CaseFile.objects.get().value)
