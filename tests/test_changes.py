"""Tests of unit changes: when units merge, split or end, commitments move on that day and nothing is lost."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from commitments.models import Commitment, transfer
from commitments.models.querysets import units_with_rung
from opd import clock, register
from opd.errors import BadFact, StaleScreen, WrongPerson, WrongState
from opd.models import Entry, Unit, UnitChange
from tests.cast import Cast, person, unit
from tests.screen_texts import FOUR_EYES

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def proposed(cast: Cast, change: Any = "merged", before: Any = None, after: Any = None, on: Any = None) -> UnitChange:
    return UnitChange.propose(
        by=cast.keeper,
        change=change,
        on=on or clock.today(),
        legal_basis="Perda contoh",
        predecessors=before or [cast.dinkes],
        successors=[cast.pdam] if after is None else after,
    )


def rungs(day: date) -> dict[str, int]:
    return {row.code: row.rung for row in units_with_rung(Unit.objects.all(), day)}


def test_a_merger_moves_what_is_open_and_the_old_unit_carries_its_heirs_rung(cast: Cast) -> None:
    target = cast.target()
    measurement = cast.measurement(target)
    measurement.verify(by=cast.verifier, seen=measurement.fingerprint())
    today = clock.today()
    change = proposed(cast)
    before = Entry.objects.count()
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    assert Entry.objects.count() == before + 1
    assert sorted(json.loads(Entry.objects.latest("seq").body)["data"]) == [
        "actor_number",
        "assignment",
        "unit",
        "unit_change",
    ]
    assert target.commitment.owner_on(today - timedelta(days=1)) == cast.dinkes
    assert target.commitment.owner_on(today) == cast.pdam
    now = rungs(today)
    assert (now["dinkes"], now["pdam"], now["setda"]) == (3, 3, 0)
    assert list(register.check()) == []


def test_a_split_asks_who_inherits_each_promise(cast: Cast) -> None:
    first, second = cast.commitment(), cast.commitment()
    heir = unit("dinkes-baru")
    change = proposed(cast, "split", after=[cast.pdam, heir])
    with pytest.raises(BadFact, match="Tentukan unit penerus untuk DINKES-01"):
        transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    cast.dinkes.refresh_from_db()
    assert cast.dinkes.valid_until is None
    transfer.confirm(
        change,
        by=cast.approver,
        seen=change.fingerprint(),
        heirs={first.reference: cast.pdam, second.reference: heir},
    )
    assert (first.owner, second.owner) == (cast.pdam, heir)


def test_a_change_needs_a_keeper_and_a_different_approver(cast: Cast) -> None:
    with pytest.raises(WrongPerson):
        UnitChange.propose(
            by=cast.approver,
            change="merged",
            on=clock.today(),
            legal_basis="x",
            predecessors=[cast.dinkes],
            successors=[cast.pdam],
        )
    both = person("dua-topi", "pengelola-data", "penyetuju")
    change = UnitChange.propose(
        by=both,
        change="merged",
        on=clock.today(),
        legal_basis="x",
        predecessors=[cast.dinkes],
        successors=[cast.pdam],
    )
    with pytest.raises(WrongPerson, match=FOUR_EYES):
        transfer.confirm(change, by=both, seen=change.fingerprint())


def test_a_dissolved_unit_must_first_settle_its_promises(cast: Cast) -> None:
    commitment = cast.commitment()
    change = proposed(cast, "dissolved", after=[])
    with pytest.raises(BadFact, match="DINKES-01"):
        transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    commitment.withdraw(
        by=cast.approver, seen=commitment.fingerprint(), reason="Unit dibubarkan tanpa penerus tugas."
    )
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    assert rungs(clock.today())["dinkes"] == 0


def test_a_change_is_confirmed_once_and_only_as_seen(cast: Cast) -> None:
    change = proposed(cast)
    with pytest.raises(StaleScreen):
        transfer.confirm(change, by=cast.approver, seen="lain")
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    with pytest.raises(WrongState, match="sudah diputus"):
        transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    cast.dinkes.refresh_from_db()
    with pytest.raises(WrongState, match="sudah berakhir"):
        proposed(cast)


def test_a_promise_made_or_withdrawn_meanwhile_makes_the_approvers_screen_stale(cast: Cast) -> None:
    change = proposed(cast)
    before_it_was_made = change.fingerprint()
    commitment = cast.commitment(published=False)
    with pytest.raises(StaleScreen):
        transfer.confirm(change, by=cast.approver, seen=before_it_was_made)
    before_it_was_withdrawn = change.fingerprint()
    commitment.withdraw(by=cast.head, seen=commitment.fingerprint(), reason="Diajukan ulang oleh unit penerusnya.")
    with pytest.raises(StaleScreen):
        transfer.confirm(change, by=cast.approver, seen=before_it_was_withdrawn)
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())


def test_an_ended_unit_proposes_nothing_more(cast: Cast) -> None:
    change = proposed(cast, on=date(2020, 1, 1))
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    cast.dinkes.refresh_from_db()
    with pytest.raises(WrongState, match="penerusnya yang berkomitmen"):
        cast.commitment()
    assert Commitment.objects.count() == 0


def test_a_unit_whose_end_is_settled_proposes_nothing_more_even_before_that_day(cast: Cast) -> None:
    """What it promised then would stay with it, and be owed by nobody from that day."""
    change = proposed(cast, on=clock.today() + timedelta(days=20))
    transfer.confirm(change, by=cast.approver, seen=change.fingerprint())
    cast.dinkes.refresh_from_db()
    with pytest.raises(WrongState, match="penerusnya yang berkomitmen"):
        cast.commitment()


def test_a_promise_made_after_the_day_of_a_merger_is_not_left_behind(cast: Cast) -> None:
    """The decree is of last week, the promise of today, and the approver confirms tomorrow."""
    cast.commitment()
    change = proposed(cast, on=clock.today() - timedelta(days=7))
    with pytest.raises(BadFact, match=r"DINKES-01 baru ditugaskan .*, sesudah perubahan ini berlaku"):
        transfer.confirm(change, by=cast.approver, seen=change.fingerprint())


def test_a_promise_that_comes_after_the_heir_has_ended_is_not_lost(cast: Cast) -> None:
    cast.commitment()
    first = proposed(cast, on=clock.today() + timedelta(days=20))
    transfer.confirm(first, by=cast.approver, seen=first.fingerprint())
    second = proposed(cast, before=[cast.pdam], after=[unit("pdam-baru")], on=clock.today() + timedelta(days=10))
    with pytest.raises(BadFact, match=r"DINKES-01 baru ditugaskan .*, sesudah perubahan ini berlaku"):
        transfer.confirm(second, by=cast.approver, seen=second.fingerprint())


def test_a_promise_is_not_left_to_a_unit_that_ends_by_that_day(cast: Cast) -> None:
    promise, last_on = cast.commitment(), clock.today()
    gone = proposed(cast, "dissolved", before=[cast.pdam], after=[], on=last_on + timedelta(days=1))
    transfer.confirm(gone, by=cast.approver, seen=gone.fingerprint())
    cast.pdam.refresh_from_db()

    def left_to_pdam(on: date) -> Any:
        given: dict[str, Any] = {
            "change": "dissolved",
            "predecessors": [cast.dinkes],
            "successors": [],
            "legal_basis": "Perda",
        }
        return transfer.propose(by=cast.keeper, on=on, heirs={promise.reference: cast.pdam}, **given)

    with pytest.raises(BadFact, match="Tentukan unit penerus"):
        left_to_pdam(last_on + timedelta(days=1))
    assert left_to_pdam(last_on).inheritances.get().unit == cast.pdam


def test_two_units_never_succeed_each_other(cast: Cast) -> None:
    """Or both would be carried by nobody, and vanish from the wall."""
    there, back = proposed(cast), proposed(cast, before=[cast.pdam], after=[cast.dinkes])
    transfer.confirm(there, by=cast.approver, seen=there.fingerprint())
    with pytest.raises(WrongState, match="tidak dapat meneruskan"):
        transfer.confirm(back, by=cast.approver, seen=back.fingerprint())
    cast.dinkes.refresh_from_db()
    with pytest.raises(WrongState, match="sudah berakhir"):
        proposed(cast, before=[cast.pdam], after=[cast.dinkes])
    assert sorted(rungs(clock.today())) == ["bag-hukum", "dinkes", "pdam", "setda"]
