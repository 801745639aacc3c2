"""Tests of the tests: is a rule that was turned noticed? By night, because every mutant runs them anew.

MUTANTS in the environment: how many of Python (300), or where the slow part of the SQL stops. Survivors are printed;
those that no test can notice are in `tests/nightly/equivalent.py`, each with its reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from commitments.ladder import dialects, reference, statements
from commitments.ladder.reference import TargetFact, TargetState, UnitFact, UnitState
from tests import history
from tests.ladder_cases import TARGET_CASES, UNIT_CASES
from tests.mutations import undone
from tests.nightly import mutants
from tests.nightly.equivalent import EQUIVALENT
from tests.nightly.mutants import Mutant
from tests.random_histories import TICK, RandomWorld, moment, world
from tests.test_ladder import Apart

pytestmark = pytest.mark.nightly

ROOT = Path(settings.BASE_DIR)
SEED = 20171102


# --- Python: each mutant in a copy of the project ---

OF_CODE = ("opd/**/*.py", "commitments/models/*.py", "commitments/ladder/*.py")
NOT_RULES = ("migrations", "management", "reference.py", "__init__.py", "admin.py")
FIRST = (  # quick, and about every act; the others are asked only if these notice nothing
    *("tests/test_acts.py", "tests/test_four_eyes.py", "tests/test_changes.py", "tests/test_constraints.py"),
    *("tests/test_ladder.py", "tests/test_heads.py", "tests/test_register_key.py", "tests/test_recheck.py"),
    *("tests/test_random_acts.py", "tests/test_register.py", "tests/test_values.py", "tests/test_texts.py"),
)
SECOND = (
    *("tests/test_guards.py", "tests/test_roster.py", "tests/test_api.py", "tests/test_returned.py"),
    *("tests/test_admin_decide.py", "tests/test_admin_keep.py", "tests/test_workspace_home.py"),
    *("tests/test_workspace_team.py", "tests/test_workspace_sign_in.py", "tests/test_throttle.py"),
    *("tests/test_accounts_at_rest.py", "tests/test_house.py", "tests/test_remembered.py", "tests/test_tidy.py"),
    *("tests/test_admin_preview.py", "tests/test_workspace_preview.py", "tests/test_workspace_proposals.py"),
    *("tests/test_reminders.py", "tests/test_wizard.py", "tests/test_register_chain.py"),
    *("tests/test_register_mutations.py", "tests/test_access.py", "tests/test_personal_data.py"),
    *("tests/test_import_sheets.py", "tests/test_import_trial.py", "tests/test_busy.py", "tests/test_restore.py"),
)


def sampled() -> list[Mutant]:
    paths = sorted({path for pattern in OF_CODE for path in ROOT.glob(pattern)})
    rules = [path for path in paths if not any(part in NOT_RULES for part in path.relative_to(ROOT).parts)]
    found = mutants.of_python(ROOT, rules)
    return Random(SEED).sample(found, min(int(os.environ.get("MUTANTS", "300")), len(found)))


@pytest.fixture(scope="session")
def copy_of_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("mutant") / "project"
    left_out = (".venv", ".git", ".cache", ".mypy_cache", ".ruff_cache", "__pycache__", "evidence", "staticfiles")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*left_out, "db.sqlite3*"))
    yield folder


def fails(folder: Path, tests: tuple[str, ...]) -> bool:
    """Whether one of them does. A process that ends otherwise, or never, counts as well."""
    there = [name for name in tests if (folder / name).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--tb=no", *there]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=900, env=environment)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def is_noticed(folder: Path, mutant: Mutant, tests: tuple[str, ...]) -> bool:
    path = folder / mutant.path
    text = path.read_text()
    path.write_text(mutant.apply(text))
    try:
        return fails(folder, tests)
    finally:
        path.write_text(text)


def test_without_a_mutant_nothing_fails(copy_of_project: Path) -> None:
    """The twin of all here: else every mutant would seem to be noticed."""
    assert [tests for tests in (FIRST, SECOND, SQL_TESTS) if fails(copy_of_project, tests)] == []


def told(survivors: list[Mutant], tried: int, of_what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{tried} mutants of {of_what}: {tried - len(survivors)} noticed, {len(survivors)} not")
        for mutant in survivors:
            print(f"  {mutant}")


def without_reason(survivors: list[Mutant]) -> list[str]:
    return [str(mutant) for mutant in survivors if f"{mutant.path}: {mutant.place}" not in EQUIVALENT]


@pytest.mark.sqlite
def test_nine_of_ten_turned_rules_are_noticed(copy_of_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen, survivors = sampled(), list[Mutant]()
    for number, mutant in enumerate(chosen, 1):
        noticed = any(is_noticed(copy_of_project, mutant, tests) for tests in (FIRST, SECOND))
        with capsys.disabled():
            print(f"{number}/{len(chosen)} {'' if noticed else 'SURVIVES '}{mutant}", flush=True)
        if not noticed:
            survivors.append(mutant)
    told(survivors, len(chosen), "the rules in Python", capsys)
    assert len(without_reason(survivors)) <= len(chosen) // 10


# --- SQL: one history, asked anew by every mutant ---

WORLDS, TARGETS_A_WORLD, DAYS_A_WORLD = 12, 24, 3
SUPPOSED = 40  # withdrawals: of the random worlds, and of the last rows of the table
CONSTANTS = tuple(statements.constants())


def histories() -> Iterator[tuple[list[UnitFact], list[TargetFact], list[date]]]:
    """Every row of the table, and a dozen random worlds; all under names of their own."""
    for number, case in enumerate(TARGET_CASES, 1):
        apart = Apart(number)
        yield [apart.unit(UnitFact(case.target.unit))], [apart.target(case.target)], [case.day]
    for number, of_unit in enumerate(UNIT_CASES, 1001):
        apart = Apart(number)
        yield [*map(apart.unit, of_unit.units)], [*map(apart.target, of_unit.targets)], [of_unit.day]
    dice = Random(SEED)
    for number in range(2001, 2001 + WORLDS):
        rolls = [dice.randbytes(140) for _ in range(TARGETS_A_WORLD)]
        some: RandomWorld = world(dice.randbytes(40), rolls, DAYS_A_WORLD)
        apart = Apart(number)
        yield [*map(apart.unit, some.units)], [*map(apart.target, some.targets)], some.days


class Questions:
    """What the reference says of every target and unit on the days that are asked about."""

    def __init__(self) -> None:
        self.units: list[UnitFact] = []
        self.targets: list[TargetFact] = []
        self.target_states: dict[date, dict[str, TargetState]] = {}
        self.unit_states: dict[date, dict[str, UnitState]] = {}
        self.counted: dict[date, dict[str, bool]] = {}  # of every measurement asked about: does it count?
        self.withdrawals: list[tuple[date, TargetFact, dict[str, UnitState]]] = []  # what if this one were withdrawn?
        for units, targets, days in histories():
            self.units += units
            self.targets += targets
            for day in days:
                said = self.target_states.setdefault(day, {})
                said.update({target.ref: reference.target_state(target, day) for target in targets})
                stands = self.unit_states.setdefault(day, {})
                stands.update({unit.code: reference.unit_state(units, targets, unit.code, day) for unit in units})
                self.counted.setdefault(day, {}).update(counts(targets, day))
            self.suppose(units, targets, max(days))

    def suppose(self, units: list[UnitFact], targets: list[TargetFact], day: date) -> None:
        leaving = next((target for target in targets if reference.is_live(target, day)), None)
        if leaving:
            rung = reference.target_state(leaving, day).rung
            gone = replace(leaving, withdrawn_at=moment(day, time.max), withdrawn_rung=rung)
            left = [gone if target is leaving else target for target in targets]
            expected = {unit.code: reference.unit_state(units, left, unit.code, day) for unit in units}
            self.withdrawals.append((day, leaving, expected))

    def differ(self) -> bool:
        """Whether the ladder says anything else."""
        for day in sorted(self.target_states, key=lambda day: -len(self.target_states[day])):  # most is asked first
            expected = self.target_states[day]
            found = history.target_states([*expected], day)
            if not all(is_same(state, expected[ref]) for ref, state in found.items()):
                return True
            if history.unit_states([*self.unit_states[day]], day) != self.unit_states[day]:
                return True
            found_counted = history.counted(day)
            if any((id in found_counted) != is_so for id, is_so in self.counted[day].items()):
                return True
        return any(
            history.unit_states([*expected], day, leaving) != expected
            for day, leaving, expected in self.withdrawals[-SUPPOSED:]
        )


def counts(targets: list[TargetFact], day: date) -> Iterator[tuple[str, bool]]:
    for target in targets:
        live = reference.is_live(target, day)
        these = {row.id for row in reference.counted(target, day, claimed=False)} if live else set()
        yield from ((row.id, row.id in these) for row in target.measurements)


def is_same(found: TargetState, expected: TargetState) -> bool:
    """The progress to a ten-thousandth, as the database rounds it."""
    if (found.progress is None) != (expected.progress is None):
        return False
    far = abs((found.progress or Decimal(0)) - (expected.progress or Decimal(0))) > TICK
    return not far and replace(found, progress=None) == replace(expected, progress=None)


def sql_texts() -> dict[str, str]:
    """Every SQL text of the ladder: its files, and the words of this database."""
    files = {path.stem: path.read_text() for path in sorted(Path(statements.__file__).parent.glob("*.sql"))}
    return files | {f"dialect:{name}": sql for name, sql in dialects.DIALECTS[connection.vendor].items()}


def put(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """The ladder reads this text instead."""
    if name.startswith("dialect:"):
        monkeypatch.setitem(dialects.DIALECTS[connection.vendor], name.partition(":")[2], text)
    else:
        original = statements.file_text.__wrapped__
        monkeypatch.setattr(statements, "file_text", lambda asked: text if asked == name else original(asked))
    statements._without_names.cache_clear()


NOT_ASKED_HERE = ("kept_targets",)  # read for today only: tests/test_acts.py and others do
SQL_TESTS = (  # for what the histories do not ask: what if, what counts, today
    *("tests/test_ladder.py", "tests/test_ladder_random.py", "tests/test_acts.py", "tests/test_admin_preview.py"),
    *("tests/test_workspace_preview.py", "tests/test_remembered.py", "tests/test_public_unit.py"),
    *("tests/test_public_lists.py", "tests/test_public_home.py", "tests/test_workspace_home.py"),
)


@pytest.mark.django_db
def test_every_turn_of_the_ladders_sql_is_noticed(copy_of_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tried, unnoticed, questions = 0, list[Mutant](), Questions()
    with undone():
        history.write(questions.units, questions.targets)
        assert not questions.differ()
        for name, text in sql_texts().items():
            for mutant in mutants.of_sql(name, text, CONSTANTS):
                tried += 1
                with pytest.MonkeyPatch.context() as patch:
                    put(patch, name, mutant.apply(text))
                    if name in NOT_ASKED_HERE or not noticed_here(questions):
                        unnoticed.append(mutant)
                        with capsys.disabled():
                            print(f"\nnot noticed by histories: {mutant}", flush=True)
                statements._without_names.cache_clear()
    with capsys.disabled():
        print(f"\n{len(unnoticed)} of {tried} need more than histories")
    survivors = [mutant for mutant in unnoticed if not noticed_elsewhere(copy_of_project, mutant)]
    told(survivors, tried, f"the ladder's SQL on {connection.vendor}", capsys)
    assert without_reason(survivors) == []


def noticed_here(questions: Questions) -> bool:
    try:
        with transaction.atomic():
            return questions.differ()
    except (DatabaseError, ArithmeticError, ValueError, TypeError):
        return True  # no SQL any more


def noticed_elsewhere(folder: Path, mutant: Mutant) -> bool:
    if mutant.path.startswith("dialect:"):
        source = dialects.__file__
        text = Path(source).read_text()
        whole = dialects.DIALECTS[connection.vendor][mutant.path.partition(":")[2]]
        start = text.index(repr(whole)[1:-1]) + mutant.start
        there = Path(source).relative_to(ROOT)
    else:
        there, start = (Path(statements.__file__).parent / f"{mutant.path}.sql").relative_to(ROOT), mutant.start
    moved = replace(mutant, path=there.as_posix(), start=start, end=start + len(mutant.old))
    return is_noticed(folder, moved, SQL_TESTS)
