"""Browser tests of what is on its way: files in pieces, the question before a retry, what waits on the telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from commitments.models import Evidence, Measurement, ServiceTarget
from tests.browser.test_first_path import PHONE
from tests.browser.test_report_on_a_phone import (
    NUMBER,
    REPORT,
    come_in,
    first_row,
    photograph,
    throttle,
    tick_the_last_link,
    wait_for_receipt,
)
from tests.cast import Cast
from tests.screen_texts import DRAFT_RESTORED, FILE_LABEL, SEND_BUTTON

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    target = cast.target(service="Rujukan puskesmas")
    cast.measurement(target, "9.5")
    return target


def sizes_of_posts(page: Page) -> list[tuple[str, int]]:
    """What was posted from now on: the last part of its address but one, and how many bytes."""
    found: list[tuple[str, int]] = []

    def seen(request: Request) -> None:
        if request.method == "POST":
            found.append((request.url.split("/")[4], len(request.post_data_buffer or b"")))

    page.on("request", seen)
    return found


@pytest.mark.parametrize("slow", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_a_photograph_goes_apart_in_pieces_and_goes_on_where_it_broke(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget, slow: bool
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=8")
    first_row(page).get_by_label(FILE_LABEL).set_input_files(photograph())
    page.get_by_text("Sidik foto aslinya ikut dicatat.").wait_for()
    page.get_by_text("Ada bukti bertanggal 5 Jun 2018, di luar periode yang dilaporkan.").wait_for()
    assert first_row(page).locator("canvas").is_visible()  # the sender sees what is about to be sent
    if slow:
        throttle(page)
    posts = sizes_of_posts(page)
    cuts: list[int] = []
    page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => window.told.push(document.querySelector('[data-line]').innerText))
            .observe(document.querySelector('[data-line]'), { childList: true, subtree: true });
        }"""
    )

    def cut_the_third(route: Route) -> None:
        if route.request.method == "POST" and len(posts) == 3 and not cuts:
            cuts.append(route.fetch().status)  # it arrived, and nobody heard
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/kerja/berkas/**", cut_the_third)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_text("Menunggu sinyal.").wait_for()
    percents = [text for text in page.evaluate("window.told") if "%. Jangan tutup halaman ini dulu." in text]
    assert len(percents) >= 3, percents
    page.get_by_role("button", name="Coba sekarang").tap()
    wait_for_receipt(page)
    item = Evidence.objects.get(measurement__value=8)
    sent = [size for place, size in posts if place == "berkas"]
    assert (sum(sent), len(sent) > 3, cuts) == (item.size, True, [200])  # nothing twice
    assert [size < 20_000 for place, size in posts if place == "sasaran"] == [True]  # the form itself is light


def test_a_retry_asks_first_whether_the_report_has_arrived(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(f"{REPORT}?nilai=8")
    tick_the_last_link(page)
    posts = sizes_of_posts(page)

    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        route.fetch(max_redirects=0)
        route.abort("connectionreset")
        return None

    page.route(f"**{REPORT}*", lose_the_answer)
    page.get_by_role("button", name=SEND_BUTTON).tap()
    page.get_by_role("button", name="Coba sekarang").tap()
    wait_for_receipt(page)
    assert (len(posts), Measurement.objects.filter(value=8).count()) == (1, 1)
    page.goto("/kerja/")
    page.wait_for_timeout(200)
    assert not page.locator("[data-unsent]").is_visible()


def test_what_waits_on_the_telephone_is_listed_and_cleared_on_the_way_out(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto(REPORT)
    page.get_by_label(NUMBER).fill("8,25")
    page.goto("/kerja/komitmen/usul/?unit=dinkes")
    page.get_by_label("Layanan", exact=True).fill("Surat keterangan sehat")
    page.wait_for_timeout(200)
    page.goto("/kerja/")
    page.get_by_text("1 laporan dan 1 usulan di ponsel ini belum terkirim.").wait_for()
    page.get_by_role("link", name="Rujukan puskesmas", exact=True).first.tap()
    page.get_by_text(DRAFT_RESTORED).wait_for()
    page.goto("/akun/logout/")
    page.get_by_text("Bila Anda keluar, isian itu dibuang dari ponsel ini.").wait_for()
    page.get_by_role("button", name="Keluar").tap()
    page.get_by_role("button", name="Keluar").wait_for(state="detached")
    come_in(page, cast.head)
    page.goto(REPORT)
    page.wait_for_timeout(300)
    assert page.get_by_label(NUMBER).input_value() == ""


def test_without_signal_an_empty_shell_opens_and_no_page_of_anybody(
    new_page: Callable[..., Page], cast: Cast, target: ServiceTarget
) -> None:
    page = new_page(**PHONE)
    come_in(page, cast.head)
    page.goto("/kerja/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(REPORT)
    page.get_by_label(NUMBER).fill("8")
    page.wait_for_timeout(200)
    page.context.set_offline(True)
    page.goto("/kerja/")
    page.get_by_role("heading", name="Tidak ada sinyal").wait_for()
    page.get_by_text("1 laporan di ponsel ini belum terkirim.").wait_for()
    assert "Rujukan" not in page.content()
    shelf = "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(one => one.keys()))))"
    kept = page.evaluate(f"{shelf}.then(all => all.flat().map(one => new URL(one.url).pathname))")
    assert [path for path in kept if not path.startswith("/static/")] == ["/kerja/tanpa-sinyal/"]
    page.context.set_offline(False)
    page.get_by_role("link", name="Coba lagi").tap()
    page.get_by_role("heading", name="Dinkes").wait_for()
