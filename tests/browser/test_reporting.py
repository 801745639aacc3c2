"""Browser tests of reporting at 360 px: the period in one tap or in words, evidence that is seen, all in one go."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from commitments import evidence as store
from commitments import periods
from commitments.models import Evidence, Measurement, ServiceTarget
from opd import clock
from tests.browser.test_first_path import PHONE, picture
from tests.browser.test_report_on_a_phone import (
    NUMBER,
    REPORT,
    come_in,
    count_taps,
    tick_the_last_link,
    wait_for_receipt,
)
from tests.cast import Cast
from tests.chromium import barriers
from tests.screen_texts import CONFIRM_BUTTON, FILE_LABEL, NUMBER_LABEL, RECEIPT_HEADING, SEND_BUTTON

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    target = cast.target(service="Rujukan puskesmas")
    sent = cast.measurement(target, "9.5")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return target


def on_a_phone(new_page: Callable[..., Page], cast: Cast, scripts: bool) -> Page:
    page = new_page(**PHONE, java_script_enabled=scripts)
    come_in(page, cast.head)
    return page


def assert_open(page: Page, where: str, scripts: bool) -> None:
    """Nothing keeps anybody out, as far as scripts, which axe needs, may run."""
    if scripts:
        assert barriers(page, where) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@BOTH
def test_the_last_finished_period_is_there_and_another_is_one_tap_or_a_few_words(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, scripts: bool
) -> None:
    page = on_a_phone(new_page, cast, scripts)
    last, before, *_ = (one for one in periods.offered(90, clock.today(), after=target.baseline_on))
    page.goto(f"{REPORT}?nilai=8")
    assert page.get_by_label(last.name, exact=True).is_checked()
    page.get_by_label(before.name, exact=True).tap()
    if scripts:
        page.get_by_text(f"({before.days})").wait_for()  # read back in words, before sending
    tick_the_last_link(page)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    if not scripts:  # another period than the one whose doubts were shown needs no second look: none is new
        page.get_by_role("heading", name=RECEIPT_HEADING).wait_for()
    wait_for_receipt(page)
    assert Measurement.objects.get(value=8).period == before

    page.goto(f"{REPORT}?nilai=7")
    page.get_by_text("Periode lain").first.tap()
    page.get_by_label("Periode lain").fill("Semester II 2019")
    if scripts:
        page.get_by_text("(1 Juli – 31 Desember 2019)").wait_for()
    tick_the_last_link(page)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    assert Measurement.objects.get(value=7).period == periods.read("Semester II 2019")


@BOTH
def test_the_same_period_again_is_asked_about_and_leads_to_its_correction(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, scripts: bool
) -> None:
    last = next(periods.finished(90, clock.today()))
    sent = cast.measurement(target, 8, period_start=last.start, period_end=last.end)
    page = on_a_phone(new_page, cast, scripts)
    page.goto("/kerja/")
    page.goto(f"{REPORT}?nilai=8")
    page.get_by_text("Sudah Anda kirim").first.wait_for()
    assert page.get_by_text("untuk periode ini dengan angka yang sama persis: 8 hari").first.is_visible()
    assert_open(page, "report", scripts)
    page.get_by_role("link", name="Koreksi yang itu").first.tap()
    page.wait_for_url(f"**/kerja/kiriman/{sent.uuid}/koreksi/*")
    assert page.get_by_label(last.name).first.is_checked()
    assert page.get_by_label(NUMBER).input_value() == "8"


@BOTH
def test_a_head_sees_the_photograph_and_opens_what_an_operator_brought(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, scripts: bool
) -> None:
    draft = cast.measurement(target, 8, submitted=False, by=cast.operator)
    shown = picture()
    with_a_photo = store.receive(shown["name"], io.BytesIO(shown["buffer"]))
    item = Evidence.attach(draft, kind="hasil", file=with_a_photo)
    page = on_a_phone(new_page, cast, scripts)
    page.goto(f"/kerja/kiriman/{draft.uuid}/")
    photo = page.locator(f'img[src="/kerja/bukti/{item.uuid}/"]')
    photo.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert photo.evaluate("image => image.complete && image.naturalWidth > 0")
    assert page.get_by_role("link", name="https://contoh.invalid/bukti").is_visible()
    assert_open(page, "draft", scripts)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_role("heading", name=RECEIPT_HEADING).wait_for()
    assert photo.is_visible()


@BOTH
def test_all_that_is_due_is_filled_in_in_one_go(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, scripts: bool
) -> None:
    cast.target(commitment=target.commitment, service="Akta kelahiran")
    page = on_a_phone(new_page, cast, scripts)
    page.goto("/kerja/")
    page.get_by_role("link", name="Lapor semua sekaligus").tap()
    page.get_by_label("Angka hasil ukur, dalam hari: Rujukan puskesmas").fill("8")
    page.get_by_label("Angka hasil ukur, dalam hari: Akta kelahiran").fill("12")
    page.get_by_label(FILE_LABEL).set_input_files(picture())
    page.locator("[name=bukti-0-kind][value=hasil]").check()
    assert_open(page, "month", scripts)
    page.get_by_role("button", name="Periksa").tap()
    page.get_by_text("Belum terkirim. Baca sekali lagi 2 baris").wait_for()
    assert page.get_by_text("Terbaca: 12 hari").is_visible()
    page.get_by_role("button", name="Kirim 2 laporan").tap()
    page.get_by_text("2 laporan terkirim.").wait_for()
    assert page.get_by_role("heading", name="Semua laporan").is_visible()
    assert Evidence.objects.filter(media_type="image/png").count() == 2
    assert_open(page, "past reports", scripts)


def test_a_repeat_report_with_a_new_photograph_is_five_taps_and_the_number(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = on_a_phone(new_page, cast, True)
    taps = count_taps(page)
    page.goto("/kerja/")
    page.get_by_label(NUMBER_LABEL).tap()
    page.keyboard.type("8")
    page.locator("form.due-number button").first.tap()
    page.get_by_text("Terbaca: 8 hari").wait_for()
    with page.expect_file_chooser() as chooser:
        page.locator(".evidence-row").first.get_by_label(FILE_LABEL).tap()
    chooser.value.set_files(picture())
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    assert len(taps) <= 5, taps
    assert page.get_by_role("button", name=CONFIRM_BUTTON).count() == 0
