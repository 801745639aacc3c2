"""Tests of all acts by random actors against a small model: fifty thousand steps by night, some hundred by day."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.random_acts import RandomActs

pytestmark = pytest.mark.django_db

STEPS_A_REGISTER = 250
FIND_ONLY = (Phase.generate,)  # what was told so far explains a failure; to shrink it would take hours


def walked(registers: int, steps: int = STEPS_A_REGISTER) -> Counter[str]:
    """What happened in so many registers, each begun anew."""
    RandomActs.done.clear()
    options = settings(
        max_examples=registers,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        phases=FIND_ONLY,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(RandomActs, settings=options)
    return RandomActs.done


def test_random_actors_do_what_the_model_says_and_nothing_else() -> None:
    done = walked(registers=3, steps=120)
    assert done["legal"] and done["refused"]


@pytest.mark.nightly
def test_fifty_thousand_random_steps_break_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """And ten thousand legal acts raise no alarm of the check. STEPS in the environment asks for fewer or more."""
    wanted = int(os.environ.get("STEPS", "50000"))
    done = walked(registers=-(-wanted // STEPS_A_REGISTER))
    acts = {name: many for name, many in sorted(done.items()) if "." in name}
    with capsys.disabled():
        print(
            f"\n{done['steps']} steps: {done['legal']} legal acts, {done['refused']} refused; "
            f"{done['compared']} comparisons with the model, {done['checked']} registers checked, 0 alarms"
        )
        print(acts)
    assert done["legal"] >= wanted // 5
