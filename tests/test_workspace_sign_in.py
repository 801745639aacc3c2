"""Tests of sign-in: each role by its own way, in Indonesian; a lost password reveals nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings as settings_of_project
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from tests import doors
from tests.cast import Cast

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]
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
    assert said[0] == said[1] == ["Nama pengguna atau sandinya tidak cocok."]


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
        "passkey",
        "passkey/pasang",
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


TOO_MANY = "Terlalu banyak percobaan"


@pytest.fixture
def still() -> Iterator[None]:
    """All within a moment: no limit's window ends meanwhile."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def guesses(name: str, count: int, client: Client | None = None, **headers: Callable[[int], str]) -> int:
    """How many of so many wrong passwords were tried at all."""
    tried, client = 0, client or Client()
    for number in range(count):
        meta = {key: make(number) for key, make in headers.items()}
        answer = client.post(SIGN_IN, {"login": name, "password": f"salah-{number}"}, **meta)  # type: ignore[arg-type]
        tried += TOO_MANY not in answer.content.decode()
    return tried


def address(number: int) -> str:
    return f"10.{number // 250}.{number % 250}.7"


def enters(user: User, client: Client, **meta: str) -> bool:
    given = {"login": user.username, "password": doors.PASSWORD}
    return client.post(SIGN_IN, given, **meta).status_code == 302  # type: ignore[arg-type]


NUMBER = [30, pytest.param(1000, marks=pytest.mark.nightly)]


@pytest.mark.sqlite
@pytest.mark.parametrize("number", NUMBER)
def test_guessing_one_account_is_slowed_and_the_owner_still_gets_in(cast: Cast, still: None, number: int) -> None:
    known = doors.enter(cast.head)
    known.post("/akun/logout/")
    assert guesses(cast.head.username, number) == 5
    assert not enters(cast.head, Client())  # from the guesser's own address
    assert enters(cast.head, Client(), REMOTE_ADDR="10.9.9.9")
    assert enters(cast.head, known)  # a browser used before, though it shares the guesser's address


@pytest.mark.sqlite
@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("number", NUMBER)
def test_a_forged_forwarding_header_gives_no_more_guesses(
    cast: Cast, settings: Settings, still: None, proxies: int, number: int
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    behind = {0: "{}", 1: "{}, 10.1.1.1"}[proxies]  # what our own proxy adds comes last
    forged = {"HTTP_X_FORWARDED_FOR": lambda at: behind.format(address(at)), "HTTP_X_REAL_IP": address}
    assert guesses(cast.head.username, number, None, **forged) == 5


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [120, pytest.param(1000, marks=pytest.mark.nightly)])
def test_guessing_from_everywhere_is_slowed_too(cast: Cast, still: None, number: int) -> None:
    known = doors.enter(cast.head)
    known.post("/akun/logout/")
    assert guesses(cast.head.username, number, REMOTE_ADDR=address) == 100
    assert not enters(cast.head, Client(), REMOTE_ADDR="10.9.9.9")
    assert enters(cast.head, known)


@pytest.mark.sqlite
def test_one_guess_on_many_accounts_is_slowed(cast: Cast, still: None) -> None:
    tried = 0
    for number in range(30):
        answer = Client().post(SIGN_IN, {"login": f"kepala-{number}", "password": "semarang2017"})
        tried += TOO_MANY not in answer.content.decode()
    assert tried == 10


@pytest.mark.sqlite
def test_the_cookie_of_a_used_browser_is_worth_nothing_for_others(cast: Cast, still: None) -> None:
    """Signed, for the accounts used there, and it names none."""
    client = doors.enter(cast.head)
    cookie = client.cookies["dipakai"]
    assert (cast.head.username in cookie.value, cookie["httponly"], cookie["path"]) == (False, True, "/akun/")
    client.post("/akun/logout/")
    guesses(cast.other_head.username, 10)
    assert not enters(cast.other_head, client)
    forged = Client()
    forged.cookies["dipakai"] = cookie.value[:-1] + "x"
    guesses(cast.head.username, 10)
    assert not enters(cast.head, forged)


@pytest.mark.sqlite
def test_an_owner_shut_out_everywhere_gets_into_a_new_browser_by_mail(cast: Cast, still: None) -> None:
    """With the old password too; and asking for the letter again and again in the owner's name hinders nobody."""
    User.objects.filter(pk=cast.head.pk).update(email="kepala@dinkes.contoh.go.id")
    assert guesses(cast.head.username, 120, REMOTE_ADDR=address) == 100
    for number in range(10):
        assert (
            Client().post(RESET, {"email": "kepala@dinkes.contoh.go.id"}, REMOTE_ADDR=address(number)).status_code
            == 302
        )
    assert len(mail.outbox) == 3
    new = Client(REMOTE_ADDR="10.9.9.9")
    assert not enters(cast.head, new)
    [link] = re.findall(r"https?://[^/]+(/akun/sandi/baru/\S+)", str(mail.outbox[0].body))
    assert "Masuk dengan sandi lama" in visible(new.get(link, follow=True).content)
    assert enters(cast.head, new)


@pytest.mark.sqlite
def test_a_link_that_is_none_makes_no_browser_known(cast: Cast, still: None) -> None:
    guesses(cast.head.username, 10)
    client = Client()
    client.get("/akun/sandi/baru/1-c0ffee-0123456789abcdef/", follow=True)
    assert not enters(cast.head, client)


