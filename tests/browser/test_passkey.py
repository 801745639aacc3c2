"""Does a passkey work under the strict policy: set up, used as second factor, used alone?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.urls import reverse

from tests import doors
from tests.browser.test_first_path import PHONE, complaints_of
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]  # no database changes any of this


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page under the name `localhost`: passkeys belong to a name, never to a number."""
    context = browser.new_context(
        base_url=live_server.url.replace("127.0.0.1", "localhost"),
        locale="id-ID",
        viewport={"width": 360, "height": 740},
        has_touch=True,
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


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


def sign_in(page: Page, user: User) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Nama pengguna").fill(user.username)
    page.get_by_label("Sandi").fill(doors.PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()


def say_it_again(page: Page) -> None:
    """What touches the security of an account asks for the password once more."""
    page.get_by_label("Sandi").fill(doors.PASSWORD)
    page.get_by_role("button", name="Lanjut").click()


def sign_out(page: Page) -> None:
    page.goto(reverse("account_logout"))
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/")


def test_a_passkey_is_set_up_and_then_opens_the_workspace_by_itself(phone: Page) -> None:
    head, page = Cast().head, phone
    heard = complaints_of(page)
    give_passkeys(page)
    sign_in(page, head)
    page.wait_for_url("**/kerja/")
    page.goto(reverse("mfa_add_webauthn"))
    say_it_again(page)
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
    page.get_by_role("button", name="Pakai passkey").click()
    page.wait_for_url("**/kerja/")
    assert heard == []


def test_staff_work_with_a_passkey_as_their_second_factor(phone: Page) -> None:
    verifier, page = Cast().verifier, phone
    give_passkeys(page)
    sign_in(page, verifier)
    say_it_again(page)  # the desk sends whoever has no second factor to set one up
    page.get_by_role("link", name="pakai passkey").click()
    page.get_by_role("button", name="Pasang di perangkat ini").click()
    page.get_by_role("link", name="Ke meja sekretariat").click()
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
