"""Tests of invitations: they bring in the right person, once; a head adds and removes operators."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from opd import access, clock
from opd.errors import WrongPerson, WrongState
from opd.models import Entry, Invitation, Membership
from tests import doors
from tests.cast import Cast, person
from tests.screen_texts import HEADS_ONLY

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # pages and roles: no database changes them
TEAM = "/kerja/tim/?unit=dinkes"
NEW = {"username": "siti.rahayu", "password": "empat kata yang mudah", "again": "empat kata yang mudah"}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def invited(cast: Cast, **given: Any) -> str:
    """The path of a link that the head of dinkes made."""
    page = doors.enter(cast.head).post(TEAM, {"name": "Siti Rahayu", "email": "", **given}).content.decode()
    [path] = re.findall(r"http://127.0.0.1:8000(/akun/undangan/[^/]+/)</textarea>", page)
    return str(path)


def arrive(path: str, client: Client | None = None, **given: str) -> Any:
    client = client or Client()
    assert client.get(path)["Location"] == "/akun/undangan/"
    return client.post("/akun/undangan/", {**NEW, **given})


def test_a_head_invites_an_operator_who_sets_a_password_and_is_in(cast: Cast) -> None:
    before, client = Entry.objects.count(), Client()
    answer = arrive(invited(cast, email="siti@contoh.go.id"), client, email="siti.sendiri@contoh.go.id")
    assert answer["Location"] == "/akun/faktor-kedua/"
    user = User.objects.get(username="siti.rahayu")
    assert (user.get_full_name(), user.email, user.is_staff) == ("Siti Rahayu", "siti.sendiri@contoh.go.id", False)
    assert access.roles_in(user, cast.dinkes) == {access.OPERATOR_ROLE}
    assert client.get("/kerja/").context["is_head"] is False
    row = Invitation.objects.get()
    assert (row.used_by, row.invited_by, row.state) == (user, cast.head, "used")
    entry = Entry.objects.get(seq=before + 1)
    assert (entry.actor, entry.act, entry.object) == (
        "kepala:dinkes",
        "membership.given",
        user.memberships.get().object_name,
    )
    assert not any(secret in entry.body for secret in ("siti", "Siti"))


def test_the_link_is_mailed_too_and_kept_nowhere(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = invited(cast, email="siti@contoh.go.id")
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["siti@contoh.go.id"], "Undangan menjadi operator Dinkes")
    assert path in str(letter.body)
    token = path.split("/")[-2]
    assert token not in doors.enter(cast.head).get(TEAM).content.decode()
    assert token not in str(Invitation.objects.values().get())
    client = Client()
    client.get(path)
    client.get("/akun/undangan/")
    client.get(path.replace(token, "x" + token))
    assert client.get("/akun/undangan/").status_code == 410
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert [line for line in said if token in line] == []


@pytest.mark.parametrize(
    ("close", "why"),
    [
        (lambda cast, row: arrive_once(row), "sudah dipakai"),
        (lambda cast, row: row.revoke(by=cast.head), "sudah dicabut"),
        (lambda cast, row: Invitation.objects.update(expires_at=clock.now()), "lewat masa berlakunya"),
        (lambda cast, row: cast.head.memberships.get().end(by=cast.keeper), "tidak lagi berwenang"),
    ],
    ids=["used", "revoked", "expired", "inviter gone"],
)
def test_a_link_that_opens_nothing_says_why(cast: Cast, close: Any, why: str) -> None:
    path = invited(cast)
    close(cast, Invitation.objects.get())
    client, people = Client(), User.objects.count()
    answer = arrive(path, client)
    assert (answer.status_code, why in answer.content.decode()) == (410, True)
    assert User.objects.count() == people


def arrive_once(row: Invitation) -> None:
    row.accept(user=User(username="lain"))


@pytest.mark.parametrize(("hours", "opens"), [(71.9, True), (72.1, False)])
def test_a_link_lasts_72_hours(cast: Cast, hours: float, opens: bool) -> None:
    path = invited(cast)
    with time_machine.travel(clock.now() + timedelta(hours=hours)):
        assert (arrive(path).status_code == 302) is opens


def test_of_two_who_come_with_one_link_one_gets_in(cast: Cast) -> None:
    invited(cast)
    row = Invitation.objects.get()
    late = Invitation.objects.get()  # read before the other one was quicker
    row.accept(user=User(username="pertama"))
    with pytest.raises(WrongState, match="sudah dipakai"):
        late.accept(user=User(username="kedua"))
    assert not User.objects.filter(username="kedua").exists()


def test_somebody_with_an_account_takes_a_second_unit_with_it(cast: Cast) -> None:
    client = doors.enter(cast.other_head)
    path = invited(cast)
    client.get(path)
    assert "Terima dengan akun ini" in client.get("/akun/undangan/").content.decode()
    assert client.post("/akun/undangan/")["Location"] == "/kerja/"
    assert access.roles_in(cast.other_head, cast.dinkes) == {access.OPERATOR_ROLE}
    assert access.roles_in(cast.other_head, cast.pdam) == {access.HEAD_ROLE}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"again": "lain"}, "again"),
        ({"password": "pendek", "again": "pendek"}, "password"),
        ({"password": "siti.rahayu", "again": "siti.rahayu"}, "password"),
        ({"username": "kepala-dinkes"}, "username"),
        ({"username": "dua kata"}, "username"),
        ({"username": ""}, "username"),
    ],
)
def test_a_mistake_on_arrival_is_explained_and_the_link_stays_good(
    cast: Cast, given: dict[str, str], name: str
) -> None:
    client, path = Client(), invited(cast)
    answer = arrive(path, client, **given)
    assert list(answer.context["form"].errors) == [name]
    assert client.post("/akun/undangan/", NEW).status_code == 302


def test_only_who_may_hands_out_a_place(cast: Cast) -> None:
    boss = User.objects.create_superuser("akar")
    may = {
        (cast.dinkes, access.OPERATOR_ROLE, ""): {cast.head, cast.keeper, boss},
        (cast.dinkes, access.HEAD_ROLE, ""): {cast.keeper, boss},
        (None, "", access.APPROVER): {boss},
    }
    everyone = (cast.head, cast.operator, cast.other_head, cast.keeper, cast.approver, cast.verifier, boss)
    for (unit, role, staff_role), able in may.items():
        for who in everyone:
            try:
                Invitation.issue(by=who, name="Ani", unit=unit, role=role, staff_role=staff_role)
            except WrongPerson:
                assert (role or staff_role, who in able) == (role or staff_role, False)
            else:
                assert (role or staff_role, who in able) == (role or staff_role, True)


def test_an_operator_invites_and_removes_nobody(cast: Cast) -> None:
    client, place = doors.enter(cast.operator), cast.operator.memberships.get()
    page = client.post(TEAM, {"name": "Ani"})
    assert HEADS_ONLY in page.content.decode()
    client.post(f"/kerja/tim/{place.pk}/akhiri/")
    place.refresh_from_db()
    assert (Invitation.objects.count(), place.until_on) == (0, None)


def test_a_head_lets_an_operator_go_but_no_head_and_nobody_elsewhere(cast: Cast) -> None:
    client = doors.enter(cast.head)
    gone = cast.operator.memberships.get()
    elsewhere = person("operator-pdam", unit=cast.pdam, as_=access.OPERATOR_ROLE).memberships.get()
    second = person("kepala-dinkes-2", unit=cast.dinkes).memberships.get()
    assert client.post(f"/kerja/tim/{elsewhere.pk}/akhiri/").status_code == 404
    for place in (gone, second):
        client.post(f"/kerja/tim/{place.pk}/akhiri/")
    ended = Membership.objects.filter(until_on=clock.today())
    assert list(ended) == [gone]
    assert access.roles_in(cast.operator, cast.dinkes) == set()
    assert list(doors.enter(cast.head).get(TEAM).context["people"].values_list("user__username", flat=True)) == [
        "kepala-dinkes",
        "kepala-dinkes-2",
    ]


def test_a_head_revokes_what_is_out(cast: Cast) -> None:
    path, client = invited(cast), doors.enter(cast.head)
    row = Invitation.objects.get()
    assert list(client.get(TEAM).context["invitations"]) == [row]
    assert doors.enter(cast.other_head).post(f"/kerja/tim/undangan/{row.pk}/cabut/").status_code == 404
    client.post(f"/kerja/tim/undangan/{row.pk}/cabut/")
    assert list(client.get(TEAM).context["invitations"]) == []
    assert arrive(path).status_code == 410


def test_the_desk_invites_a_head_and_a_superuser_staff_who_must_set_up_a_second_factor(cast: Cast) -> None:
    keeper = doors.enter(cast.keeper)
    given = {"name": "Budi", "email": "", "unit": str(cast.dinkes.pk), "role": "head", "staff_role": "penyetuju"}
    page = keeper.post("/admin/opd/invitation/add/", given)
    assert Invitation.objects.get().place == "kepala Dinkes"
    assert "staff_role" not in page.content.decode()
    boss = User.objects.create_superuser("akar", password=doors.PASSWORD)
    given |= {"unit": "", "staff_role": "penyetuju"}
    page = doors.enter(boss).post("/admin/opd/invitation/add/", given)
    [path] = re.findall(r"http://127.0.0.1:8000(/akun/undangan/[^/]+/)</textarea>", page.content.decode())
    client = Client()
    arrive(path, client)
    user = User.objects.get(username="siti.rahayu")
    assert (user.is_staff, access.roles_of(user)) == (True, {access.APPROVER})
    assert client.get("/admin/")["Location"] == "/akun/faktor-kedua/pasang/"


@pytest.mark.parametrize(
    ("given", "name"), [({"unit": ""}, "unit"), ({"staff_role": "penyetuju"}, "staff_role"), ({"name": ""}, "name")]
)
def test_a_mistake_at_the_desk_is_explained(cast: Cast, given: dict[str, str], name: str) -> None:
    boss = User.objects.create_superuser("akar", password=doors.PASSWORD)
    typed = {"name": "Budi", "email": "", "unit": str(cast.dinkes.pk), "role": "head", "staff_role": "", **given}
    answer = doors.enter(boss).post("/admin/opd/invitation/add/", typed)
    assert list(answer.context["form"].errors) == [name]
    assert Invitation.objects.count() == 0


def test_the_desk_revokes(cast: Cast) -> None:
    invited(cast)
    row, client = Invitation.objects.get(), doors.enter(cast.keeper)
    assert "Cabut undangan" in client.get(f"/admin/opd/invitation/{row.pk}/change/").content.decode()
    assert doors.enter(cast.verifier).post(f"/admin/opd/invitation/{row.pk}/cabut/").status_code == 403
    client.post(f"/admin/opd/invitation/{row.pk}/cabut/")
    row.refresh_from_db()
    assert (row.state, row.revoked_by) == ("revoked", cast.keeper)
    assert "Cabut undangan" not in client.get(f"/admin/opd/invitation/{row.pk}/change/").content.decode()
