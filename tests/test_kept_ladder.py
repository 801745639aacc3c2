"""Tests of the kept ladder: what acts and days leave in its tables is what the rules give, and a lie is named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments import ladder
from commitments.ladder import kept
from commitments.ladder.statements import ever_owed_by, only_targets
from commitments.models import Assignment, KeptLadder, KeptTarget, KeptUnit, ServiceTarget
from commitments.models.querysets import units_with_rung
from opd import clock, register
from opd.models import Unit
from tests.cast import REASON, Cast, utc
from tests.history_of_everything import at_its_own_pace, everything, told

pytestmark = pytest.mark.django_db


def faults() -> list[str]:
    return list(kept.faults(register.CheckRun()))


def is_read() -> bool:
    return kept.answers("default", clock.today())


def targets() -> list[dict[str, Any]]:
    rows = ServiceTarget.objects.with_rung(clock.today()).order_by("pk")
    return list(rows.values("pk", *(column for column in ladder.TARGET_COLUMNS if column != "target_id")))


def units() -> list[dict[str, Any]]:
    rows = units_with_rung(Unit.objects.order_by("pk"), clock.today())
    return list(rows.values("pk", *(column for column in ladder.UNIT_COLUMNS if column != "unit_id")))


@pytest.fixture
def cast(time: clock.TurnedClock) -> Cast:
    time.moment = utc(2019, 1, 5, 3)
    cast = Cast()
    sent = cast.measurement(cast.target(min_change="0.0001"), "9.5")
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    cast.measurement(cast.target(), 2)
    return cast


# --- what is kept is what the rules give ---


def test_each_act_leaves_what_the_rules_give(time: clock.TurnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []

    def check(rows: Any, before: str, entry: Any) -> None:
        acts.append(entry.act)
        assert is_kept_for(entry)
        assert faults() == [], entry.act

    monkeypatch.setattr(register, "FOLLOWERS", [*register.FOLLOWERS, check])
    monkeypatch.setattr("opd.register.append.FOLLOWERS", register.FOLLOWERS)
    told(everything(Cast()), at_its_own_pace(time))
    assert len(acts) > 50
    live = ServiceTarget.objects.filter(published_at__isnull=False, withdrawn_at=None)
    assert KeptTarget.objects.count() == live.count() == 5


def is_kept_for(entry: Any) -> bool:
    return KeptLadder.objects.filter(head=entry.hash).exists()


def test_from_the_tables_every_column_is_the_same(cast: Cast, time: clock.TurnedClock) -> None:
    for days in (0, 1, 179, 180, 181, 182, 366, 4_000):
        time.moment = utc(2019, 1, 5, 3) + timedelta(days=days)
        assert is_read()
        from_table = targets(), units()
        with register.ends_once(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(kept, "answers", lambda using, day: False)
            assert (targets(), units()) == from_table


def test_a_page_reads_one_row_where_the_ladder_would_work_out_all(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert [row["rung"] for row in targets()] == [ladder.Rung.IMPROVING, ladder.Rung.MEASURABLE]
        units()
    assert not any("latest_first" in query["sql"] for query in asked)


def test_every_kind_of_row_is_decided_about() -> None:
    assert kept.TOUCHES.keys() == {model.kind for model in register.registered_models()}


def test_narrowed_to_one_unit_the_ladder_says_the_same_of_it(time: clock.TurnedClock) -> None:
    told(everything(Cast()), at_its_own_pace(time))
    last = clock.today()
    for day in (last - timedelta(days=days) for days in (1, 60, 200, 400, 700)):
        whole = {row["id"]: row for row in units_with_rung(Unit.objects.all(), day).values()}
        for pk, row in whole.items():
            narrowed = units_with_rung(Unit.objects.filter(pk=pk), day, narrowed=kept.only_units([pk]))
            assert list(narrowed.values()) == [row], (day, pk)


def test_narrowed_to_a_few_targets_the_others_are_not_there(cast: Cast) -> None:
    first, other = (row["pk"] for row in targets())
    assert is_read()
    for narrowed, expected in ((only_targets([first]), [first]), (ever_owed_by([cast.dinkes.pk]), [first, other])):
        rows = ServiceTarget.objects.with_rung(clock.today(), narrowed=narrowed).order_by("pk")
        assert list(rows.values_list("pk", flat=True)) == expected


# --- what happens around it ---


def test_what_a_failed_act_worked_out_is_gone_with_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failed(Exception):
        pass

    def fail(*_: Any) -> None:
        raise Failed

    before, last = targets(), ServiceTarget.objects.last()
    assert last is not None
    monkeypatch.setattr("opd.register.append.FOLLOWERS", [kept.follow, fail])
    with pytest.raises(Failed):
        last.withdraw(by=cast.approver, seen=last.fingerprint(), reason=REASON)
    assert (targets(), faults(), is_read()) == (before, [], True)


def test_a_batch_is_followed_as_a_whole(cast: Cast) -> None:
    with register.many_acts():
        for value in ("3", "2"):
            sent = cast.measurement(cast.target(), value)
            sent.verify(by=cast.verifier, seen=sent.fingerprint())
        assert not is_read()
        assert len(targets()) == 4
    assert (is_read(), faults(), len(targets())) == (True, [], 4)


def test_a_trial_leaves_nothing(cast: Cast) -> None:
    before = targets()
    with register.trial():
        cast.target()
        assert len(targets()) == 3
    assert (targets(), faults(), is_read()) == (before, [], True)


def test_a_duty_that_moves_on_a_later_day_moves_on_that_day(cast: Cast, time: clock.TurnedClock) -> None:
    [owed] = Assignment.objects.filter(commitment__targets=targets()[0]["pk"])
    day, other = clock.today() + timedelta(days=10), cast.pdam
    with register.act("commitment.moved", "register") as act:
        act.office = register.SYSTEM_OFFICE
        Assignment.objects.filter(pk=owed.pk).update(until_on=day)
        owed.refresh_from_db()
        act.touch(owed, Assignment.objects.create(commitment=owed.commitment, unit=other, from_on=day))
    assert is_read()
    time.moment += timedelta(days=10)
    assert not is_read()  # a reader works it out, until somebody has
    expected = targets(), units()
    kept.keep_up()
    assert (is_read(), faults(), (targets(), units())) == (True, [], expected)


def test_rows_of_other_rules_are_not_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "SUSTAINED_CYCLE", 400)
    assert not is_read()
    kept.keep_up()
    assert is_read()
    monkeypatch.undo()
    assert not is_read()
    sent = cast.measurement(cast.target(), "3")  # an act replaces what it cannot mend
    assert sent.submitted_at
    assert (is_read(), faults()) == (True, [])


def test_an_entry_by_a_release_that_keeps_nothing_is_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opd.register.append.FOLLOWERS", [])
    cast.target()
    assert not is_read()
    assert len(targets()) == 3
    kept.keep_up()
    assert (is_read(), len(targets()), faults()) == (True, 3, [])


# --- a lie ---


@pytest.mark.parametrize(
    "lie",
    [
        lambda: KeptTarget.objects.filter(rung=3).update(rung=5),
        lambda: KeptTarget.objects.update(value=Decimal("9.4999")),
        lambda: KeptTarget.objects.all().delete(),
        lambda: KeptTarget.objects.update(silent_after=date(2030, 1, 1)),
        lambda: KeptUnit.objects.filter(rung=3).update(rung=0),
        lambda: KeptUnit.objects.filter(rung=3).delete(),
        lambda: KeptUnit.objects.create(
            unit_id=99_999, live_targets=0, improving_targets=0, rung=5, rung_claimed=5, waiting=0, moved=0,
            met_late=0, softened=0, worse=0,
        ),
    ],
)  # fmt: skip
def test_a_lie_in_the_tables_is_named_and_can_be_mended(cast: Cast, lie: Any) -> None:
    before = targets(), units()
    assert call_command("check_register") is None
    lie()
    with pytest.raises(CommandError, match="tidak cocok"):
        call_command("check_register")
    call_command("refresh_ladder")
    assert ((targets(), units()), faults()) == (before, [])
