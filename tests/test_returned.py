"""Does what the desk gave back stay in sight until it is answered, whatever was sent later?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Measurement, ServiceTarget
from commitments.workspace import due_work
from opd import clock
from tests import doors
from tests.cast import REASON, Cast
from tests.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def sent(cast: Cast, target: ServiceTarget, month: int, **facts: Any) -> Measurement:
    """A report of one month of 2019."""
    facts |= {"period_start": date(2019, month, 1), "period_end": date(2019, month, 28)}
    return cast.measurement(target, 9, **facts)


def given_back(cast: Cast, row: Measurement, verdict: str = "return_") -> Measurement:
    getattr(row, verdict)(by=cast.verifier, seen=row.fingerprint(), note=REASON)
    return row


def owed(cast: Cast) -> list[tuple[str, int]]:
    """What waits for the unit, and the month of the report in question."""
    rows = due_work.due_targets(cast.dinkes, clock.today())
    return [(row.urgency, row.last.period_end.month if row.last else 0) for row in rows]


def test_a_later_report_does_not_hide_what_was_returned(cast: Cast) -> None:
    target = cast.target()
    first = given_back(cast, sent(cast, target, 1))
    second = given_back(cast, sent(cast, target, 2))
    sent(cast, target, 3)
    assert owed(cast) == [("returned", 2), ("calm", 3)]
    client = doors.enter(cast.head)
    html = client.get("/kerja/").content.decode()
    assert f"/kerja/kiriman/{second.uuid}/koreksi/" in html
    assert "Laporan 1 Feb 2019 sampai 28 Feb 2019: 9 hari" in text(html)
    assert "1 laporan lain juga menunggu jawaban 1 Jan 2019 sampai 28 Jan 2019: 9 hari Baca dan jawab" in text(html)
    assert "Jawab dengan koreksi" in client.get(f"/kerja/kiriman/{first.uuid}/").content.decode()
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("Usulkan perubahan") == 1
    assert "Menunggu Dinkes: 2 dikembalikan." in text(client.get("/kerja/tim/").content.decode())


@pytest.mark.parametrize("way", ["the next version", "the same period anew"])
def test_a_returned_report_is_answered_by_its_own_kind(cast: Cast, way: str) -> None:
    target = cast.target()
    returned = given_back(cast, sent(cast, target, 1))
    sent(cast, target, 2)
    answer = sent(cast, target, 1, corrects=returned if way == "the next version" else None)
    assert owed(cast) == [("calm", 1)]
    answer.pull_back(by=cast.head, seen=answer.fingerprint())
    assert owed(cast)[0] == ("returned", 1)  # the answer was taken back


def test_a_draft_of_another_period_is_no_answer(cast: Cast) -> None:
    target = cast.target()
    returned = given_back(cast, sent(cast, target, 1))
    sent(cast, target, 2)
    other = sent(cast, target, 3, submitted=False)
    rows = due_work.due_targets(cast.dinkes, clock.today())
    assert [(row.urgency, row.draft) for row in rows] == [("returned", None), ("draft", other)]
    mine = sent(cast, target, 1, corrects=returned, submitted=False)
    assert due_work.due_targets(cast.dinkes, clock.today())[0].draft == mine


def test_what_was_rejected_waits_for_the_next_report_even_when_decided_late(cast: Cast) -> None:
    target = cast.target()
    first, _ = sent(cast, target, 1), sent(cast, target, 2)
    given_back(cast, first, "reject")
    assert owed(cast) == [("returned", 1), ("calm", 2)]
    sent(cast, target, 3)
    assert owed(cast) == [("calm", 3)]


def test_a_verification_revoked_late_is_told(cast: Cast) -> None:
    target = cast.target()
    first = sent(cast, target, 1)
    first.verify(by=cast.verifier, seen=first.fingerprint())
    sent(cast, target, 2)
    first = Measurement.objects.get(pk=first.pk)
    first.revoke(by=cast.approver, seen=first.fingerprint(), note=REASON)
    assert owed(cast) == [("returned", 1), ("calm", 2)]


def test_many_returned_reports_cost_as_many_queries_as_one(cast: Cast) -> None:
    client, target = doors.enter(cast.head), cast.target()

    def queries() -> int:
        client.get("/kerja/")  # the first after an act works the ladder out
        with CaptureQueriesContext(connection) as asked:
            client.get("/kerja/")
        return len(asked)

    given_back(cast, sent(cast, target, 1))
    few = queries()
    for month in range(2, 9):
        given_back(cast, sent(cast, target, month))
    assert queries() == few
