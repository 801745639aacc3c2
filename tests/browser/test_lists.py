"""Browser tests of the lists: filters with and without JavaScript, and the place of the reader is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import cast as people
from tests.cast import Cast
from tests.chromium import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.sqlite  # no database changes any of this

NewPage = Callable[..., "Page"]
PLACES = (
    "/komitmen/",
    "/komitmen/?rung=3&q=rujukan",
    "/komitmen/?rung=9&q=zzz",
    "/unit/?jenis=bumd&urut=-diam&apa=1",
    "/data/",
)


def some_units() -> None:
    cast = Cast()
    sent = cast.measurement(cast.target(), 5)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    claimed = cast.target(by=cast.other_head, commitment=cast.commitment(by=cast.other_head, unit=cast.pdam))
    cast.measurement(claimed, 2, by=cast.other_head)
    cast.commitment(title="Belum bertarget")
    for number in range(30):
        people.unit(f"unit-{number:02}")


def test_without_javascript_the_form_does_everything(new_page: NewPage) -> None:
    some_units()
    page = new_page(width=360, java_script_enabled=False)
    page.goto("/unit/")
    page.get_by_text("Saring dan urutkan").click()
    page.locator("summary", has_text="Jenis unit").click()
    page.get_by_label("BUMD").check()
    page.get_by_role("button", name="Terapkan").click()
    expect(page.locator("#jumlah")).to_have_text("1 dari 34 unit cocok")
    expect(page.locator(".unit-name")).to_have_text(["Unit pdam"])
    page.get_by_role("link", name="Hapus saringan Jenis unit: BUMD").click()
    assert page.url.endswith("/unit/")


def test_with_it_a_tick_filters_at_once_and_the_place_is_kept(new_page: NewPage) -> None:
    some_units()
    page = new_page(width=1280, height=700)
    page.goto("/unit/")
    page.evaluate("window.mine = 'the same document'")
    page.locator("summary", has_text="Jenis unit").click()
    tick = page.get_by_label("BUMD")
    tick.scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    tick.check()
    page.wait_for_url("**/unit/?jenis=bumd")
    page.wait_for_selector(".chip")
    assert page.locator("[role=status].visually-hidden").inner_text() == "1 dari 34 unit cocok"
    assert page.evaluate("document.activeElement.id") == "jenis-bumd"
    assert page.evaluate("window.mine") == "the same document"
    assert abs(page.evaluate("window.scrollY") - before) <= 60 or page.evaluate(
        "scrollY + innerHeight >= document.body.scrollHeight - 1"
    )
    page.get_by_label("Urut menurut").select_option("-rung")
    page.wait_for_url("**/unit/?urut=-rung&jenis=bumd")
    page.go_back()
    page.wait_for_url("**/unit/?jenis=bumd")
    page.go_back()
    page.wait_for_url("**/unit/")
    page.locator(".unit-name").nth(24).wait_for()
    assert not page.get_by_label("BUMD").is_checked()
    assert page.evaluate("window.mine") == "the same document"


def test_a_search_and_a_heading_work_by_keyboard(new_page: NewPage) -> None:
    some_units()
    page = new_page(width=1280)
    page.goto("/komitmen/")
    page.get_by_label("Cari layanan").fill("rujukan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/komitmen/?q=rujukan")
    heading = page.get_by_role("link", name="Kemajuan")
    heading.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/komitmen/?q=rujukan&urut=-jarak")
    page.wait_for_selector("[aria-sort=descending]")
    assert page.locator(".unit-name").first.inner_text() == "Rujukan: lama"
    assert page.evaluate("document.activeElement.textContent").strip().startswith("Kemajuan")
    assert page.locator("[role=status].visually-hidden").inner_text().endswith("; kemajuan terkecil")
    page.get_by_role("link", name="Hapus saringan").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/komitmen/?urut=-jarak")
    page.locator(".chip").wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "jumlah"


def test_on_a_phone_what_sorts_is_seen_when_it_is_reached(new_page: NewPage) -> None:
    some_units()
    page = new_page(width=360)
    page.goto("/unit/")
    hidden = page.locator("thead a").first
    assert hidden.evaluate("link => link.closest('thead').offsetHeight") <= 1
    hidden.focus()
    assert hidden.evaluate("link => link.closest('thead').offsetHeight") > 20


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), pytest.param(1280, "dark", marks=pytest.mark.nightly)])
def test_lists_and_data_have_no_barrier(new_page: NewPage, width: int, scheme: str) -> None:
    some_units()
    page = new_page(width=width, color_scheme=scheme)
    found: list[str] = []
    for address in PLACES:
        page.goto(address)
        found += barriers(page, address)
    assert found == []
