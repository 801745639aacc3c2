"""Tests of a deputy: named by the head until a day, able to do what a head does, and on record without a name."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import time_machine

from commitments.models import Measurement
from opd import access, clock, register
from opd.errors import BadFact, Refused, WrongPerson, WrongState
from opd.models import Entry, Membership
from tests import doors
from tests.cast import Cast
from tests.reading import text
from tests.test_workspace_report import address, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def deputy_of(cast: Cast, days: int = 7) -> Membership:
    return cast.operator.memberships.get(role="operator").deputise(by=cast.head, last_on=in_days(days))


def test_a_deputy_sends_until_the_last_day_and_not_a_day_longer(cast: Cast) -> None:
    target = cast.target()
    client = doors.enter(cast.operator)
    assert "Hanya kepala Dinkes" in client.post(address(target), typed()).content.decode()
    deputy_of(cast)
    assert client.post(address(target), typed()).status_code == 302
    assert Measurement.objects.get().submitted_by == cast.operator
    for days, may in ((7, True), (8, False)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            assert access.serves(cast.operator, cast.dinkes, "head") is may


def test_it_is_on_record_with_a_number_and_without_a_name(cast: Cast) -> None:
    deputy_of(cast)
    told = json.loads(Entry.objects.latest("seq").body)
    [row] = told["data"]["membership"]
    assert (told["act"], told["actor"]) == ("membership.given", "kepala:dinkes")
    assert (row["role"], row["reason"], row["until"]) == ("head", "deputy", str(in_days(8)))
    assert "operator-dinkes" not in Entry.objects.latest("seq").body
    assert list(register.check()) == []


@pytest.mark.parametrize("days", [-1, 91])
def test_a_deputy_has_a_day_and_at_most_ninety(cast: Cast, days: int) -> None:
    with pytest.raises(BadFact):
        deputy_of(cast, days)


@pytest.mark.parametrize("who", ["operator", "other_head", "keeper", "setda_head", "outsider"])
def test_only_the_head_names_one(cast: Cast, who: str) -> None:
    with pytest.raises(WrongPerson):
        cast.operator.memberships.get().deputise(by=getattr(cast, who), last_on=in_days(7))


def test_nobody_is_named_twice_and_no_deputy_names_another(cast: Cast) -> None:
    place = cast.operator.memberships.get()
    deputy_of(cast)
    with pytest.raises(WrongState):
        place.deputise(by=cast.head, last_on=in_days(9))
    other = Membership.give(by=cast.keeper, user=cast.outsider, unit=cast.dinkes, role="operator")
    with pytest.raises(WrongPerson, match="Wakil tidak menunjuk wakil"):
        other.deputise(by=cast.operator, last_on=in_days(7))
    with pytest.raises(WrongState):  # a head is no operator
        cast.head.memberships.get().deputise(by=cast.head, last_on=in_days(7))


def test_the_head_ends_it_early_and_the_deputy_ends_nobody_s(cast: Cast) -> None:
    named = deputy_of(cast)
    with pytest.raises(Refused):
        cast.head.memberships.get().end(by=cast.operator)
    named.end(by=cast.head)
    assert not access.serves(cast.operator, cast.dinkes, "head")
    assert access.serves(cast.operator, cast.dinkes, "operator")
    assert list(register.check()) == []


def test_the_page_of_the_team_names_and_ends_one(cast: Cast) -> None:
    client, place = doors.enter(cast.head), cast.operator.memberships.get()
    assert f'href="/kerja/tim/{place.pk}/wakil/"' in client.get("/kerja/tim/?unit=dinkes").content.decode()
    far = client.post(f"/kerja/tim/{place.pk}/wakil/", {"until": str(in_days(200))})
    assert "paling lama 90 hari" in text(far.content.decode())
    client.post(f"/kerja/tim/{place.pk}/wakil/", {"until": str(in_days(7))})
    page = client.get("/kerja/tim/?unit=dinkes")
    assert "Wakil kepala sejak" in text(page.content.decode())
    assert f"/kerja/tim/{place.pk}/wakil/" not in page.content.decode()
    refused = doors.enter(cast.operator).post(f"/kerja/tim/{place.pk}/wakil/", {"until": str(in_days(7))})
    assert "Wakil tidak menunjuk wakil" in text(refused.content.decode())
    named = cast.operator.memberships.get(role="head")
    client.post(f"/kerja/tim/{named.pk}/akhiri/")
    assert not access.serves(cast.operator, cast.dinkes, "head")
