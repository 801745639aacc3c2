"""A state machine of all acts by random actors, held against the plain model of `tests/city_model.py`.

Each step is one attempt: the model says beforehand whether it is allowed. An allowed one writes one entry, a refused
one no row and no entry. Again and again tables, rungs and the check of the register are compared with the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from commitments.ladder import reference
from commitments.ladder.reference import MeasurementFact, RevisionFact, TargetFact
from commitments.models import (
    Assessment,
    Commitment,
    Evidence,
    Measurement,
    Recheck,
    RecheckItem,
    ServiceTarget,
    TargetRevision,
    Training,
    transfer,
)
from opd import access, clock, register
from opd.errors import Refused
from opd.models import Entry, Membership, StaffRole, Tenure, Unit, UnitChange
from opd.register import triggers
from tests import city_model as model
from tests import history
from tests import history_of_everything as story
from tests.cast import PEOPLE, REASON, SIGNED_ON, Cast
from tests.city_model import City, ModelMeasurement, ModelPlace, ModelTarget, ModelUnit
from tests.mutations import undone
from tests.random_histories import TICK, Dice

ROLLS = st.integers(0, 2**64 - 1).map(lambda seed: Dice(Random(seed).randbytes(24)))
DESK = (model.VERIFIER, model.APPROVER, model.KEEPER, model.INSPECTOR)
PAUSES = (0, 0, 0, 1, 1, 7, 30, 90, 180, 181)  # days
STALE = "lain"  # what somebody saw who did not look again
COMPARED_EVERY = 40  # legal acts
MOST_UNITS = 12

Apply = Callable[[Any, datetime], None]
Row = TypeVar("Row")


class RandomActs(RuleBasedStateMachine):
    """One register, begun by `tests.cast.Cast`, and forgotten at the end."""

    done: Counter[str] = Counter()  # over all registers: acts by name, and `legal`, `refused`, `compared`, `checked`

    def __init__(self) -> None:
        super().__init__()
        self.undoing = ExitStack()
        self.undoing.enter_context(undone())
        self.clock = self.undoing.enter_context(story.demonstration())
        cast = Cast()
        self.memorandum = cast.memorandum
        self.told: list[str] = []
        self.city = City(clock.today())
        self.users: dict[str, User] = {}
        for name, (username, unit, role) in PEOPLE.items():
            self.users[username] = getattr(cast, name)
            if unit:
                self.city.places.append(ModelPlace(username, getattr(cast, unit).code, role, SIGNED_ON))
            elif role:
                self.city.staff[username] = {role}
        for row in Unit.objects.select_related("parent"):
            self.city.units[row.code] = ModelUnit(row.code, row.parent.code if row.parent else "")

    def teardown(self) -> None:
        try:
            self.compare()
            assert list(register.check()) == [], self.told[-20:]
            self.done["checked"] += 1
        finally:
            self.undoing.close()

    # --- one attempt ---

    def who(self, dice: Dice, may: Callable[[str], bool]) -> str:
        """Mostly somebody who may, if there is one; else anybody."""
        able = [name for name in self.users if may(name)]
        return dice.pick(able if able and dice.number(4) else [*self.users])

    def attempt(self, name: str, who: str, may: bool, act: Callable[[User], Any], apply: Apply) -> None:
        self.clock.moment += timedelta(microseconds=1)
        at, before = clock.now(), written()
        self.told.append(f"{at:%Y-%m-%d} {name} by {who}: {'may' if may else 'may not'}")
        try:
            with transaction.atomic():
                came_of_it = act(self.users[who])
        except (Refused, ValidationError) as refusal:
            assert not may, (refusal, self.told[-20:])
            assert written() == before, self.told[-20:]
            self.done["refused"] += 1
            return
        assert may, self.told[-20:]
        last = Entry.objects.latest("seq")
        assert (last.seq, last.act) == (before[0] + 1, name), self.told[-20:]
        apply(came_of_it, at)
        self.done.update((name, "legal"))
        if self.done["legal"] % COMPARED_EVERY == 0:
            self.compare()

    @staticmethod
    def mostly(dice: Dice, rows: Sequence[Row], fits: Callable[[Row], object]) -> Row:
        """Mostly one that fits, if there is one; else any of them."""
        fitting = [row for row in rows if fits(row)]
        return dice.pick(fitting if fitting and dice.number(8) else rows)

    # --- what is compared ---

    def compare(self) -> None:
        """Nothing is lost, and every rung is that of the reference: today, and on a day before."""
        city = self.city
        states = {str(row.uuid): row.state for row in Measurement.objects.prefetch_related("decisions")}
        assert states == {row.fact.id: row.state for row in city.measurements}, self.told[-20:]
        for rows, table in ((city.commitments, Commitment), (city.targets, ServiceTarget)):
            columns = ("reference", "proposed_by__username", "published_at", "withdrawn_at")
            stored = set(table._default_manager.values_list(*columns))
            assert stored == {(row.ref, row.proposed_by, row.published_at, row.withdrawn_at) for row in rows}, (
                self.told[-20:]
            )
        owners = {row.reference: row.owner.code for row in Commitment.objects.all()}
        assert owners == {row.ref: row.owner(city.day) for row in city.commitments}, self.told[-20:]
        orphans = [row.ref for row in city.commitments if not row.withdrawn_at and city.is_orphan(row)]
        assert orphans == [], self.told[-60:]
        for day in (city.day, city.day - timedelta(days=45)):
            self.compare_rungs(day)
        self.done["compared"] += 1

    def compare_rungs(self, day: date) -> None:
        targets, units = self.city.target_facts(), self.city.unit_facts()
        found = history.target_states([target.ref for target in targets], day)
        for target in targets:
            expected, state = reference.target_state(target, day), found[target.ref]
            assert replace(state, progress=None) == replace(expected, progress=None), (day, target, self.told)
        stands = history.unit_states([unit.code for unit in units], day)
        for unit in units:
            expected_unit = reference.unit_state(units, targets, unit.code, day)
            assert stands[unit.code] == expected_unit, (day, unit, self.told)

    # --- days, places and hats ---

    @rule(dice=ROLLS)
    def somebody_does_something(self, dice: Dice) -> None:
        """One rule for all, or a machine that leaves rules out would seldom come far."""
        self.done["steps"] += 1
        city = self.city
        possible: list[tuple[int, object, Callable[[Dice], None]]] = [  # how often, what it needs, what is tried
            (8, True, self.time_passes),
            (2, True, self.somebody_gets_or_loses_a_role),
            (4, True, self.somebody_comes_or_goes),
            (1, True, self.a_head_takes_office),
            (1, len(city.units) < MOST_UNITS, self.a_unit_is_entered),
            (3, True, self.a_change_of_units_is_proposed),
            (3, city.changes, self.a_change_of_units_is_confirmed),
            (6, True, self.a_commitment_is_proposed),
            (8, city.commitments, self.a_commitment_is_published_withdrawn_or_accepted),
            (8, city.commitments, self.a_target_is_proposed),
            (9, city.targets, self.a_target_is_published_or_withdrawn),
            (6, city.targets, self.a_revision_is_proposed),
            (6, city.revisions, self.a_revision_is_decided),
            (16, city.targets, self.a_measurement_is_drafted_and_sent),
            (3, city.measurements, self.a_measurement_is_sent),
            (16, city.measurements, self.a_measurement_is_decided),
            (5, city.measurements, self.a_verification_is_revoked),
            (2, city.measurements, self.a_note_is_redacted),
            (2, city.measurements, self.a_recheck_is_drawn),
            (3, city.items, self.a_finding_is_recorded),
            (2, True, self.an_assessment_is_entered),
            (1, city.assessments, self.an_assessment_is_withdrawn),
            (1, True, self.a_training_is_entered),
            (1, city.trainings, self.a_training_is_attended_or_withdrawn),
        ]
        dice.pick([act for often, needed, act in possible if needed for _ in range(often)])(dice)

    def time_passes(self, dice: Dice) -> None:
        self.clock.moment += timedelta(days=dice.pick(PAUSES), hours=dice.pick((0, 1, 9, 14)))
        self.city.day = clock.today()

    def the_city_changes(self, dice: Dice) -> None:
        """Seldom, so that much is done between."""
        if dice.pick((True, False)):
            return self.time_passes(dice)
        return dice.pick(
            (
                *[self.somebody_gets_or_loses_a_role] * 2,
                *[self.somebody_comes_or_goes] * 4,
                *[self.a_change_of_units_is_confirmed] * 2,
                self.a_change_of_units_is_proposed,
                self.a_unit_is_entered,
                self.a_head_takes_office,
            )
        )(dice)

    def somebody_gets_or_loses_a_role(self, dice: Dice) -> None:
        who, role = dice.pick([*self.users]), dice.pick(DESK)
        roles = self.city.staff.setdefault(who, set())
        roles.symmetric_difference_update({role})
        mine = StaffRole.objects.held().filter(user=self.users[who], role=role).first()
        if role in roles:
            StaffRole.give(by=access.SYSTEM, user=self.users[who], role=role)
        elif mine:
            mine.end(by=access.SYSTEM)

    def somebody_comes_or_goes(self, dice: Dice) -> None:
        who, unit, role = (
            dice.pick([*self.users]),
            dice.pick([*self.city.units]),
            dice.pick(("head", "operator", "staff")),
        )
        day = self.city.day
        for place in self.city.places:
            if (place.who, place.unit, place.role, place.until) == (who, unit, role, None):
                place.until = day
                mine = Membership.objects.get(user=self.users[who], unit__code=unit, role=role, until_on=None)
                mine.end(by=access.SYSTEM)
                return
        self.city.places.append(ModelPlace(who, unit, role, day))
        Membership.give(by=access.SYSTEM, user=self.users[who], unit=Unit.objects.get(code=unit), role=role)

    # --- units ---

    def a_unit_is_entered(self, dice: Dice) -> None:
        code = f"unit-{len(self.city.units)}"
        may = self.keeps
        who = self.who(dice, may)

        def enter(by: User) -> Unit:
            names = {"name": code, "short_name": code}
            return Unit.enter(by=by, code=code, unit_kind="dinas", certainty="assumed", **names)

        def apply(row: Unit, at: datetime) -> None:
            self.city.units[code] = ModelUnit(code)

        self.attempt("unit.entered", who, may(who), enter, apply)

    def keeps(self, who: str) -> bool:
        return self.city.has_role(who, model.KEEPER)

    def a_head_takes_office(self, dice: Dice) -> None:
        unit, day = self.city.units[dice.pick([*self.city.units])], self.city.day
        who = self.who(dice, self.keeps)
        may = self.keeps(who) and all(begun < day for begun in unit.tenures)

        def enter(by: User) -> Tenure:
            office: dict[str, Any] = {
                "unit": Unit.objects.get(code=unit.code),
                "title": "Kepala",
                "certainty": "assumed",
            }
            return Tenure.enter(by=by, person="Pejabat", from_on=day, **office)

        self.attempt("tenure.entered", who, may, enter, lambda row, at: unit.tenures.append(day))

    def a_change_of_units_is_proposed(self, dice: Dice) -> None:
        codes = [*self.city.units]
        before = (dice.pick(codes),)
        after = tuple({dice.pick(codes): None, dice.pick(codes): None})[: dice.pick((1, 1, 2))]
        on = self.city.day + timedelta(days=dice.pick((0, 0, 0, 1, 20, -1, -20)))
        who = self.who(dice, self.keeps)
        units = self.city.units
        fits = set(before).isdisjoint(after) and units[before[0]].valid_until is None
        may = self.keeps(who) and fits and not any(units[code].has_ended_by(on) for code in after)

        def propose(by: User) -> UnitChange:
            rows = {unit.code: unit for unit in Unit.objects.filter(code__in=(*before, *after))}
            sides = {"predecessors": [rows[code] for code in before], "successors": [rows[code] for code in after]}
            kind = "merged" if len(after) == 1 else "split"
            return UnitChange.propose(by=by, change=kind, on=on, legal_basis="Perda", **sides)

        def apply(row: UnitChange, at: datetime) -> None:
            self.city.changes.append(model.ModelChange(str(row.uuid), before, after, on, who))

        self.attempt("unit_change.proposed", who, may, propose, apply)

    def a_change_of_units_is_confirmed(self, dice: Dice) -> None:
        city = self.city
        change = self.mostly(
            dice,
            city.changes,
            lambda row: not row.is_confirmed and not any(city.units[code].valid_until for code in row.before),
        )
        moving = city.owed(change.before, change.on)
        heirs = {row.ref: dice.pick(change.after) for row in moving}

        def able(who: str) -> bool:
            decides = city.may_decide(who, model.APPROVER, *change.before, *change.after)
            return decides and who != change.proposed_by

        who, units = self.who(dice, able), city.units
        in_time = all(row.owners[-1][0] <= change.on for row in moving)  # nobody came to owe it since
        stands = not change.is_confirmed and units[change.before[0]].valid_until is None and in_time
        may = able(who) and stands and not any(units[code].has_ended_by(change.on) for code in change.after)
        row = UnitChange.objects.get(uuid=change.name)
        known = {ref: Unit.objects.get(code=code) for ref, code in heirs.items()}

        def confirm(by: User) -> object:
            return transfer.confirm(row, by=by, seen=row.fingerprint(), heirs=known)

        self.attempt("unit_change.confirmed", who, may, confirm, lambda _, at: city.confirm(change, heirs))

    # --- commitments and targets ---

    def a_commitment_is_proposed(self, dice: Dice) -> None:
        city, unit, on_behalf = self.city, dice.pick([*self.city.units]), dice.pick((False, False, True))

        def able(who: str) -> bool:
            return city.may_speak(who, unit, on_behalf=on_behalf)

        who = self.who(dice, able)
        may = able(who) and city.units[unit].valid_until is None

        def propose(by: User) -> Commitment:
            facts = {"title": "Janji", "benefit": "Warga.", "dimension": "living", "memorandum": self.memorandum}
            return Commitment.propose(by=by, unit=Unit.objects.get(code=unit), on_behalf=on_behalf, **facts)

        def apply(row: Commitment, at: datetime) -> None:
            city.commitments.append(model.ModelCommitment(row.reference, who, owners=[(city.day, unit)]))

        self.attempt("commitment.proposed", who, may, propose, apply)

    def a_commitment_is_published_withdrawn_or_accepted(self, dice: Dice) -> None:
        city, verb = self.city, dice.pick((*["publish"] * 8, "acknowledge", "withdraw"))
        commitment = self.mostly(dice, city.commitments, lambda row: row.is_waiting == (verb == "publish"))
        if verb == "acknowledge":
            self.accept(dice, commitment)
            return
        row, owner = Commitment.objects.get(reference=commitment.ref), commitment.owner(city.day)

        def apply_withdrawal(_: object, at: datetime) -> None:
            for target in city.targets:
                if target.commitment is commitment and target.withdrawn_at is None:
                    city.withdraw_target(target, at)
            commitment.withdrawn_at = at

        self.decide_proposal(dice, verb, "commitment", row, commitment, owner, apply_withdrawal)

    def decide_proposal(
        self, dice: Dice, verb: str, kind: str, row: Any, known: model.ModelProposal, owner: str, withdrawal: Apply
    ) -> None:
        city = self.city
        seen = dice.pick((*[row.fingerprint()] * 9, STALE))

        def able(who: str) -> bool:
            if verb == "withdraw":
                return city.may_withdraw(who, known, owner)
            return city.may_decide(who, model.APPROVER, owner) and who != known.proposed_by and known.is_waiting

        who = self.who(dice, able)
        needs_more = isinstance(known, ModelTarget) and verb == "publish" and not known.commitment.is_live
        may = able(who) and seen != STALE and not needs_more

        def publication(_: object, at: datetime) -> None:
            known.published_at = at

        if verb == "publish":
            self.attempt(f"{kind}.published", who, may, lambda by: row.publish(by=by, seen=seen), publication)
        else:
            act: Callable[[User], object] = lambda by: row.withdraw(by=by, seen=seen, reason=REASON)  # noqa: E731
            self.attempt(f"{kind}.withdrawn", who, may, act, withdrawal)

    def accept(self, dice: Dice, commitment: model.ModelCommitment) -> None:
        city = self.city
        unit = city.units[commitment.owner(city.day)]
        who = self.who(dice, lambda who: city.is_head(who, unit.code))
        tenure = (unit.code, len(unit.tenures))
        open_to = commitment.is_live and unit.tenures and tenure not in commitment.accepted
        row = Commitment.objects.get(reference=commitment.ref)
        self.attempt(
            "commitment.acknowledged",
            who,
            bool(open_to) and city.is_head(who, unit.code),
            lambda by: row.acknowledge(by=by, seen=row.fingerprint()),
            lambda _, at: commitment.accepted.add(tenure),
        )

    def a_target_is_proposed(self, dice: Dice) -> None:
        city, commitment = self.city, self.mostly(dice, self.city.commitments, lambda row: row.is_live)
        owner, on_behalf = commitment.owner(city.day), dice.pick((False, False, True))
        given_up = [target for target in city.targets if target.withdrawn_at]
        replaces = dice.pick((None, *given_up[-3:]))
        sign, baseline, change = dice.pick((1, -1)), Decimal(dice.number(500)), Decimal(dice.pick((0, 0, 1, 5)))
        way = max(change, TICK) + dice.pick((Decimal(0), Decimal(5), Decimal(5), Decimal(40)))
        beats = dice.pick((*[True] * 9, False))
        measured_on = city.day - timedelta(days=dice.pick((1, 30, 200)))
        terms = {
            "baseline_value": baseline,
            "target_value": baseline + sign * way if beats else baseline,
            "min_change": change,
            "due_on": measured_on + timedelta(days=dice.pick((2, 60, 400))),
        }
        facts = {
            "baseline_on": measured_on,
            "direction": "higher" if sign == 1 else "lower",
            "cycle_days": dice.pick((90, 90, 30)),
        }
        who = self.who(dice, lambda who: city.may_speak(who, owner, on_behalf=on_behalf))
        may = city.may_speak(who, owner, on_behalf=on_behalf) and commitment.withdrawn_at is None and beats

        def propose(by: User) -> ServiceTarget:
            given = {"original_due_on" if name == "due_on" else name: value for name, value in terms.items()}
            old = ServiceTarget.objects.get(reference=replaces.ref) if replaces else None
            names = {"service": "Layanan", "family": "lainnya", "unit_of_measure": "poin", "statistic": "median"}
            return ServiceTarget.propose(
                by=by,
                commitment=Commitment.objects.get(reference=commitment.ref),
                on_behalf=on_behalf,
                replaces=old,
                baseline_source="uji",
                **names,
                **facts,
                **given,
            )

        def apply(row: ServiceTarget, at: datetime) -> None:
            given = {"original_due_on" if name == "due_on" else name: value for name, value in terms.items()}
            old = replaces.ref if replaces else None
            fact = TargetFact(row.reference, owner, None, replaces=old, **facts, **given)  # type: ignore[arg-type]
            known = ModelTarget(row.reference, who, commitment=commitment, fact=fact, in_force=dict(terms))
            city.targets.append(known)

        self.attempt("target.proposed", who, may, propose, apply)

    def a_target_is_published_or_withdrawn(self, dice: Dice) -> None:
        city, verb = self.city, dice.pick((*["publish"] * 8, "withdraw"))
        target = self.mostly(dice, city.targets, lambda row: row.is_waiting == (verb == "publish"))
        owner = city.owner_of(target)
        row = ServiceTarget.objects.get(reference=target.ref)
        self.decide_proposal(dice, verb, "target", row, target, owner, lambda _, at: city.withdraw_target(target, at))

    # --- revisions ---

    def live_target(self, dice: Dice) -> ModelTarget:
        return self.mostly(dice, self.city.targets, lambda row: row.is_live)

    def a_revision_is_proposed(self, dice: Dice) -> None:
        city, target = self.city, self.live_target(dice)
        wish, owner = dice.pick(("due_on", "target_value", "baseline_value", "min_change")), city.owner_of(target)
        now = target.in_force[wish]
        new = (
            now + timedelta(days=dice.pick((0, 1, 30, -30, 200)))
            if wish == "due_on"
            else now + dice.pick((Decimal(0), TICK, -TICK, Decimal(2), Decimal(-2), Decimal(30)))
        )
        waits = any(row.target is target and row.fact.field == wish and row.is_waiting for row in city.revisions)
        who = self.who(dice, lambda who: city.is_head(who, owner))
        fits = target.is_live and not waits and new != now and city.holds_with(target, wish, new)
        row = ServiceTarget.objects.get(reference=target.ref)

        def propose(by: User) -> TargetRevision:
            return row.revise(by=by, seen=row.fingerprint(), field=wish, new=new, reason=REASON)

        def apply(made: TargetRevision, at: datetime) -> None:
            fact = RevisionFact(str(made.uuid), wish, now, new, at, None)
            city.revisions.append(model.ModelRevision(fact, target, who))

        self.attempt("revision.proposed", who, fits and city.is_head(who, owner), propose, apply)

    def a_revision_is_decided(self, dice: Dice) -> None:
        city, known = self.city, self.mostly(dice, self.city.revisions, lambda row: row.is_waiting)
        verb = dice.pick(("approve", "approve", "refuse", "take_back"))
        row, owner = TargetRevision.objects.get(uuid=known.fact.id), city.unit_of(known)

        def able(who: str) -> bool:
            if verb == "take_back":
                return city.is_head(who, owner)
            return city.may_decide(who, model.APPROVER, owner) and who != known.proposed_by

        who = self.who(dice, able)
        fits = known.target.is_live and city.holds_with(known.target, known.fact.field, known.fact.new)
        may = able(who) and known.is_waiting and (fits or verb != "approve")
        given = {} if verb == "approve" else {"reason": REASON}

        def apply(_: object, at: datetime) -> None:
            if verb == "approve":
                known.fact = replace(known.fact, approved_at=at)
                known.target.in_force[known.fact.field] = known.fact.new
            else:
                known.refused = True

        name = {"approve": "approved", "refuse": "refused", "take_back": "taken_back"}[verb]
        act: Callable[[User], object] = lambda by: getattr(row, verb)(by=by, seen=row.fingerprint(), **given)  # noqa: E731
        self.attempt(f"revision.{name}", who, may, act, apply)

    # --- measurements ---

    def a_measurement_is_drafted_and_sent(self, dice: Dice) -> None:
        city, target = self.city, self.live_target(dice)
        on_behalf, owner = dice.pick((False, False, False, True)), city.owner_of(target)
        ends = city.day - timedelta(days=dice.pick((0, 1, 30, 90, 180, 200)))
        corrects = self.correctable(dice, target)

        def able(who: str) -> bool:
            return city.has_role(who, model.KEEPER) if on_behalf else city.is_member(who, owner)

        who = self.who(dice, able)
        if not able(who):
            who = next(filter(able, self.users), "")
        if not who:
            return
        terms = target.in_force
        around = (
            terms["target_value"],
            terms["baseline_value"],
            terms["target_value"] + 3,
            terms["baseline_value"] - 3,
        )
        value, kinds, note = (
            dice.pick(around),
            dice.pick(("hasil", "hasil", "hasil", "seremoni")),
            dice.pick(("", "Bu A")),
        )
        row = Measurement.draft(
            by=self.users[who],
            target=ServiceTarget.objects.get(reference=target.ref),
            corrects=Measurement.objects.get(uuid=corrects.fact.id) if corrects else None,
            value=value,
            period_start=ends,
            period_end=ends,
            note=note,
            on_behalf=on_behalf,
        )
        Evidence.attach(row, kind=kinds, url="https://contoh.invalid/bukti")
        fact = MeasurementFact(
            str(row.uuid), ends, ends, value, None, corrects.fact.id if corrects else None, frozenset({kinds})
        )
        known = ModelMeasurement(fact, target, who, on_behalf, bool(note), corrects=corrects)
        city.measurements.append(known)
        self.send(dice, known)

    def correctable(self, dice: Dice, target: ModelTarget) -> ModelMeasurement | None:
        """Sometimes the last version of a chain of this target, which nobody corrects yet."""
        corrected = [row.corrects for row in self.city.measurements if row.corrects]
        sent = [
            row
            for row in self.city.measurements
            if row.target is target and row.state != "draft" and row not in corrected
        ]
        return dice.pick(sent) if sent and dice.number(2) else None

    def a_measurement_is_sent(self, dice: Dice) -> None:
        self.send(dice, self.mostly(dice, self.city.measurements, lambda row: row.state == "draft"))

    def send(self, dice: Dice, known: ModelMeasurement) -> None:
        city, owner = self.city, self.city.unit_of(known)

        def able(who: str) -> bool:
            return city.may_speak(who, owner, on_behalf=known.on_behalf)

        who = self.who(dice, able)
        row = Measurement.objects.get(uuid=known.fact.id)
        may = able(who) and known.state == "draft" and known.target.is_live

        def apply(_: object, at: datetime) -> None:
            if known.corrects and known.corrects.state == "submitted":
                known.corrects.decide("returned", who, at)
            known.fact, known.submitted_by = replace(known.fact, submitted_at=at), who

        act: Callable[[User], object] = lambda by: row.submit(by=by, seen=row.fingerprint())  # noqa: E731
        self.attempt("measurement.submitted", who, may, act, apply)

    def a_measurement_is_decided(self, dice: Dice) -> None:
        city, known = self.city, self.mostly(dice, self.city.measurements, lambda row: row.state == "submitted")
        verb = dice.pick(("verify", "verify", "verify", "return_", "reject", "pull_back"))
        owner, row = city.unit_of(known), Measurement.objects.get(uuid=known.fact.id)
        seen = dice.pick((*[row.fingerprint()] * 9, STALE))

        def able(who: str) -> bool:
            if verb == "pull_back":
                return city.is_head(who, owner)
            decides = city.may_decide(who, model.VERIFIER, owner)
            return decides and who not in (known.submitted_by, known.drafted_by)

        who = self.who(dice, able)
        may = able(who) and known.state == "submitted" and seen != STALE
        given = {"note": REASON} if verb in ("return_", "reject") else {}
        verdict = {"verify": "verified", "reject": "rejected"}.get(verb, "returned")
        name = "pulled_back" if verb == "pull_back" else verdict
        act: Callable[[User], object] = lambda by: getattr(row, verb)(by=by, seen=seen, **given)  # noqa: E731
        self.attempt(f"measurement.{name}", who, may, act, lambda _, at: known.decide(verdict, who, at))

    def a_verification_is_revoked(self, dice: Dice) -> None:
        city, known = self.city, self.mostly(dice, self.city.measurements, lambda row: row.state == "verified")
        owner, row = city.unit_of(known), Measurement.objects.get(uuid=known.fact.id)

        def able(who: str) -> bool:
            mine = who in (known.submitted_by, *known.deciders[:1])
            return city.may_decide(who, model.APPROVER, owner) and not mine

        who = self.who(dice, able)
        may = able(who) and known.state == "verified"
        act: Callable[[User], object] = lambda by: row.revoke(by=by, seen=row.fingerprint(), note=REASON)  # noqa: E731
        self.attempt("measurement.revoked", who, may, act, lambda _, at: known.decide("revoked", who, at))

    def a_note_is_redacted(self, dice: Dice) -> None:
        city, known = self.city, self.mostly(dice, self.city.measurements, lambda row: row.note)
        owner, row = city.unit_of(known), Measurement.objects.get(uuid=known.fact.id)
        who = self.who(dice, lambda who: city.may_decide(who, model.APPROVER, owner))
        may = city.may_decide(who, model.APPROVER, owner) and known.note and known.state != "draft"

        def apply(_: object, at: datetime) -> None:
            known.note = False

        act: Callable[[User], object] = lambda by: row.redact_note(by=by, seen=row.fingerprint(), reason=REASON)  # noqa: E731
        self.attempt("measurement.redacted", who, may, act, apply)

    # --- rechecks ---

    def a_recheck_is_drawn(self, dice: Dice) -> None:
        city, size = self.city, dice.pick((1, 2, 3))
        who = self.who(dice, lambda who: city.has_role(who, model.INSPECTOR))
        verified = {row.fact.id: row for row in city.measurements if row.state == "verified"}

        def apply(made: Recheck, at: datetime) -> None:
            items = list(made.items.select_related("measurement"))
            assert len(items) == min(size, len(verified))
            city.items += [model.ModelItem(str(one.uuid), verified[str(one.measurement.uuid)]) for one in items]

        may = city.has_role(who, model.INSPECTOR) and bool(verified)
        self.attempt("recheck.drawn", who, may, lambda by: Recheck.draw(by=by, size=size), apply)

    def a_finding_is_recorded(self, dice: Dice) -> None:
        city, item = self.city, self.mostly(dice, self.city.items, lambda one: one.is_open)
        owner, known = city.unit_of(item.measurement), item.measurement

        def able(who: str) -> bool:
            mine = who in (known.submitted_by, *known.deciders)
            return city.has_role(who, model.INSPECTOR) and not city.is_at_home(who, owner) and not mine

        who = self.who(dice, able)
        row = RecheckItem.objects.get(uuid=item.name)
        given = (
            {"outcome": "berbeda", "found_value": Decimal(7)} if dice.pick((True, False)) else {"outcome": "sesuai"}
        )

        def apply(_: object, at: datetime) -> None:
            item.is_open = False

        def record(by: User) -> None:
            row.record(by=by, seen=row.fingerprint(), finding="Dihitung ulang dari buku antrean.", **given)

        self.attempt("recheck.recorded", who, able(who) and item.is_open, record, apply)

    # --- the outside mirror ---

    def an_assessment_is_entered(self, dice: Dice) -> None:
        city, scheme, year = self.city, dice.pick(("Survei", "survei", "Evaluasi")), dice.pick((2015, 2016, 2017))
        unit, value = dice.pick(("", *city.units)), dice.pick((0, 50, 100, 101))
        who = self.who(dice, self.keeps)
        may = self.keeps(who) and value <= 100 and not city.is_assessed(scheme, year, unit)

        def enter(by: User) -> Assessment:
            return Assessment.enter(
                by=by,
                assessor="Penilai",
                scheme=scheme,
                year=year,
                unit=Unit.objects.get(code=unit) if unit else None,
                value=Decimal(value),
                scale_low=Decimal(0),
                scale_high=Decimal(100),
                published_on=date(2017, 12, 1),
                source="uji",
                certainty="documented",
            )

        def apply(row: Assessment, at: datetime) -> None:
            city.assessments.append(model.ModelAssessment(str(row.uuid), scheme, year, unit))

        self.attempt("assessment.entered", who, may, enter, apply)

    def an_assessment_is_withdrawn(self, dice: Dice) -> None:
        known = self.mostly(dice, self.city.assessments, lambda one: one.stands)
        row, who = Assessment.objects.get(uuid=known.name), self.who(dice, self.keeps)

        def withdraw(by: User) -> None:
            row.withdraw(by=by, seen=row.fingerprint(), reason=REASON, source=REASON)

        def apply(_: object, at: datetime) -> None:
            known.stands = False

        self.attempt("assessment.withdrawn", who, self.keeps(who) and known.stands, withdraw, apply)

    # --- trainings ---

    def a_training_is_entered(self, dice: Dice) -> None:
        city, day = self.city, self.city.day + timedelta(days=dice.pick((-30, 0, 0, 30, 400)))
        who = self.who(dice, self.keeps)
        is_taken = any(row.stands and row.held_on == day for row in city.trainings)
        may = self.keeps(who) and not is_taken and day <= city.day + timedelta(days=366)

        def enter(by: User) -> Training:
            return Training.enter(by=by, held_on=day, title="Bimtek", place="Balai Kota", source="uji")

        def apply(row: Training, at: datetime) -> None:
            city.trainings.append(model.ModelTraining(str(row.uuid), day))

        self.attempt("training.entered", who, may, enter, apply)

    def a_training_is_attended_or_withdrawn(self, dice: Dice) -> None:
        city, known = self.city, self.mostly(dice, self.city.trainings, lambda one: one.stands and not one.has_list)
        row, who = Training.objects.get(uuid=known.name), self.who(dice, self.keeps)
        may = self.keeps(who) and known.stands
        if not dice.number(4):

            def withdrawn(_: object, at: datetime) -> None:
                known.stands = False

            act: Callable[[User], object] = lambda by: row.withdraw(  # noqa: E731
                by=by, seen=row.fingerprint(), reason=REASON, source=REASON
            )
            return self.attempt("training.withdrawn", who, may, act, withdrawn)
        unit = city.units[dice.pick([*city.units])]
        fits = not known.has_list and known.held_on <= city.day and not unit.has_ended_by(known.held_on)

        def attend(by: User) -> None:
            row.attend(by=by, seen=row.fingerprint(), units=[Unit.objects.get(code=unit.code)])

        def attended(_: object, at: datetime) -> None:
            known.has_list = True

        return self.attempt("training.attended", who, may and fits, attend, attended)


def written() -> tuple[int, ...]:
    """The number of the last entry, and how many rows each guarded table has."""
    tables = [model._meta.db_table for model, _ in triggers.guarded()]
    counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT MAX(seq) FROM opd_entry), {counts}")
        return tuple(cursor.fetchone())
