"""Does everyone come in by their own door, in Indonesian, and does a lost password tell nothing?"""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from tests import doors
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SIGN_IN, RESET = "/akun/login/", "/akun/sandi/lupa/"
ENGLISH = re.compile(
    r"\b(password|sign in|sign out|forgot|authenticator app|recovery codes|please|your|username|the|and)\b",
    re.IGNORECASE,
)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def visible(page: bytes) -> str:
    """The words of a page, without its markup."""
    return re.sub(r"<(script|style|title).*?</\1>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)


def test_a_head_goes_to_the_workspace_and_staff_to_the_desk(cast: Cast, client: Client) -> None:
    given = {"login": cast.head.username, "password": doors.PASSWORD}
    assert client.post(SIGN_IN, given)["Location"] == "/kerja/"
    assert doors.enter(cast.verifier).get(SIGN_IN)["Location"] == "/admin/"


def test_the_page_asked_for_opens_after_signing_in(cast: Cast, client: Client) -> None:
    given = {"login": cast.head.username, "password": doors.PASSWORD, "next": "/kerja/?unit=dinkes"}
    assert client.post(SIGN_IN, given)["Location"] == "/kerja/?unit=dinkes"
    elsewhere = Client().post(SIGN_IN, {**given, "next": "https://contoh.invalid/"})
    assert elsewhere["Location"] == "/kerja/"


def test_the_address_signs_in_as_well_as_the_name(cast: Cast, client: Client) -> None:
    cast.head.email = "kepala@dinkes.contoh.go.id"
    cast.head.save()
    assert client.post(SIGN_IN, {"login": cast.head.email, "password": doors.PASSWORD})["Location"] == "/kerja/"


def test_a_wrong_password_and_a_wrong_name_sound_the_same(cast: Cast, client: Client) -> None:
    said = [
        client.post(SIGN_IN, {"login": name, "password": "salah"}).context["form"].non_field_errors()
        for name in (cast.head.username, "tidak-ada")
    ]
    assert said[0] == said[1] == ["Nama pengguna dan/atau kata sandi yang anda masukkan tidak benar."]


def test_an_account_switched_off_stays_outside(cast: Cast, client: Client) -> None:
    cast.head.is_active = False
    cast.head.save()
    answer = client.post(SIGN_IN, {"login": cast.head.username, "password": doors.PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert "tidak aktif" in visible(answer.content) or answer.context["form"].non_field_errors()


def test_a_lost_password_tells_strangers_nothing(cast: Cast, client: Client) -> None:
    cast.head.email = "kepala@dinkes.contoh.go.id"
    cast.head.save()
    pages = [client.post(RESET, {"email": email}, follow=True) for email in (cast.head.email, "asing@contoh.invalid")]
    assert visible(pages[0].content) == visible(pages[1].content)
    [letter] = mail.outbox
    assert (letter.to, letter.subject.partition("] ")[2]) == ([cast.head.email], "Sandi baru untuk akun Anda")
    assert ENGLISH.findall(str(letter.body).replace(cast.head.username, "")) == []
    [link] = re.findall(r"https?://[^/]+(/akun/sandi/baru/\S+)", str(letter.body))
    form = client.get(link, follow=True)
    new = "sandi-yang-baru-sekali"
    done = client.post(form.context["action_url"], {"password1": new, "password2": new}, follow=True)
    assert "Sandi sudah diganti" in visible(done.content)
    assert Client().post(SIGN_IN, {"login": cast.head.username, "password": new})["Location"] == "/kerja/"
    assert "Tautan ini tidak berlaku lagi" in visible(Client().get(link, follow=True).content)


def test_a_new_password_ends_the_other_sessions(cast: Cast) -> None:
    here, elsewhere = doors.enter(cast.head), doors.enter(cast.head)
    new = "sandi-yang-baru-sekali"
    here.post("/akun/sandi/", {"oldpassword": doors.PASSWORD, "password1": new, "password2": new})
    assert (here.get("/kerja/").status_code, elsewhere.get("/kerja/").status_code) == (200, 302)


def test_a_code_is_used_once(cast: Cast) -> None:
    doors.give_second_factor(cast.verifier)
    code = doors.code()
    answers = []
    for _ in range(2):
        client = Client()
        client.post(SIGN_IN, {"login": cast.verifier.username, "password": doors.PASSWORD})
        answers.append(client.post("/akun/faktor-kedua/kode/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_leaving_ends_the_session(cast: Cast) -> None:
    client = doors.enter(cast.head)
    client.post("/akun/logout/")
    assert client.get("/kerja/")["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("who", ["head", "verifier"])
def test_every_page_of_an_account_speaks_indonesian(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    client = doors.enter(user)
    client.post("/akun/yakinkan/", {"password": doors.PASSWORD})
    found = {}
    for name in ("login", "sandi/lupa", "sandi/lupa/terkirim", "sandi/baru/selesai", "tidak-aktif", "sandi/baru/1-x"):
        found[name] = ENGLISH.findall(visible(Client().get(f"/akun/{name}/").content))
    for name in (
        "logout",
        "sandi",
        "yakinkan",
        "faktor-kedua",
        "faktor-kedua/pasang",
        "faktor-kedua/lepas",
        "faktor-kedua/cadangan",
        "faktor-kedua/cadangan/baru",
        "faktor-kedua/yakinkan",
    ):
        found[name] = ENGLISH.findall(visible(client.get(f"/akun/{name}/").content))
    wrong = client.post("/akun/sandi/", {"oldpassword": "salah", "password1": "pendek", "password2": "lain"})
    found["wrong"] = ENGLISH.findall(visible(wrong.content))
    assert {name: words for name, words in found.items() if words} == {}