@pytest.mark.sqlite
def test_guesses_in_one_known_browser_shut_out_no_other_one(cast: Cast, still: None) -> None:
    in_the_office, at_home = doors.enter(cast.head), doors.enter(cast.head)
    for client in (in_the_office, at_home):
        client.post("/akun/logout/")
    assert guesses(cast.head.username, 12, in_the_office) == 10
    assert enters(cast.head, at_home)


@pytest.mark.sqlite
def test_a_shared_browser_knows_all_who_use_it(cast: Cast, still: None) -> None:
    client = doors.enter(cast.head)
    client.post("/akun/logout/")
    assert enters(cast.other_head, client)
    client.post("/akun/logout/")
    guesses(cast.head.username, 10)
    assert enters(cast.head, client)


@pytest.mark.sqlite
def test_guesses_from_elsewhere_do_not_hinder_who_is_asked_once_more(cast: Cast, still: None) -> None:
    client = doors.enter(cast.head)
    guesses(cast.head.username, 120, REMOTE_ADDR=address)
    answer = client.post("/akun/yakinkan/", {"password": doors.PASSWORD})
    assert answer.status_code == 302


@pytest.mark.sqlite
def test_name_and_address_of_an_account_are_guessed_at_together(cast: Cast, still: None) -> None:
    User.objects.filter(pk=cast.head.pk).update(email="kepala@dinkes.contoh.go.id")
    assert guesses(cast.head.username, 3) + guesses("kepala@dinkes.contoh.go.id", 3) == 5


@pytest.mark.sqlite
@pytest.mark.parametrize("written", ["10.1.1.1", "2001:db8::{}"])
def test_neighbours_of_one_network_count_together_only_in_ipv6(cast: Cast, still: None, written: str) -> None:
    assert guesses(cast.head.username, 8, REMOTE_ADDR=lambda at: written.format(at)) == 5


@pytest.mark.sqlite
@pytest.mark.parametrize("login", ["kepala@dinkes.contoh.go.id", "kepala-dinkes", "asing@contoh.invalid", "asing"])
def test_every_wrong_password_costs_one_hash(cast: Cast, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is such an account or not: neither time nor work tells."""
    User.objects.filter(pk=cast.head.pk).update(email="kepala@dinkes.contoh.go.id")
    hashed, encode = [], MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    Client().post(SIGN_IN, {"login": login, "password": "salah"})
    assert len(hashed) == 1


@pytest.mark.sqlite
def test_guesses_are_counted_by_all_processes_at_once(cast: Cast, tmp_path: Path) -> None:
    """Four processes guess together in one folder: each guess counts, and none counts for nothing."""
    cache = {"BACKEND": "semarang_mou.file_cache.FileCache", "LOCATION": str(tmp_path)}
    script = (
        "import django; django.setup()\n"
        "from django.test import override_settings; from opd.accounts.throttle import Limit\n"
        f"with override_settings(CACHES={{'default': {cache}}}):\n"
        "    print(sum(Limit('guesses', 100, 10**9).take('siapa') for _ in range(50)))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=settings_of_project.BASE_DIR)
        for _ in range(4)
    ]
    assert sum(int(process.communicate()[0]) for process in processes) == 100


@pytest.mark.parametrize(("hours", "inside"), [(11.9, True), (12.1, False)])
def test_a_session_ends_after_twelve_idle_hours(cast: Cast, hours: float, inside: bool) -> None:
    client, start = doors.enter(cast.head), datetime.now(UTC)
    with time_machine.travel(start + timedelta(hours=6)):
        assert client.get("/kerja/").status_code == 200  # not idle: the clock starts again
    with time_machine.travel(start + timedelta(hours=6 + hours)):
        assert (client.get("/kerja/").status_code == 200) is inside


JUNK = (
    "",
    "x",
    "null",
    "[]",
    "{}",
    "[[[1]]]",
    '{"id": "x"}',
    '{"rawId": "x", "response": []}',
    '{"response": {"userHandle": 1}}',
)
WHOLE = (
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "clientExtensionResults": {}, "response": '
    '{"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": "MQ", '
    '"attestationObject": "oA"}}'
)


@pytest.mark.parametrize("credential", [*JUNK, WHOLE])
def test_what_no_browser_sends_is_refused_without_breaking(cast: Cast, credential: str) -> None:
    doors.give_second_factor(cast.head)
    half_way, inside = Client(), doors.enter(cast.other_head)
    half_way.post(SIGN_IN, {"login": cast.head.username, "password": doors.PASSWORD})
    inside.post("/akun/yakinkan/", {"password": doors.PASSWORD})
    found = [
        client.post(f"/akun/{place}/", {"credential": credential}).status_code
        for client, place in (
            (Client(), "passkey/masuk"),
            (half_way, "faktor-kedua/kode"),
            (inside, "passkey/yakinkan"),
            (inside, "passkey/pasang"),
        )
    ]
    assert found == [302, 200, 302, 200]


def test_a_key_that_was_not_shown_is_no_second_factor(cast: Cast) -> None:
    """Sending the form of a passkey without one must not count as having used it."""
    client = doors.enter(cast.verifier, second_factor=False)
    client.post("/akun/yakinkan/", {"password": doors.PASSWORD})
    for credential in ("", "{}", '{"id": "x"}', "null", "[]"):
        assert client.post("/akun/passkey/pasang/", {"name": "x", "credential": credential}).status_code == 200
    doors.give_second_factor(cast.verifier)
    assert client.get("/admin/")["Location"].startswith("/akun/faktor-kedua/yakinkan/")
