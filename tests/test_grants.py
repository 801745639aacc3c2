"""Tests of grants on record: each has an entry and a number, and nobody gives one to themselves."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from commitments import evidence as store
from commitments.models import Evidence
from opd import access, register
from opd.errors import WrongPerson, WrongState
from opd.models import AccessRecord, Entry, Invitation, Membership, StaffRole, UnitChange, grant
from opd.models.staff_role import switch_off
from tests import doors
from tests.cast import REASON, SIGNED_ON, Cast, person
from tests.hostile_files import png

pytestmark = pytest.mark.django_db

NO_SELF = "Tidak ada yang memberi tempat kepada dirinya sendiri"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("akar", password=doors.PASSWORD)


def last() -> Any:
    entry = Entry.objects.latest("seq")
    return json.loads(entry.body)


def test_what_an_account_gets_and_loses_is_an_entry_each_with_a_number_and_without_a_name(cast: Cast) -> None:
    place = Membership.give(by=cast.keeper, user=cast.outsider, unit=cast.pdam, role="operator")
    given = last()
    assert (given["actor"], given["act"], given["data"]["actor_number"]) == ("pengelola-data", "membership.given", 1)
    [row] = given["data"]["membership"]
    assert {name: row[name] for name in ("unit", "role", "number", "until")} == {
        "unit": "pdam",
        "role": "operator",
        "number": 1,
        "until": None,
    }
    assert len(row["account"]) == 64
    place.end(by=cast.keeper)
    assert (last()["act"], last()["data"]["membership"][0]["until"]) == ("membership.ended", row["from"])
    assert "orang-luar" not in "".join(Entry.objects.values_list("body", flat=True))
    assert list(register.check()) == []


def test_an_account_keeps_its_number_in_a_place_for_ever(cast: Cast, root: User) -> None:
    first = StaffRole.objects.get(user=cast.verifier)
    second = StaffRole.give(by=root, user=cast.outsider, role=access.VERIFIER)
    first.end(by=root)
    again = StaffRole.give(by=root, user=cast.verifier, role=access.VERIFIER)
    assert [first.number, second.number, again.number] == [1, 2, 1]
    assert (last()["actor"], last()["data"]["actor_number"]) == ("administrator", 1)


def test_every_act_carries_the_number_of_who_acted(cast: Cast, root: User) -> None:
    StaffRole.give(by=root, user=cast.outsider, role=access.VERIFIER)
    row = cast.measurement(cast.target())
    assert (last()["actor"], last()["data"]["actor_number"]) == ("kepala:dinkes", 1)
    row.verify(by=cast.outsider, seen=row.fingerprint())
    assert (last()["actor"], last()["data"]["actor_number"]) == ("verifikator", 2)


def test_nobody_gives_a_place_to_themselves(cast: Cast, root: User) -> None:
    before = Entry.objects.count()
    with pytest.raises(WrongPerson, match=NO_SELF):
        Membership.give(by=cast.keeper, user=cast.keeper, unit=cast.dinkes, role="head")
    with pytest.raises(WrongPerson, match=NO_SELF):
        StaffRole.give(by=root, user=root, role=access.APPROVER)
    invitation, _ = Invitation.issue(by=cast.keeper, name="Ani", unit=cast.dinkes, role="head")
    with pytest.raises(WrongPerson, match=NO_SELF):
        invitation.accept(user=cast.keeper)
    invitation.refresh_from_db()
    assert (Entry.objects.count(), invitation.state) == (before, "open")


def test_the_database_refuses_it_too(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="membership_given_by_somebody_else"), transaction.atomic():
        Membership.objects.create(user=cast.keeper, unit=cast.dinkes, role="head", given_by=cast.keeper)


def test_the_last_superuser_is_not_switched_off(cast: Cast, root: User) -> None:
    with pytest.raises(WrongState, match="administrator terakhir"):
        switch_off(root, by=root)
    with pytest.raises(WrongState, match="administrator terakhir"):
        StaffRole.objects.get(user=root).end(by=root)
    second = User.objects.create_superuser("akar-2")
    switch_off(second, by=root)
    assert (second.is_active, second.is_superuser, StaffRole.objects.held().filter(user=second).exists()) == (
        False,
        False,
        False,
    )
    assert last()["act"] == "account.switched_off"
    with pytest.raises(WrongState, match="administrator terakhir"):
        switch_off(root, by=root)


def test_an_account_switched_off_holds_nothing_any_more(cast: Cast) -> None:
    switch_off(cast.head, by=cast.keeper)
    assert access.roles_in(cast.head, cast.dinkes) == set()
    cast.head.is_active = True
    cast.head.save()
    assert access.roles_in(cast.head, cast.dinkes) == set()
    assert list(register.check()) == []


def test_a_grant_behind_the_back_of_the_register_is_named(cast: Cast) -> None:
    Membership.objects.create(user=cast.outsider, unit=cast.pdam, role="head", from_on=SIGNED_ON)
    StaffRole.objects.create(user=cast.outsider, role=access.APPROVER, given_at="2020-01-01T00:00:00Z")
    Membership.objects.filter(user=cast.head).update(until_on=date(2020, 1, 1))
    faults = list(register.check())
    assert [fault.partition(":")[0] for fault in faults] == ["membership", "membership", "staff_role"]
    assert sum("tidak pernah dicatat" in fault for fault in faults) == 2


def test_a_superuser_without_an_entry_is_named(cast: Cast, root: User) -> None:
    run = register.CheckRun()

    def faults() -> list[str]:
        return [fault for part in register.ALSO_CHECKED if not part.option for fault in part.faults(run)]

    assert faults() == []
    User.objects.filter(pk=cast.outsider.pk).update(is_superuser=True)
    User.objects.filter(pk=root.pk).update(is_superuser=False)
    assert faults() == [
        f"auth_user di baris {cast.outsider.pk}: administrator tanpa catatan di register",
        f"auth_user di baris {root.pk}: menurut register masih administrator",
    ]


def test_what_was_given_before_gets_its_entry_at_the_upgrade_and_only_then() -> None:
    user = User.objects.create_user("lama")
    StaffRole.objects.create(user=user, role=access.VERIFIER, given_at="2020-01-01T00:00:00Z")
    grant.record_existing()
    assert (last()["act"], last()["data"]["staff_role"][0]["number"]) == ("grants.recorded", 1)
    assert list(register.check()) == []
    StaffRole.objects.create(user=user, role=access.APPROVER, given_at="2020-01-01T00:00:00Z")
    grant.record_existing()
    assert [fault.partition(":")[0] for fault in register.check()] == ["staff_role"]


def test_groups_of_before_become_roles() -> None:
    from importlib import import_module

    from django.apps import apps
    from django.contrib.auth.models import Group

    user, root = User.objects.create_user("lama"), User.objects.create_user("akar")
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    user.groups.add(Group.objects.get_or_create(name=access.VERIFIER)[0])
    migration = import_module("opd.migrations.0008_grants_on_record")
    migration.groups_become_roles(apps, connection)
    held = StaffRole.objects.held().order_by("pk").values_list("user__username", "role")
    assert list(held) == [("lama", access.VERIFIER), ("akar", access.ADMINISTRATOR)]
    assert not Group.objects.filter(name=access.VERIFIER).exists()


# --- At the desk ---------------------------------------------------------------------------------------------------


def test_a_keeper_cannot_make_herself_head(cast: Cast) -> None:
    client = doors.enter(cast.keeper)
    page = client.get("/admin/opd/membership/add/")
    assert f'value="{cast.keeper.pk}"' not in page.content.decode()
    given = {"user": cast.keeper.pk, "unit": "dinkes", "role": "head", "from_on": "2026-01-01"}
    assert client.post("/admin/opd/membership/add/", given).status_code == 422
    assert not cast.keeper.memberships.exists()


def test_ended_units_are_not_offered(cast: Cast) -> None:
    change = UnitChange.propose(
        by=cast.keeper,
        change="merged",
        on=date(2020, 1, 1),
        legal_basis="Perda",
        predecessors=[cast.pdam],
        successors=[cast.dinkes],
    )
    from commitments.models import transfer

    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    client = doors.enter(cast.keeper)
    for address, value in (("membership", "pdam"), ("invitation", str(cast.pdam.pk))):
        page = client.get(f"/admin/opd/{address}/add/").content.decode()
        assert f'<option value="{value}"' not in page
    cast.pdam.refresh_from_db()
    with pytest.raises(WrongState, match="sudah berakhir"):
        Membership.give(by=cast.keeper, user=cast.outsider, unit=cast.pdam, role="head")


def test_roles_are_given_on_the_page_of_an_account_by_a_superuser_to_others(cast: Cast, root: User) -> None:
    client, mine = doors.enter(root), {"first_name": "Ani", "is_active": "on"}
    page = f"/admin/auth/user/{cast.outsider.pk}/change/"
    assert client.post(page, {**mine, "roles": [access.VERIFIER, access.LEADER]}).status_code == 302
    assert access.roles_of(cast.outsider) == {access.VERIFIER, access.LEADER}
    client.post(page, {**mine, "roles": [access.LEADER]})
    assert access.roles_of(cast.outsider) == {access.LEADER}
    own = f"/admin/auth/user/{root.pk}/change/"
    answer = client.post(own, {"is_active": "on", "roles": [access.ADMINISTRATOR, access.APPROVER]})
    assert NO_SELF in answer.content.decode()
    answer = client.post(own, {"roles": [access.ADMINISTRATOR]})
    assert "administrator terakhir" in answer.content.decode()
    root.refresh_from_db()
    assert (root.is_active, access.roles_of(root)) == (True, set())
    answer = doors.enter(cast.keeper).post(page, {**mine, "roles": [access.APPROVER]})
    assert access.roles_of(cast.outsider) == {access.LEADER}


def test_who_opened_private_evidence_and_who_read_accounts_is_kept_for_the_inspektorat(cast: Cast) -> None:
    draft = cast.measurement(cast.target(), submitted=False)
    item = Evidence.attach(draft, kind="hasil", file=store.receive("bukti.png", BytesIO(png(8, 8))))
    draft.submit(by=cast.head, seen=draft.fingerprint())
    list(doors.enter(cast.verifier).get(f"/admin/commitments/evidence/{item.pk}/asli/"))
    leader = doors.enter(cast.leader)
    leader.get("/admin/auth/user/")
    doors.enter(cast.keeper).get(f"/admin/auth/user/{cast.head.pk}/change/")
    kept = AccessRecord.objects.order_by("pk").values_list("user__username", "what", "named")
    assert list(kept) == [
        ("verifikator", "evidence", item.sha256),
        ("pimpinan", "accounts", ""),
        ("pengelola", "accounts", "kepala-dinkes"),
    ]
    page = doors.enter(cast.inspector).get("/admin/opd/accessrecord/").content.decode()
    assert item.sha256 in page
    assert leader.get("/admin/opd/accessrecord/").status_code == 403


def test_addresses_of_mail_are_for_who_needs_them(cast: Cast) -> None:
    User.objects.filter(pk=cast.head.pk).update(email="kepala@contoh.invalid")
    Invitation.issue(by=cast.keeper, name="Siti", unit=cast.dinkes, role="operator", email="siti@contoh.invalid")
    row = Invitation.objects.get()
    keeper, leader = doors.enter(cast.keeper), doors.enter(cast.leader)
    for address in (f"/admin/auth/user/{cast.head.pk}/change/", f"/admin/opd/invitation/{row.pk}/change/"):
        assert "@contoh.invalid" in keeper.get(address).content.decode()
        assert "@contoh.invalid" not in leader.get(address).content.decode()
    for address in ("/admin/auth/user/", "/admin/opd/invitation/"):
        assert leader.get(address, {"email__startswith": "s"}).status_code == 400
        assert leader.get(address, {"q": "contoh.invalid"}).context["cl"].result_count == 0


def test_a_second_place_of_a_person_is_numbered_on_its_own(cast: Cast) -> None:
    both = person("dua-tempat", access.VERIFIER, unit=cast.pdam)
    assert StaffRole.objects.get(user=both).number == 2
    assert both.memberships.get().number == 2
    assert REASON
