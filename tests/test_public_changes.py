"""Tests of the feed of what changed: each change once, with its moment, under an id that stays."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as Tree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import MonthEnd, Recheck
from commitments.models.querysets import units_with_rung
from commitments.reports import month_ends
from opd import clock
from opd.models import Unit
from tests.cast import REASON, Cast, person, utc

pytestmark = [pytest.mark.django_db, pytest.mark.by_night_on_postgres]

ATOM = "{http://www.w3.org/2005/Atom}"
ALL, DINKES = "/naik-turun/atom.xml", "/unit/dinkes/naik-turun/atom.xml"


@pytest.fixture
def cast(time: clock.TurnedClock) -> Iterator[Cast]:
    """Dinkes publishes on 10 January 2018, is verified on 31 January, slips on 20 March, is contested on 5 April, and
    revoked on 2 May; read on 20 May."""
    cast = Cast()
    time.moment = utc(2018, 1, 10, 3)
    target = cast.target(original_due_on=date(2019, 12, 31))
    time.moment = utc(2018, 1, 31, 16, 59)  # 23.59 in Semarang
    sent = cast.measurement(target, 5, period_start=date(2018, 1, 1), period_end=date(2018, 1, 15))
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    time.moment = utc(2018, 3, 20, 3)
    slip = target.revise(
        by=cast.head, seen=target.fingerprint(), field="due_on", new=date(2020, 6, 30), reason=REASON
    )
    slip.approve(by=cast.approver, seen=slip.fingerprint())
    time.moment = utc(2018, 4, 5, 3)
    [item] = Recheck.draw(by=cast.inspector, size=1).items.all()
    item.record(by=cast.inspector, seen=item.fingerprint(), outcome="berbeda", finding=REASON, found_value=Decimal(9))
    time.moment = utc(2018, 5, 2, 3)
    sent.revoke(by=cast.approver, seen=sent.fingerprint(), note=REASON)
    time.moment = utc(2018, 5, 20, 3)
    yield cast


def news(client: Client, address: str = ALL) -> list[tuple[str, str, str]]:
    """(id without the register, day in Semarang, title) of each item."""
    response = client.get(address)
    assert response.status_code == 200
    found = []
    for entry in Tree.fromstring(response.content).iter(f"{ATOM}entry"):
        said = {tag: str(entry.findtext(f"{ATOM}{tag}")) for tag in ("id", "published", "updated", "title")}
        assert said["published"] == said["updated"]
        moment = clock.datetime.fromisoformat(said["published"])
        found.append((re.sub(r"^tag:[^:]+:\w{12}/", "", said["id"]), str(clock.day_of(moment)), said["title"]))
    return found


def test_each_change_is_told_once_with_its_day(cast: Cast, client: Client) -> None:
    told = news(client)
    assert [(day, title.replace("\N{NO-BREAK SPACE}", " ")) for _, day, title in told] == [
        ("2018-05-02", "DATA CONTOH: Dinkes turun: Membaik → Terukur"),
        ("2018-04-05", "DATA CONTOH: Angka Dinkes dipersoalkan: Rujukan: lama, berbeda"),
        (
            "2018-03-20",
            "DATA CONTOH: Dinkes menggeser tenggat: Rujukan: lama, 31 Des 2019 → 30 Jun 2020, mundur 182 hari",
        ),
        ("2018-01-31", "DATA CONTOH: Dinkes naik: Tanda tangan → Membaik"),
    ]
    assert news(client, DINKES) == told
    assert news(client, "/unit/pdam/naik-turun/atom.xml") == []
    _, _, english = news(client, f"/en{DINKES}")[0]
    assert english == "DEMONSTRATION DATA: Dinkes fell: Improving → Measurable"


def test_an_id_and_a_day_stay_when_the_month_is_over(cast: Cast, client: Client, time: clock.TurnedClock) -> None:
    now = news(client)
    time.moment = utc(2018, 7, 3, 3)
    assert set(now) <= set(news(client))
    month_ends.fill()
    assert news(client)[: len(now)] == now
    assert len({key for key, _, _ in now}) == len(now)


def test_a_feed_of_a_past_day_knows_nothing_later(cast: Cast, client: Client) -> None:
    whole = news(client)
    assert news(client, f"{ALL}?per=2018-04-04") == whole[2:]


def test_a_silence_is_told_on_its_day_and_keeps_it(cast: Cast, client: Client, time: clock.TurnedClock) -> None:
    """Nothing but the passing of days makes a unit silent: the day after two cycles without news, here 28 October."""
    time.moment = utc(2018, 11, 5, 3)
    said = [(key, day) for key, day, _ in news(client) if key.startswith("silent/")]
    [(key, day)] = said
    since = date.fromisoformat(day)
    assert key == f"silent/dinkes/{since:%Y-%m}"
    for moment, silent in ((clock.start_of(since), 1), (clock.start_of(since).replace(hour=3), 0)):
        time.moment = moment
        shown = Unit.objects.filter(code="dinkes")
        assert units_with_rung(shown, clock.day_of(moment)).get().silent == silent
    time.moment = utc(2019, 1, 9, 3)
    assert [(key, day) for key, day, _ in news(client) if key.startswith("silent/")] == said


def test_what_waits_for_a_month_end_is_not_kept_by_anybody(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commitments.public.sharing.changes.fill_briefly", lambda: None)
    MonthEnd.objects.all().delete()
    assert client.get(ALL)["Cache-Control"] == "no-store"
    month_ends.fill()
    assert "max-age=0" in client.get(ALL)["Cache-Control"]


def test_it_costs_the_same_however_much_happened(cast: Cast, client: Client) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    month_ends.fill()
    few = [queries(address) for address in (ALL, DINKES)]
    for number in range(4):
        code = f"unit-{number}"
        head = person(f"kepala-{code}", unit=cast.pdam)
        target = cast.target(commitment=cast.commitment(by=head, unit=cast.pdam), by=head)
        slip = target.revise(by=head, seen=target.fingerprint(), field="due_on", new=date(2033, 6, 30), reason=REASON)
        slip.approve(by=cast.approver, seen=slip.fingerprint())
    assert [queries(address) for address in (ALL, DINKES)] == few
    assert max(few) <= 22, few
