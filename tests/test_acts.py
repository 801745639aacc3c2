"""From a signature to a verified proof: the acts, one after another."""

import json

import pytest

from opd import clock, register
from opd.models import Entry
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def rung(target):
    return type(target).objects.filter(pk=target.pk).with_rung(clock.today()).get()


def test_a_promise_climbs_when_it_is_verified():
    cast = Cast()
    target = cast.target()
    assert rung(target).rung == 1
    measurement = cast.measurement(target, 5)
    assert (rung(target).rung, rung(target).rung_claimed) == (1, 3)
    measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    now = rung(target)
    assert (now.rung, now.rung_claimed, str(now.progress)) == (3, 3, "0.8182")
    assert list(register.check()) == []
    last = json.loads(Entry.objects.last().body)
    assert last["actor"] == "verifikator"
    assert last["act"] == "measurement.verified"
    assert set(last["data"]) == {"decision", "evidence"}
