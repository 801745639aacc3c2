"""Tests of rechecks: the register draws the sample, nobody chooses it, and findings cannot be changed."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client

from commitments.models import Measurement, Recheck, RecheckItem, ServiceTarget
from commitments.models.querysets import units_with_rung
from commitments.reports import home_page
from commitments.secretariat.work import waiting_work
from opd import access, clock, register
from opd.errors import BadFact, Refused, StaleScreen, WrongPerson, WrongState
from opd.models import Entry, Unit
from opd.register import triggers
from tests import doors
from tests.cast import REASON, SIGNED_ON, Cast, person, serves, utc
from tests.screen_texts import FOUR_EYES

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def verified(cast: Cast, target: ServiceTarget, value: int) -> Measurement:
    row = cast.measurement(target, value)
    row.verify(by=cast.verifier, seen=row.fingerprint())
    return row


def drawn_by_hand(lines: str, head_seq: int, head_hash: str, size: int, since: date | None) -> list[str]:
    """The recipe of the public page, from the downloaded register and nothing else."""
    inside: list[str] = []
    for line in lines.splitlines():
        entry = json.loads(line)["entry"]
        name = entry["object"].partition(":")[2]
        if entry["seq"] > head_seq:
            break
        if entry["act"] == "measurement.verified" and (since is None or _day(entry["at"]) >= since):
            inside.append(name)
        if entry["act"] == "measurement.revoked" and name in inside:
            inside.remove(name)
    return sorted(inside, key=lambda name: hashlib.sha256(f"{head_hash}{name}".encode()).hexdigest())[:size]


def _day(moment: str) -> date:
    return clock.day_of(clock.datetime.fromisoformat(moment))


@pytest.mark.parametrize("since", [None, date(2019, 1, 1)])
def test_anyone_draws_the_same_sample_from_the_published_register(
    time: Any, client: Client, since: date | None
) -> None:
    cast = Cast()
    target = cast.target()
    time.moment = utc(2018, 12, 31, 16)  # the last hour of the year in Semarang
    for value in range(4, 9):
        verified(cast, target, value)
    time.moment = utc(2018, 12, 31, 17)  # and the first of the next one
    rows = [verified(cast, target, value) for value in range(4, 12)]
    rows[0].revoke(by=cast.approver, seen=rows[0].fingerprint(), note=REASON)
    cast.measurement(target, 3)
    row = Recheck.draw(by=cast.inspector, size=5, since=since)
    verified(cast, target, 2)  # too late to be in it
    lines = b"".join(client.get("/jejak.jsonl").streaming_content).decode()  # type: ignore[attr-defined]
    page = client.get(row.get_absolute_url()).content.decode()
    told = " ".join(re.sub("<[^>]+>", " ", page).split())
    [(seq, head_hash, size)] = re.findall(r"catatan ke-(\d+) (\w{64}) .*?Yang diminta (\d+)", told)
    by_hand = drawn_by_hand(lines, int(seq), head_hash, int(size), since)
    assert re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", told) == by_hand
    assert [str(item.measurement.uuid) for item in row.items.all()] == by_hand
    assert (row.population, len(by_hand)) == (12 if since is None else 7, 5)
    assert Entry.objects.get(seq=row.head_seq).hash == row.head_hash


def test_another_head_draws_another_sample(cast: Cast) -> None:
    target = cast.target()
    for value in range(1, 9):
        verified(cast, target, value)
    samples = [
        tuple(item.measurement_id for item in Recheck.draw(by=cast.inspector, size=4).items.all()) for _ in range(4)
    ]
    assert len(set(samples)) > 1
    assert list(register.check()) == []


@pytest.mark.parametrize("who", ["verifier", "approver", "keeper", "leader", "head"])
def test_only_the_inspectorate_draws_and_records(cast: Cast, who: str) -> None:
    verified(cast, cast.target(), 5)
    with pytest.raises(WrongPerson):
        Recheck.draw(by=getattr(cast, who), size=1)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    with pytest.raises(WrongPerson):
        item.record(by=getattr(cast, who), seen=item.fingerprint(), outcome="sesuai", finding=REASON)


def test_nothing_to_draw_from_is_said(cast: Cast) -> None:
    cast.measurement(cast.target())
    with pytest.raises(BadFact):
        Recheck.draw(by=cast.inspector, size=3)
    assert Recheck.objects.count() == 0


@pytest.mark.parametrize("size", [0, 51])
def test_a_sample_has_between_1_and_50(cast: Cast, size: int) -> None:
    verified(cast, cast.target(), 5)
    with pytest.raises(ValidationError):
        Recheck.draw(by=cast.inspector, size=size)


@pytest.mark.parametrize(
    ("outcome", "found", "right"),
    [
        ("sesuai", None, True),
        ("sesuai", Decimal(6), False),
        ("berbeda", None, False),
        ("berbeda", Decimal(6), True),
        ("tak-terlacak", None, True),
        ("tak-terlacak", Decimal(6), False),
    ],
)
def test_another_value_is_named_where_it_differs_and_only_there(
    cast: Cast, outcome: str, found: Decimal | None, right: bool
) -> None:
    verified(cast, cast.target(), 5)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    given: dict[str, Any] = {
        "by": cast.inspector,
        "seen": item.fingerprint(),
        "outcome": outcome,
        "finding": REASON,
    }
    if right:
        item.record(**given, found_value=found)
        assert (item.outcome, item.found_value, item.finding) == (outcome, found, REASON)
    else:
        with pytest.raises(BadFact):
            item.record(**given, found_value=found)


def test_an_outcome_nobody_knows_is_refused(cast: Cast) -> None:
    verified(cast, cast.target(), 5)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    with pytest.raises(ValidationError):
        item.record(by=cast.inspector, seen=item.fingerprint(), outcome="bagus", finding=REASON)


def test_four_eyes_and_no_home_game(cast: Cast) -> None:
    """An inspector who decided about it, or who serves in that unit, does not look at it again."""
    of_setda = cast.commitment(by=cast.bagian_head, unit=cast.bagian, published=False)
    of_setda.publish(by=cast.inspector, seen=of_setda.fingerprint())
    target = cast.target(by=cast.bagian_head, commitment=of_setda, published=False)
    target.publish(by=cast.inspector, seen=target.fingerprint())
    row = cast.measurement(target, by=cast.bagian_head)
    row.verify(by=cast.inspector, seen=row.fingerprint())
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    with pytest.raises(WrongPerson, match=FOUR_EYES):
        item.record(by=cast.inspector, seen=item.fingerprint(), outcome="sesuai", finding=REASON)
    other = person("inspektur-dua", access.INSPECTOR)
    home = serves(other, cast.setda, "staff")
    with pytest.raises(WrongPerson, match="Anda bertugas"):
        item.record(by=other, seen=item.fingerprint(), outcome="sesuai", finding=REASON)
    home.until_on = SIGNED_ON
    home.save()
    item.record(by=other, seen=item.fingerprint(), outcome="sesuai", finding=REASON)
    assert Entry.objects.latest("seq").actor == "inspektorat"


def test_a_finding_is_recorded_once(cast: Cast) -> None:
    verified(cast, cast.target(), 5)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    seen = item.fingerprint()
    item.record(by=cast.inspector, seen=seen, outcome="sesuai", finding=REASON)
    for tried in (seen, item.fingerprint()):
        with pytest.raises(Refused) as refused:
            item.record(by=cast.inspector, seen=tried, outcome="berbeda", finding=REASON, found_value=Decimal(1))
        assert isinstance(refused.value, StaleScreen) == (tried == seen)


def test_the_database_lets_nobody_change_what_was_drawn_or_found(cast: Cast) -> None:
    verified(cast, cast.target(), 5)
    row = Recheck.draw(by=cast.inspector, size=1)
    item = row.items.get()
    item.record(by=cast.inspector, seen=item.fingerprint(), outcome="sesuai", finding=REASON)
    attempts = (
        lambda: Recheck.objects.filter(pk=row.pk).update(head_hash="f" * 64),
        lambda: RecheckItem.objects.filter(pk=item.pk).update(outcome="berbeda"),
        lambda: RecheckItem.objects.filter(pk=item.pk).update(finding="Semuanya baik-baik saja."),
        lambda: RecheckItem.objects.filter(pk=item.pk).delete(),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    with transaction.atomic():  # the twin: without the guards it would go through, and be named
        triggers.drop()
        attempts[2]()
        assert [fault for fault in register.check() if item.object_name in fault]
        transaction.set_rollback(True)


# --- A finding contests its number until it is said to stand ------------------------------------------------


def contested(cast: Cast, value: int = 5, outcome: str = "tak-terlacak") -> RecheckItem:
    """A verified measurement that an inspector contests."""
    verified(cast, cast.target(), value)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    found = Decimal(9) if outcome == "berbeda" else None
    item.record(by=cast.inspector, seen=item.fingerprint(), outcome=outcome, finding=REASON, found_value=found)
    return item


def flags(day: date | None = None) -> tuple[int, int]:
    """Whether the target, and its unit, is contested on a day."""
    day = day or clock.today()
    [target] = ServiceTarget.objects.with_rung(day)
    return target.contested, units_with_rung(Unit.objects.filter(code="dinkes"), day).get().contested


@pytest.mark.parametrize(("outcome", "is_contested"), [("sesuai", 0), ("berbeda", 1), ("tak-terlacak", 1)])
def test_a_number_found_otherwise_is_contested(cast: Cast, outcome: str, is_contested: int) -> None:
    contested(cast, outcome=outcome)
    assert flags() == (is_contested, is_contested)


def test_an_objection_is_known_by_the_end_of_its_day_and_ends_with_the_day_on_which_it_stands(time: Any) -> None:
    cast, second = Cast(), person("inspektur-dua", access.INSPECTOR)
    time.moment = utc(2019, 1, 10, 3)
    verified(cast, cast.target(), 5)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    time.moment = utc(2019, 2, 1, 16, 59)  # 23.59 in Semarang
    item.record(by=cast.inspector, seen=item.fingerprint(), outcome="tak-terlacak", finding=REASON)
    time.moment = utc(2019, 3, 1, 17)  # the first minute of 2 March
    item.let_stand(by=second, seen=item.fingerprint(), reason=REASON)
    days = (date(2019, 1, 31), date(2019, 2, 1), date(2019, 3, 1), date(2019, 3, 2))
    assert [flags(day) for day in days] == [(0, 0), (1, 1), (1, 1), (0, 0)]
    assert flags() == (0, 0)
    assert list(register.check()) == []


def test_a_revocation_or_a_correction_that_counts_ends_it_and_nothing_else(cast: Cast) -> None:
    item = contested(cast, 5)
    target = item.measurement.target
    later = cast.measurement(target, 4, period_start=date(2019, 1, 1), period_end=date(2019, 3, 31))
    later.verify(by=cast.verifier, seen=later.fingerprint())
    assert flags() == (1, 1)  # a later period does not end it
    fixed = cast.measurement(target, 6, corrects=item.measurement)
    assert flags() == (1, 1)  # nor does a correction that nobody has verified
    fixed.verify(by=cast.verifier, seen=fixed.fingerprint())
    assert flags() == (0, 0)


def test_it_changes_neither_rung_nor_answer_nor_clock(cast: Cast) -> None:
    item = contested(cast, 5)
    [target] = ServiceTarget.objects.with_rung(clock.today())
    unit = units_with_rung(Unit.objects.filter(code="dinkes"), clock.today()).get()
    assert (target.rung, target.silent, unit.answer) == (3, 0, "past")
    page = home_page.home_page(clock.today()).headline
    assert (page.past, page.contested) == (1, 1)
    assert "1 di antaranya dipersoalkan" in page.sentence
    assert item.is_objecting


@pytest.mark.parametrize("who", ["inspector", "verifier", "approver", "keeper", "head"])
def test_only_another_inspector_lets_it_stand(cast: Cast, who: str) -> None:
    item = contested(cast)
    with pytest.raises(WrongPerson):
        item.let_stand(by=getattr(cast, who), seen=item.fingerprint(), reason=REASON)
    assert flags() == (1, 1)


def test_it_stands_once_with_a_reason_and_only_where_it_was_contested(cast: Cast) -> None:
    second = person("inspektur-dua", access.INSPECTOR)
    item = contested(cast)
    with pytest.raises(BadFact, match="20 huruf"):
        item.let_stand(by=second, seen=item.fingerprint(), reason="Sudah benar.")
    item.let_stand(by=second, seen=item.fingerprint(), reason=REASON)
    with pytest.raises(WrongState):
        item.let_stand(by=second, seen=item.fingerprint(), reason=REASON)
    assert Entry.objects.latest("seq").act == "recheck.stands"


def test_every_surface_says_it_is_contested(cast: Cast, client: Client) -> None:
    item = contested(cast, outcome="berbeda")
    target = item.measurement.target.get_absolute_url()
    assert "ditemukan <b>9" in client.get(target).content.decode()
    for address in (target, "/unit/dinkes/", "/unit/", "/komitmen/", "/cara-baca/"):
        assert "dipersoalkan" in client.get(address).content.decode(), address
    for address in ("/uji-petik/", "/cara-baca/"):
        assert "1 angka sudah diperiksa ulang: 0 sesuai, 1 berbeda" in read(client, address)
    [row] = client.get("/api/v1/measurements/").json()["results"]
    [found] = client.get("/api/v1/rechecks/").json()["results"]
    assert row["contested"] is True
    assert (found["outcome"], found["found"], found["stands_at"]) == ("berbeda", "9", None)
    assert [one["flags"] for one in client.get("/api/v1/targets/").json()["results"]] == [["contested"]]
    item.let_stand(by=person("inspektur-dua", access.INSPECTOR), seen=item.fingerprint(), reason=REASON)
    assert "Dinyatakan tetap" in client.get(target).content.decode()
    [row] = client.get("/api/v1/measurements/").json()["results"]
    assert row["contested"] is False


def read(client: Client, address: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", client.get(address).content.decode()).split())


def test_the_inspector_sees_the_samples_and_the_evidence_beside_the_number(cast: Cast) -> None:
    item = contested(cast)
    desk = doors.enter(cast.inspector)
    page = desk.get(f"/admin/commitments/recheckitem/{item.pk}/change/").content.decode()
    assert item.measurement.evidence.get().url in page
    sample = desk.get(f"/admin/commitments/recheck/{item.recheck_id}/change/").content.decode()
    assert f"/admin/commitments/recheckitem/{item.pk}/change/" in sample


def test_a_number_contested_for_more_than_a_month_heads_what_is_to_decide(time: Any) -> None:
    cast = Cast()
    time.moment = utc(2019, 1, 1, 3)
    contested(cast)
    for days, heads in ((30, False), (31, True)):
        day = date(2019, 1, 1) + timedelta(days=days)
        titles = [work.title for work in waiting_work.waiting_work(day).decide]
        assert (titles[0] == "Angka yang dipersoalkan") == heads, days
        assert titles.count("Angka yang dipersoalkan") == 1


# --- What anyone reads --------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_the_outcomes_are_public_as_of_any_day(time: Any, client: Client) -> None:
    cast = Cast()
    time.moment = utc(2019, 1, 5, 3)
    verified(cast, cast.target(), 5)
    time.moment = utc(2019, 3, 1, 3)
    row = Recheck.draw(by=cast.inspector, size=1)
    time.moment = utc(2019, 4, 1, 3)
    item = row.items.get()
    found: dict[str, Any] = {
        "outcome": "berbeda",
        "found_value": Decimal("6.5"),
        "finding": "Di buku antrean tertulis 6,5 hari.",
    }
    item.record(by=cast.inspector, seen=item.fingerprint(), **found)
    before = client.get("/uji-petik/1/?per=2019-03-15").content.decode()
    after = client.get("/uji-petik/1/").content.decode()
    assert ("belum diperiksa</span>" in before, "6,5" in before) == (True, False)
    assert ("berbeda</span>" in after, "Ditemukan <b>6,5" in after, row.head_hash in after) == (True, True, True)
    assert "/uji-petik/1/" in client.get("/uji-petik/").content.decode()
    assert "baru ada sejak 1 Maret 2019" in client.get("/uji-petik/1/?per=2019-02-15").content.decode()
    trail = client.get("/jejak/").content.decode()
    assert "uji petik ke-1" in trail
    assert "Di buku antrean tertulis 6,5 hari." in trail


@pytest.mark.sqlite
@pytest.mark.parametrize("odd", ["0", "01", "2", "9" * 30, "abc", "-1"])
def test_a_number_under_which_nothing_was_drawn_is_not_found(client: Client, odd: str) -> None:
    assert client.get(f"/uji-petik/{odd}/").status_code == 404


@pytest.mark.sqlite
def test_the_secretariat_is_measured_too(time: Any, client: Client) -> None:
    """Days from submission to first decision; what the unit took back itself does not count."""
    cast = Cast()
    target = cast.target()
    time.moment = utc(2019, 1, 10, 3)
    for waited, row in [(waited, cast.measurement(target)) for waited in (1, 4, 9)]:
        time.moment = utc(2019, 1, 10 + waited, 3)
        row.verify(by=cast.verifier, seen=row.fingerprint())
    taken_back = cast.measurement(target)
    taken_back.pull_back(by=cast.head, seen=taken_back.fingerprint())
    cast.measurement(target)
    time.moment = utc(2019, 2, 20, 3)
    page = client.get("/uji-petik/").context
    assert (page["queue"].waiting, page["queue"].oldest_days) == (1, 32)
    assert [(one.since, one.decided, one.median_days) for one in page["quarters"]] == [
        (date(2019, 1, 1), 3, Decimal(4)),
        (date(2018, 10, 1), 0, None),
        (date(2018, 7, 1), 0, None),
        (date(2018, 4, 1), 0, None),
    ]
    then = client.get("/uji-petik/?per=2019-01-12").context
    assert (then["queue"].waiting, then["queue"].oldest_days, then["quarters"][0].decided) == (2, 2, 1)
