"""Browser tests of the keeper's screens: import, rotation, merger of two units, and their accessibility."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from commitments.secretariat.imports import jobs
from opd import clock
from tests import doors, sheets
from tests.browser.test_first_path import sign_in
from tests.cast import Cast
from tests.chromium import barriers
from tests.screen_texts import CODE_LABEL, NEXT_BUTTON, SIGN_IN_BUTTON

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def at_the_desk(page: Page, cast: Cast) -> None:
    doors.give_second_factor(cast.keeper)
    sign_in(page, cast.keeper.username, at="/admin/impor/")
    page.get_by_role("textbox", name=CODE_LABEL).fill(doors.code())
    page.get_by_role("button", name=NEXT_BUTTON).or_(page.get_by_role("button", name=SIGN_IN_BUTTON)).first.click()
    page.get_by_role("heading", name="Impor", exact=True).wait_for()


def sheet(reference: str, value: str) -> FilePayload:
    row = [reference, "1 Januari 2018", "30 Jun 18", value, 212, "https://contoh.go.id/a", "hasil"]
    return {"name": "rekap.xlsx", "mimeType": XLSX, "buffer": sheets.xlsx([sheets.MEASUREMENTS, row])}


def bring_in(page: Page, file: FilePayload) -> None:
    page.goto("/admin/impor/realisasi/")
    page.get_by_label("Berkas XLSX atau CSV").set_input_files(file)
    page.get_by_role("button", name="Periksa berkas").click()
    page.get_by_role("heading", name="hasil pemeriksaan").wait_for()


def merge(page: Page, on: date) -> None:
    page.goto("/admin/opd/unitchange/susun/")
    page.get_by_label("Digabung").check()
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_label("Unit yang berakhir").select_option("dinkes")
    page.get_by_label("Unit penerus yang sudah ada").select_option("pdam")
    page.get_by_label("Berlaku sejak").fill(str(on))
    page.get_by_label("Dasar hukum").fill("Perda 3/2026")
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_text("Siapa yang menanggungnya?").wait_for()
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_text("Inilah yang akan dibaca publik.").wait_for()


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_keepers_screens_have_no_barrier(new_page: Callable[..., Page], width: int, scheme: str) -> None:
    cast = Cast()
    target = cast.target()
    page = new_page(width=width, color_scheme=scheme, bypass_csp=True)  # axe styles what it measures here
    at_the_desk(page, cast)
    found = barriers(page, "imports")
    page.goto("/admin/impor/realisasi/")
    found += barriers(page, "upload")
    page.get_by_role("button", name="Periksa berkas").click()
    found += barriers(page, "upload without a file")
    for value in ("9 hari", "1.234", "0,666666"):
        bring_in(page, sheet(target.reference, value))
        found += barriers(page, f"trial of {value}")
    page.goto("/admin/impor/realisasi/")
    asked: sheets.Rows = [sheets.MEASUREMENTS, sheets.measurement(target.reference, start="03/04/2018")]
    bring_in(page, {"name": "rekap.xlsx", "mimeType": XLSX, "buffer": sheets.xlsx(asked)})
    page.get_by_role("button", name="Periksa dengan jawaban ini").wait_for()
    found += barriers(page, "trial with a question")
    job = jobs.ImportJob("uji", "realisasi", "rekap.xlsx", cast.keeper.pk, keeps=False, done=1250, total=5000)
    job.write()
    page.goto("/admin/impor/realisasi/berjalan/uji/")
    page.get_by_text("1.250 dari 5.000 baris").wait_for()
    found += barriers(page, "a long import")
    page.goto("/admin/impor/")
    for address in ("opd/unit/", "opd/unit/baru/", "commitments/signature/baru/", "opd/membership/add/"):
        page.goto(f"/admin/{address}")
        found += barriers(page, address)
    page.goto("/admin/opd/tenure/rotasi/")
    found += barriers(page, "rotation")
    page.get_by_label("Nama pejabat").first.fill("Budi")
    page.get_by_role("button", name="Catat semua baris").click()
    page.get_by_text("Belum ada yang tercatat").wait_for()
    found += barriers(page, "rotation with errors")
    page.goto("/admin/opd/unitchange/susun/")
    found += barriers(page, "what happens")
    merge(page, clock.today())
    found += barriers(page, "notice")
    assert found == []
