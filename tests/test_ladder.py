"""Tests of the ladder: every row of the table, by the plain reference and by the database."""

from decimal import Decimal

import pytest

from commitments import ladder
from commitments.ladder import reference
from commitments.ladder.reference import UnitFact
from tests import history
from tests.ladder_cases import TARGET_CASES, UNIT_CASES, TargetCase, UnitCase

TARGET_ROWS = [pytest.param(case, id=case.says) for case in TARGET_CASES]
UNIT_ROWS = [pytest.param(case, id=case.says) for case in UNIT_CASES]


def said(state: object, expected: dict[str, object]) -> dict[str, object]:
    """The fields of `state` that a row names, the share of the way to four decimals."""
    heard = {name: getattr(state, name) for name in expected}
    if isinstance(heard.get("progress"), Decimal):
        heard["progress"] = round(heard["progress"], 4)
    return heard


def test_table_is_long_enough_and_no_row_says_the_same_twice() -> None:
    sentences = [case.says for case in TARGET_CASES] + [case.says for case in UNIT_CASES]
    assert len(sentences) >= 150
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("case", TARGET_ROWS)
def test_reference_agrees_on_target(case: TargetCase) -> None:
    assert said(reference.target_state(case.target, case.day), case.expected) == case.expected


@pytest.mark.parametrize("case", UNIT_ROWS)
def test_reference_agrees_on_unit(case: UnitCase) -> None:
    state = reference.unit_state(case.units, case.targets, "dinkes", case.day)
    assert said(state, case.expected) == case.expected


def ladder_says_of_target(case: TargetCase) -> dict[str, object]:
    history.write([UnitFact(case.target.unit)], [case.target])
    return said(history.target_states([case.target], case.day)[case.target.ref], case.expected)


def ladder_says_of_unit(case: UnitCase) -> dict[str, object]:
    history.write(case.units, case.targets)
    return said(history.unit_states(case.units, case.day)["dinkes"], case.expected)


@pytest.mark.django_db
@pytest.mark.parametrize("case", TARGET_ROWS)
def test_ladder_agrees_on_target(case: TargetCase) -> None:
    assert ladder_says_of_target(case) == case.expected


@pytest.mark.django_db
@pytest.mark.parametrize("case", UNIT_ROWS)
def test_ladder_agrees_on_unit(case: UnitCase) -> None:
    assert ladder_says_of_unit(case) == case.expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constant", "wrong", "says"),
    [
        ("SUSTAINED_DAYS", 181, "met again 180 days later is sustained"),
        ("SUSTAINED_DAYS", 179, "met again 179 days later is only achieved"),
        ("SILENT_CYCLES", 3, "181 days after publication without a word is silent"),
        ("SILENT_CYCLES", 1, "180 days after publication without a word is not silent"),
        ("SUSTAINED_CYCLE", 366, "sustained: 731 days is silent"),
        ("SUSTAINED_CYCLE", 364, "sustained: 730 days is not silent"),
        ("DECIMALS", 3, "lower is better: just short of the target improves"),
    ],
)
def test_twin_a_wrong_constant_makes_a_row_fail(
    constant: str, wrong: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(case for case in TARGET_CASES if case.says == says)
    monkeypatch.setattr(ladder, constant, wrong)
    assert ladder_says_of_target(case) != case.expected


@pytest.mark.django_db
def test_twin_a_wrong_first_rung_past_the_ceremony_makes_a_row_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in UNIT_CASES if case.says == "one improving target")
    monkeypatch.setattr(ladder, "PAST_CEREMONY", 4)
    assert ladder_says_of_unit(case) != case.expected
