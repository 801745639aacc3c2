"""Tests of what a reader does with the register's head: copy it whole, and ask later whether it still holds."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from opd import checks, register
from opd.models import Entry
from tests.cast import Cast
from tests.reading import text

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # no database changes any of this

ADDRESS = "/jejak/periksa/"
PAGES = ("/", "/unit/", "/unit/dinkes/", "/jejak/", "/cara-baca/", "/tentang/", "/akun/login/")


def answer(client: Client, kept: str, address: str = ADDRESS) -> str:
    response = client.get(address, {"kepala": kept})
    assert response.status_code == 200
    found = re.findall(r'id="jawaban" role="status">(.*?)</p>', response.content.decode(), re.DOTALL)
    return " ".join(text(one) for one in found)


def test_a_kept_head_is_answered_in_one_sentence(client: Client) -> None:
    Cast()
    head = register.head()
    assert head
    first, seq = Entry.objects.get(seq=1), head.seq
    assert answer(client, f"{seq}:{head.hash}").startswith(f"Cocok: register ini masih meneruskan catatan ke-{seq}")
    assert f"sejak itu bertambah {seq - 1} catatan" in answer(client, f"1:{first.hash}")
    assert answer(client, f"1:{head.hash}").startswith("Berbeda: catatan ke-1 di register ini sidiknya lain.")
    assert answer(client, f"{seq + 1}:{head.hash}").startswith(f"Register ini tidak punya catatan ke-{seq + 1}")
    for wrong in ("apa", "1", f"1:{first.hash[:12]}", f"0:{first.hash}", f"1:{first.hash}0", "1:" + "g" * 64):
        assert "bukan kepala jejak" in answer(client, wrong), wrong
    assert answer(client, "") == ""


def test_a_head_copied_badly_is_still_read(client: Client) -> None:
    Cast()
    first = Entry.objects.get(seq=1)
    for copied in (f" 1:{first.hash}\n", f"1:{first.hash[:40]}\r\n{first.hash[40:]}", f"1:{first.hash.upper()}"):
        assert answer(client, copied).startswith("Cocok"), copied


def test_it_answers_in_english_and_of_an_empty_register(client: Client) -> None:
    assert answer(client, f"1:{'0' * 64}").startswith("Register ini tidak punya catatan ke-1; yang terakhir ke-0.")
    assert answer(client, "apa", f"/en{ADDRESS}").startswith("“apa” is not a head of the register")


def test_a_hostile_head_is_shown_as_text(client: Client) -> None:
    html = client.get(ADDRESS, {"kepala": "<script>1</script>\0"}).content.decode()
    assert "<script>1" not in html
    assert "&lt;script&gt;1" in html


def test_every_page_shows_the_whole_head_in_one_piece(client: Client) -> None:
    Cast()
    head = register.head()
    assert head
    for page in PAGES:
        html = client.get(page).content.decode()
        assert f'<code class="snippet">{head.seq}:{head.hash}</code>' in html, page
        assert f'href="{ADDRESS}"' in html, page


def test_a_tap_selects_the_whole_head(new_page: Callable[..., "Page"]) -> None:
    """Without a script; what was copied is what the page answers to."""
    Cast()
    page = new_page(java_script_enabled=False)
    page.goto("/tentang/")
    page.get_by_text("Kepala lengkap, untuk disimpan").click()
    page.locator(".whole-head code").click()
    head = register.head()
    assert head
    assert page.evaluate("getSelection().toString().trim()") == f"{head.seq}:{head.hash}"


def test_every_page_leads_to_where_faults_are_reported_and_where_staff_sign_in(client: Client) -> None:
    Cast()
    for page in PAGES:
        html = client.get(page).content.decode()
        assert 'href="/tentang/#melapor"' in html, page
        assert 'href="/akun/login/"' in html, page
    about = client.get("/tentang/").content.decode()
    assert 'id="melapor"' in about
    assert "belum ada yang menerima laporan dari sini" in text(about)


def test_a_server_without_an_address_for_reports_is_warned_about(settings: "Settings") -> None:
    settings.OPERATOR = {"name": "", "contact": " "}
    assert [warning.id for warning in checks.report_address()] == ["opd.W003"]
    settings.OPERATOR = {"name": "", "contact": "lapor@contoh.invalid"}
    assert checks.report_address() == []
