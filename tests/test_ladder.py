"""Does the ladder say what the table says? Every row asked of the plain reference, and of the real ladder in the database."""

from decimal import Decimal

import pytest

from tests import history, reference
from tests.ladder_cases import TARGET_CASES, UNIT_CASES, TargetCase, UnitCase
from tests.reference import UnitFact

TARGET_ROWS = [pytest.param(case, id=case.says) for case in TARGET_CASES]
UNIT_ROWS = [pytest.param(case, id=case.says) for case in UNIT_CASES]


def said(state: object, expected: dict[str, object]) -> dict[str, object]:
    """The fields of `state` that a row names, the share of the way to four decimals."""
    heard = {name: getattr(state, name) for name in expected}
    if isinstance(heard.get("progress"), Decimal):
        heard["progress"] = round(heard["progress"], 4)
    return heard


def test_table_is_long_enough_and_no_row_says_the_same_twice() -> None:
    sentences = [case.says for case in [*TARGET_CASES, *UNIT_CASES]]
    assert len(sentences) >= 150
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("case", TARGET_ROWS)
def test_reference_agrees_on_target(case: TargetCase) -> None:
    assert said(reference.target_state(case.target, case.day), case.expected) == case.expected


@pytest.mark.parametrize("case", UNIT_ROWS)
def test_reference_agrees_on_unit(case: UnitCase) -> None:
    state = reference.unit_state(case.units, case.targets, "dinkes", case.day)
    assert said(state, case.expected) == case.expected


@pytest.mark.django_db
@pytest.mark.parametrize("case", TARGET_ROWS)
def test_ladder_agrees_on_target(case: TargetCase) -> None:
    history.write([UnitFact(case.target.unit)], [case.target])
    state = history.target_states([case.target], case.day)[case.target.ref]
    assert said(state, case.expected) == case.expected


@pytest.mark.django_db
@pytest.mark.parametrize("case", UNIT_ROWS)
def test_ladder_agrees_on_unit(case: UnitCase) -> None:
    history.write(case.units, case.targets)
    state = history.unit_states(case.units, case.day)["dinkes"]
    assert said(state, case.expected) == case.expected
