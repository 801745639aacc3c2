"""Random histories of a small city, with many values exactly on a boundary of the rules."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st

from commitments.ladder import reference
from commitments.ladder.reference import (
    SEMARANG_TIME,
    DecisionFact,
    MeasurementFact,
    ObjectionFact,
    RevisionFact,
    TargetFact,
    UnitFact,
)

T = TypeVar("T")

START = date(2018, 1, 1)
TICK = Decimal("0.0001")
MOST = 10**15 - 1  # ten-thousandths: the largest figure of 15 digits, 4 of them decimals

# Options, the simplest first: that is where a failing history shrinks to.
CLOCKS = (time(10, 0), time(0, 0), time(23, 59, 59, 999999))
PERIOD_ENDS = (0, 1, 2, 30, 90, 179, 180, 181, 182, 210, 270, 359, 360, 361, 362)
LAGS = (0, 1, 0, 2, 1, 30, 200)
STORIES = (  # verdicts in order (None: a draft), and the kinds of evidence; the commonest story comes up most
    *[(("verified",), "hasil")] * 12,
    (("verified",), "hasil seremoni"),
    (("verified",), "seremoni kegiatan keluaran"),
    (("verified",), ""),
    *[(("verified", "revoked"), "hasil")] * 2,
    (("returned",), "hasil"),
    (("rejected",), "hasil"),
    *[((), "hasil")] * 3,
    ((), "kegiatan"),
    (None, "hasil"),
)
OFFSETS = (0, 1, -1, 30, 59, 60, 61, 179, 180, 181, 182, 364, 365, 366, 729, 730, 731, 732, 733)
ENDS = (90, 91, 180, 181, 182, 360, 361, 362, 0)  # nine units; one that ends does so before those that follow it
MOODS = ((0, 1, 2, 3, 4, 5, 6), (2, 5), (2, 3), (0, 1, 6))  # which figures a unit tends to report


def moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SEMARANG_TIME)


class Dice:
    """Choices read off a row of bytes: one draw a target, where a draw a choice would take most of the time."""

    def __init__(self, rolls: bytes) -> None:
        self.rolls = iter(rolls)

    def pick(self, options: Sequence[T]) -> T:
        return options[next(self.rolls, 0) % len(options)]

    def number(self, below: int) -> int:
        """Up to 65,536."""
        return (next(self.rolls, 0) * 256 + next(self.rolls, 0)) % below


def value_near(dice: Dice, mood: Sequence[int], terms: dict[str, Any]) -> Decimal:
    """A figure on a boundary, beside one, or somewhere around."""
    baseline, target, change = terms["baseline_value"], terms["target_value"], terms["min_change"]
    sign = 1 if target > baseline else -1
    around = (
        baseline,
        baseline + sign * change,
        target,
        (baseline + target) / 2,
        baseline + sign * (change + TICK),
        target + sign,
        baseline - sign,
    )
    return round(around[dice.pick(mood)] + dice.pick((0, 0, 0, -1, 1)) * TICK, 4)


def revisions(dice: Dice, ids: Iterator[int], first: dict[str, Any]) -> tuple[list[RevisionFact], dict[str, Any]]:
    """Approved ones, after each of which the target still beats the baseline by the minimum change."""
    in_force, rows, due = dict(first), [], first["due_on"]
    for day in sorted(dice.pick(PERIOD_ENDS) for _ in range(dice.pick((0, 0, 1, 2, 3)))):
        sign = 1 if in_force["target_value"] > in_force["baseline_value"] else -1
        way = abs(in_force["target_value"] - in_force["baseline_value"])
        wider = max(in_force["min_change"], TICK) + dice.pick((Decimal(0), TICK, Decimal(2), way))
        field, new = dice.pick(
            (
                ("due_on", due + timedelta(days=dice.pick((30, -30, 0, 200)))),
                ("target_value", in_force["baseline_value"] + sign * wider),
                ("baseline_value", in_force["target_value"] - sign * wider),
                ("min_change", min(way, dice.pick((Decimal(0), TICK, round(way / 2, 4), way)))),
            )
        )
        at = moment(START + timedelta(days=day), time(10))
        rows.append(RevisionFact(str(UUID(int=next(ids))), field, in_force[field], new, at, at))
        in_force[field] = new
    if dice.pick((False, True)):
        moved, asked = due + timedelta(days=999), moment(START, time(10))
        rows.append(RevisionFact(str(UUID(int=next(ids))), "due_on", due, moved, asked, None))
    return rows, in_force


def measurements(dice: Dice, ids: Iterator[int], terms: Sequence[dict[str, Any]]) -> list[MeasurementFact]:
    """Up to six in any state; some correct an earlier one, which is closed by then."""
    rows: list[MeasurementFact] = []
    mood = dice.pick(MOODS)
    for _ in range(dice.pick(range(7))):
        verdicts, kinds = dice.pick(STORIES)
        ends = START + timedelta(days=dice.pick(PERIOD_ENDS))
        sent = moment(ends + timedelta(days=dice.pick(LAGS)), dice.pick(CLOCKS))
        fixed = None
        if rows and rows[-1].submitted_at and dice.pick((False, True)):
            fixed = rows[-1]
            sent = max(sent, rows[-1].submitted_at, *(d.at for d in fixed.decisions[:1]))
            if not fixed.decisions and verdicts is not None:  # its own unit closes what it corrects
                rows[-1] = fixed = replace(fixed, decisions=(DecisionFact("returned", sent),))
        decided, decisions = sent, []
        for verdict in verdicts or ():
            later = reference.local_day(decided) + timedelta(days=dice.pick(LAGS))
            decided = max(decided, moment(later, dice.pick(CLOCKS)))
            decisions.append(DecisionFact(verdict, decided))
        row = MeasurementFact(
            id=str(UUID(int=dice.number(256) << 120 | next(ids))),
            period_start=ends - timedelta(days=dice.pick((0, 30))),
            period_end=ends,
            value=value_near(dice, mood, dice.pick(terms)),
            submitted_at=None if verdicts is None else sent,
            supersedes=fixed.id if fixed else None,
            kinds=frozenset(kinds.split()),
            decisions=tuple(decisions),
            objections=objections(dice, decided) if verdicts else (),
        )
        rows.append(row)
    return rows


def objections(dice: Dice, after: datetime) -> tuple[ObjectionFact, ...]:
    """None, one or two, each opened after a decision; some end because the number stands."""
    found = []
    for _ in range(dice.pick((0, 0, 1, 2))):
        opened = moment(reference.local_day(after) + timedelta(days=dice.pick(LAGS) + 1), dice.pick(CLOCKS))
        stands = moment(reference.local_day(opened) + timedelta(days=dice.pick(LAGS)), time(23, 59, 59, 999999))
        found.append(ObjectionFact(opened, dice.pick((None, stands))))
    return tuple(found)


def a_target(
    dice: Dice, ids: Iterator[int], ref: str, units: Sequence[UnitFact], earlier: Sequence[TargetFact]
) -> TargetFact:
    sign = dice.pick((1, -1))
    scale = dice.pick((TICK, Decimal(1), Decimal("0.1")))
    baseline, change = dice.number(50_000) * scale, dice.pick((0, 1, 7, 500, 5000)) * scale
    way = max(change, TICK) + dice.pick((Decimal(5), Decimal(0), TICK, Decimal(1000)))
    first: dict[str, Any] = {
        "baseline_value": baseline,
        "target_value": baseline + sign * way,
        "min_change": change,
        "due_on": START + timedelta(days=dice.pick((361, 1, 179, 180, 181, 900))),
    }
    changed, last = revisions(dice, ids, first)
    unit = dice.pick(units)
    given_up = dice.pick((*[None] * 14, 100, 200, 365))
    return TargetFact(
        ref=ref,
        unit=unit.code,
        published_at=moment(START - timedelta(days=dice.pick((1, 2, 45))), dice.pick(CLOCKS))
        if dice.number(12)
        else None,
        baseline_value=baseline,
        baseline_on=START + timedelta(days=dice.pick((-100, -1, 0))),
        target_value=first["target_value"],
        min_change=change,
        direction="higher" if sign == 1 else "lower",
        original_due_on=first["due_on"],
        cycle_days=dice.pick((90, 90, 30, 366)),
        withdrawn_at=moment(START + timedelta(days=given_up), dice.pick(CLOCKS)) if given_up else None,
        withdrawn_rung=dice.pick((1, 2, 3, 4, 5)) if given_up else None,
        replaces=dice.pick([None, *(t.ref for t in earlier if t.withdrawn_at)]),
        revisions=tuple(changed),
        measurements=tuple(measurements(dice, ids, (first, last))),
        moves=tuple(inherited(dice, unit, {u.code: u for u in units})),
    )


def inherited(dice: Dice, unit: UnitFact, units: dict[str, UnitFact]) -> Iterator[tuple[date, str]]:
    """From when, by whom: a duty of a unit that ends goes to one of its successors."""
    while unit.valid_until:
        heir = dice.pick(unit.successors)
        yield unit.valid_until, heir
        unit = units[heir]


@dataclass(frozen=True)
class RandomWorld:
    """A few units, some of them merged or split into later ones; two dozen targets; the days to ask about."""

    units: list[UnitFact]
    targets: list[TargetFact]
    days: list[date]


def world(rolls: bytes, rolls_by_target: list[bytes], days: int) -> RandomWorld:
    dice, ids = Dice(rolls), count(1)
    units = []
    for number, end in enumerate(ENDS):
        later = [f"u{heir}" for heir in range(number + 1, len(ENDS))]
        heirs = dice.pick(((), (), tuple(later[:1]), tuple(later[1:2]), tuple(later[1:3])))
        ended = START + timedelta(days=end) if heirs else None
        units.append(UnitFact(f"u{number}", ended, heirs))
    targets: list[TargetFact] = []
    for number, some in enumerate(rolls_by_target):
        targets.append(a_target(Dice(some), ids, f"T-{number:02d}-1", units, targets[-3:]))
    events = sorted(set(event_days(targets)))
    asked = [events[dice.number(len(events))] + timedelta(days=dice.pick(OFFSETS)) for _ in range(days)]
    return RandomWorld(units, targets, asked)


def worlds(*, targets: int, days: int) -> st.SearchStrategy[RandomWorld]:
    rolls = st.lists(st.binary(min_size=140, max_size=140), min_size=targets, max_size=targets)
    return st.builds(partial(world, days=days), st.binary(min_size=40, max_size=40), rolls)


def event_days(targets: Iterable[TargetFact]) -> Iterable[date]:
    """Every day on which something happened, or was due."""
    for target in targets:
        yield target.original_due_on
        moments = [target.published_at, target.withdrawn_at, *(r.approved_at for r in target.revisions)]
        for m in target.measurements:
            yield m.period_end
            moments += [m.submitted_at, *(d.at for d in m.decisions)]
            moments += [at for one in m.objections for at in (one.opened_at, one.stands_at)]
        yield from (reference.local_day(at) for at in moments if at)


def boundary(rolls: bytes) -> TargetFact:
    """One verified figure exactly on the baseline, the minimum change or the target."""
    dice, number = Dice(rolls), int.from_bytes(rolls[-8:])
    sign = dice.pick((1, -1))
    wide = dice.pick((10**4, 10**8, 10**12, MOST))
    change = int.from_bytes(rolls[8:16]) % (wide // 4)
    way = max(change, 1) + dice.pick((0, 1, 10**4)) % (wide // 4)
    room = wide - way - 1
    baseline = dice.pick((int.from_bytes(rolls[16:24]) % (2 * room + 1) - room, room, -room, 0))
    target = baseline + sign * way
    value = dice.pick((baseline + sign * change, baseline, target)) + dice.pick((0, -1, 1))
    measured = MeasurementFact(
        id=str(UUID(int=number)),
        period_start=START,
        period_end=START + timedelta(days=30),
        value=value * TICK,
        submitted_at=moment(START + timedelta(days=31), time(10)),
        decisions=(DecisionFact("verified", moment(START + timedelta(days=32), time(10))),),
    )
    return TargetFact(
        ref=f"B-{number}-1",
        unit="u0",
        published_at=moment(START, time(10)),
        baseline_value=baseline * TICK,
        baseline_on=START - timedelta(days=1),
        target_value=target * TICK,
        min_change=change * TICK,
        direction="higher" if sign == 1 else "lower",
        original_due_on=START + timedelta(days=365),
        measurements=(measured,),
    )


def boundaries(*, many: int) -> st.SearchStrategy[list[TargetFact]]:
    one = st.builds(boundary, st.binary(min_size=40, max_size=40))
    return st.lists(one, min_size=many, max_size=many, unique_by=lambda target: target.ref)
