"""Browser test of day one: from `make serve` on an empty register to one answer more, without a command line."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests import chromium, doors
from tests.browser.test_first_path import picture
from tests.screen_texts import (
    CODE_LABEL,
    DATA_COUNT_LABEL,
    FILE_LABEL,
    NEXT_BUTTON,
    NUMBER_LABEL,
    PASSWORD_LABEL,
    RECEIPT_HEADING,
    SEND_BUTTON,
    SEND_PROPOSAL_BUTTON,
    SET_UP_BUTTON,
    TO_DESK_LINK,
    USERNAME_LABEL,
    VERIFIED,
    VERIFY_BUTTON,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "empat kata yang mudah"
MOST_SCREENS = 40
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/akun/pertama/\w+/")
HEADS = (
    "kec-tugu",
    "kec-mijen",
    "kec-genuk",
    "dinkes",
    "disdik",
    "dishub",
    "pdam",
    "damkar",
    "dlh",
    "dpu",
    "disnaker",
)
ROOT = Path(settings.BASE_DIR)


@dataclass
class Served:
    """`make serve` in a place with nothing in it, and what it printed."""

    process: subprocess.Popen[str]
    url: str
    printed: list[str] = field(default_factory=list)

    @property
    def first_address(self) -> str:
        return next(found[0] for line in self.printed if (found := ADDRESS.search(line)))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'register.sqlite3'}",
        "EVIDENCE_DIR": str(tmp_path / "evidence"),
        "CACHE_DIR": str(tmp_path / "cache"),
        "CACHE_URL": "",
        "EMAIL_URL": "consolemail://",
        "SECRET_KEY": "a-key-for-the-first-day-" * 3,
        "REGISTER_KEY": "a-register-key-for-the-first-day-" * 3,
        "PORT": port,
        "WORKERS": "1",
    }
    make = ["make", "--no-print-directory", "-o", ".venv/installed", "serve"]
    process = subprocess.Popen(make, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, process_group=0)
    here = Served(process, f"http://127.0.0.1:{port}")
    try:
        assert process.stdout
        for line in process.stdout:
            here.printed.append(line)
            if "Register melayani" in line:
                break
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{here.url}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield here
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # all of its folder goes with it
        process.wait()
        if process.stdout:
            process.stdout.close()


@dataclass
class Walk:
    """The people of the day, each in a browser of their own, and how many screens each of them saw."""

    new_page: Callable[..., Page]
    screens: Counter[str] = field(default_factory=Counter)

    def person(self, name: str, width: int = 1280) -> Page:
        """Without scripts every screen is a page that is loaded, and can be counted."""
        page = self.new_page(width=width, java_script_enabled=False)

        def loaded(page: Page) -> None:
            self.screens[name] += 1

        page.on("load", loaded)
        return page


def make_account(page: Page, link: str, *, names: dict[str, str] | None = None) -> None:
    page.goto(link)
    for label, text in (names or {}).items():
        page.get_by_label(label).fill(text)
    page.get_by_label(PASSWORD_LABEL, exact=True).fill(PASSWORD)
    page.get_by_label("Sandi, sekali lagi").fill(PASSWORD)
    page.get_by_role("button", name="Buat akun").click()


def set_up_code(page: Page) -> None:
    """The second factor, and the way to the desk."""
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name=CODE_LABEL).fill(doors.code(secret))
    page.get_by_role("button", name=SET_UP_BUTTON).click()
    page.get_by_role("link", name=TO_DESK_LINK).click()


def launch(page: Page, address: str) -> dict[str, str]:
    """The administrator: account, operator, and fourteen invitations; the link of each person by name."""
    make_account(page, address, names={"Nama Anda": "Rina Wulandari", USERNAME_LABEL: "rina"})
    set_up_code(page)
    page.get_by_role("heading", name="Papan peluncuran").wait_for()
    page.get_by_role("textbox", name="Penyelenggara").fill("Diskominfo Kota Semarang")
    page.get_by_role("textbox", name="Kontak").fill("register@contoh.invalid")
    page.get_by_role("button", name="Catat penyelenggara").click()
    page.get_by_role("link", name="Undang orang").click()
    people = ["Siti Penyetuju; penyetuju; 0812 3456 7801", "Budi Verifikator; verifikator; 0812 3456 7802"]
    people += ["Ani Camat; kec-tembalang; 0812 3456 7803", *(f"Kepala {code}; {code}" for code in HEADS)]
    page.get_by_label("Daftarnya").fill("\n".join(people))
    page.get_by_role("button", name="Periksa daftar").click()
    page.get_by_role("button", name="Undang 14 orang").click()
    assert "sudah dikirim" not in page.locator("main, #content").first.inner_text()
    with page.expect_download() as letters:
        page.get_by_role("button", name="Unduh 14 surat").click()
    assert letters.value.path().read_bytes().startswith(b"%PDF")
    return {
        box.get_attribute("aria-label").removeprefix("Tautan untuk "): box.input_value()  # type: ignore[union-attr]
        for box in page.get_by_label("Tautan untuk").all()
    }


def promise(page: Page, link: str) -> None:
    """A head on a telephone: account, a template, a baseline measured on the spot, a target, sent."""
    make_account(page, link)
    page.get_by_role("link", name="Nanti saja, ke ruang kerja").click()
    page.get_by_role("link", name="Usulkan komitmen dan target").click()
    page.get_by_role("link", name="Surat di kecamatan selesai lebih cepat").click()
    page.get_by_text("Ini batas dari orang lain").wait_for()
    page.get_by_text("Belum punya angkanya? Ukur sekarang").click()
    for line in range(1, 21):
        page.get_by_label(f"Berkas ke-{line}", exact=True).fill(str(40 + line))
    page.get_by_role("button", name="Hitung nilai awalnya").click()
    page.get_by_text("Median dari 20: 50,5 menit").wait_for()
    assert page.get_by_label("Nilai awal", exact=True).input_value() == "50,5"
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_label("Target", exact=True).fill("15")
    page.get_by_label("Tenggat").fill("2030-12-31")
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_role("button", name=NEXT_BUTTON).click()
    page.get_by_text("Baca sekali lagi").wait_for()
    page.get_by_role("button", name=SEND_PROPOSAL_BUTTON).click()
    page.get_by_text("Usulan terkirim").wait_for()


def announce(page: Page) -> None:
    page.get_by_role("link", name="Usulan komitmen").click()
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("button", name="Umumkan").click()
    page.get_by_text("Komitmen diumumkan, bersama targetnya.").wait_for()


def report(page: Page) -> None:
    page.goto("/kerja/")
    page.get_by_label(NUMBER_LABEL).fill("32")
    page.get_by_role("button", name="Lapor").first.click()
    page.get_by_label(DATA_COUNT_LABEL).fill("120")
    row = page.locator(".evidence-row").first
    row.get_by_label("Angka dari sistem atau survei").check()
    row.get_by_label(FILE_LABEL).set_input_files(picture())
    page.get_by_role("button", name=SEND_BUTTON).click()
    page.get_by_role("heading", name=RECEIPT_HEADING).wait_for()


def verify(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="Realisasi menunggu verifikasi").click()
    page.locator("#result_list .field-target_named a").click()
    page.get_by_label("Boleh dilihat publik").check()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name=VERIFY_BUTTON).click()
    page.get_by_text(VERIFIED, exact=True).wait_for()


@pytest.mark.sqlite
def test_an_empty_register_has_one_proven_unit_by_the_end_of_the_day(browser: Browser, served: Served) -> None:
    for new_page in chromium.visitors(browser, served.url):
        walk = Walk(new_page)
        visitor = walk.person("visitor", 360)
        visitor.goto("/")
        before = visitor.locator("main").inner_text()
        assert "1 dari 70" not in before
        links = launch(walk.person("administrator"), served.first_address)
        assert len(links) == 14, links
        assert "Ani Camat" in links, links
        approver, verifier, head = walk.person("approver"), walk.person("verifier"), walk.person("head", 360)
        for page, name in ((approver, "Siti Penyetuju"), (verifier, "Budi Verifikator")):
            make_account(page, links[name])
            set_up_code(page)
        promise(head, links["Ani Camat"])
        approver.goto("/admin/")
        announce(approver)
        report(head)
        verify(verifier)
        visitor.goto("/")
        assert re.search(r"1\s+dari 70 unit sudah melewati seremoni", visitor.locator("main").inner_text())
        assert sum(walk.screens.values()) <= MOST_SCREENS, walk.screens
