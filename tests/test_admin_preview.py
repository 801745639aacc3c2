"""Tests of the preview of a withdrawal: it shows an approver what the public sees afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from commitments import ladder
from commitments.models import Commitment, ServiceTarget
from commitments.models.querysets import units_with_rung
from commitments.reports import decision_preview
from opd import clock
from opd.models import Unit
from tests.cast import REASON, Cast
from tests.history_of_everything import demonstration
from tests.mutations import undone

pytestmark = pytest.mark.django_db

ACHIEVED, IMPROVING, ONLY_PROMISED = 3, 9, None  # what was measured, where 14 days are to become 3
STORY: dict[str, Any] = {"period_start": date(2017, 12, 1), "period_end": date(2017, 12, 31)}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def measured(cast: Cast, commitment: Commitment, value: Any, **facts: Any) -> ServiceTarget:
    target = cast.target(commitment=commitment, **facts)
    if value is not None:
        sent = cast.measurement(target, value, **STORY)
        sent.verify(by=cast.verifier, seen=sent.fingerprint())
    return target


def withdraw(cast: Cast, row: Commitment | ServiceTarget) -> None:
    row.withdraw(by=cast.approver, seen=row.fingerprint(), reason=REASON)


def foretold(cast: Cast, row: Commitment | ServiceTarget) -> tuple[decision_preview.ChoicePreview, ...]:
    row.refresh_from_db()
    if isinstance(row, Commitment):
        return decision_preview.of_commitment(row, cast.dinkes, clock.today())
    return decision_preview.of_target(row, cast.dinkes, clock.today())


def said(unit: Any) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in ladder.UNIT_COLUMNS if name != "unit_id"}


def standing(unit: Unit) -> dict[str, Any]:
    return said(units_with_rung(Unit.objects.filter(pk=unit.pk), clock.today()).get())


def before_and_after(cast: Cast, row: Commitment | ServiceTarget) -> tuple[int, int]:
    """The unit's rung now and once this is withdrawn, as foretold: and that is what comes, to the last column."""
    now, then = foretold(cast, row)
    assert said(now.unit) == standing(cast.dinkes)
    gone = ServiceTarget.objects.filter(pk__in=[target.pk for target in now.targets])
    assert (list(gone.with_rung(clock.today())), then.targets) == (list(now.targets), ())
    with undone():
        withdraw(cast, row)
        assert (said(then.unit), gone.with_rung(clock.today()).count()) == (standing(cast.dinkes), 0)
    return now.unit.rung, then.unit.rung


# What was measured in this promise, and in another one of the unit; its rung before and after the first target goes,
# and before and after the whole promise goes.
@pytest.mark.parametrize(
    ("here", "elsewhere", "by_target", "by_promise"),
    [
        ([ONLY_PROMISED], [], (1, 0), (1, 0)),
        ([ACHIEVED], [], (4, 0), (4, 0)),
        ([ACHIEVED, ACHIEVED], [], (4, 4), (4, 0)),
        ([ACHIEVED, IMPROVING], [], (3, 3), (3, 0)),
        ([IMPROVING, ACHIEVED], [], (3, 3), (3, 0)),
        ([ACHIEVED, ONLY_PROMISED], [], (3, 1), (3, 0)),
        ([ACHIEVED], [ACHIEVED], (4, 4), (4, 4)),
        ([IMPROVING], [ACHIEVED], (3, 3), (3, 3)),
        ([ACHIEVED], [ONLY_PROMISED], (3, 1), (3, 1)),
        ([ACHIEVED, IMPROVING], [ACHIEVED], (3, 3), (3, 3)),
        ([ACHIEVED, ACHIEVED], [ACHIEVED], (4, 4), (4, 4)),
    ],
)
def test_what_is_foretold_is_what_comes(
    cast: Cast, here: list[Any], elsewhere: list[Any], by_target: tuple[int, int], by_promise: tuple[int, int]
) -> None:
    commitment, other = cast.commitment(), cast.commitment()
    first, *_ = [measured(cast, commitment, value) for value in here]
    for value in elsewhere:
        measured(cast, other, value)
    cast.target(commitment=commitment, published=False)  # goes too, and never was on the ladder
    assert (before_and_after(cast, first), before_and_after(cast, commitment)) == (by_target, by_promise)


@pytest.mark.parametrize(("value", "after"), [("3.0001", 3), ("3", 4)])
def test_a_bar_begins_just_below_the_target(cast: Cast, value: str, after: int) -> None:
    leaving = measured(cast, cast.commitment(), value)
    measured(cast, cast.commitment(), ACHIEVED)
    assert before_and_after(cast, leaving)[1] == before_and_after(cast, leaving.commitment)[1] == after


def test_a_replacement_that_goes_leaves_its_own_bar_and_not_the_old_one(cast: Cast) -> None:
    commitment = cast.commitment()
    measured(cast, cast.commitment(), ACHIEVED)
    old = measured(cast, commitment, IMPROVING)
    withdraw(cast, old)
    new = measured(cast, commitment, ONLY_PROMISED, replaces=old)
    assert before_and_after(cast, new) == (3, 3)
    sent = cast.measurement(new, ACHIEVED, **STORY)
    assert foretold(cast, new)[1].unit.rung_claimed == 3  # what waits does not spare the bar
    assert before_and_after(cast, new) == (3, 3)
    sent.verify(by=cast.verifier, seen=sent.fingerprint())
    assert before_and_after(cast, new) == (4, 4)


def test_when_the_only_one_that_still_spoke_goes_the_unit_is_silent() -> None:
    with demonstration() as turned:
        cast = Cast()
        measured(cast, cast.commitment(), IMPROVING)
        turned.moment += timedelta(days=2 * ladder.REPORTING_CYCLE + 1)
        speaking = measured(cast, cast.commitment(), ONLY_PROMISED)
        now, then = foretold(cast, speaking)
        assert [(one.unit.past_ceremony, one.unit.silent) for one in (now, then)] == [(1, 0), (0, 1)]
        assert before_and_after(cast, speaking) == before_and_after(cast, speaking.commitment) == (3, 3)


def test_nothing_else_of_the_same_number_goes(cast: Cast) -> None:
    cast.commitment()
    target = cast.target()
    cast.measurement(target, submitted=False)
    waiting = cast.measurement(target, ACHIEVED)
    for decision, its_own in (("withdrawn", target.pk), (ladder.COMMITMENT_WITHDRAWN, target.commitment_id)):
        for pk in {waiting.pk, target.pk, target.commitment_id} - {its_own}:
            what_if = ladder.Assumption(decision, pk)
            row = ServiceTarget.objects.with_rung(clock.today(), assuming=what_if).get()
            assert (row.rung, row.waiting) == (1, 1)
