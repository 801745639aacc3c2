"""A small city in plain Python: who may do what in it, and what is then so; the second opinion of random acts.

Written from docs/aturan.md, sections 1 to 5, apart from the code. Nothing here knows Django; the ladder's facts are
those of the plain reference. People are usernames, units are codes, rows are known by their public names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from commitments.ladder import reference
from commitments.ladder.reference import DecisionFact, MeasurementFact, RevisionFact, TargetFact, UnitFact

VERIFIER, APPROVER, KEEPER, INSPECTOR = "verifikator", "penyetuju", "pengelola-data", "inspektorat"
SETDA = "setda"


@dataclass
class ModelPlace:
    """Somebody serves in a unit since a day."""

    who: str
    unit: str
    role: str  # 'head' | 'operator' | 'staff'
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class ModelUnit:
    code: str
    parent: str = ""
    valid_until: date | None = None
    successors: tuple[str, ...] = ()
    tenures: list[date] = field(default_factory=list)  # since when each head holds the office

    def has_ended_by(self, day: date) -> bool:
        return self.valid_until is not None and self.valid_until <= day


@dataclass
class ModelProposal:
    """A commitment or a target."""

    ref: str
    proposed_by: str
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_waiting(self) -> bool:
        return self.published_at is None and self.withdrawn_at is None


@dataclass
class ModelCommitment(ModelProposal):
    owners: list[tuple[date, str]] = field(default_factory=list)  # from when, which unit
    accepted: set[tuple[str, int]] = field(default_factory=set)  # by which tenure

    def owner(self, day: date) -> str:
        begun = [unit for since, unit in self.owners if since <= day]
        return begun[-1] if begun else self.owners[0][1]

    def owed_since(self, day: date) -> set[str]:
        """Who owes it on a day or later."""
        ends = [since for since, _ in self.owners[1:]]
        return {unit for (_, unit), until in zip(self.owners, [*ends, None], strict=True) if not until or until > day}


@dataclass
class ModelTarget(ModelProposal):
    commitment: ModelCommitment = field(kw_only=True)
    fact: TargetFact = field(kw_only=True)
    in_force: dict[str, Any] = field(kw_only=True)
    withdrawn_rung: int | None = None


@dataclass
class ModelRevision:
    fact: RevisionFact
    target: ModelTarget
    proposed_by: str
    refused: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.fact.approved_at is None and not self.refused


@dataclass
class ModelMeasurement:
    fact: MeasurementFact
    target: ModelTarget
    drafted_by: str
    on_behalf: bool
    note: bool
    submitted_by: str = ""
    deciders: list[str] = field(default_factory=list)
    corrects: ModelMeasurement | None = None

    @property
    def state(self) -> str:
        if self.fact.submitted_at is None:
            return "draft"
        return self.fact.decisions[-1].verdict if self.fact.decisions else "submitted"

    def decide(self, verdict: str, by: str, at: datetime) -> None:
        self.fact = replace(self.fact, decisions=(*self.fact.decisions, DecisionFact(verdict, at)))
        self.deciders.append(by)


@dataclass
class ModelChange:
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    on: date
    proposed_by: str
    is_confirmed: bool = False


@dataclass
class ModelItem:
    """A measurement in a sample of the Inspektorat."""

    name: str
    measurement: ModelMeasurement
    is_open: bool = True


@dataclass
class ModelAssessment:
    """What an outsider measured of the city, or of a unit, in a year."""

    name: str
    scheme: str
    year: int
    unit: str
    stands: bool = True


@dataclass
class ModelTraining:
    name: str
    held_on: date
    has_list: bool = False
    stands: bool = True


@dataclass
class City:
    day: date
    staff: dict[str, set[str]] = field(default_factory=dict)  # who has which roles at the desk
    places: list[ModelPlace] = field(default_factory=list)
    units: dict[str, ModelUnit] = field(default_factory=dict)
    commitments: list[ModelCommitment] = field(default_factory=list)
    targets: list[ModelTarget] = field(default_factory=list)
    revisions: list[ModelRevision] = field(default_factory=list)
    measurements: list[ModelMeasurement] = field(default_factory=list)
    changes: list[ModelChange] = field(default_factory=list)
    items: list[ModelItem] = field(default_factory=list)
    assessments: list[ModelAssessment] = field(default_factory=list)
    trainings: list[ModelTraining] = field(default_factory=list)

    # --- who may ---

    def has_role(self, who: str, role: str) -> bool:
        return role in self.staff.get(who, ())

    def places_in(self, who: str, unit: str) -> list[ModelPlace]:
        return [place for place in self.places if (place.who, place.unit) == (who, unit) and place.holds(self.day)]

    def is_head(self, who: str, unit: str) -> bool:
        """A head whose place is older than the tenure in force only drafts."""
        heads = [place for place in self.places_in(who, unit) if place.role == "head"]
        tenures = self.units[unit].tenures
        return any(not any(place.since < begun <= self.day for begun in tenures) for place in heads)

    def is_member(self, who: str, unit: str) -> bool:
        return any(place.role in ("head", "operator") for place in self.places_in(who, unit))

    def may_speak(self, who: str, unit: str, *, on_behalf: bool) -> bool:
        return self.has_role(who, KEEPER) if on_behalf else self.is_head(who, unit)

    def is_at_home(self, who: str, unit: str) -> bool:
        """Serves in the unit, its parent or its children."""
        served = [place.unit for place in self.places if place.who == who and place.holds(self.day)]
        return any(unit in (other, self.units[other].parent) or self.units[unit].parent == other for other in served)

    def may_decide(self, who: str, role: str, *units: str) -> bool:
        """Setda and its bagian are decided about by the Inspektorat alone; nobody decides at home."""
        return all(
            self.has_role(who, INSPECTOR if SETDA in (unit, self.units[unit].parent) else role)
            and not self.is_at_home(who, unit)
            for unit in units
        )

    def may_withdraw(self, who: str, row: ModelProposal, unit: str) -> bool:
        may = self.may_decide(who, APPROVER, unit) if row.published_at else self.is_head(who, unit)
        return may and row.withdrawn_at is None

    def owner_of(self, target: ModelTarget) -> str:
        return target.commitment.owner(self.day)

    def unit_of(self, row: ModelMeasurement | ModelRevision) -> str:
        return self.owner_of(row.target)

    # --- what is then so ---

    def is_orphan(self, commitment: ModelCommitment) -> bool:
        """Whether nobody who still exists owes it today."""
        return self.units[commitment.owner(self.day)].has_ended_by(self.day)

    def target_fact(self, target: ModelTarget) -> TargetFact:
        """The target with all that became of it, as the reference reads it."""
        first, *moves = target.commitment.owners
        return replace(
            target.fact,
            unit=first[1],
            moves=tuple(moves),
            published_at=target.published_at,
            withdrawn_at=target.withdrawn_at,
            withdrawn_rung=target.withdrawn_rung,
            revisions=tuple(row.fact for row in self.revisions if row.target is target),
            measurements=tuple(row.fact for row in self.measurements if row.target is target),
        )

    def target_facts(self) -> list[TargetFact]:
        return [self.target_fact(target) for target in self.targets]

    def unit_facts(self) -> list[UnitFact]:
        return [UnitFact(unit.code, unit.valid_until, unit.successors) for unit in self.units.values()]

    def rung(self, target: ModelTarget) -> int | None:
        return reference.target_state(self.target_fact(target), self.day).rung

    def holds_with(self, target: ModelTarget, wish: str, new: Any) -> bool:
        """Whether the target would still be better than its baseline by the smallest change, and due later."""
        then = {**target.in_force, wish: new}
        sign = 1 if target.fact.direction == "higher" else -1
        gain: Decimal = sign * (then["target_value"] - then["baseline_value"])
        return gain > 0 and gain >= then["min_change"] >= 0 and then["due_on"] > target.fact.baseline_on

    def is_assessed(self, scheme: str, year: int, unit: str) -> bool:
        """Whether a scheme has a value for a year already; one that was withdrawn makes room."""
        return any(
            row.stands and (row.scheme.lower(), row.year, row.unit) == (scheme.lower(), year, unit)
            for row in self.assessments
        )

    def withdraw_target(self, target: ModelTarget, at: datetime) -> None:
        target.withdrawn_rung = self.rung(target) if target.published_at else None
        target.withdrawn_at = at

    def confirm(self, change: ModelChange, heirs: dict[str, str]) -> None:
        """The units end, and what they owe is owed by the heirs from that day."""
        for code in change.before:
            self.units[code].valid_until = change.on
            self.units[code].successors = change.after
        for commitment in self.commitments:
            if commitment.ref in heirs:
                commitment.owners.append((change.on, heirs[commitment.ref]))
        change.is_confirmed = True

    def owed(self, units: tuple[str, ...], day: date) -> list[ModelCommitment]:
        """What these units owe on a day, or come to owe after it, and nobody has withdrawn."""
        return [row for row in self.commitments if row.withdrawn_at is None and row.owed_since(day) & {*units}]
