"""Browser tests of accessibility of workspace and admin: axe (WCAG 2.2 A and AA), and no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from commitments.models import Measurement, Recheck
from tests import doors
from tests.browser.test_first_path import sign_in
from tests.cast import REASON, Cast
from tests.chromium import barriers
from tests.screen_texts import (
    CODE_LABEL,
    NEXT_BUTTON,
    PASSWORD_LABEL,
    SEND_BUTTON,
    SET_UP_BUTTON,
    TO_DESK_LINK,
    VERIFY_BUTTON,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite]  # no database changes any of this

LOOKS = [(320, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


def scene() -> Cast:
    """A unit with something in every state: returned, waiting, verified, drafted, proposed, asked to change."""
    cast = Cast()
    commitment = cast.commitment()
    first = cast.target(commitment=commitment, service="Rujukan")
    second = cast.target(commitment=commitment, service="Izin praktik", original_due_on=date(2019, 12, 31))  # late
    verified = cast.measurement(first, "9.5")
    verified.verify(by=cast.verifier, seen=verified.fingerprint())
    Recheck.draw(by=cast.inspector, size=1)
    returned = cast.measurement(second, 9)
    returned.return_(by=cast.verifier, seen=returned.fingerprint(), note=REASON)
    cast.measurement(first, 3, note="Dari SIMPUS.")
    cast.measurement(second, 8, submitted=False)
    cast.target(commitment=commitment, published=False)
    cast.commitment(published=False)
    first.revise(by=cast.head, seen=first.fingerprint(), field="target_value", new=Decimal(2), reason=REASON)
    return cast


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_workspace_has_no_barrier(new_page: Callable[..., Page], width: int, scheme: str) -> None:
    cast = scene()
    page = new_page(width=width, color_scheme=scheme)
    found: list[str] = []
    for address in ("/akun/login/", "/akun/sandi/lupa/", "/akun/sandi/baru/1-x/"):
        page.goto(address)
        found += barriers(page, address)
    sign_in(page, "orang-luar", at="/akun/login/")
    found += barriers(page, "no unit")
    page.context.clear_cookies()
    sign_in(page, cast.head.username, at="/akun/login/")
    sent = Measurement.objects.waiting().get()
    draft = Measurement.objects.get(submitted_at=None)
    for address in (
        "/kerja/",
        "/kerja/sasaran/DINKES-01-1/lapor/",
        f"/kerja/kiriman/{sent.uuid}/",
        f"/kerja/kiriman/{sent.uuid}/koreksi/",
        f"/kerja/kiriman/{draft.uuid}/",
        "/kerja/komitmen/usul/?unit=dinkes",
        "/kerja/sasaran/DINKES-01-1/ubah/",
        "/kerja/sasaran/DINKES-01-3/tarik/",
        "/akun/faktor-kedua/",
        "/akun/logout/",
    ):
        page.goto(address)
        found += barriers(page, address)
    page.goto("/kerja/sasaran/DINKES-01-2/lapor/")
    page.get_by_label("Angka hasil ukur").fill("1.234")
    page.locator("[name=bukti-0-url]").fill("bukan tautan")
    page.get_by_role("button", name=SEND_BUTTON).click()
    page.get_by_text("1.234 dapat dibaca").wait_for()
    found += barriers(page, "report with errors")
    assert found == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_desk_has_no_barrier_where_one_decides(new_page: Callable[..., Page], width: int, scheme: str) -> None:
    cast = scene()
    page = new_page(width=width, color_scheme=scheme, bypass_csp=True)  # axe styles what it measures here
    sign_in(page, cast.verifier.username, at="/admin/")
    page.get_by_role("heading", name="Pasang faktor kedua").or_(
        page.get_by_role("heading", name="Sekali lagi, sandinya")
    ).wait_for()
    found = barriers(page, "reauthenticate")
    page.get_by_label(PASSWORD_LABEL).fill(doors.PASSWORD)
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_role("heading", name="Pasang faktor kedua").wait_for()
    found += barriers(page, "set up")
    page.get_by_role("textbox", name=CODE_LABEL).fill(doors.code(secret=page.locator(".secret").inner_text()))
    page.get_by_role("button", name=SET_UP_BUTTON).click()
    page.get_by_role("heading", name="Kode cadangan").wait_for()
    found += barriers(page, "recovery codes")
    page.get_by_role("link", name=TO_DESK_LINK).click()
    found += barriers(page, "front page")
    page.goto("/admin/commitments/measurement/?antrean=menunggu")
    page.locator("#result_list .field-target_named a").click()
    found += barriers(page, "decision")
    highest = page.locator(".bars g rect:last-child").first
    assert float(highest.evaluate("bar => getComputedStyle(bar).fillOpacity")) < 0.5  # the mark tells the rung
    page.get_by_role("button", name=VERIFY_BUTTON).click()
    page.get_by_text("Pilih: boleh dilihat publik").wait_for()
    found += barriers(page, "decision with errors")
    page.locator("[name=seen]").first.evaluate("field => field.value = 'lain'")
    page.get_by_role("button", name=VERIFY_BUTTON).click()
    page.get_by_text("Yang berubah sejak Anda membukanya").wait_for()
    found += barriers(page, "a screen that had grown old")
    for model in ("targetrevision", "commitment", "servicetarget", "recheckitem"):
        page.goto(f"/admin/commitments/{model}/?antrean=menunggu")
        page.locator("#result_list tbody th a").first.click()
        found += barriers(page, model)
    for address in ("/admin/tagih/", "/admin/rapor/", "/uji-petik/", "/uji-petik/1/"):
        page.goto(address)
        found += barriers(page, address)
    assert found == []
