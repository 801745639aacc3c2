"""Tests of two people at the same moment: one wins, the other is told; no unseen value is verified."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from commitments.models import Commitment, Measurement
from opd.errors import Refused, StaleScreen
from opd.models import Entry
from tests.cast import REASON, Cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


def meet(*acts: Callable[[], object]) -> list[str]:
    """Each act in a thread of its own, all let go at once; what each said, in order of the arguments."""
    gate = threading.Barrier(len(acts))
    said = [""] * len(acts)

    def go(place: int, act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            act()
            said[place] = "ok"
        except Refused as refused:
            said[place] = type(refused).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def waiting(cast: Cast) -> Measurement:
    return cast.measurement(cast.target(commitment=Commitment.objects.get()))


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.commitment()
    return cast


def fresh(measurement: Measurement) -> Measurement:
    return Measurement.objects.get(pk=measurement.pk)


def test_two_verdicts_at_once_have_one_winner(cast: Cast) -> None:
    for _ in range(ROUNDS):
        measurement = waiting(cast)
        seen = measurement.fingerprint()
        said = meet(
            partial(fresh(measurement).verify, by=cast.verifier, seen=seen),
            partial(fresh(measurement).return_, by=cast.verifier, seen=seen, note=REASON),
        )
        assert sorted(said) == ["StaleScreen", "ok"]
        assert measurement.decisions.count() == 1


def test_a_correction_racing_with_a_verdict_leaves_one_story(cast: Cast) -> None:
    for _ in range(ROUNDS):
        first = waiting(cast)
        second = cast.measurement(first.target, 4, corrects=first, submitted=False)
        seen, draft_seen = first.fingerprint(), second.fingerprint()
        said = meet(
            partial(fresh(first).verify, by=cast.verifier, seen=seen),
            partial(fresh(second).submit, by=cast.head, seen=draft_seen),
        )
        verdicts = [decision.verdict for decision in first.decisions.all()]
        assert (said, verdicts) in (
            (["ok", "ok"], ["verified"]),  # the verdict came first; the correction is a later version
            (["StaleScreen", "ok"], ["returned"]),  # the correction came first and closed what it supersedes
        )


def test_a_double_tap_sends_once(cast: Cast) -> None:
    for _ in range(ROUNDS):
        draft = cast.measurement(cast.target(commitment=Commitment.objects.get()), submitted=False)
        seen, before = draft.fingerprint(), Entry.objects.count()
        said = meet(*[partial(fresh(draft).submit, by=cast.head, seen=seen)] * 2)
        assert sorted(said) == ["StaleScreen", "ok"]
        assert Entry.objects.count() == before + 1


def test_without_the_comparison_both_would_believe_they_decided(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: what the screen's digest protects from."""
    monkeypatch.setattr(Measurement, "must_match", lambda self, seen: None)
    first = waiting(cast)
    second = cast.measurement(first.target, 4, corrects=first, submitted=False)
    seen = second.fingerprint()
    Measurement.objects.filter(pk=second.pk).update(value=1)
    second.submit(by=cast.head, seen=seen)
    assert fresh(second).value == 1
    assert StaleScreen.sentence
