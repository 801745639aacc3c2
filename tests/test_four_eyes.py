"""Tests of four eyes: whoever had a hand in something does not decide about it, whatever hat they wear by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from commitments.models import Recheck, transfer
from opd import access, clock, register
from opd.errors import WrongPerson
from opd.models import UnitChange
from tests.cast import REASON, Cast, give
from tests.screen_texts import FOUR_EYES

pytestmark = pytest.mark.django_db

Act = Callable[[User], object]
VERDICTS = {"verify": {}, "return_": {"note": REASON}, "reject": {"note": REASON}}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def moved_to_the_desk(user: User) -> None:
    """From today on somebody who decides about every unit and serves in none."""
    user.memberships.update(until_on=clock.today())
    give(user, *access.STAFF_ROLES)


def of(row: Any, verb: str, **given: Any) -> Act:
    return lambda by: getattr(row, verb)(by=by, seen=row.fingerprint(), **given)


def verdict(cast: Cast, verb: str) -> Act:
    draft = cast.measurement(cast.target(), by=cast.operator, submitted=False)
    draft.submit(by=cast.head, seen=draft.fingerprint())
    return of(draft, verb, **VERDICTS[verb])


def verified(cast: Cast) -> Any:
    row = cast.measurement(cast.target())
    row.verify(by=cast.verifier, seen=row.fingerprint())
    return row


def publication(cast: Cast) -> Act:
    return of(cast.commitment(published=False), "publish")


def target_publication(cast: Cast) -> Act:
    return of(cast.target(published=False), "publish")


def revision(verb: str, **given: Any) -> Callable[[Cast], Act]:
    def asked(cast: Cast) -> Act:
        target = cast.target()
        wish: dict[str, Any] = {"field": "due_on", "new": date(2031, 1, 1), "reason": REASON}
        return of(target.revise(by=cast.head, seen=target.fingerprint(), **wish), verb, **given)

    return asked


def revocation(cast: Cast) -> Act:
    return of(verified(cast), "revoke", note=REASON)


def finding(cast: Cast) -> Act:
    verified(cast)
    item = Recheck.draw(by=cast.inspector, size=1).items.get()
    return of(item, "record", outcome="sesuai", finding="Dihitung ulang dari buku antrean.")


def merger(cast: Cast) -> Act:
    units: dict[str, Any] = {"predecessors": [cast.pdam], "successors": [cast.dinkes]}
    facts: dict[str, Any] = {"change": UnitChange.Change.MERGED, "on": clock.today(), "legal_basis": "Perda"}
    change = UnitChange.propose(by=cast.keeper, **facts, **units)
    return lambda by: transfer.confirm(change, by=by, seen=change.fingerprint())


HANDS: list[tuple[str, str, Callable[[Cast], Act]]] = [  # who, had a hand in what, and the decision about it
    *(("operator", f"drafted what they {verb}", lambda cast, verb=verb: verdict(cast, verb)) for verb in VERDICTS),
    *(("head", f"sent what they {verb}", lambda cast, verb=verb: verdict(cast, verb)) for verb in VERDICTS),
    ("head", "sent what they revoke", revocation),
    ("verifier", "verified what they revoke", revocation),
    ("head", "proposed the commitment they publish", publication),
    ("head", "proposed the target they publish", target_publication),
    ("head", "asked for the revision they approve", revision("approve")),
    ("head", "asked for the revision they refuse", revision("refuse", reason=REASON)),
    ("head", "sent what they recheck", finding),
    ("verifier", "verified what they recheck", finding),
    ("keeper", "proposed the merger they confirm", merger),
]


@pytest.mark.parametrize(("who", "decide"), [pytest.param(who, of, id=f"{who} {had}") for who, had, of in HANDS])
def test_whoever_had_a_hand_in_it_does_not_decide(cast: Cast, who: str, decide: Callable[[Cast], Act]) -> None:
    decision, person = decide(cast), getattr(cast, who)
    moved_to_the_desk(person)
    before = register.head()
    with pytest.raises(WrongPerson, match=FOUR_EYES):
        decision(person)
    assert register.head() == before
    moved_to_the_desk(cast.outsider)
    decision(cast.outsider)  # nothing but who they are was in the way
