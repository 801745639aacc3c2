"""Browser tests of a report on a phone: three taps and a number, and nothing is lost with the connection."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import expect

from commitments import evidence as store
from commitments.models import Evidence, Measurement, ServiceTarget
from tests import doors
from tests.browser.test_first_path import PHONE, complaints_of, picture, sign_in
from tests.cast import Cast
from tests.screen_texts import (
    CONFIRM_BUTTON,
    DATA_COUNT_LABEL,
    DRAFT_RESTORED,
    EMPTY_FILE,
    FILE_LABEL,
    NUMBER_LABEL,
    PASSWORD_LABEL,
    RECEIPT_HEADING,
    SEND_BUTTON,
    SIGN_IN_BUTTON,
    USERNAME_LABEL,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page, Request, Route

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "/kerja/sasaran/DINKES-01-1/lapor/"
NUMBER = "Angka hasil ukur, dalam hari"
RECEIPT = re.compile(r"/kerja/kiriman/[0-9a-f-]{36}/$")


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    """A year on: 9,5 days verified, proven by a photograph."""
    target = cast.target(service="Rujukan puskesmas")
    sent = cast.measurement(target, "9.5")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return target


def come_in(page: Page, user: User) -> None:
    """Signed in already, as on most days."""
    session = doors.enter(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": base_of(page)}])


def base_of(page: Page) -> str:
    """Asked without opening a page: for the first one that names no icon the browser asks for one, and complains."""
    return page.request.get("/healthz").url.removesuffix("/healthz")


def count_taps(page: Page) -> list[str]:
    """Where a finger came down, from now on and over every page."""
    taps: list[str] = []
    page.expose_binding("tapped", lambda source, what: taps.append(what))
    page.add_init_script(
        "addEventListener('pointerup', event => tapped(event.target.name || event.target.innerText), true)"
    )
    return taps


def photograph() -> FilePayload:
    """As a telephone makes it: some megabytes, upright only by its Exif, taken before the period."""
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    exif, content = Image.Exif(), io.BytesIO()
    exif[0x0132] = "2018:06:05 10:00:00"
    noise.save(content, "JPEG", quality=92, exif=exif)
    return {"name": "layar.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def first_row(page: Page) -> Locator:
    return page.locator(".evidence-row").first


def tick_the_last_link(page: Page) -> None:
    """Offered, never ticked by itself."""
    page.get_by_label("https://contoh.invalid/bukti").tap()


def wait_for_receipt(page: Page) -> None:
    page.get_by_role("heading", name=RECEIPT_HEADING).wait_for()
    assert RECEIPT.search(page.url)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("proof", ["the same address", "a new photograph"])
def test_a_repeat_report_is_three_taps_and_the_number(
    new_page: Callable[..., Page], target: ServiceTarget, scripts: bool, proof: str
) -> None:
    page = new_page(**PHONE, java_script_enabled=scripts)
    taps = count_taps(page) if scripts else []
    sign_in(page, "kepala-dinkes", at="/kerja/")
    page.get_by_role("heading", name="Dinkes").wait_for()
    before = len(taps)
    page.get_by_label(NUMBER_LABEL).tap()
    page.keyboard.type("8")
    page.get_by_role("button", name="Lapor Rujukan puskesmas").tap()
    page.get_by_text("Terbaca: 8 hari").wait_for()
    if proof == "a new photograph":
        with page.expect_file_chooser() as chooser:
            first_row(page).get_by_label(FILE_LABEL).tap()
        chooser.value.set_files(picture())
    else:
        tick_the_last_link(page)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    if scripts:
        assert len(taps) - before <= 1 + 3  # the field of the number, and three
    kinds = list(Measurement.objects.get(value=8).evidence.values_list("evidence_kind", "media_type"))
    assert kinds == [("hasil", "image/png" if proof == "a new photograph" else "")]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.by_night_on_postgres
def test_the_first_view_is_light(new_page: Callable[..., Page], cast: Cast, target: ServiceTarget) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    sizes: dict[str, int] = {}

    def came(request: Request) -> None:
        sizes[request.url] = sum(int(size) for size in request.sizes().values())  # type: ignore[call-overload]

    page.on("requestfinished", came)
    page.goto("/kerja/", wait_until="networkidle")
    assert len(sizes) <= 10, sizes
    assert sum(sizes.values()) <= 100 * 1024, sizes  # as the tests' server sends it, unpacked


@pytest.mark.by_night_on_postgres
def test_what_a_number_would_change_is_shown_while_one_types(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    complaints = complaints_of(page)
    come_in(page, cast.head)
    page.goto(REPORT)
    ahead = page.locator("[data-preview]")
    number = page.get_by_label(NUMBER)
    number.fill("2.9")
    ahead.get_by_text("2,9 hari").wait_for()
    assert ahead.locator(".rung").all_inner_texts() == ["Membaik", "Tercapai"]
    number.fill("1.234")
    ahead.get_by_role("button", name="1234", exact=True).tap()
    ahead.get_by_text("1.234 hari").wait_for()
    assert ahead.get_by_text("Lebih buruk dari laporan terakhir, 9,5 hari.").is_visible()
    number.fill("9")
    first_row(page).get_by_label("atau tautan").fill("https://contoh.go.id/aplikasi")
    first_row(page).get_by_label("Hasil kerja").check()
    ahead.get_by_text("Sekalipun diverifikasi, tidak dihitung di tangga.").wait_for()
    assert complaints == []


@pytest.mark.by_night_on_postgres
def test_a_photograph_is_made_smaller_and_its_mark_kept(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    photo = photograph()
    page.goto(f"{REPORT}?nilai=9")
    first_row(page).get_by_label(FILE_LABEL).set_input_files(photo)
    page.get_by_text("Sidik foto aslinya ikut dicatat.").wait_for()
    page.get_by_text("Ada bukti bertanggal 5 Jun 2018, di luar periode yang dilaporkan.").wait_for()
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    item = Evidence.objects.get(measurement__value=9)
    assert (item.media_type, item.original_sha256) == ("image/jpeg", hashlib.sha256(photo["buffer"]).hexdigest())
    assert item.size <= 500_000 < len(photo["buffer"])
    assert str(item.captured_on) == "2018-06-05"


@pytest.mark.by_night_on_postgres
def test_a_long_screenshot_keeps_its_short_side_and_so_its_letters(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, tmp_path: Path
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=9")
    first_row(page).get_by_label("atau tautan").fill("")
    Image.effect_noise((1080, 9000), 12).save(tmp_path / "layar.png")  # ten pages scrolled through, some megabytes
    first_row(page).get_by_label(FILE_LABEL).set_input_files(tmp_path / "layar.png")
    page.get_by_text("Sidik foto aslinya ikut dicatat.").wait_for()
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    item = Evidence.objects.get(measurement__value=9)
    with Image.open(store.path_of(item.sha256)) as sent:
        assert (sent.format, sent.width > 1000, item.size < 4_000_000) == ("JPEG", True, True)


def bomb() -> bytes:
    """169 megapixels in some twenty kilobytes."""
    content = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(content, "PNG")
    return content.getvalue()


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("kosong.jpg", b"", EMPTY_FILE),
    ("surat.docx", b"PK\x03\x04" + bytes(99), "Berkas ini bukan JPEG, PNG, WebP, atau PDF."),
    ("foto.heic", b"\0\0\0\x18ftypheic" + bytes(99), "Ini foto HEIC dari iPhone"),
    ("besar.pdf", b"%PDF-" + bytes(12_000_000), "Berkas ini lebih dari 10 MB"),
    ("besar.docx", b"PK\x03\x04" + bytes(12_000_000), "Berkas ini bukan JPEG, PNG, WebP, atau PDF."),
    ("bom.png", bomb(), "Gambar ini terlalu besar; kecilkan dahulu (paling banyak 24 megapiksel"),
]


@pytest.mark.by_night_on_postgres
@pytest.mark.parametrize("milliseconds", [1000, pytest.param(100, marks=pytest.mark.nightly)])
def test_a_wrong_file_is_told_at_once_and_the_rest_stays(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, tmp_path: Path, milliseconds: int
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=9")
    page.get_by_label(DATA_COUNT_LABEL).fill("212")
    file = first_row(page).get_by_label(FILE_LABEL)
    page.evaluate(
        """() => {
          const input = document.querySelector('input[type=file]');
          let from;
          input.addEventListener('change', () => { from = performance.now(); }, true);
          new MutationObserver(() => {
            if (document.querySelector('.evidence .error')) window.took = performance.now() - from;
          }).observe(input.parentElement, { childList: true, subtree: true });
        }"""
    )
    for name, content, said in BAD_FILES:
        (tmp_path / name).write_bytes(content)
        file.set_input_files(tmp_path / name)
        page.locator(".evidence .error").get_by_text(said).wait_for()
        assert page.evaluate("window.took") < milliseconds, name
        assert file.evaluate("input => input.files.length") == 0
    assert page.get_by_label(DATA_COUNT_LABEL).input_value() == "212"


def test_a_killed_tab_and_an_ended_sign_in_lose_nothing(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(REPORT)
    page.get_by_label(NUMBER).fill("8,25")
    page.get_by_label(DATA_COUNT_LABEL).fill("212")
    first_row(page).get_by_label(FILE_LABEL).set_input_files(photograph())
    page.get_by_text("Sidik foto aslinya ikut dicatat.").wait_for()
    again = page.context.new_page()
    again.wait_for_timeout(150)  # what a thumb needs before it kills the tab
    page.close(run_before_unload=False)
    again.context.clear_cookies()
    sign_in(again, "operator-dinkes", at=REPORT)
    again.get_by_label(NUMBER).wait_for()
    again.wait_for_timeout(300)
    assert again.get_by_label(NUMBER).input_value() == ""  # another account's draft is nobody's
    again.context.clear_cookies()
    sign_in(again, "kepala-dinkes", at=REPORT)
    again.get_by_text(DRAFT_RESTORED).wait_for()
    assert again.get_by_label(NUMBER).input_value() == "8,25"
    assert again.get_by_label(DATA_COUNT_LABEL).input_value() == "212"
    again.get_by_text("Terbaca: 8,25 hari").wait_for()

    again.context.clear_cookies(name="sessionid")  # signed out again, in the middle
    again.get_by_role("button", name=SEND_BUTTON).tap()
    again.get_by_text("Waktu masuk Anda sudah habis.").wait_for()
    again.get_by_role("button", name="Masuk lagi").tap()
    again.get_by_label(USERNAME_LABEL).fill("kepala-dinkes")
    again.get_by_label(PASSWORD_LABEL).fill(doors.PASSWORD)
    again.get_by_role("button", name=SIGN_IN_BUTTON).tap()
    again.get_by_text(DRAFT_RESTORED).wait_for()
    again.get_by_text("Terbaca: 8,25 hari").wait_for()
    again.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(again)
    sent = Measurement.objects.get(value="8.25")
    assert (sent.n, sent.evidence.filter(media_type="image/jpeg").count()) == (212, 1)
    again.goto(REPORT)
    assert again.get_by_label(NUMBER).input_value() == ""  # the draft went with the receipt


def test_on_a_lost_line_it_waits_and_arrives_once(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=8")
    tick_the_last_link(page)
    page.context.set_offline(True)
    page.get_by_text("Tidak ada sinyal. Isian Anda tersimpan di ponsel ini").wait_for()
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_text("Menunggu sinyal. Belum ada tanda terima.").wait_for()
    page.context.set_offline(False)  # it goes on by itself
    wait_for_receipt(page)

    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).headers["location"])  # it arrived; nobody hears
            route.abort("connectionreset")
        else:
            route.continue_()

    page.goto(f"{REPORT}?nilai=7")
    tick_the_last_link(page)
    page.route(f"**{REPORT}", lose_the_answer)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_role("button", name="Coba sekarang").tap()
    wait_for_receipt(page)
    assert page.url.endswith(lost[0])
    assert Measurement.objects.filter(value=7).count() == 1


def throttle(page: Page) -> None:
    """One bar of signal: 50 kbit/s either way, 0,8 seconds until anything answers."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    pace = 50_000 / 8
    conditions = {"downloadThroughput": pace, "uploadThroughput": pace, "latency": 800, "offline": False}
    line.send("Network.emulateNetworkConditions", conditions)
    page.set_default_timeout(120_000)


