"""Tests of the ladder: every row of the table, by the plain reference and by the database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker

from commitments import ladder
from commitments.ladder import reference
from commitments.ladder.reference import TargetFact, TargetState, UnitFact, UnitState
from commitments.models.querysets import units_with_rung
from opd.models import Unit
from tests import history
from tests.ladder_cases import TARGET_CASES, UNIT_CASES, TargetCase, UnitCase, lower, revised, verified, waiting
from tests.mutations import undone

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


# --- All rows in one history: a few statements for each day ---


class Apart:
    """The facts of one row under names of their own, so that all rows fit into one register."""

    def __init__(self, number: int) -> None:
        self.number = number

    def code(self, code: str) -> str:
        return f"{code}-{self.number}"

    def id(self, id: str) -> str:
        """Of two ids of a row, the larger one stays the larger one."""
        return str(UUID(int=self.number << 96 | UUID(id).int))

    def unit(self, fact: UnitFact) -> UnitFact:
        return replace(fact, code=self.code(fact.code), successors=tuple(map(self.code, fact.successors)))

    def target(self, fact: TargetFact) -> TargetFact:
        return replace(
            fact,
            ref=self.code(fact.ref),
            unit=self.code(fact.unit),
            replaces=self.code(fact.replaces) if fact.replaces else None,
            moves=tuple((day, self.code(to)) for day, to in fact.moves),
            revisions=tuple(replace(revision, id=self.id(revision.id)) for revision in fact.revisions),
            measurements=tuple(
                replace(m, id=self.id(m.id), supersedes=self.id(m.supersedes) if m.supersedes else None)
                for m in fact.measurements
            ),
        )


def together(cases: Sequence[TargetCase | UnitCase]) -> dict[date, list[tuple[str, str]]]:
    """Writes the facts of all rows; for each day that is asked about, sentence and name of what stands there."""
    units: list[UnitFact] = []
    targets: list[TargetFact] = []
    asked: dict[date, list[tuple[str, str]]] = defaultdict(list)
    for number, case in enumerate(cases, 1):
        apart = Apart(number)
        if isinstance(case, TargetCase):
            units.append(apart.unit(UnitFact(case.target.unit)))
            targets.append(apart.target(case.target))
            asked[case.day].append((case.says, apart.code(case.target.ref)))
        else:
            units += map(apart.unit, case.units)
            targets += map(apart.target, case.targets)
            asked[case.day].append((case.says, apart.code("dinkes")))
    history.write(units, targets)
    return asked


@pytest.fixture(scope="module")
def target_answers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, TargetState]:
    """What the ladder says of the target of each row."""
    with django_db_blocker.unblock(), undone():
        found = {}
        for day, names in together(TARGET_CASES).items():
            states = history.target_states([ref for _, ref in names], day)
            found.update({says: states[ref] for says, ref in names})
    return found


@pytest.fixture(scope="module")
def unit_answers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, UnitState]:
    """What the ladder says of `dinkes` of each row."""
    with django_db_blocker.unblock(), undone():
        found = {}
        for day, names in together(UNIT_CASES).items():
            states = history.unit_states([code for _, code in names], day)
            found.update({says: states[code] for says, code in names})
    return found


@pytest.mark.parametrize("case", TARGET_ROWS)
def test_ladder_agrees_on_target(case: TargetCase, target_answers: dict[str, TargetState]) -> None:
    assert said(target_answers[case.says], case.expected) == case.expected


@pytest.mark.parametrize("case", UNIT_ROWS)
def test_ladder_agrees_on_unit(case: UnitCase, unit_answers: dict[str, UnitState]) -> None:
    assert said(unit_answers[case.says], case.expected) == case.expected


# --- One row alone ---


def ladder_says_of_target(case: TargetCase) -> dict[str, object]:
    history.write([UnitFact(case.target.unit)], [case.target])
    return said(history.target_states([case.target.ref], case.day)[case.target.ref], case.expected)


def ladder_says_of_unit(case: UnitCase) -> dict[str, object]:
    history.write(case.units, case.targets)
    return said(history.unit_states(["dinkes"], case.day)["dinkes"], case.expected)


@pytest.mark.django_db
def test_a_unit_is_as_far_as_its_least_target_and_as_quiet_as_its_loudest() -> None:
    """What the lists show of a unit beside its rung; the reference knows nothing of it."""
    far = lower(verified("5", "2018-03-31"), ref="A-1", unit="dua", due="2018-12-31")
    near = lower(
        verified("12", "2018-05-31"),
        revised("due_on", "2018-12-31", "2019-01-30", "2018-03-01"),
        ref="B-1",
        unit="dua",
    )
    waits = lower(waiting("12", "2018-05-31"), ref="C-1", unit="menunggu")
    quiet = lower(verified("12", "2018-05-31"), ref="D-1", unit="menunggu")
    history.write([UnitFact("dua"), UnitFact("menunggu"), UnitFact("kosong")], [far, near, waits, quiet])
    rows = units_with_rung(Unit.objects.filter(code__in=("dua", "menunggu", "kosong")), date(2018, 6, 12))
    assert {row.code: (row.least_progress, row.slip_days, row.quiet_days) for row in rows} == {
        "dua": (Decimal("0.1818"), 30, 10),
        "menunggu": (Decimal("0.1818"), 0, 0),
        "kosong": (None, None, None),
    }


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
