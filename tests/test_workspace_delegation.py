"""Tests of working for another: drafts that are told, a head's own address, limits that say until when, ways back."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from commitments.models import Measurement, ServiceTarget
from opd.accounts import sign_in
from tests import doors
from tests.cast import Cast
from tests.reading import text
from tests.test_workspace_proposals import target_typed
from tests.test_workspace_report import address, typed, unsent

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]


@pytest.fixture
def cast(settings: Settings) -> Cast:
    settings.OPERATOR = {"name": "Diskominfo", "contact": "sekretariat@contoh.go.id"}
    cast = Cast()
    User.objects.filter(pk=cast.head.pk).update(email="kepala@contoh.go.id")
    cast.head.refresh_from_db()
    return cast


@pytest.fixture
def target(cast: Cast) -> ServiceTarget:
    return cast.target(service="Rujukan puskesmas")


def test_an_operator_s_draft_is_told_to_the_head_once_a_day(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.operator)
    answer = client.post(address(target), unsent(note="Rahasia unit."))
    again = {"uuid": "7b0f7c2e-5d0d-4e0a-9b63-0a4f7d4f2d12"}
    client.post(f"{answer['Location']}koreksi/", unsent(**again))
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["kepala@contoh.go.id"], "Dinkes: konsep menunggu Anda")
    assert "laporan Rujukan puskesmas: lama, Tahun 2018." in str(letter.body)
    assert answer["Location"] in str(letter.body)
    assert not any(secret in str(letter.body) for secret in ("Rahasia", "9,5", "operator-dinkes"))
    page = client.get(f"/kerja/kiriman/{Measurement.objects.get().uuid}/")
    [link] = re.findall(r'href="(https://wa.me/[^"]+)"', page.content.decode())
    words = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["text"][0]
    assert words.startswith("Konsep “laporan Rujukan puskesmas: lama, Tahun 2018” dari ")


def test_a_head_who_keeps_a_draft_gets_no_letter_and_a_dead_mail_server_loses_none(
    cast: Cast, target: ServiceTarget, settings: Settings
) -> None:
    doors.enter(cast.head).post(address(target), unsent())
    assert mail.outbox == []
    settings.EMAIL_BACKEND = "tests.test_reminders.NoServer"
    again = {"uuid": "7b0f7c2e-5d0d-4e0a-9b63-0a4f7d4f2d12", "period_typed": "2019"}
    answer = doors.enter(cast.operator).post(address(target), unsent(**again))
    assert answer.status_code == 302
    assert Measurement.objects.count() == 2


def test_a_proposal_that_an_operator_keeps_is_told_too(
    cast: Cast, target: ServiceTarget, django_capture_on_commit_callbacks: object
) -> None:
    place = f"/kerja/komitmen/{target.commitment.reference}/target/"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        doors.enter(cast.operator).post(place, target_typed("") | {"simpan": "1"})
    assert [letter.subject for letter in mail.outbox] == ["Dinkes: konsep menunggu Anda"]


# --- Their own address --------------------------------------------------------------------------------------------


def test_a_head_writes_down_an_address_and_it_holds_once_confirmed(cast: Cast) -> None:
    client = doors.enter(cast.head)
    page = client.post("/akun/surel/", {"email": "baru@contoh.go.id"})
    assert "Surat dikirim ke baru@contoh.go.id" in text(page.content.decode())
    cast.head.refresh_from_db()
    assert cast.head.email == "kepala@contoh.go.id"
    [letter] = mail.outbox
    assert letter.to == ["baru@contoh.go.id"]
    [link] = re.findall(r"/akun/surel/\S+", str(letter.body))
    assert "Pakai alamat ini?" in Client().get(link).content.decode()  # opening it is not yet saying yes
    cast.head.refresh_from_db()
    assert cast.head.email == "kepala@contoh.go.id"
    Client().post(link)
    cast.head.refresh_from_db()
    assert cast.head.email == "baru@contoh.go.id"
    assert mail.outbox[-1].to == ["kepala@contoh.go.id"]  # the one before is told
    assert Client().post(link).status_code == 410  # once


@pytest.mark.parametrize("given", ["bukan surel", "kepala@contoh.go.id"])
def test_an_address_that_is_none_or_known_is_explained(cast: Cast, given: str) -> None:
    page = doors.enter(cast.head).post("/akun/surel/", {"email": given})
    assert page.context["form"].errors["email"]
    assert mail.outbox == []


def test_an_address_of_another_account_is_neither_taken_nor_told(cast: Cast) -> None:
    User.objects.filter(pk=cast.operator.pk).update(email="operator@contoh.go.id")
    page = doors.enter(cast.head).post("/akun/surel/", {"email": "OPERATOR@contoh.go.id"})
    assert "Surat dikirim ke" in page.content.decode()
    assert mail.outbox == []
    assert Client().get("/akun/surel/palsu/").status_code == 410


def test_addresses_are_not_tried_without_end_and_the_limit_says_until_when(cast: Cast) -> None:
    client = doors.enter(cast.head)
    pages = [client.post("/akun/surel/", {"email": f"x{number}@contoh.go.id"}) for number in range(6)]
    assert len(mail.outbox) == 5
    assert re.search(r"Coba lagi sesudah pukul \d\d\.\d\d WIB", pages[-1].content.decode())


# --- Signing in ---------------------------------------------------------------------------------------------------


def test_too_many_wrong_passwords_say_until_when(cast: Cast) -> None:
    client = Client()
    for _ in range(6):
        page = client.post("/akun/login/", {"login": cast.head.username, "password": "salah"})
    said = page.content.decode()
    assert re.search(r"percobaan dengan sandi yang salah. Coba lagi sesudah pukul \d\d\.\d\d WIB", said)


def test_too_many_requests_say_until_when(cast: Cast) -> None:
    from opd.accounts.views import INVITATIONS

    answers = [Client().get("/akun/undangan/x/") for _ in range(INVITATIONS.most + 1)]
    assert answers[-1].status_code == 429
    assert re.search(r"Coba lagi sesudah pukul \d\d\.\d\d\.\d\d WIB", answers[-1].content.decode())


def test_a_passkey_is_set_up_without_the_password_again_seconds_after_signing_in(
    cast: Cast, settings: Settings
) -> None:
    client = Client()
    client.post("/akun/login/", {"login": cast.head.username, "password": doors.PASSWORD})
    assert client.get("/akun/passkey/pasang/").status_code == 200
    for place in ("faktor-kedua/cadangan/baru/", "passkey/1/lepas/"):  # to take a key away asks in any case
        assert client.get(f"/akun/{place}")["Location"].startswith("/akun/yakinkan/")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert client.get("/akun/passkey/pasang/")["Location"].startswith("/akun/yakinkan/")  # the twin: much later


def passkey_of(user: User) -> None:
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "ponsel", "credential": {}}
    )


def test_who_has_only_a_passkey_is_not_asked_for_six_digits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.begin_authentication", lambda user=None: {})
    passkey_of(cast.head)
    client = Client()
    answer = client.post("/akun/login/", {"login": cast.head.username, "password": doors.PASSWORD})
    page = text(client.get(answer["Location"]).content.decode())
    assert "enam angka" not in page
    assert "Pakai passkey" in page
    assert "Perangkatnya tidak ada? Pakai kode cadangan" in page
    assert sign_in.CodeForm(user=cast.head).has_app is False


# --- The way back -------------------------------------------------------------------------------------------------


def test_who_was_removed_and_who_mistypes_find_the_way_back(cast: Cast, target: ServiceTarget) -> None:
    client = doors.enter(cast.operator)
    mistyped = client.get("/kerja/sasaran/TIDAK-ADA-1/lapor/")
    assert mistyped.status_code == 404
    assert 'href="/kerja/">Ke ruang kerja' in mistyped.content.decode()
    cast.operator.memberships.update(until_on=date(2020, 1, 1))
    page = text(client.get("/kerja/").content.decode())
    assert "Operator diundang lagi oleh kepala unitnya" in page
    assert "sekretariat@contoh.go.id" in page
    assert client.get(address(target)).status_code == 404


@pytest.mark.parametrize("place", ["login", "sandi/lupa", "sandi/lupa/terkirim", "tidak-aktif"])
def test_the_secretariat_s_contact_stands_where_one_is_told_to_ask_it(cast: Cast, place: str) -> None:
    page = Client().get(f"/akun/{place}/").content.decode()
    assert "sekretariat@contoh.go.id" in page


def test_a_report_that_was_typed_is_not_sent_by_an_operator(cast: Cast, target: ServiceTarget) -> None:
    doors.enter(cast.operator).post(address(target), typed())
    assert mail.outbox == []
