"""The ladder a second time, in plain Python, written from its rules alone (docs/aturan.md, sections 2 to 4).

Facts are frozen rows with aware moments; nothing here knows Django or SQL. Slow and plain on purpose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

SEMARANG_TIME = ZoneInfo("Asia/Jakarta")
FOUR_PLACES = Decimal("0.0001")

SUSTAINED_AFTER_DAYS = 180
SILENT_AFTER_CYCLES = 2
SUSTAINED_CYCLE_DAYS = 365
PAST_CEREMONY_RUNG = 3


@dataclass(frozen=True)
class DecisionFact:
    verdict: str  # 'verified' | 'returned' | 'rejected' | 'revoked'
    at: datetime


@dataclass(frozen=True)
class ObjectionFact:
    """Somebody contests the number of a measurement: a recheck found another one, or none."""

    opened_at: datetime
    stands_at: datetime | None = None  # None: the number was not said to stand


@dataclass(frozen=True)
class MeasurementFact:
    id: str  # a UUID in its canonical, lower-case text
    period_start: date
    period_end: date
    value: Decimal
    submitted_at: datetime | None  # None: a draft
    supersedes: str | None = None
    kinds: frozenset[str] = frozenset({"hasil"})
    decisions: tuple[DecisionFact, ...] = ()
    objections: tuple[ObjectionFact, ...] = ()


@dataclass(frozen=True)
class RevisionFact:
    id: str
    field: str  # 'due_on' | 'target_value' | 'baseline_value' | 'min_change'
    old: Decimal | date
    new: Decimal | date
    proposed_at: datetime
    approved_at: datetime | None  # None: waits, or was turned down


@dataclass(frozen=True)
class TargetFact:
    ref: str
    unit: str
    published_at: datetime | None  # None: only proposed
    baseline_value: Decimal
    baseline_on: date
    target_value: Decimal
    direction: str  # 'lower' | 'higher'
    original_due_on: date
    min_change: Decimal = Decimal(0)
    cycle_days: int = 90
    withdrawn_at: datetime | None = None
    withdrawn_rung: int | None = None
    replaces: str | None = None
    revisions: tuple[RevisionFact, ...] = ()
    measurements: tuple[MeasurementFact, ...] = ()
    moves: tuple[tuple[date, str], ...] = ()  # from that day on the duty is that unit's


@dataclass(frozen=True)
class UnitFact:
    code: str
    valid_until: date | None = None  # the first day it no longer exists
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class TargetState:
    """Rung, flags and figures of one target on a day; a target that is not live has none."""

    live: bool = False
    rung: int | None = None
    rung_claimed: int | None = None
    value: Decimal | None = None
    value_claimed: Decimal | None = None
    period_end: date | None = None
    latest: str | None = None  # the id of the latest counted measurement
    run_start: date | None = None  # since when every counted one has met the target, the latest included
    progress: Decimal | None = None
    flags: frozenset[str] = frozenset()
    met_on: date | None = None
    clock_days: int | None = None
    silent_limit: int | None = None
    waiting: bool | None = None
    waiting_would_meet: bool | None = None
    due_on: date | None = None
    baseline: Decimal | None = None
    target_value: Decimal | None = None
    min_change: Decimal | None = None


@dataclass(frozen=True)
class UnitState:
    rung: int
    rung_claimed: int
    past_ceremony: bool
    past_ceremony_claimed: bool
    live_targets: int
    improving_targets: int
    flags: frozenset[str]


@dataclass(frozen=True)
class Terms:
    """The terms of a target on a day: the originals, as changed by the revisions approved by then."""

    due_on: date
    target_value: Decimal
    baseline_value: Decimal
    min_change: Decimal
    softened: bool


def local_day(moment: datetime) -> date:
    return moment.astimezone(SEMARANG_TIME).date()


def known(moment: datetime | None, day: date) -> bool:
    """Whether the act is on record at the end of `day`, Asia/Jakarta."""
    return moment is not None and local_day(moment) <= day


def four(number: Decimal) -> Decimal:
    return number.quantize(FOUR_PLACES)


def terms(target: TargetFact, day: date) -> Terms:
    in_force: dict[str, Any] = {
        "due_on": target.original_due_on,
        "target_value": target.target_value,
        "baseline_value": target.baseline_value,
        "min_change": target.min_change,
    }
    softened = False
    approved = [r for r in target.revisions if known(r.approved_at, day)]
    for revision in sorted(approved, key=lambda r: (r.approved_at, r.id)):
        before = _distance(in_force)
        in_force[revision.field] = revision.new
        softened = softened or _distance(in_force) < before
    return Terms(**in_force, softened=softened)


def _distance(in_force: Mapping[str, Any]) -> Decimal:
    return abs(four(in_force["target_value"]) - four(in_force["baseline_value"]))


def better_by(value: Decimal, baseline: Decimal, direction: str) -> Decimal:
    """How far `value` lies from `baseline` in the wanted direction; negative when it got worse."""
    gain = four(baseline) - four(value)
    return gain if direction == "lower" else -gain


def improves(value: Decimal, in_force: Terms, direction: str) -> bool:
    gain = better_by(value, in_force.baseline_value, direction)
    return gain > 0 and gain >= four(in_force.min_change)


def meets(value: Decimal, in_force: Terms, direction: str) -> bool:
    if direction == "lower":
        return four(value) <= four(in_force.target_value)
    return four(value) >= four(in_force.target_value)


def decisions_known(measurement: MeasurementFact, day: date) -> list[DecisionFact]:
    return [d for d in measurement.decisions if known(d.at, day)]


def waits(measurement: MeasurementFact, day: date) -> bool:
    return known(measurement.submitted_at, day) and not decisions_known(measurement, day)


def verified_at(measurement: MeasurementFact, day: date) -> datetime | None:
    """The moment when it was verified, if that was by `day` and not revoked by `day`."""
    verdicts = {d.verdict: d.at for d in decisions_known(measurement, day)}
    return None if "revoked" in verdicts else verdicts.get("verified")


def is_contested(measurement: MeasurementFact, day: date) -> bool:
    """Whether an objection to it is open at the end of `day`."""
    return any(known(one.opened_at, day) and not known(one.stands_at, day) for one in measurement.objections)


def counted(target: TargetFact, day: date, *, claimed: bool) -> list[MeasurementFact]:
    """The counted measurements, earliest first; `claimed`: as if all that waits were verified at the end of `day`."""

    def fit(m: MeasurementFact) -> bool:
        stands = verified_at(m, day) is not None or (claimed and waits(m, day))
        return stands and "hasil" in m.kinds and m.period_end > target.baseline_on

    def key(m: MeasurementFact) -> tuple[date, bool, datetime | None, str]:
        decided = verified_at(m, day)
        return m.period_end, decided is None, decided or m.submitted_at, m.id

    next_version = {m.supersedes: m for m in target.measurements if m.supersedes}

    def replaced(m: MeasurementFact) -> bool:
        later = next_version.get(m.id)
        return later is not None and (fit(later) or replaced(later))

    return sorted((m for m in target.measurements if fit(m) and not replaced(m)), key=key)


def met_since(target: TargetFact, rows: list[MeasurementFact], in_force: Terms) -> date | None:
    """Where the unbroken run of met targets up to the latest row began; None when that one does not meet it."""
    began = None
    for row in reversed(rows):
        if not meets(row.value, in_force, target.direction):
            break
        began = row.period_end
    return began


def rung_of(target: TargetFact, rows: list[MeasurementFact], in_force: Terms) -> int:
    """The rung of a live target with these counted measurements, earliest first."""
    if not rows:
        return 1
    latest, began = rows[-1], met_since(target, rows, in_force)
    if began:
        return 5 if latest.period_end - began >= timedelta(days=SUSTAINED_AFTER_DAYS) else 4
    return 3 if improves(latest.value, in_force, target.direction) else 2


def clock(target: TargetFact, day: date) -> int:
    """Days since the target last moved: publication, a submission or a decision; 0 while the secretariat is due."""
    if any(waits(m, day) for m in target.measurements):
        return 0
    moments = [target.published_at]
    for m in target.measurements:
        moments += [m.submitted_at, *(d.at for d in m.decisions)]
    return (day - max(local_day(at) for at in moments if at and known(at, day))).days


def silence_limit(target: TargetFact, rung: int) -> int:
    cycle = max(target.cycle_days, SUSTAINED_CYCLE_DAYS) if rung == 5 else target.cycle_days
    return SILENT_AFTER_CYCLES * cycle


def is_live(target: TargetFact, day: date) -> bool:
    return known(target.published_at, day) and not known(target.withdrawn_at, day)


def target_state(target: TargetFact, day: date) -> TargetState:
    """Everything the ladder says about one target at the end of `day`."""
    if not is_live(target, day):
        return TargetState()
    in_force = terms(target, day)
    rows, rows_claimed = counted(target, day, claimed=False), counted(target, day, claimed=True)
    rung, rung_claimed = (rung_of(target, some, in_force) for some in (rows, rows_claimed))
    latest = rows[-1] if rows else None
    met_on = min((m.period_end for m in rows if meets(m.value, in_force, target.direction)), default=None)
    clock_days, limit = clock(target, day), silence_limit(target, rung)
    met_now = latest is not None and meets(latest.value, in_force, target.direction)
    holds = {
        "silent": clock_days > limit,
        "overdue": day > target.original_due_on and not met_now,
        "moved": in_force.due_on != target.original_due_on,
        "met_late": met_on is not None and met_on > target.original_due_on,
        "softened": in_force.softened,
        "worse": latest is not None and better_by(latest.value, in_force.baseline_value, target.direction) < 0,
        "contested": any(is_contested(m, day) for m in rows),
        "claimed_higher": rung_claimed > rung,
    }
    return TargetState(
        live=True,
        rung=rung,
        rung_claimed=rung_claimed,
        value=latest.value if latest else None,
        value_claimed=rows_claimed[-1].value if rows_claimed else None,
        period_end=latest.period_end if latest else None,
        latest=latest.id if latest else None,
        run_start=met_since(target, rows, in_force),
        progress=progress(latest.value, in_force) if latest else None,
        flags=frozenset(name for name, is_so in holds.items() if is_so),
        met_on=met_on,
        clock_days=clock_days,
        silent_limit=limit,
        waiting=any(waits(m, day) for m in target.measurements),
        waiting_would_meet=any(waits(m, day) and meets(m.value, in_force, target.direction) for m in rows_claimed),
        due_on=in_force.due_on,
        baseline=in_force.baseline_value,
        target_value=in_force.target_value,
        min_change=in_force.min_change,
    )


def progress(value: Decimal, in_force: Terms) -> Decimal | None:
    """The signed share of the way from baseline to target: 0 at the baseline, 1 at the target."""
    way = in_force.target_value - in_force.baseline_value
    return (value - in_force.baseline_value) / way if way else None


def owner(target: TargetFact, day: date) -> str:
    code = target.unit
    for moved_on, to in sorted(target.moves):
        if moved_on <= day:
            code = to
    return code


def is_barred(code: str, targets: Sequence[TargetFact], day: date) -> bool:
    """Whether a target given up below rung 4, and not replaced by a published one, keeps the unit from 4 and 5."""
    replaced = {t.replaces for t in targets if known(t.published_at, day)}
    return any(
        owner(t, day) == code
        and known(t.withdrawn_at, day)
        and t.withdrawn_rung is not None
        and t.withdrawn_rung < 4
        and t.ref not in replaced
        for t in targets
    )


def _over(rungs: list[int], barred: bool) -> int:
    if not rungs:
        return 0
    if min(rungs) >= 4 and not barred:
        return min(rungs)
    return min(max(rungs), 3)


Carried = tuple[int, int, frozenset[str]]


def _own(states: list[TargetState], barred: bool) -> Carried:
    """Rung, claimed rung and flags of a unit that stands by itself."""
    flags = {flag for state in states for flag in state.flags}
    if not all("silent" in state.flags for state in states):
        flags.discard("silent")
    rungs = [state.rung for state in states if state.rung]
    claims = [state.rung_claimed for state in states if state.rung_claimed]
    return _over(rungs, barred), _over(claims, barred), frozenset(flags)


def _carried(units: Mapping[str, UnitFact], targets: Sequence[TargetFact], code: str, day: date) -> Carried:
    """The same of any unit: one that has ended carries the lowest rungs, and every flag, of its successors."""
    if has_successors(units[code], day):
        heirs = [_carried(units, targets, heir, day) for heir in units[code].successors]
        rungs, claims, flags = zip(*heirs, strict=True)
        return min(rungs), min(claims), frozenset().union(*flags)
    return _own(live_states(targets, code, day), is_barred(code, targets, day))


def has_successors(unit: UnitFact, day: date) -> bool:
    return unit.valid_until is not None and unit.valid_until <= day and bool(unit.successors)


def live_states(targets: Sequence[TargetFact], code: str, day: date) -> list[TargetState]:
    return [target_state(t, day) for t in targets if owner(t, day) == code and is_live(t, day)]


def unit_state(units: Sequence[UnitFact], targets: Sequence[TargetFact], code: str, day: date) -> UnitState:
    """Everything the ladder says about one unit at the end of `day`; one carried by others has no targets itself."""
    by_code = {unit.code: unit for unit in units}
    rung, claimed, flags = _carried(by_code, targets, code, day)
    own = [] if has_successors(by_code[code], day) else live_states(targets, code, day)
    silent = "silent" in flags
    return UnitState(
        rung=rung,
        rung_claimed=claimed,
        past_ceremony=rung >= PAST_CEREMONY_RUNG and not silent,
        past_ceremony_claimed=max(rung, claimed) >= PAST_CEREMONY_RUNG and not silent,
        live_targets=len(own),
        improving_targets=sum((state.rung or 0) >= 3 for state in own),
        flags=flags - {"claimed_higher"} | ({"claimed_higher"} if claimed > rung else set()),
    )