ON_A_PHONE = pytest.mark.parametrize(
    ("javascript", "throttled"),
    [
        pytest.param(True, False, id="with JavaScript"),
        pytest.param(True, True, marks=pytest.mark.nightly, id="with JavaScript, on a bad line"),
        pytest.param(False, True, marks=pytest.mark.nightly, id="without, on a bad line"),
    ],
)


@pytest.mark.nightly
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_one_bar_of_signal_is_enough_from_the_sign_in_to_the_receipt(
    new_page: Callable[..., Page], target: ServiceTarget, scripts: bool
) -> None:
    page = new_page(**PHONE, java_script_enabled=scripts)
    throttle(page)
    sign_in(page, "kepala-dinkes", at="/kerja/")
    page.get_by_label(NUMBER_LABEL).fill("8")
    page.get_by_role("button", name="Lapor Rujukan puskesmas").tap()
    page.get_by_text("Terbaca: 8 hari").wait_for()
    first_row(page).get_by_label(FILE_LABEL).set_input_files(picture())
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    assert Measurement.objects.get(value=8).evidence.exclude(media_type="").count() == 1


def test_other_bytes_under_the_same_identity_are_shown_beside_the_first(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=8")
    tick_the_last_link(page)
    uuid = page.locator("[name=uuid]").input_value()
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    page.goto(f"{REPORT}?nilai=7")
    tick_the_last_link(page)
    page.locator("[name=uuid]").evaluate("(field, uuid) => { field.value = uuid }", uuid)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_role("heading", name="Kiriman ini sudah tercatat, dengan isi lain").wait_for()
    expect(page.locator("table").get_by_text("hari")).to_have_text(["8\xa0hari", "7\xa0hari"])


def test_without_javascript_a_mistake_keeps_the_photograph_and_what_it_means_is_read_back(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE, java_script_enabled=False)
    come_in(page, cast.head)
    page.goto(REPORT)
    page.get_by_label(NUMBER).fill("1.234")
    first_row(page).get_by_label(FILE_LABEL).set_input_files(picture())
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_text("sudah diterima, tidak perlu dikirim lagi").wait_for()
    page.get_by_role("button", name="1,2340").tap()
    page.get_by_text("Terbaca: 1,234 hari").wait_for()
    page.get_by_role("button", name=CONFIRM_BUTTON).tap()
    wait_for_receipt(page)
    assert Measurement.objects.get(value="1.234").evidence.filter(file_name="antrean.png").count() == 1


@pytest.mark.by_night_on_postgres
def test_a_form_whose_end_is_still_on_its_way_cannot_be_sent(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE, java_script_enabled=False)
    come_in(page, cast.head)

    def deliver_half(route: Route) -> None:
        html = route.fetch().text()
        route.fulfill(body=html[: html.index("bukti-0-url")], content_type="text/html; charset=utf-8")

    page.route(f"**{REPORT}*", deliver_half, times=1)
    for whole in (False, True):
        page.goto(f"{REPORT}?nilai=1.234")
        page.get_by_text("Yang mana maksud Anda?").wait_for()
        assert page.locator("button[name=value]").first.is_visible() is whole


def test_without_javascript_an_ended_sign_in_leads_back_to_the_same_form(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE, java_script_enabled=False)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=8")
    page.get_by_label(DATA_COUNT_LABEL).fill("212")
    first_row(page).get_by_label(FILE_LABEL).set_input_files(picture())
    [session] = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    page.context.clear_cookies(name=session["name"])
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_text("isian tadi masih ada.").wait_for()
    page.get_by_label(USERNAME_LABEL).fill("kepala-dinkes")
    page.get_by_label(PASSWORD_LABEL).fill(doors.PASSWORD)
    page.get_by_role("button", name=SIGN_IN_BUTTON).tap()
    page.get_by_label(NUMBER).wait_for()
    assert (
        page.get_by_label(NUMBER).input_value(),
        page.get_by_label(DATA_COUNT_LABEL).input_value(),
    ) == (
        "8",
        "212",
    )
    page.get_by_role("button", name=SEND_BUTTON).tap()
    wait_for_receipt(page)
    assert Measurement.objects.get(value=8).evidence.exclude(media_type="").count() == 1  # it waited too
