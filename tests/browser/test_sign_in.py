"""Browser tests of sign-in on a phone: with a passkey, with codes of an app, after a lost password."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse

from tests import chromium, doors
from tests.browser.test_first_path import PHONE, complaints_of
from tests.browser.test_report_on_a_phone import ON_A_PHONE, throttle
from tests.cast import Cast
from tests.screen_texts import (
    CODE_LABEL,
    PASSWORD_LABEL,
    SET_UP_BUTTON,
    SIGN_IN_BUTTON,
    TO_DESK_LINK,
    USERNAME_LABEL,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.by_night_on_postgres]
NEW = "empat kata yang mudah"
LINE = [
    pytest.param(False, id="on a good line"),
    pytest.param(True, marks=pytest.mark.nightly, id="on a bad line"),
]


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page under the name `localhost`: passkeys belong to a name, never to a number."""
    for new_page in chromium.visitors(browser, live_server.url.replace("127.0.0.1", "localhost")):
        yield new_page(**PHONE)


def give_passkeys(page: Page) -> None:
    """The telephone's own keeper of keys, which says yes as if a finger had touched it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, user: User, password: str = doors.PASSWORD) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label(USERNAME_LABEL).fill(user.username)
    page.get_by_label(PASSWORD_LABEL).fill(password)
    page.get_by_role("button", name=SIGN_IN_BUTTON, exact=True).click()


def sign_out(page: Page) -> None:
    page.goto(reverse("account_logout"))
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/")


@pytest.mark.parametrize("throttled", LINE)
def test_a_passkey_is_set_up_and_then_opens_the_workspace_by_itself(phone: Page, throttled: bool) -> None:
    head, page = Cast().head, phone
    heard = complaints_of(page)
    if throttled:
        throttle(page)
    give_passkeys(page)
    sign_in(page, head)
    page.wait_for_url("**/kerja/")
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Namai perangkat ini").fill("Ponsel kantor")
    page.get_by_role("button", name="Pasang di perangkat ini").click()
    page.get_by_role("heading", name="Kode cadangan").wait_for()
    assert Authenticator.objects.get(user=head, type="webauthn").wrap().name == "Ponsel kantor"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    sign_out(page)
    page.goto(f"{reverse('workspace')}?unit=dinkes")
    page.get_by_role("button", name="Pakai passkey").click()
    page.wait_for_url("**/kerja/?unit=dinkes")

    sign_out(page)
    sign_in(page, head)  # with the password, the same passkey is the second factor
    page.get_by_text("Perangkatnya tidak ada?").wait_for()
    assert page.get_by_text("enam angka").count() == 0  # there is no app to read them from
    page.get_by_role("button", name="Pakai passkey").click()
    page.wait_for_url("**/kerja/")
    assert heard == []


def test_staff_work_with_a_passkey_as_their_second_factor(phone: Page) -> None:
    verifier, page = Cast().verifier, phone
    give_passkeys(page)
    sign_in(page, verifier)
    page.get_by_role("link", name="pakai passkey").click()  # the desk sends who has no second factor there
    page.get_by_role("button", name="Pasang di perangkat ini").click()
    page.get_by_role("link", name=TO_DESK_LINK).click()
    page.get_by_text("Menunggu keputusan").wait_for()
    sign_out(page)
    sign_in(page, verifier)
    page.get_by_role("button", name="Pakai passkey").click()
    page.get_by_text("Menunggu keputusan").wait_for()


def test_a_passkey_that_is_not_there_is_a_sentence(phone: Page) -> None:
    Cast()
    page = phone
    give_passkeys(page)
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Pakai passkey").click()
    page.get_by_role("alert").get_by_text("Passkey tidak jadi dipakai").wait_for()


def test_without_javascript_nothing_is_offered_that_does_not_work(new_page: Callable[..., Page]) -> None:
    Cast()
    page = new_page(java_script_enabled=False, **PHONE)
    page.goto(reverse("account_login"))
    assert not page.get_by_role("button", name="Pakai passkey").is_visible()


def on_the_line(new_page: Callable[..., Page], javascript: bool, throttled: bool) -> Page:
    page = new_page(java_script_enabled=javascript, **PHONE)
    if throttled:
        throttle(page)
    return page


@ON_A_PHONE
def test_a_forgotten_password_is_made_anew(new_page: Callable[..., Page], javascript: bool, throttled: bool) -> None:
    """Whose address it is, strangers are not told; the link in the letter works once."""
    head, page = Cast().head, on_the_line(new_page, javascript, throttled)
    head.email = "kepala@dinkes.contoh.go.id"
    head.save()
    page.goto(reverse("workspace"))
    for address in ("asing@contoh.invalid", head.email):
        page.get_by_role("link", name="Lupa sandi?").tap()
        page.get_by_label("Surel").fill(address)
        page.get_by_role("button", name="Kirim tautan").tap()
        page.get_by_role("heading", name="Periksa surel Anda").wait_for()
        page.goto(reverse("account_login"))
    [letter] = mail.outbox
    assert letter.to == [head.email]
    [link] = re.findall(r"https?://\S+/akun/sandi/\S+", str(letter.body))
    page.goto(link)
    make_anew(page, "lain sekali")
    page.get_by_text("Kedua sandi ini belum sama.").wait_for()
    make_anew(page, NEW)
    page.get_by_role("heading", name="Sandi sudah diganti").wait_for()
    page.get_by_role("link", name="Masuk dengan sandi baru").tap()
    sign_in(page, head, NEW)
    page.wait_for_url("**/kerja/")
    page.goto(link)
    page.get_by_role("heading", name="Tautan ini tidak berlaku lagi").wait_for()


def make_anew(page: Page, again: str) -> None:
    page.get_by_label("Sandi baru", exact=True).fill(NEW)
    page.get_by_label("Sandi baru, sekali lagi").fill(again)
    page.get_by_role("button", name="Simpan sandi").tap()


@ON_A_PHONE
def test_an_app_shows_the_second_factor_and_a_spare_code_opens_without_it(
    new_page: Callable[..., Page], javascript: bool, throttled: bool
) -> None:
    head, page = Cast().head, on_the_line(new_page, javascript, throttled)
    sign_in(page, head)
    page.get_by_role("link", name="Akun", exact=True).tap()
    page.get_by_role("link", name="Pasang aplikasi").tap()
    secret = page.locator(".secret").inner_text()
    show_code(page, doors.code(secret=secret), SET_UP_BUTTON)
    page.get_by_role("heading", name="Kode cadangan").wait_for()
    spare = page.locator(".codes code").first.inner_text()
    for code in (partial(doors.code, secret=secret), lambda: spare):
        sign_out(page)
        sign_in(page, head)
        page.get_by_role("heading", name="Satu langkah lagi").wait_for()
        show_code(page, code(), SIGN_IN_BUTTON)  # the app's holds for half a minute: read when it is asked for
        page.wait_for_url("**/kerja/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def show_code(page: Page, code: str, button: str) -> None:
    page.get_by_label(CODE_LABEL, exact=True).fill(code)
    page.get_by_role("button", name=button, exact=True).tap()
