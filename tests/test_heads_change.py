"""Tests of a change of heads: the account goes with the office, and what the new head reads and accepts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from commitments.models import Acknowledgement
from opd import access, clock, register
from opd.models import Membership, Tenure
from tests import doors
from tests.cast import Cast
from tests.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def rotation(cast: Cast, on: date, **row: str) -> dict[str, Any]:
    given = {"unit": "dinkes", "person": "Ani Wulandari", "title": "Kepala Dinas", "status": "definitif", **row}
    return {
        "baris-TOTAL_FORMS": "1",
        "baris-INITIAL_FORMS": "0",
        "semua-from_on": on.isoformat(),
        "semua-source": "SK 1/2026",
        "semua-certainty": "documented",
        **{f"baris-0-{name}": value for name, value in given.items()},
    }


def rotate(cast: Cast, on: date, *, client: Client | None = None, **row: str) -> None:
    client = client or doors.enter(cast.keeper)
    answer = client.post(reverse("admin:opd_tenure_rotasi"), rotation(cast, on, **row))
    assert answer.status_code == 302, answer.content.decode()


def place_of(user: User) -> Membership:
    return user.memberships.order_by("-from_on", "-pk").first()  # type: ignore[return-value]


def test_a_rotation_ends_the_account_of_the_head_before_in_the_same_act(cast: Cast) -> None:
    today = clock.today()
    rotate(cast, today)
    assert place_of(cast.head).until_on == today
    assert not access.serves(cast.head, cast.dinkes, access.HEAD_ROLE)
    assert place_of(cast.other_head).until_on is None
    assert list(register.check()) == []


def test_a_rotation_that_is_yet_to_come_leaves_the_account_to_its_day(cast: Cast) -> None:
    day = clock.today() + timedelta(days=10)
    rotate(cast, day)
    assert place_of(cast.head).until_on is None
    assert access.serves(cast.head, cast.dinkes, access.HEAD_ROLE)


def test_an_account_may_be_handed_over_or_left(cast: Cast) -> None:
    today, client = clock.today(), doors.enter(cast.keeper)
    rotate(cast, today, client=client, account="serahkan")
    assert (place_of(cast.head).from_on, place_of(cast.head).until_on) == (today, None)
    assert access.serves(cast.head, cast.dinkes, access.HEAD_ROLE)
    rotate(cast, today, client=client, account="biarkan", unit="pdam", person="Budi")
    assert place_of(cast.other_head).until_on is None
    assert not access.serves(cast.other_head, cast.pdam, access.HEAD_ROLE)  # outdated: may only draft


def test_one_who_stands_in_ends_no_account(cast: Cast) -> None:
    today = clock.today()
    last = (today + timedelta(days=20)).isoformat()
    Tenure.enter(
        by=cast.keeper,
        unit=cast.dinkes,
        person="Lama",
        title="Kepala",
        certainty="documented",
        from_on=date(2017, 1, 1),
    )
    rotate(cast, today, status=Tenure.Status.PLH, last_on=last)
    assert place_of(cast.head).until_on is None


def test_what_is_taken_over_stands_on_one_page(cast: Cast) -> None:
    cast.target(service="Rujukan puskesmas")
    cast.commitment(published=False, title="Usulan yang menunggu")
    page = text(doors.enter(cast.head).get("/kerja/serah-terima/?unit=dinkes").content.decode())
    assert "Rujukan puskesmas: 14 → 3 hari, paling lambat 31 Desember 2030" in page
    assert "Komitmen di meja penyetuju" in page
    assert "operator-dinkes operator sejak" in page


def test_a_new_head_sees_targets_and_dates_and_accepts_with_the_wish_to_move_one(time: Any) -> None:
    cast = Cast()
    target = cast.target(service="Rujukan puskesmas")
    time.moment += timedelta(days=40)
    cast.succession(clock.today(), person="Ani")
    client = doors.enter(cast.head)
    page = client.get("/kerja/")
    assert "Rujukan puskesmas: 14 → 3 hari, paling lambat 31 Desember 2030" in text(page.content.decode())
    [commitment] = page.context["inherited"]
    given = {"seen": commitment.fingerprint(), "ubah": "1"}
    answer = client.post(reverse("workspace-commitment-acknowledge", args=[commitment.reference]), given)
    assert answer["Location"] == reverse("workspace-revision-propose", args=[target.reference])
    assert Acknowledgement.objects.filter(commitment=commitment).count() == 1


def test_once_a_head_promised_the_public_page_no_longer_says_unknown(cast: Cast, client: Client) -> None:
    assert "tidak diketahui" in text(client.get("/unit/dinkes/").content.decode())
    cast.target()
    page = text(client.get("/unit/dinkes/").content.decode())
    assert "Kepala unit yang bertindak di sini sejak 2 November 2017; namanya belum tercatat dengan sumber" in page
