"""Tests of the cache of the ladder: it gives what the ladder gives, and only for the head it was made from."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments import ladder
from commitments.ladder import cache
from commitments.models import Measurement, ServiceTarget
from commitments.models.querysets import units_with_rung
from commitments.reports.doubts import claim_of
from commitments.reports.submission_preview import preview
from opd import clock, register
from opd.models import Unit
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    sent = cast.measurement(cast.target(min_change="0.0001"), "9.5")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    cast.measurement(cast.target(), 2)
    return cast


def targets() -> list[dict[str, Any]]:
    rows = ServiceTarget.objects.with_rung(clock.today()).order_by("pk")
    return list(rows.values(*(column for column in ladder.TARGET_COLUMNS if column != "target_id")))


def units() -> list[dict[str, Any]]:
    rows = units_with_rung(Unit.objects.order_by("pk"), clock.today())
    return list(rows.values(*(column for column in ladder.UNIT_COLUMNS if column != "unit_id")))


def rungs() -> list[int]:
    return [row["rung"] for row in targets()]


@pytest.mark.parametrize("ask", [targets, units])
def test_from_memory_every_column_is_the_same(cast: Cast, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = ask(), ask()
    monkeypatch.setattr(register, "is_writing", lambda: True)
    assert first == again == ask()


def test_the_second_reader_works_nothing_out(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as cold:
        targets()
    with CaptureQueriesContext(connection) as warm:
        targets()
    assert ["OVER latest_first" in query["sql"] for query in cold] == [False, True, False]
    assert ["OVER latest_first" in query["sql"] for query in warm] == [False, False]


def test_an_act_is_seen_by_the_next_reader(cast: Cast) -> None:
    assert rungs() == [ladder.Rung.IMPROVING, ladder.Rung.MEASURABLE]
    sent = ServiceTarget.objects.last().measurements.get()  # type: ignore[union-attr]
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    assert rungs() == [ladder.Rung.IMPROVING, ladder.Rung.ACHIEVED]


def test_what_an_act_has_half_written_is_not_remembered(cast: Cast) -> None:
    class Failed(Exception):
        pass

    with pytest.raises(Failed), register.act("target.withdrawn", "servicetarget:x") as act:
        why = {"withdrawn_by": cast.approver, "withdrawal_reason": REASON, "withdrawn_rung": 1}
        ServiceTarget.objects.filter(reference="DINKES-01-1").update(withdrawn_at=act.at, **why)
        assert len(targets()) == 1
        raise Failed
    assert len(targets()) == 2


def test_a_reader_with_an_older_head_leaves_nothing_for_others(cast: Cast) -> None:
    with register.ends_once():
        assert register.ends().head is not None
        cast.target()
        assert len(targets()) == 3
        with CaptureQueriesContext(connection) as asked:
            assert len(targets()) == 3
    assert [query["sql"] for query in asked if "OVER latest_first" in query["sql"]] != []


def test_who_moves_the_register_prepares_the_ladder_of_today(cast: Cast, client: Client) -> None:
    client.force_login(cast.head)
    draft = cast.measurement(ServiceTarget.objects.last(), 4, submitted=False)  # type: ignore[arg-type]
    told = preview(draft.target, claim_of(draft, draft.evidence_items())).summary
    cache.forget()
    client.get("/kerja/")  # moves nothing
    with CaptureQueriesContext(connection) as asked:
        client.post(f"/kerja/kiriman/{draft.uuid}/kirim/", {"seen": draft.fingerprint(), "read_doubts": told})
    assert Measurement.objects.get(pk=draft.pk).submitted_at
    assert any("OVER latest_first" in query["sql"] for query in asked)
    with CaptureQueriesContext(connection) as asked:
        targets(), units()
    assert not any("OVER latest_first" in query["sql"] for query in asked)


class ServerAway(Exception):
    """As redis says it: no OSError."""


@pytest.mark.parametrize("refused", ["get", "set"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), ServerAway()], ids=["disk", "server"])
def test_a_cache_that_fails_costs_time_only(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, refused: str, failure: Exception
) -> None:
    def fails(*_: object) -> None:
        raise failure

    monkeypatch.setattr(caches["ladder"], refused, fails)
    assert rungs() == rungs() == [ladder.Rung.IMPROVING, ladder.Rung.MEASURABLE]
