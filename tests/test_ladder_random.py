"""Tests of the ladder against the plain reference, with random histories."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Verbosity, given, settings

from commitments.ladder import reference
from commitments.ladder.reference import TargetFact, UnitFact
from commitments.models import ServiceTarget
from commitments.models.querysets import units_with_rung
from opd.models import Unit
from tests import history
from tests.random_histories import START, TICK, RandomWorld, boundaries, boundary, moment, worlds

WORLDS, TARGETS_A_WORLD, DAYS_A_WORLD = 88, 24, 3  # 2,112 histories, each asked on three days
BATCHES, BOUNDARIES_A_BATCH = 21, 100  # 2,100 figures exactly on a boundary, or one ten-thousandth beside it

fast = settings(
    deadline=None,
    database=None,
    derandomize=True,
    verbosity=Verbosity.quiet,  # an assertion says day and facts; the bytes they came from say nothing
    suppress_health_check=list(HealthCheck),
)


# --- the comparison ---


def assert_agrees(units: Sequence[UnitFact], targets: Sequence[TargetFact], days: Sequence[date]) -> None:
    """Every field of every target and unit, on every day; the progress within a ten-thousandth."""
    history.write(units, targets)
    for day in days:
        said = history.target_states([target.ref for target in targets], day)
        for target in targets:
            expected, state = reference.target_state(target, day), said[target.ref]
            assert replace(state, progress=None) == replace(expected, progress=None), (day, target)
            assert state.progress == pytest.approx(expected.progress, abs=TICK), (day, target)
        assert history.counted(day) == set(counted(targets, day)), day
        unit_said = history.unit_states([unit.code for unit in units], day)
        assert unit_said.keys() == {unit.code for unit in units}
        for unit in units:
            owed = [target for target in targets if reference.owner(target, day) == unit.code]
            assert unit_said[unit.code] == reference.unit_state(units, targets, unit.code, day), (day, unit, owed)
    assert_foresees_a_withdrawal(units, targets, max(days))


def assert_foresees_a_withdrawal(units: Sequence[UnitFact], targets: Sequence[TargetFact], day: date) -> None:
    """Of the first live target, in the last moment of the day: what all units would then be."""
    leaving = next((target for target in targets if reference.is_live(target, day)), None)
    if leaving is None:
        return
    rung = reference.target_state(leaving, day).rung
    gone = replace(leaving, withdrawn_at=moment(day, time.max), withdrawn_rung=rung)
    left = [gone if target is leaving else target for target in targets]
    expected = {unit.code: reference.unit_state(units, left, unit.code, day) for unit in units}
    assert history.unit_states([*expected], day, leaving) == expected, (day, leaving)


def counted(targets: Sequence[TargetFact], day: date) -> Iterator[str]:
    """The ids of the measurements of live targets that count on a day."""
    for target in targets:
        if reference.is_live(target, day):
            yield from (measurement.id for measurement in reference.counted(target, day, claimed=False))


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_ladder_and_reference_agree_on_random_histories() -> None:
    seen: Counter[str] = Counter()

    @settings(fast, max_examples=WORLDS)
    @given(worlds(targets=TARGETS_A_WORLD, days=DAYS_A_WORLD))
    def agree(some: RandomWorld) -> None:
        with undone():
            assert_agrees(some.units, some.targets, some.days)
        seen["histories"] += len(some.targets)
        for target in some.targets:
            seen.update(f"rung {reference.target_state(target, day).rung}" for day in some.days)

    agree()
    assert seen["histories"] >= 2_000
    assert all(seen[f"rung {rung}"] >= 50 for rung in (None, 1, 2, 3, 4, 5)), seen


@pytest.mark.django_db
def test_ladder_and_reference_agree_on_exact_boundaries() -> None:
    seen: Counter[str] = Counter()

    @settings(fast, max_examples=BATCHES)
    @given(boundaries(many=BOUNDARIES_A_BATCH))
    def agree(targets: list[TargetFact]) -> None:
        with undone():
            assert_agrees([UnitFact("u0")], targets, [START + timedelta(days=40)])
        seen.update(figures=len(targets))

    agree()
    assert seen["figures"] >= 2_000


# --- the cost ---


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgres_answers_the_ladder_instead_of_compiling_it() -> None:
    """Where it guesses many rows, it would: seconds each time."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.mark.django_db
def test_ladder_asks_as_often_for_7000_units_as_for_70() -> None:
    day, asked = START + timedelta(days=40), {}
    for many in (70, 7_000):
        units = [UnitFact(f"u{n}") for n in range(many)]
        targets = [replace(boundary(n.to_bytes(40)), unit=f"u{n}") for n in range(0, many, 10)]
        with undone():
            history.write(units, targets)
            with CaptureQueriesContext(connection) as queries:
                assert len(ServiceTarget.objects.with_rung(day)) == many / 10
                assert len(units_with_rung(Unit.objects.all(), day)) == many
        asked[many] = len(queries)
    assert asked == {70: 2, 7_000: 2}
