"""Tests of the first door: who may come in while nobody keeps the register, and when it closes."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from opd import register
from opd.accounts import first_door
from opd.models import Entry, RegisterOperator
from tests import doors
from tests.cast import Cast
from tests.reading import text

pytestmark = pytest.mark.django_db
ACCOUNT = {
    "full_name": "Rina Wulandari",
    "username": "rina",
    "email": "",
    "password": "empat kata yang mudah",
    "again": "empat kata yang mudah",
    "seen": "",
}


def printed(capsys: pytest.CaptureFixture[str], verbosity: int = 1) -> str:
    call_command("first_account", verbosity=verbosity)
    return capsys.readouterr().out


def knock(address: str = "") -> Client:
    client = Client()
    client.get(address or reverse("first-account-open", args=[first_door.token()]))
    return client


def test_the_printed_address_makes_the_first_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"/akun/pertama/\w+/", printed(capsys))
    assert found
    client = knock(found[0])
    answer = client.post(reverse("first-account"), ACCOUNT)
    assert answer["Location"] == reverse("mfa_activate_totp")
    user = User.objects.get()
    assert (user.get_full_name(), user.is_superuser, user.is_staff) == ("Rina Wulandari", True, True)
    assert client.get(reverse("mfa_index")).context["user"] == user


def test_the_address_is_good_until_the_second_factor_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    address = first_door.address()
    knock().post(reverse("first-account"), ACCOUNT)
    assert first_door.address() == address
    doors.give_second_factor(User.objects.get())
    assert first_door.address() == ""
    client = knock(address.partition("8000")[2] or address)
    answer = client.get(reverse("first-account"))
    assert answer.status_code == 410
    assert "sudah punya administrator" in text(answer.content.decode())
    assert client.post(reverse("first-account"), ACCOUNT | {"username": "penyusup"}).status_code == 410
    assert User.objects.count() == 1
    assert "sudah punya administrator" in printed(capsys)
    assert printed(capsys, verbosity=0) == ""


def test_a_guessed_address_opens_nothing() -> None:
    client = knock(reverse("first-account-open", args=["0" * 32]))
    assert client.get(reverse("first-account")).status_code == 410
    assert client.post(reverse("first-account"), ACCOUNT).status_code == 410
    assert not User.objects.exists()


def test_of_two_people_at_the_address_the_second_reads_of_the_first_and_may_take_over() -> None:
    one, two = knock(), knock()
    one.post(reverse("first-account"), ACCOUNT)
    late = ACCOUNT | {"username": "budi", "full_name": "Budi"}
    answer = two.post(reverse("first-account"), late)
    assert answer.status_code == 200
    assert "Baru saja seseorang membuat akun administrator “rina”" in text(answer.content.decode())
    assert list(User.objects.values_list("username", flat=True)) == ["rina"]
    answer = two.post(reverse("first-account"), late | {"seen": answer.context["form"]["seen"].value()})
    assert answer["Location"] == reverse("mfa_activate_totp")
    assert list(User.objects.filter(is_active=True, is_superuser=True).values_list("username", flat=True)) == ["budi"]


def test_a_door_that_opens_again_has_another_address() -> None:
    before = first_door.token()
    root = User.objects.create_superuser("akar")
    RegisterOperator.appoint(by=root, name="Diskominfo", contact="register@contoh.invalid")
    assert not first_door.is_open()  # even without a second factor: somebody was past it
    User.objects.update(is_active=False)
    assert first_door.is_open()
    assert first_door.token() != before


def test_the_desk_begins_at_the_launch_board_once() -> None:
    client = knock()
    client.post(reverse("first-account"), ACCOUNT)
    doors.give_second_factor(User.objects.get())
    client.post(reverse("mfa_reauthenticate"), {"code": doors.code()})
    assert client.get(reverse("admin:index"))["Location"] == reverse("admin:launch")
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_operator_is_named_on_record_and_read_on_the_about_page(client: Client) -> None:
    cast = Cast()
    root = User.objects.create_superuser("akar", password=doors.PASSWORD)
    assert "belum diisi" in text(client.get(reverse("about")).content.decode())
    at_the_desk = doors.enter(root)
    answer = at_the_desk.post(reverse("admin:launch"), {"name": "Diskominfo", "contact": "register@contoh.invalid"})
    assert answer.status_code == 302
    entry = Entry.objects.latest("seq")
    assert (entry.act, entry.actor) == ("operator.named", "administrator")
    page = text(client.get(reverse("about")).content.decode())
    assert "disimpan dan dijalankan oleh Diskominfo" in page
    assert "register@contoh.invalid" in page
    assert list(register.check()) == []
    assert doors.enter(cast.keeper).post(reverse("admin:launch"), {"name": "X", "contact": "y"}).status_code == 403
