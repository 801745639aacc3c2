# ruff: noqa: E501 - a row of the table is a line or two
"""Facts and the rung they give, by hand from docs/aturan.md (sections 2 to 4): a row each side of every boundary.

Unless a row says otherwise a target is DINKES-01-1: 14 days to bring down to 3, baseline of 2 November 2017,
published on 2 January 2018, due on 31 December 2018, reported every 90 days. Acts happen at 10.00 WIB;
a measurement is sent the day after its period ends and decided the day after that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from commitments.ladder.evidence_kinds import EvidenceKind
from commitments.ladder.reference import (
    SEMARANG_TIME,
    DecisionFact,
    MeasurementFact,
    RevisionFact,
    TargetFact,
    UnitFact,
)

_unnamed = count(10_000)


# --- the vocabulary of a row ---


def at(text: str) -> datetime:
    """A moment in WIB: '2018-04-01' is 10.00 on that day, '2018-04-01 23:59' is what it says."""
    day, _, clock = text.partition(" ")
    local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "10:00"))
    return local.replace(tzinfo=SEMARANG_TIME)


def uuid(number: int | None = None) -> str:
    return str(UUID(int=next(_unnamed) if number is None else number))


def draft(
    value: str,
    ends: str,
    *,
    kinds: str = "hasil",
    id: int | None = None,
    fixes: int | None = None,
    sent: str | None = None,
    decisions: tuple[DecisionFact, ...] = (),
) -> MeasurementFact:
    end = date.fromisoformat(ends)
    return MeasurementFact(
        id=uuid(id),
        period_start=end - timedelta(days=29),
        period_end=end,
        value=Decimal(value),
        submitted_at=at(sent) if sent else None,
        supersedes=None if fixes is None else uuid(fixes),
        kinds=frozenset(kinds.split()),
        decisions=decisions,
    )


def _later(ends: str, days: int) -> str:
    return str(date.fromisoformat(ends) + timedelta(days=days))


def waiting(value: str, ends: str, *, sent: str | None = None, **more: Any) -> MeasurementFact:
    return draft(value, ends, sent=sent or _later(ends, 1), **more)


def verified(
    value: str, ends: str, on: str | None = None, *, as_: str = "verified", revoked: str | None = None, **more: Any
) -> MeasurementFact:
    decided = on or _later(ends, 2)
    decisions = [DecisionFact(as_, at(decided))]
    if revoked:
        decisions.append(DecisionFact("revoked", at(revoked)))
    if "fixes" in more:  # a correction is sent once there is something to correct
        more = {"sent": f"{decided.partition(' ')[0]} 09:00", **more}
    return waiting(value, ends, decisions=tuple(decisions), **more)


def returned(value: str, ends: str, on: str | None = None, **more: Any) -> MeasurementFact:
    return verified(value, ends, on, as_="returned", **more)


def rejected(value: str, ends: str, on: str | None = None, **more: Any) -> MeasurementFact:
    return verified(value, ends, on, as_="rejected", **more)


def revised(
    field: str,
    old: str,
    new: str,
    approved: str | None,
    *,
    proposed: str | None = None,
    id: int | None = None,
) -> RevisionFact:
    read: type[Decimal] | Callable[[str], date] = date.fromisoformat if field == "due_on" else Decimal
    asked = proposed or (_later(approved.partition(" ")[0], -1) if approved else "2018-02-01")
    return RevisionFact(
        id=uuid(id),
        field=field,
        old=read(old),
        new=read(new),
        proposed_at=at(asked),
        approved_at=at(approved) if approved else None,
    )


def lower(
    *facts: MeasurementFact | RevisionFact,
    ref: str = "DINKES-01-1",
    unit: str = "dinkes",
    published: str | None = "2018-01-02",
    withdrawn: str | None = None,
    at_rung: int | None = None,
    replaces: str | None = None,
    baseline: str = "14",
    target: str = "3",
    change: str = "0",
    since: str = "2017-11-02",
    due: str = "2018-12-31",
    cycle: int = 90,
    direction: str = "lower",
    moves: tuple[tuple[str, str], ...] = (),
) -> TargetFact:
    """A target where less is better, with its measurements and revisions."""
    return TargetFact(
        ref=ref,
        unit=unit,
        published_at=at(published) if published else None,
        withdrawn_at=at(withdrawn) if withdrawn else None,
        withdrawn_rung=at_rung,
        replaces=replaces,
        baseline_value=Decimal(baseline),
        baseline_on=date.fromisoformat(since),
        target_value=Decimal(target),
        min_change=Decimal(change),
        direction=direction,
        original_due_on=date.fromisoformat(due),
        cycle_days=cycle,
        measurements=tuple(f for f in facts if isinstance(f, MeasurementFact)),
        revisions=tuple(f for f in facts if isinstance(f, RevisionFact)),
        moves=tuple((date.fromisoformat(day), to) for day, to in moves),
    )


def higher(
    *facts: MeasurementFact | RevisionFact, baseline: str = "40", target: str = "80", **more: Any
) -> TargetFact:
    """A target where more is better: 40 per cent online to bring up to 80."""
    return lower(*facts, baseline=baseline, target=target, direction="higher", **more)


def unit(code: str = "dinkes", *, until: str | None = None, heirs: str = "") -> UnitFact:
    return UnitFact(code, date.fromisoformat(until) if until else None, tuple(heirs.split()))


@dataclass(frozen=True)
class TargetCase:
    """`expected` holds live, rung, rung_claimed and flags always, other fields of TargetState where the row names them."""

    says: str
    day: date
    target: TargetFact
    expected: dict[str, object]


@dataclass(frozen=True)
class UnitCase:
    says: str
    day: date
    units: tuple[UnitFact, ...]
    targets: tuple[TargetFact, ...]
    expected: dict[str, object]


TARGET_CASES: list[TargetCase] = []
UNIT_CASES: list[UnitCase] = []


def on(
    day: str,
    says: str,
    target: TargetFact,
    rung: int | None,
    flags: str = "",
    *,
    claimed: int | None = None,
    **figures: Any,
) -> None:
    """One row: on that day this target stands on `rung` (None: not live), with exactly these flags."""
    read = {"due_on": date.fromisoformat, "met_on": date.fromisoformat, "period_end": date.fromisoformat}
    numbers = dict.fromkeys(("value", "progress", "baseline", "target_value", "min_change"), Decimal)
    figures = {
        name: (read | numbers).get(name, lambda same: same)(figure) if figure is not None else None
        for name, figure in figures.items()
    }
    expected = {
        "live": rung is not None,
        "rung": rung,
        "rung_claimed": rung if claimed is None else claimed,
        "flags": frozenset(flags.split()),
    }
    TARGET_CASES.append(TargetCase(says, date.fromisoformat(day), target, expected | figures))


def of(
    day: str,
    says: str,
    targets: Iterable[TargetFact],
    rung: int,
    *,
    units: Iterable[UnitFact] = (),
    claimed: int | None = None,
    past: bool | None = None,
    past_claimed: bool | None = None,
    flags: str = "",
    live: int | None = None,
    improving: int | None = None,
) -> None:
    """One row: on that day the unit 'dinkes' stands on `rung`; past the ceremony from 3 unless the row says otherwise."""
    targets, units = tuple(targets), tuple(units) or (unit(),)
    claimed = rung if claimed is None else claimed
    silent = "silent" in flags.split()
    expected = {
        "rung": rung,
        "rung_claimed": claimed,
        "past_ceremony": (rung >= 3 and not silent) if past is None else past,
        "past_ceremony_claimed": (max(rung, claimed) >= 3 and not silent) if past_claimed is None else past_claimed,
        "flags": frozenset(flags.split()),
        "live_targets": len(targets) if live is None else live,
    }
    if improving is not None:
        expected["improving_targets"] = improving
    UNIT_CASES.append(UnitCase(says, date.fromisoformat(day), units, targets, expected))


# fmt: off
# --- rung 1: published and not withdrawn ---

on("2018-01-01", "the day before publication it is not there", lower(), None)
on("2018-01-02", "published on the day itself is measurable",
   lower(), 1, clock_days=0, value=None, progress=None)
on("2018-02-01", "a proposal never published is not there", lower(published=None), None)
on("2018-01-02", "published a microsecond before midnight WIB counts that day",
   lower(published="2018-01-02 23:59:59.999999"), 1)
on("2018-01-02", "published at midnight WIB counts the next day", lower(published="2018-01-03 00:00"), None)
on("2018-01-03", "published at midnight WIB is there on the day it begins",
   lower(published="2018-01-03 00:00"), 1)
on("2018-01-03", "published at 06.59 WIB, still yesterday in UTC", lower(published="2018-01-03 06:59"), 1)
on("2018-01-02", "published at 06.59 WIB is not there the day before",
   lower(published="2018-01-03 06:59"), None)
on("2018-03-09", "the day before withdrawal it stands", lower(withdrawn="2018-03-10", at_rung=1), 1)
on("2018-03-10", "withdrawn on the day it is gone", lower(withdrawn="2018-03-10", at_rung=1), None)
on("2018-03-10", "withdrawn a microsecond before midnight is gone that day",
   lower(withdrawn="2018-03-10 23:59:59.999999", at_rung=1), None)
on("2018-03-10", "withdrawn at midnight still stands the day before",
   lower(withdrawn="2018-03-11 00:00", at_rung=1), 1)
on("2018-03-11", "withdrawn at midnight is gone on the day it begins",
   lower(withdrawn="2018-03-11 00:00", at_rung=1), None)
on("2018-05-01", "a withdrawn target with good figures has no rung",
   lower(verified("3", "2018-02-28"), withdrawn="2018-04-01", at_rung=4), None)

# --- rung 2: what is counted ---

on("2018-04-02", "verified on the day counts: equal to baseline is only moving",
   lower(verified("14", "2018-03-31")), 2, value="14", progress="0")
on("2018-04-01", "the day before the decision it is only claimed",
   lower(verified("14", "2018-03-31")), 1, "claimed_higher", claimed=2)
on("2018-03-31", "the day before it was sent nothing is known of it", lower(verified("14", "2018-03-31")), 1)
on("2018-04-02", "decided a microsecond before midnight WIB counts that day",
   lower(verified("14", "2018-03-31", "2018-04-02 23:59:59.999999")), 2)
on("2018-04-02", "decided at midnight WIB waits the day before",
   lower(verified("14", "2018-03-31", "2018-04-03 00:00")), 1, "claimed_higher", claimed=2)
on("2018-04-03", "decided at midnight WIB counts on the day it begins",
   lower(verified("14", "2018-03-31", "2018-04-03 00:00")), 2)
on("2018-04-01", "sent a microsecond before midnight WIB waits that day",
   lower(waiting("14", "2018-03-31", sent="2018-04-01 23:59:59.999999")), 1, "claimed_higher", claimed=2)
on("2018-04-01", "sent at midnight WIB is unknown the day before",
   lower(waiting("14", "2018-03-31", sent="2018-04-02 00:00")), 1)
on("2018-04-02", "sent at midnight WIB waits on the day it begins",
   lower(waiting("14", "2018-03-31", sent="2018-04-02 00:00")), 1, "claimed_higher", claimed=2)
on("2018-05-01", "a draft is nothing, claimed neither", lower(draft("3", "2018-03-31")), 1)
on("2018-05-01", "a waiting submission is claimed",
   lower(waiting("3", "2018-03-31")), 1, "claimed_higher", claimed=4)
on("2018-05-01", "a returned submission is neither counted nor claimed",
   lower(returned("3", "2018-03-31")), 1)
on("2018-05-01", "a rejected submission is neither counted nor claimed",
   lower(rejected("3", "2018-03-31")), 1)
on("2018-04-01", "the day before the return it was claimed",
   lower(returned("3", "2018-03-31")), 1, "claimed_higher", claimed=4)
on("2018-04-30", "the day before the revocation it counts",
   lower(verified("3", "2018-03-31", revoked="2018-05-01")), 4)
on("2018-05-01", "revoked on the day it counts no more, claimed neither",
   lower(verified("3", "2018-03-31", revoked="2018-05-01")), 1)
on("2018-05-01", "revoked at the next midnight still counts",
   lower(verified("3", "2018-03-31", revoked="2018-05-02 00:00")), 4)
on("2018-05-01", "revoked a microsecond before midnight counts no more",
   lower(verified("3", "2018-03-31", revoked="2018-05-01 23:59:59.999999")), 1)
on("2018-05-01", "verified and revoked on one day does not count",
   lower(verified("3", "2018-03-31", "2018-05-01 09:00", revoked="2018-05-01 11:00")), 1)

# --- evidence: only 'hasil' counts ---

for kind in (kind.value for kind in EvidenceKind if not kind.details.counts):
    on("2018-05-01", f"{kind} alone proves nothing", lower(verified("3", "2018-03-31", kinds=kind)), 1)
    on("2018-05-01", f"{kind} alone claims nothing", lower(waiting("3", "2018-03-31", kinds=kind)), 1)
    on("2018-05-01", f"{kind} beside hasil does no harm",
       lower(verified("3", "2018-03-31", kinds=f"{kind} hasil")), 4)
for kind in (kind.value for kind in EvidenceKind if kind.details.counts):
    on("2018-05-01", f"{kind} alone counts", lower(verified("3", "2018-03-31", kinds=kind)), 4)
on("2018-05-01", "all other kinds together prove nothing",
   lower(verified("3", "2018-03-31", kinds=" ".join(kind for kind in EvidenceKind if not kind.details.counts))), 1)
on("2018-05-01", "no evidence at all proves nothing", lower(verified("3", "2018-03-31", kinds="")), 1)
on("2018-08-01", "a later figure with a ceremony does not hide the proven one",
   lower(verified("10", "2018-03-31"), verified("20", "2018-06-30", kinds="seremoni")), 3, value="10")

# --- the period must end after the baseline date ---

on("2018-05-01", "a period ending on the baseline date does not count",
   lower(verified("3", "2018-03-31"), since="2018-03-31", published="2018-04-01 08:00"), 1)
on("2018-05-01", "a period ending the day after the baseline date counts",
   lower(verified("3", "2018-03-31"), since="2018-03-30", published="2018-04-01 08:00"), 4)
on("2018-05-01", "a waiting period ending on the baseline date claims nothing",
   lower(waiting("3", "2018-03-31"), since="2018-03-31", published="2018-04-01 08:00"), 1)
on("2018-05-01", "a waiting period ending the day after the baseline date claims",
   lower(waiting("3", "2018-03-31"), since="2018-03-30", published="2018-04-01 08:00"), 1, "claimed_higher", claimed=4)
on("2020-04-01", "a period ending on a leap day that is the baseline date does not count",
   lower(verified("3", "2020-02-29"), since="2020-02-29", published="2020-03-01 08:00", due="2020-12-31"), 1)
on("2020-04-01", "a period ending on a leap day counts after a baseline of the 28th",
   lower(verified("3", "2020-02-29"), since="2020-02-28", published="2020-03-01 08:00", due="2020-12-31"), 4)

# --- rung 3: better than the baseline, by the minimum change ---

on("2018-05-01", "lower is better: a hair below the baseline improves",
   lower(verified("13.9999", "2018-03-31")), 3)
on("2018-05-01", "lower is better: a hair above the baseline is worse",
   lower(verified("14.0001", "2018-03-31")), 2, "worse")
on("2018-05-01", "higher is better: equal to the baseline is only moving",
   higher(verified("40", "2018-03-31")), 2)
on("2018-05-01", "higher is better: a hair above the baseline improves",
   higher(verified("40.0001", "2018-03-31")), 3)
on("2018-05-01", "higher is better: a hair below the baseline is worse",
   higher(verified("39.9999", "2018-03-31")), 2, "worse")
on("2018-05-01", "lower is better: exactly the minimum change improves",
   lower(verified("12", "2018-03-31"), change="2"), 3)
on("2018-05-01", "lower is better: just short of the minimum change only moves",
   lower(verified("12.0001", "2018-03-31"), change="2"), 2)
on("2018-05-01", "lower is better: just past the minimum change improves",
   lower(verified("11.9999", "2018-03-31"), change="2"), 3)
on("2018-05-01", "higher is better: exactly the minimum change improves",
   higher(verified("45", "2018-03-31"), change="5"), 3)
on("2018-05-01", "higher is better: just short of the minimum change only moves",
   higher(verified("44.9999", "2018-03-31"), change="5"), 2)
on("2018-05-01", "higher is better: just past the minimum change improves",
   higher(verified("45.0001", "2018-03-31"), change="5"), 3)
on("2018-05-01", "worse by more than the minimum change is not an improvement",
   lower(verified("20", "2018-03-31"), change="2"), 2, "worse", progress="-0.5455")
on("2018-05-01", "a figure 11 of 14 days down is 82 per cent of the way",
   lower(verified("5", "2018-03-31")), 3, progress="0.8182")
on("2018-05-01", "beyond the target the way is more than whole",
   lower(verified("1", "2018-03-31")), 4, progress="1.1818")
on("2018-05-01", "higher is better: half the way", higher(verified("60", "2018-03-31")), 3, progress="0.5")
on("2018-05-01", "0.3 to 0.2 is 0.1 better, whatever floats say",
   lower(verified("0.2", "2018-03-31"), baseline="0.3", target="0.1", change="0.1"), 3)
on("2018-05-01", "0.1 to 0.3 is 0.2 better, whatever floats say",
   higher(verified("0.3", "2018-03-31"), baseline="0.1", target="0.9", change="0.2"), 3)
on("2018-05-01", "1.1 to 1.0 is 0.1 better, whatever floats say",
   lower(verified("1", "2018-03-31"), baseline="1.1", target="0.5", change="0.1"), 3)
on("2018-05-01", "0.7 to 0.6999 is 0.0001 better, whatever floats say",
   lower(verified("0.6999", "2018-03-31"), baseline="0.7", target="0.1", change="0.0001"), 3)
on("2018-05-01", "0.7 to 0.6999 is not 0.0002 better",
   lower(verified("0.6999", "2018-03-31"), baseline="0.7", target="0.1", change="0.0002"), 2)
on("2018-05-01", "large figures keep their fourth decimal: exactly enough",
   higher(verified("99999999.9999", "2018-03-31"), baseline="99999998.8888", target="100000001", change="1.1111"), 3)
on("2018-05-01", "large figures keep their fourth decimal: just short",
   higher(verified("99999999.9998", "2018-03-31"), baseline="99999998.8888", target="100000001", change="1.1111"), 2)
on("2018-05-01", "a waiting figure just short claims only to move",
   lower(waiting("12.0001", "2018-03-31"), change="2"), 1, "claimed_higher", claimed=2)
on("2018-05-01", "a waiting figure exactly enough claims to improve",
   lower(waiting("12", "2018-03-31"), change="2"), 1, "claimed_higher", claimed=3)

# --- rung 4: the target is met ---

on("2018-05-01", "lower is better: exactly the target is achieved",
   lower(verified("3", "2018-03-31")), 4, progress="1", met_on="2018-03-31")
on("2018-05-01", "lower is better: just short of the target improves",
   lower(verified("3.0001", "2018-03-31")), 3, met_on=None)
on("2018-05-01", "lower is better: beyond the target is achieved", lower(verified("2.9999", "2018-03-31")), 4)
on("2018-05-01", "higher is better: exactly the target is achieved", higher(verified("80", "2018-03-31")), 4)
on("2018-05-01", "higher is better: just short of the target improves",
   higher(verified("79.9999", "2018-03-31")), 3)
on("2018-05-01", "higher is better: beyond the target is achieved",
   higher(verified("80.0001", "2018-03-31")), 4)
on("2018-05-01", "a target of zero can be met", lower(verified("0", "2018-03-31"), target="0"), 4)
on("2018-08-01", "a rung falls when the latest figure falls short",
   lower(verified("3", "2018-03-31"), verified("9", "2018-06-30")), 3, met_on="2018-03-31")
on("2018-08-01", "a rung falls to moving when the latest figure is the baseline again",
   lower(verified("3", "2018-03-31"), verified("14", "2018-06-30")), 2)
on("2018-08-01", "a rung falls to moving when the latest figure is worse than ever",
   lower(verified("3", "2018-03-31"), verified("15", "2018-06-30")), 2, "worse")
on("2018-07-01", "the day before the bad figure is verified the rung holds, claimed lower",
   lower(verified("3", "2018-03-31"), verified("15", "2018-06-30")), 4, claimed=2)
on("2018-08-01", "worse once and better again is not worse",
   lower(verified("20", "2018-03-31"), verified("10", "2018-06-30")), 3)
on("2018-09-01", "a bad figure revoked gives the rung back",
   lower(verified("3", "2018-03-31"), verified("15", "2018-06-30", revoked="2018-08-01")), 4)

# --- rung 5: it lasted 180 days ---

LONG: dict[str, Any] = {"due": "2019-12-31"}
on("2018-10-15", "met again 179 days later is only achieved",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-26")), 4)
on("2018-10-15", "met again 180 days later is sustained",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "met again 181 days later is sustained",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-28")), 5)
on("2018-10-15", "higher is better: 179 days",
   higher(verified("80", "2018-03-31"), verified("90", "2018-09-26")), 4)
on("2018-10-15", "higher is better: 180 days",
   higher(verified("80", "2018-03-31"), verified("90", "2018-09-27")), 5)
on("2020-03-15", "180 days ending on a leap day",
   lower(verified("3", "2019-09-02"), verified("3", "2020-02-29"), published="2019-08-01", due="2020-12-31"), 5)
on("2020-03-15", "179 days ending on a leap day",
   lower(verified("3", "2019-09-03"), verified("3", "2020-02-29"), published="2019-08-01", due="2020-12-31"), 4)
on("2020-04-15", "180 days across a leap day",
   lower(verified("3", "2019-10-01"), verified("3", "2020-03-29"), published="2019-08-01", due="2020-12-31"), 5)
on("2020-04-15", "the same dates would be 181 without the leap day: 179 days across it",
   lower(verified("3", "2019-10-02"), verified("3", "2020-03-29"), published="2019-08-01", due="2020-12-31"), 4)
on("2018-09-28", "the day before the second decision it is claimed sustained",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-27")), 4, "claimed_higher", claimed=5)
on("2018-10-15", "three met in a row over 180 days",
   lower(verified("3", "2018-03-31"), verified("2", "2018-06-29"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a dip between breaks it",
   lower(verified("3", "2018-03-31"), verified("3.0001", "2018-06-29"), verified("3", "2018-09-27")), 4)
on("2018-10-15", "a dip before the run does no harm",
   lower(verified("9", "2018-03-30"), verified("3", "2018-03-31"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a run begun too late after a dip",
   lower(verified("3", "2018-02-28"), verified("9", "2018-03-31"), verified("3", "2018-06-29"), verified("3", "2018-09-27")), 4)
on("2018-10-15", "a dip between that was returned does no harm",
   lower(verified("3", "2018-03-31"), returned("9", "2018-06-29"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a dip between that was revoked does no harm",
   lower(verified("3", "2018-03-31"), verified("9", "2018-06-29", revoked="2018-08-01"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a dip between without proof of result does no harm",
   lower(verified("3", "2018-03-31"), verified("9", "2018-06-29", kinds="keluaran"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a dip between that was corrected does no harm",
   lower(verified("3", "2018-03-31"), verified("9", "2018-06-29", id=1), verified("3", "2018-06-29", "2018-08-01", fixes=1), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a dip between that waits: sustained, claimed only achieved",
   lower(verified("3", "2018-03-31"), waiting("9", "2018-06-29"), verified("3", "2018-09-27")), 5, claimed=4)
on("2018-10-15", "the first of the two revoked leaves it achieved",
   lower(verified("3", "2018-03-31", revoked="2018-10-01"), verified("3", "2018-09-27")), 4)
on("2018-10-15", "the first of the two waiting is claimed sustained",
   lower(waiting("3", "2018-03-31"), verified("3", "2018-09-27")), 4, "claimed_higher", claimed=5)
on("2018-10-15", "a dip ending with the first, decided after it, stands between",
   lower(verified("3", "2018-03-31", "2018-04-02"), verified("9", "2018-03-31", "2018-04-03"), verified("3", "2018-09-27")), 4)
on("2018-10-15", "a dip ending with the first, decided before it, does not stand between",
   lower(verified("3", "2018-03-31", "2018-04-03"), verified("9", "2018-03-31", "2018-04-02"), verified("3", "2018-09-27")), 5)
on("2018-10-15", "a dip ending with the last, decided before it, stands between",
   lower(verified("3", "2018-03-31"), verified("9", "2018-09-27", "2018-09-29"), verified("3", "2018-09-27", "2018-09-30")), 4)
on("2018-10-15", "a dip ending with the last, decided after it, is the latest",
   lower(verified("3", "2018-03-31"), verified("9", "2018-09-27", "2018-09-30"), verified("3", "2018-09-27", "2018-09-29")), 3)
on("2019-01-20", "sustained falls at once with a figure short of the target",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-27"), verified("4", "2018-12-31"), **LONG), 3)
on("2019-04-20", "after a dip the 180 days begin anew",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-27"), verified("4", "2018-12-31"), verified("3", "2019-03-31"), **LONG), 4)
on("2018-10-15", "the first one met only the softer old target: achieved",
   lower(verified("4", "2018-03-31"), verified("3", "2018-09-27"), revised("target_value", "5", "3", "2018-06-01"), target="5"), 4)
on("2018-10-15", "the first one meets only the softened target: sustained, softened",
   lower(verified("4", "2018-03-31"), verified("4", "2018-09-27"), revised("target_value", "3", "4", "2018-06-01")), 5, "softened")
on("2018-10-15", "both far apart but the second sent first",
   lower(verified("3", "2018-09-27"), verified("3", "2018-03-31", "2018-10-10", sent="2018-10-09")), 5)

# --- which one is the latest ---

on("2018-09-01", "latest is by period, not by decision",
   lower(verified("10", "2018-06-30"), verified("14", "2018-03-31", "2018-08-01")), 3, value="10", period_end="2018-06-30")
on("2018-09-01", "latest is by period even when the newer one is worse",
   lower(verified("14", "2018-06-30"), verified("10", "2018-03-31", "2018-08-01")), 2, value="14")
on("2018-05-01", "same period: the later decision is the latest",
   lower(verified("10", "2018-03-31", "2018-04-03"), verified("14", "2018-03-31", "2018-04-02")), 3, value="10")
on("2018-05-01", "same period: the later decision, the other way round",
   lower(verified("10", "2018-03-31", "2018-04-02"), verified("14", "2018-03-31", "2018-04-03")), 2, value="14")
on("2018-05-01", "same period, decided a microsecond apart",
   lower(verified("10", "2018-03-31", "2018-04-02 10:00:00.000001"), verified("14", "2018-03-31", "2018-04-02 10:00")), 3)
on("2018-05-01", "same period and decision: the higher id is the latest",
   lower(verified("10", "2018-03-31", id=2), verified("14", "2018-03-31", id=1)), 3)
on("2018-05-01", "same period and decision: the higher id, the other way round",
   lower(verified("10", "2018-03-31", id=1), verified("14", "2018-03-31", id=2)), 2)
on("2018-05-01", "ids compare as a whole: 10 is after 9",
   lower(verified("10", "2018-03-31", id=10), verified("14", "2018-03-31", id=9)), 3)
on("2018-05-01", "claimed ties: the waiting one stands after the decided",
   lower(verified("14", "2018-03-31", "2018-04-20", id=2), waiting("10", "2018-03-31", id=1)), 2, "claimed_higher", claimed=3)
on("2018-05-01", "claimed ties: the waiting one stands after the decided though it is worse",
   lower(verified("10", "2018-03-31", "2018-04-20", id=2), waiting("14", "2018-03-31", id=1)), 3, claimed=2)
on("2018-05-01", "claimed ties: of two waiting the one sent later",
   lower(waiting("10", "2018-03-31", sent="2018-04-02", id=1), waiting("14", "2018-03-31", sent="2018-04-01", id=2)), 1, "claimed_higher", claimed=3)
on("2018-05-01", "claimed ties: of two waiting the one sent later, the other way round",
   lower(waiting("10", "2018-03-31", sent="2018-04-01", id=2), waiting("14", "2018-03-31", sent="2018-04-02", id=1)), 1, "claimed_higher", claimed=2)
on("2018-05-01", "claimed ties: of two sent at once the higher id",
   lower(waiting("10", "2018-03-31", id=2), waiting("14", "2018-03-31", id=1)), 1, "claimed_higher", claimed=3)
on("2018-07-10", "a waiting one of an older period claims nothing over a newer decided one",
   lower(verified("10", "2018-06-30"), waiting("3", "2018-03-31", sent="2018-07-08")), 3)
on("2018-07-10", "a waiting one of a newer period claims over the decided one",
   lower(verified("10", "2018-03-31"), waiting("3", "2018-06-30")), 3, "claimed_higher", claimed=4)

# --- corrections: a chain of versions ---

on("2018-05-01", "a waiting correction leaves the verified version, and is claimed",
   lower(verified("10", "2018-03-31", id=1), waiting("3", "2018-03-31", sent="2018-04-20", fixes=1)), 3, "claimed_higher", claimed=4, value="10")
on("2018-05-01", "a waiting correction for the worse is claimed lower",
   lower(verified("3", "2018-03-31", id=1), waiting("14", "2018-03-31", sent="2018-04-20", fixes=1)), 4, claimed=2)
on("2018-10-15", "a waiting correction to a period a day shorter claims less than 180 days",
   lower(verified("3", "2018-03-31"), verified("3", "2018-09-27", id=1), waiting("3", "2018-09-26", sent="2018-10-10", fixes=1)), 5, claimed=4)
on("2018-05-01", "a verified correction replaces the first version",
   lower(verified("3", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-20", fixes=1)), 3, value="10", met_on=None)
on("2018-04-19", "the day before the correction is decided the first version stands",
   lower(verified("3", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-20", sent="2018-04-20", fixes=1)), 4)
on("2018-09-01", "a correction to an earlier period takes the first version away",
   lower(verified("3", "2018-06-30", id=1), verified("10", "2018-03-31", "2018-08-01", sent="2018-07-20", fixes=1)), 3, period_end="2018-03-31")
on("2018-05-01", "a correction revoked gives the first version back",
   lower(verified("3", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-20", revoked="2018-04-25", fixes=1)), 4)
on("2018-05-01", "a correction returned leaves the first version",
   lower(verified("3", "2018-03-31", id=1), returned("10", "2018-03-31", "2018-04-20", fixes=1)), 4)
on("2018-05-01", "a correction still a draft leaves the first version",
   lower(verified("3", "2018-03-31", id=1), draft("10", "2018-03-31", fixes=1)), 4)
on("2018-05-01", "a correction without proof of result leaves the first version",
   lower(verified("3", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-20", kinds="seremoni", fixes=1)), 4)
on("2018-05-01", "a waiting correction without proof of result claims nothing",
   lower(verified("10", "2018-03-31", id=1), waiting("3", "2018-03-31", sent="2018-04-20", kinds="seremoni", fixes=1)), 3)
on("2018-05-01", "a correction to a period before the baseline leaves the first version",
   lower(verified("3", "2018-03-31", id=1), verified("10", "2017-11-02", "2018-04-20", sent="2018-04-19", fixes=1)), 4)
on("2018-05-01", "a returned version corrected and verified counts",
   lower(returned("14", "2018-03-31", id=1), verified("3", "2018-03-31", "2018-04-20", fixes=1)), 4)
on("2018-05-01", "three versions, all verified: the third alone counts",
   lower(verified("14", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("3", "2018-03-31", "2018-04-20", fixes=2)), 4, met_on="2018-03-31")
on("2018-05-01", "three versions, the middle returned: the third replaces the first",
   lower(verified("3", "2018-03-31", id=1), returned("20", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("10", "2018-03-31", "2018-04-20", fixes=2)), 3)
on("2018-05-01", "three versions, the middle rejected: the third replaces the first",
   lower(verified("3", "2018-03-31", id=1), rejected("20", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("10", "2018-03-31", "2018-04-20", fixes=2)), 3)
on("2018-05-01", "three versions, the middle revoked: the third replaces the first",
   lower(verified("3", "2018-03-31", id=1), verified("20", "2018-03-31", "2018-04-10", revoked="2018-04-12", id=2, fixes=1), verified("10", "2018-03-31", "2018-04-20", sent="2018-04-13", fixes=2)), 3)
on("2018-05-01", "three versions, the third of an earlier period, the middle returned: the first is gone",
   lower(verified("3", "2018-03-31", id=1), returned("3", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("10", "2018-02-28", "2018-04-20", sent="2018-04-11", fixes=2)), 3, period_end="2018-02-28")
on("2018-05-01", "three versions, the third revoked: the middle counts again",
   lower(verified("14", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("3", "2018-03-31", "2018-04-20", revoked="2018-04-25", fixes=2)), 3)
on("2018-04-24", "three versions, the day before the third is revoked",
   lower(verified("14", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("3", "2018-03-31", "2018-04-20", revoked="2018-04-25", fixes=2)), 4)
on("2018-05-01", "three versions, the middle returned and the third revoked: the first counts again",
   lower(verified("3", "2018-03-31", id=1), returned("20", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("10", "2018-03-31", "2018-04-20", revoked="2018-04-25", fixes=2)), 4)
on("2018-05-01", "three versions, the middle returned, the third waiting: first verified, third claimed",
   lower(verified("3", "2018-03-31", id=1), returned("20", "2018-03-31", "2018-04-10", id=2, fixes=1), waiting("10", "2018-03-31", sent="2018-04-20", fixes=2)), 4, claimed=3)
on("2018-05-01", "three versions, the third a ceremony: the middle counts",
   lower(verified("14", "2018-03-31", id=1), verified("10", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("3", "2018-03-31", "2018-04-20", kinds="seremoni", fixes=2)), 3)
on("2018-05-01", "three versions, the middle a ceremony: the third replaces the first",
   lower(verified("3", "2018-03-31", id=1), verified("20", "2018-03-31", "2018-04-10", kinds="seremoni", id=2, fixes=1), verified("10", "2018-03-31", "2018-04-20", fixes=2)), 3)
on("2018-05-01", "three versions, the first and last revoked: the middle counts",
   lower(verified("14", "2018-03-31", revoked="2018-04-11", id=1), verified("10", "2018-03-31", "2018-04-10", id=2, fixes=1), verified("3", "2018-03-31", "2018-04-20", revoked="2018-04-25", fixes=2)), 3)
on("2018-06-01", "four versions, two dead in the middle: the fourth replaces the first",
   lower(verified("3", "2018-03-31", id=1), returned("9", "2018-03-31", "2018-04-10", id=2, fixes=1), rejected("9", "2018-03-31", "2018-04-20", id=3, fixes=2), verified("10", "2018-03-31", "2018-05-10", fixes=3)), 3)
on("2018-06-01", "a chain leaves other measurements alone",
   lower(verified("10", "2018-04-30", "2018-05-03"), verified("3", "2018-03-31", id=1), verified("14", "2018-03-31", "2018-04-20", fixes=1)), 3)

# --- revisions ---

MET = verified("4", "2018-03-31", id=500)
on("2018-06-01", "a proposed revision changes nothing",
   lower(MET, revised("target_value", "3", "5", None)), 3, target_value="3")
on("2018-06-01", "a target softened on the day is met",
   lower(MET, revised("target_value", "3", "5", "2018-06-01")), 4, "softened", target_value="5")
on("2018-05-31", "the day before the approval nothing changed",
   lower(MET, revised("target_value", "3", "5", "2018-06-01")), 3)
on("2018-06-01", "approved a microsecond before midnight WIB changes that day",
   lower(MET, revised("target_value", "3", "5", "2018-06-01 23:59:59.999999")), 4, "softened")
on("2018-06-01", "approved at midnight WIB changes the next day",
   lower(MET, revised("target_value", "3", "5", "2018-06-02 00:00")), 3)
on("2018-06-02", "approved at midnight WIB changes the day it begins",
   lower(MET, revised("target_value", "3", "5", "2018-06-02 00:00")), 4, "softened")
on("2018-06-01", "a target tightened is met no more, and is not softened",
   lower(MET, revised("target_value", "5", "3", "2018-05-01"), target="5"), 3, met_on=None)
on("2018-06-01", "softened and tightened back stays softened",
   lower(MET, revised("target_value", "3", "5", "2018-05-01"), revised("target_value", "5", "3", "2018-05-02")), 3, "softened", target_value="3")
on("2018-06-01", "tightened and let back stays softened",
   lower(MET, revised("target_value", "3", "2", "2018-05-01"), revised("target_value", "2", "3", "2018-05-02")), 3, "softened")
on("2018-05-01", "tightened alone is not softened",
   lower(MET, revised("target_value", "3", "2", "2018-05-01"), revised("target_value", "2", "3", "2018-05-02")), 3)
on("2018-06-01", "higher is better: a target brought down is softened",
   higher(verified("70", "2018-03-31"), revised("target_value", "80", "70", "2018-05-01")), 4, "softened")
on("2018-06-01", "higher is better: a target raised is not softened",
   higher(verified("80", "2018-03-31"), revised("target_value", "80", "90", "2018-05-01")), 3)
on("2018-06-01", "softened by a ten-thousandth",
   lower(MET, revised("target_value", "3", "3.0001", "2018-05-01")), 3, "softened")
on("2018-06-01", "a baseline brought closer softens, and a figure may become worse",
   lower(verified("12", "2018-03-31"), revised("baseline_value", "14", "11", "2018-05-01")), 2, "softened worse", baseline="11")
on("2018-06-01", "a baseline brought closer to just the figure: only moving",
   lower(verified("12", "2018-03-31"), revised("baseline_value", "14", "12", "2018-05-01")), 2, "softened", progress="0")
on("2018-06-01", "a baseline moved away is not softened, and a worse figure improves",
   lower(verified("15", "2018-03-31"), revised("baseline_value", "14", "16", "2018-05-01")), 3, baseline="16", progress="0.0769")
on("2018-06-01", "higher is better: a baseline moved away is not softened",
   higher(verified("39", "2018-03-31"), revised("baseline_value", "40", "30", "2018-05-01")), 3)
on("2018-06-01", "both moved: closer than just before the last is softened, though farther than at first",
   lower(MET, revised("baseline_value", "14", "20", "2018-05-01"), revised("target_value", "3", "5", "2018-05-02")), 4, "softened")
on("2018-06-01", "both moved apart, one after the other, is not softened",
   lower(MET, revised("baseline_value", "14", "20", "2018-05-01"), revised("target_value", "3", "2", "2018-05-02")), 3)
on("2018-06-01", "closer first and farther later stays softened",
   lower(MET, revised("target_value", "3", "5", "2018-05-01"), revised("baseline_value", "14", "20", "2018-05-02")), 4, "softened")
on("2018-06-01", "a revised baseline keeps its date: a figure before the revision counts",
   lower(verified("12", "2018-01-31"), revised("baseline_value", "14", "13", "2018-05-01")), 3, "softened")
on("2018-06-01", "a minimum change raised takes the improvement away, and is not softened",
   lower(verified("12", "2018-03-31"), revised("min_change", "0", "2.0001", "2018-05-01")), 2, min_change="2.0001")
on("2018-06-01", "a minimum change raised to exactly the gain keeps it",
   lower(verified("12", "2018-03-31"), revised("min_change", "0", "2", "2018-05-01")), 3)
on("2018-06-01", "a minimum change lowered gives the improvement, and is not softened",
   lower(verified("13", "2018-03-31"), revised("min_change", "2", "1", "2018-05-01"), change="2"), 3)
on("2018-06-01", "a due date moved is said beside the rung",
   lower(MET, revised("due_on", "2018-12-31", "2019-06-30", "2018-05-01")), 3, "moved", due_on="2019-06-30")
on("2018-06-01", "a due date brought forward is moved too",
   lower(MET, revised("due_on", "2018-12-31", "2018-11-30", "2018-05-01")), 3, "moved", due_on="2018-11-30")
on("2018-06-01", "a due date moved back to the original is not moved",
   lower(MET, revised("due_on", "2018-12-31", "2019-06-30", "2018-05-01"), revised("due_on", "2019-06-30", "2018-12-31", "2018-05-20")), 3, due_on="2018-12-31")
on("2018-04-30", "a due date is not moved the day before approval",
   lower(MET, revised("due_on", "2018-12-31", "2019-06-30", "2018-05-01")), 3)
on("2018-06-01", "the last approved is in force, whenever proposed",
   lower(MET, revised("due_on", "2018-12-31", "2019-06-30", "2018-05-20", proposed="2018-03-01"), revised("due_on", "2018-12-31", "2019-03-31", "2018-05-10", proposed="2018-04-01")), 3, "moved", due_on="2019-06-30")
on("2018-06-01", "approved at one moment: the higher id is in force",
   lower(MET, revised("due_on", "2018-12-31", "2019-06-30", "2018-05-01", id=2), revised("due_on", "2018-12-31", "2019-03-31", "2018-05-01", id=1)), 3, "moved", due_on="2019-06-30")
on("2018-06-01", "a revision of one field leaves the others",
   lower(MET, revised("min_change", "0", "1", "2018-05-01")), 3, due_on="2018-12-31", baseline="14", target_value="3")
on("2018-06-01", "a waiting figure is claimed under the revised target",
   lower(waiting("4", "2018-03-31"), revised("target_value", "3", "5", "2018-05-01")), 1, "softened claimed_higher", claimed=4)

# --- silence: the clock ---

on("2018-07-01", "180 days after publication without a word is not silent", lower(), 1, clock_days=180)
on("2018-07-02", "181 days after publication without a word is silent", lower(), 1, "silent", clock_days=181)
on("2018-07-01", "a clock from just before midnight WIB is on its own day",
   lower(published="2018-01-01 23:59:59.999999"), 1, "silent", clock_days=181)
on("2018-07-01", "a clock from midnight WIB is on the day that begins",
   lower(published="2018-01-02 00:00"), 1, clock_days=180)
on("2018-03-03", "a cycle of 30 days: 60 is not silent", lower(cycle=30), 1, clock_days=60)
on("2018-03-04", "a cycle of 30 days: 61 is silent", lower(cycle=30), 1, "silent", clock_days=61)
on("2018-12-31", "a cycle of 365 days: 363 is far from silent", lower(cycle=365), 1, clock_days=363)
on("2020-08-28", "180 days across no leap day",
   lower(published="2020-03-01", due="2021-12-31"), 1, clock_days=180)
on("2020-08-26", "180 days from a leap day minus one",
   lower(published="2020-02-28", due="2021-12-31"), 1, clock_days=180)
on("2020-08-27", "181 days across a leap day is silent",
   lower(published="2020-02-28", due="2021-12-31"), 1, "silent", clock_days=181)
on("2018-09-29", "180 days after the last decision is not silent",
   lower(verified("10", "2018-03-31")), 3, clock_days=180)
on("2018-09-30", "181 days after the last decision is silent",
   lower(verified("10", "2018-03-31")), 3, "silent", clock_days=181)
on("2018-09-29", "a return sets the clock", lower(returned("10", "2018-03-31")), 1, clock_days=180)
on("2018-09-30", "181 days after a return is silent",
   lower(returned("10", "2018-03-31")), 1, "silent", clock_days=181)
on("2018-09-30", "a rejection sets the clock",
   lower(rejected("10", "2018-03-31")), 1, "silent", clock_days=181)
on("2018-10-28", "a revocation sets the clock: 180",
   lower(verified("10", "2018-03-31", revoked="2018-05-01")), 1, clock_days=180)
on("2018-10-29", "a revocation sets the clock: 181",
   lower(verified("10", "2018-03-31", revoked="2018-05-01")), 1, "silent", clock_days=181)
on("2018-11-28", "of two revocations the later sets the clock",
   lower(verified("10", "2018-03-31", revoked="2018-06-01"), verified("14", "2018-02-28", revoked="2018-05-01")), 1, clock_days=180)
on("2018-12-30", "a waiting submission stops the clock",
   lower(waiting("10", "2018-03-31")), 1, "claimed_higher", claimed=3, clock_days=0)
on("2018-12-30", "a waiting ceremony stops the clock too",
   lower(waiting("10", "2018-03-31", kinds="seremoni")), 1, clock_days=0)
on("2018-12-30", "one waiting among decided ones stops the clock",
   lower(verified("10", "2018-03-31"), waiting("14", "2018-02-28")), 3, clock_days=0)
on("2018-12-29", "the day before a late decision the clock still stands",
   lower(verified("10", "2018-03-31", "2018-12-30")), 1, "claimed_higher", claimed=3, clock_days=0)
on("2018-12-30", "a late decision starts the clock",
   lower(verified("10", "2018-03-31", "2018-12-30")), 3, clock_days=0)
on("2018-12-31", "the day after a late decision the clock has run a day",
   lower(verified("10", "2018-03-31", "2018-12-30 23:59:59.999999")), 3, clock_days=1)
on("2018-12-31", "a decision at midnight begins on its own day",
   lower(verified("10", "2018-03-31", "2018-12-31 00:00")), 3, clock_days=0)
on("2018-07-02", "a draft does not stop the clock",
   lower(draft("10", "2018-03-31")), 1, "silent", clock_days=181)
on("2018-07-02", "a submission on the very day breaks the silence",
   lower(waiting("10", "2018-06-30", sent="2018-07-02")), 1, "claimed_higher", claimed=3, clock_days=0)
on("2018-07-02", "a submission sent after the day does not break it",
   lower(waiting("10", "2018-06-30", sent="2018-07-03")), 1, "silent", clock_days=181)
on("2018-07-02", "a revision does not set the clock",
   lower(revised("target_value", "3", "2", "2018-06-01")), 1, "silent", clock_days=181)
on("2018-09-29", "the last of several decisions sets the clock, whatever the period",
   lower(verified("10", "2018-01-31", "2018-04-02"), verified("14", "2018-02-10", "2018-02-20")), 2, clock_days=180)

SUSTAINED = (verified("3", "2018-03-31", id=601), verified("3", "2018-09-27", "2018-10-01", id=602))
on("2019-04-01", "sustained is reported yearly: 182 days is not silent", lower(*SUSTAINED), 5, clock_days=182)
on("2020-09-30", "sustained: 730 days is not silent", lower(*SUSTAINED), 5, clock_days=730)
on("2020-10-01", "sustained: 731 days is silent", lower(*SUSTAINED), 5, "silent", clock_days=731)
on("2020-10-02", "sustained with a cycle of 366 days: 732 is not silent",
   lower(*SUSTAINED, cycle=366), 5, clock_days=732)
on("2020-10-03", "sustained with a cycle of 366 days: 733 is silent",
   lower(*SUSTAINED, cycle=366), 5, "silent", clock_days=733)
on("2020-09-30", "sustained with a cycle of 364 days is reported yearly: 730 is not silent",
   lower(*SUSTAINED, cycle=364), 5, clock_days=730)
on("2019-03-31", "achieved is not sustained: 181 days is silent",
   lower(verified("3", "2018-09-27", "2018-10-01")), 4, "silent", clock_days=181)
on("2019-09-28", "a sustained rung lost to a revocation: 180 days from there",
   lower(SUSTAINED[0], verified("3", "2018-09-27", "2018-10-01", revoked="2019-04-01")), 4, clock_days=180)
on("2019-09-29", "a sustained rung lost to a revocation: 181 days is silent",
   lower(SUSTAINED[0], verified("3", "2018-09-27", "2018-10-01", revoked="2019-04-01")), 4, "silent", clock_days=181)

# --- late: overdue, met late ---

HALF = verified("10", "2018-09-30", id=700)
on("2018-12-31", "the day of the deadline is not overdue", lower(HALF), 3)
on("2019-01-01", "the day after the deadline is overdue", lower(HALF), 3, "overdue")
on("2019-01-01", "overdue with nothing counted", lower(published="2018-10-01"), 1, "overdue")
on("2018-12-31", "on the deadline with nothing counted is not overdue", lower(published="2018-10-01"), 1)
on("2019-01-01", "met in time is not overdue", lower(verified("3", "2018-09-30")), 4)
on("2019-01-10", "met a hair short is overdue", lower(verified("3.0001", "2018-12-31")), 3, "overdue")
on("2019-01-10", "a waiting figure that would meet leaves it overdue",
   lower(HALF, waiting("3", "2018-12-31")), 3, "overdue claimed_higher", claimed=4,
   waiting_would_meet=True)
on("2019-01-10", "a waiting figure that would not meet leaves it overdue", lower(HALF, waiting("3.0001", "2018-12-31")), 3, "overdue",
   waiting_would_meet=False)
on("2019-01-10", "a decided figure that met is not waiting", lower(verified("3", "2018-09-30")), 4, waiting_would_meet=False)
on("2019-01-01", "a moved deadline does not hide being overdue",
   lower(HALF, revised("due_on", "2018-12-31", "2019-06-30", "2018-10-05")), 3, "overdue moved")
on("2018-12-01", "a deadline brought forward does not make it overdue",
   lower(HALF, revised("due_on", "2018-12-31", "2018-11-30", "2018-10-05")), 3, "moved")
on("2019-02-01", "fallen after the deadline is overdue again",
   lower(verified("3", "2018-09-30"), verified("4", "2018-12-31")), 3, "overdue", met_on="2018-09-30")
on("2019-01-10", "met in a period ending on the deadline, verified after it, is in time",
   lower(verified("3", "2018-12-31")), 4, met_on="2018-12-31")
on("2019-01-10", "met in a period ending the day after the deadline is late",
   lower(verified("3", "2019-01-01")), 4, "met_late", met_on="2019-01-01")
on("2019-05-20", "met late survives a fall",
   lower(verified("3", "2019-01-31"), verified("9", "2019-04-30")), 3, "met_late overdue", met_on="2019-01-31")
on("2019-05-20", "met late does not survive a revocation",
   lower(verified("3", "2019-01-31", revoked="2019-04-01"), verified("9", "2019-04-30")), 3, "overdue", met_on=None)
on("2019-05-20", "met in time and again late is not late",
   lower(verified("3", "2018-12-31"), verified("3", "2019-04-30")), 4, met_on="2018-12-31")
on("2019-05-20", "the one in time revoked, the later one is late",
   lower(verified("3", "2018-12-31", revoked="2019-05-01"), verified("3", "2019-04-30")), 4, "met_late", met_on="2019-04-30")
on("2019-05-20", "the one in time corrected away, the later one is late",
   lower(verified("3", "2018-12-31", id=1), verified("5", "2018-12-31", "2019-01-10", fixes=1), verified("3", "2019-04-30")), 4, "met_late")
on("2019-05-20", "a target tightened makes an older success late",
   lower(verified("4", "2018-12-31"), verified("3", "2019-04-30"), revised("target_value", "4", "3", "2019-02-01"), target="4"), 4, "met_late", met_on="2019-04-30")
on("2019-05-20", "a target softened makes it met in time after all",
   lower(verified("4", "2018-12-31"), verified("3", "2019-04-30"), revised("target_value", "3", "4", "2019-02-01")), 4, "softened", met_on="2018-12-31")
on("2019-01-20", "a moved deadline does not undo being late",
   lower(verified("3", "2019-01-15"), revised("due_on", "2018-12-31", "2019-06-30", "2018-10-05")), 4, "met_late moved")
on("2019-05-20", "the earliest success decides, in whatever order decided",
   lower(verified("3", "2019-04-30"), verified("3", "2018-11-30", "2019-05-10", sent="2019-05-09")), 4, met_on="2018-11-30")
on("2019-01-15", "a waiting late success is not yet late",
   lower(HALF, waiting("3", "2019-01-10")), 3, "overdue claimed_higher", claimed=4, met_on=None)
on("2019-07-15", "late, silent, moved, softened and worse all at once",
   lower(verified("13", "2018-09-30"), revised("baseline_value", "14", "12", "2018-11-01"), revised("due_on", "2018-12-31", "2019-12-31", "2018-11-02")), 2, "overdue silent moved softened worse")
on("2020-02-29", "a deadline on a leap day: on the day",
   lower(verified("10", "2020-01-31"), due="2020-02-29"), 3)
on("2020-03-01", "a deadline on a leap day: the day after",
   lower(verified("10", "2020-01-31"), due="2020-02-29"), 3, "overdue")

# --- a unit: any target for 1 to 3, all for 4 and 5 ---

D = "2018-10-15"
ONE = lower(ref="DINKES-11-1", published="2018-09-01")
TWO = lower(verified("14", "2018-08-31", id=802), ref="DINKES-12-1")
THREE = lower(verified("10", "2018-08-31", id=803), ref="DINKES-13-1")
FOUR = lower(verified("3", "2018-08-31", id=804), ref="DINKES-14-1")
FIVE = lower(verified("3", "2018-01-31", id=805), verified("3", "2018-08-31", id=806), ref="DINKES-15-1")
FIVE_TOO = higher(verified("80", "2018-01-31", id=807), verified("81", "2018-08-31", id=808), ref="DINKES-15-2")
MUTE = lower(verified("10", "2018-01-31", id=809), ref="DINKES-16-1")
MUTE_TOO = lower(ref="DINKES-16-2", published="2018-02-01")
HOPES = lower(waiting("3", "2018-08-31", id=810), ref="DINKES-17-1")
HOPES_LESS = lower(verified("10", "2018-06-30", id=811), waiting("14", "2018-08-31", id=812), ref="DINKES-18-1")

of(D, "no target at all is a signature, and not silence", [], 0)
of("2018-01-01", "a target published tomorrow is no target yet", [lower()], 0, live=0)
of(D, "one measurable target", [ONE], 1)
of(D, "one moving target", [TWO], 2)
of(D, "one improving target", [THREE], 3)
of(D, "one achieved target is all of them", [FOUR], 4)
of(D, "one sustained target is all of them", [FIVE], 5)
of(D, "any moving target is enough", [ONE, TWO], 2)
of(D, "any improving target is enough", [ONE, TWO, THREE], 3, improving=1)
of(D, "achieved beside measurable is improving", [FOUR, ONE], 3)
of(D, "sustained beside moving is improving", [FIVE, TWO], 3)
of(D, "sustained and achieved: all have reached achieved", [FIVE, FOUR], 4)
of(D, "sustained twice is sustained", [FIVE, FIVE_TOO], 5)
of(D, "sustained twice and one improving is improving", [FIVE, FIVE_TOO, THREE], 3, improving=3)
of(D, "another unit's target does not count",
   [lower(ref="DISHUB-01-1", unit="dishub", published="2018-09-01"), FOUR], 4, units=[unit(), unit("dishub")], live=1)
of(D, "a waiting success is claimed", [HOPES], 1, claimed=4, flags="claimed_higher")
of(D, "claimed achieved needs all as well", [HOPES, ONE], 1, claimed=3, flags="claimed_higher")
of(D, "claimed achieved by one waiting and one verified", [HOPES, FOUR], 3, claimed=4, flags="claimed_higher")
of(D, "claimed lower than proven: the headline takes the higher",
   [HOPES_LESS], 3, claimed=2, past_claimed=True)
of(D, "moving and claiming to improve is past the ceremony only as claimed",
   [TWO, HOPES], 2, claimed=3, flags="claimed_higher", past=False, past_claimed=True)
of(D, "one silent target is a silent unit, and not past the ceremony", [MUTE], 3, flags="silent")
of(D, "two silent targets are a silent unit", [MUTE, MUTE_TOO], 3, flags="silent")
of(D, "one that speaks is enough not to be silent", [MUTE, MUTE_TOO, ONE], 3)
of(D, "improving by a silent target while another speaks is past the ceremony", [MUTE, ONE], 3, past=True)
LATE = lower(
    verified("15", "2018-09-30", id=813),
    revised("target_value", "3", "4", "2018-09-01"),
    revised("due_on", "2018-09-30", "2018-12-31", "2018-09-02"),
    ref="DINKES-19-1",
    due="2018-09-30",
)
MET_LATE = lower(verified("3", "2018-09-29", id=814), ref="DINKES-19-2", due="2018-09-28")
of(D, "a flag of any target is a flag of the unit", [LATE, MET_LATE, THREE], 3, flags="overdue moved softened worse met_late", improving=2)
of(D, "without such a target there is no flag", [THREE], 3, improving=1)
of("2018-08-01", "180 days: not silent and past the ceremony",
   [lower(verified("10", "2018-01-31", "2018-02-02"))], 3)
of("2018-08-02", "181 days: silent and not past the ceremony",
   [lower(verified("10", "2018-01-31", "2018-02-02"))], 3, flags="silent")

# --- a target given up below rung 4 bars 4 and 5 ---

GIVEN_UP: dict[str, Any] = {"ref": "DINKES-20-1", "withdrawn": "2018-09-10"}
of("2018-09-09", "the day before it is given up it is one of all", [FOUR, lower(**GIVEN_UP, at_rung=3)], 3)
of("2018-09-10", "given up at rung 3 on the day: barred", [FOUR, lower(**GIVEN_UP, at_rung=3)], 3, live=1)
of(D, "given up at rung 1: barred from sustained", [FIVE, lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of(D, "withdrawn at rung 4: not barred", [FOUR, lower(**GIVEN_UP, at_rung=4)], 4, live=1)
of(D, "withdrawn at rung 5: not barred", [FIVE, lower(**GIVEN_UP, at_rung=5)], 5, live=1)
of(D, "a proposal withdrawn before publication bars nothing",
   [FOUR, lower(ref="DINKES-20-1", published=None, withdrawn="2018-09-10")], 4, live=1)
of(D, "given up in another unit bars nothing here",
   [FOUR, lower(ref="DISHUB-01-1", unit="dishub", withdrawn="2018-09-10", at_rung=1)], 4, units=[unit(), unit("dishub")], live=1)
of(D, "a bar leaves rung 3 as it is", [THREE, lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of(D, "a bar does not lift a moving unit", [TWO, lower(**GIVEN_UP, at_rung=1)], 2, live=1)
of(D, "given up and nothing left is a bare signature", [lower(**GIVEN_UP, at_rung=3)], 0, live=0)
of(D, "a bar holds for the claim as well", [HOPES, lower(**GIVEN_UP, at_rung=1)], 1, claimed=3, flags="claimed_higher", live=1)
of("2018-09-09", "given up at midnight is still one of all the day before",
   [FOUR, lower(ref="DINKES-20-1", withdrawn="2018-09-10 00:00", at_rung=1)], 3)
REPLACING = verified("3", "2018-09-30", id=820)
of(D, "a published replacement lifts the bar",
   [lower(REPLACING, ref="DINKES-20-2", published="2018-09-12", replaces="DINKES-20-1"), lower(**GIVEN_UP, at_rung=1)], 4, live=1)
of("2018-09-12", "a replacement lifts the bar on the day it is published",
   [FOUR, lower(verified("3", "2018-08-31", id=821), ref="DINKES-20-2", published="2018-09-12", replaces="DINKES-20-1"), lower(**GIVEN_UP, at_rung=1)], 4, live=2)
of("2018-09-11", "the day before the replacement is published the bar holds",
   [FOUR, lower(ref="DINKES-20-2", published="2018-09-12", replaces="DINKES-20-1"), lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of(D, "a replacement only proposed lifts nothing",
   [FOUR, lower(ref="DINKES-20-2", published=None, replaces="DINKES-20-1"), lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of("2018-09-12", "a replacement published at midnight lifts nothing the day before",
   [FOUR, lower(ref="DINKES-20-2", published="2018-09-13 00:00", replaces="DINKES-20-1"), lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of("2018-09-09", "revoked and given up at midnight bars nothing the day before",
   [FOUR, lower(verified("3", "2018-08-31", revoked="2018-09-10 00:00", id=822), ref="DINKES-20-1", withdrawn="2018-09-10 00:00", at_rung=1)], 4)
of(D, "a new target that names nothing lifts nothing",
   [lower(REPLACING, ref="DINKES-20-2", published="2018-09-12"), lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of(D, "a replacement given up in its turn bars by itself",
   [FOUR, lower(ref="DINKES-20-2", published="2018-09-12", replaces="DINKES-20-1", withdrawn="2018-10-01", at_rung=1), lower(**GIVEN_UP, at_rung=1)], 3, live=1)
of(D, "a replacement achieved and then withdrawn bars nothing",
   [FOUR, lower(ref="DINKES-20-2", published="2018-09-12", replaces="DINKES-20-1", withdrawn="2018-10-01", at_rung=4), lower(**GIVEN_UP, at_rung=1)], 4, live=1)
of(D, "two given up, one replaced: still barred",
   [lower(REPLACING, ref="DINKES-20-2", published="2018-09-12", replaces="DINKES-20-1"), lower(**GIVEN_UP, at_rung=1), lower(ref="DINKES-21-1", withdrawn="2018-09-10", at_rung=2)], 3, live=1)

# --- mergers and splits ---


def owed_by(code: str, target: TargetFact) -> TargetFact:
    """The same facts under another unit."""
    return TargetFact(**{**vars(target), "unit": code, "ref": target.ref.replace("DINKES", code.upper())})


A, B = unit("bappeda"), unit("dishub")
of(D, "an ended unit carries its successor's rung",
   [owed_by("bappeda", FOUR)], 4, units=[unit(until="2018-10-01", heirs="bappeda"), A], live=0)
of("2018-09-30", "the day before it ends a unit stands on its own",
   [THREE, owed_by("bappeda", FOUR)], 3, units=[unit(until="2018-10-01", heirs="bappeda"), A], live=1)
of("2018-10-01", "on the first day it no longer exists it carries the successor's",
   [owed_by("bappeda", FOUR)], 4, units=[unit(until="2018-10-01", heirs="bappeda"), A], live=0)
of(D, "a split unit carries the lowest of its successors",
   [owed_by("bappeda", FOUR), owed_by("dishub", TWO)], 2, units=[unit(until="2018-10-01", heirs="bappeda dishub"), A, B], live=0)
of(D, "a split unit carries nothing where a successor promised nothing",
   [owed_by("bappeda", FOUR)], 0, units=[unit(until="2018-10-01", heirs="bappeda dishub"), A, B], live=0)
of(D, "a split unit is silent when one successor is",
   [owed_by("bappeda", FOUR), owed_by("dishub", MUTE)], 3, units=[unit(until="2018-10-01", heirs="bappeda dishub"), A, B], flags="silent", live=0)
of(D, "a split unit claims the lowest claim",
   [owed_by("bappeda", HOPES), owed_by("dishub", THREE)], 1, claimed=3, flags="claimed_higher", past=False, past_claimed=True, units=[unit(until="2018-10-01", heirs="bappeda dishub"), A, B], live=0)
of(D, "lowest proven and lowest claimed may come from different successors",
   [owed_by("bappeda", HOPES), owed_by("dishub", HOPES_LESS)], 1, claimed=2, flags="claimed_higher", units=[unit(until="2018-10-01", heirs="bappeda dishub"), A, B], live=0)
of(D, "a chain of mergers is followed to its end",
   [owed_by("dishub", FIVE)], 5, units=[unit(until="2018-03-01", heirs="bappeda"), unit("bappeda", until="2018-10-01", heirs="dishub"), B], live=0)
of("2018-09-30", "a chain of mergers is followed only as far as it has come",
   [owed_by("bappeda", THREE), owed_by("dishub", FIVE)], 3, units=[unit(until="2018-03-01", heirs="bappeda"), unit("bappeda", until="2018-10-01", heirs="dishub"), B], live=0)
of(D, "a chain with a split at its end carries the lowest",
   [owed_by("dishub", FIVE), owed_by("bapenda", TWO)], 2, units=[unit(until="2018-03-01", heirs="bappeda"), unit("bappeda", until="2018-10-01", heirs="dishub bapenda"), B, unit("bapenda")], live=0)
of(D, "a chain is silent when its end is",
   [owed_by("dishub", MUTE)], 3, units=[unit(until="2018-03-01", heirs="bappeda"), unit("bappeda", until="2018-10-01", heirs="dishub"), B], flags="silent", live=0)
of(D, "a split unit carries the flags of any successor, and counts no target itself",
   [owed_by("bappeda", LATE), owed_by("dishub", MET_LATE)], 2, units=[unit(until="2018-10-01", heirs="bappeda dishub"), A, B],
   flags="overdue moved softened worse met_late", live=0, improving=0)
of(D, "two units merged into one: the other carries the same",
   [owed_by("bappeda", FOUR)], 4, units=[unit(until="2018-10-01", heirs="bappeda"), unit("dishub", until="2018-10-01", heirs="bappeda"), A], live=0)
of(D, "a unit dissolved without successor is a bare signature", [], 0, units=[unit(until="2018-10-01")])
of(D, "a duty moved by a merger counts for its new owner",
   [lower(verified("3", "2018-08-31", id=830), unit="dishub", moves=(("2018-10-01", "dinkes"),))], 4, units=[unit(), unit("dishub", until="2018-10-01", heirs="dinkes")])
of("2018-09-30", "the day before the move it is the old owner's",
   [lower(verified("3", "2018-08-31", id=830), unit="dishub", moves=(("2018-10-01", "dinkes"),))], 0, units=[unit(), unit("dishub", until="2018-10-01", heirs="dinkes")], live=0)
of("2018-10-01", "on the day of the move it is the new owner's",
   [lower(verified("3", "2018-08-31", id=830), unit="dishub", moves=(("2018-10-01", "dinkes"),))], 4, units=[unit(), unit("dishub", until="2018-10-01", heirs="dinkes")])
of("2018-10-01", "on the day of the move it is not the old owner's",
   [lower(verified("3", "2018-08-31", id=830), moves=(("2018-10-01", "dishub"),))], 0, units=[unit(), unit("dishub")], live=0)
of(D, "a bar moves with the duty",
   [FOUR, lower(ref="DISHUB-01-1", unit="dishub", withdrawn="2018-09-10", at_rung=1, moves=(("2018-10-01", "dinkes"),))], 3, units=[unit(), unit("dishub", until="2018-10-01", heirs="dinkes")], live=1)
of(D, "a bar of the successor is carried with its rung",
   [owed_by("bappeda", FOUR), lower(ref="BAPPEDA-02-1", unit="bappeda", withdrawn="2018-09-10", at_rung=1)], 3, units=[unit(until="2018-10-01", heirs="bappeda"), A], live=0)
