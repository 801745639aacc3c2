"""How does each promise live? Proposed, published, reported, decided, corrected, silent, replaced."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.models import User

from commitments import evidence as store
from commitments.demo import people, pictures, texts
from commitments.demo.agenda import Agenda
from commitments.demo.catalogue import Plan, Pledge
from commitments.demo.courses import Course
from commitments.demo.people import People
from commitments.models import Commitment, Evidence, Measurement, Memorandum, ServiceTarget
from opd import access
from opd.models import Unit

PUBLIC_SHARE = 0.9  # of evidence items that the verifier lets anyone see
FILE_SHARE = 0.012  # of reports that come with a drawn picture or a document
SECOND_SHARE = 0.18  # of reports with a second proof
DELAYED = (date(2020, 4, 1), date(2020, 9, 1))  # the secretariat decides slowly
HOPE_DAYS = 125  # before the end: a hopeful target sends nothing more but its great claim


@dataclass
class Promise:
    """A target on its way through the years."""

    plan: Plan
    commitment: Commitment
    course: Course
    dice: Random
    target: ServiceTarget
    sent: int = 0
    last: Measurement | None = None
    verified: list[Measurement] = field(default_factory=list)


@dataclass
class Stage:
    """Everything that stories share."""

    agenda: Agenda
    people: People
    units: dict[str, Unit]
    memorandum: Memorandum
    until: date
    seed: str
    promises: dict[str, Promise] = field(default_factory=dict)  # by the target's reference
    commitments: dict[str, Commitment] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)  # unit that has ended -> unit that owes its promises
    photo: bytes = b""

    def dice(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")  # noqa: S311 - repeatable on purpose

    def head(self, code: str) -> User:
        return self.people.head(self.heirs.get(code, code))

    def decider(self, code: str, role: str) -> User:
        """Setda's own are decided by the Inspektorat; two verifiers share the rest."""
        unit = self.units[self.heirs.get(code, code)]
        if unit.parent_id or unit.code == access.SETDA:
            return self.people[access.INSPECTOR]
        if role == access.VERIFIER and self.agenda.dice.random() < 0.3:
            return self.people[people.SECOND_VERIFIER]
        return self.people[role]

    # --- Promising -----------------------------------------------------------------------------------------

    def pledge(self, pledge: Pledge) -> None:
        """Put a commitment on the agenda: proposed, and published a few weeks later."""
        dice = self.dice(f"pledge/{pledge.unit}/{pledge.title}")
        proposed_on = pledge.published - timedelta(days=dice.randint(12, 35))
        self.agenda.on(proposed_on, lambda: self._propose(pledge, proposed_on))

    def _propose(self, pledge: Pledge, proposed_on: date) -> None:
        commitment = Commitment.propose(
            by=self.head(pledge.unit),
            unit=self.units[pledge.unit],
            memorandum=self.memorandum,
            title=pledge.title,
            benefit=pledge.benefit,
            dimension=pledge.dimension,
            quick_win=pledge.quick_win,
        )
        self.commitments[commitment.reference] = commitment
        now = [plan for plan in pledge.plans if plan.story != "replacement"]
        promises = [self.promise(plan, commitment, pledge.published, proposed_on) for plan in now]
        self.agenda.on(pledge.published, lambda: self._publish(commitment, promises))
        for plan in pledge.plans:
            if plan.story == "replacement":
                self._replace(promises[0], plan)

    def promise(
        self,
        plan: Plan,
        commitment: Commitment,
        published: date,
        proposed_on: date,
        replaces: ServiceTarget | None = None,
    ) -> Promise:
        """The unit's head proposes one target."""
        dice = self.dice(f"promise/{commitment.reference}/{plan.service}/{plan.measure}/{plan.statistic}")
        target = ServiceTarget.propose(
            by=self.head(plan.unit),
            commitment=commitment,
            **plan.facts(),
            baseline_on=proposed_on.replace(day=1) - timedelta(days=1),
            baseline_source=texts.BASELINE_SOURCE,
            baseline_method=texts.METHODS[plan.family],
            data_source=texts.DATA_SOURCE,
            known_limits=dice.choice(texts.LIMITS),
            replaces=replaces,
        )
        promise = Promise(plan, commitment, Course(plan, published, self.until, dice), dice, target)
        self.promises[target.reference] = promise
        return promise

    def _publish(self, commitment: Commitment, promises: list[Promise]) -> None:
        code = promises[0].plan.unit
        commitment.publish(by=self.decider(code, access.APPROVER), seen=commitment.fingerprint())
        for promise in promises:
            self.publish(promise)

    def publish(self, promise: Promise) -> None:
        target = promise.target
        target.publish(by=self.decider(promise.plan.unit, access.APPROVER), seen=target.fingerprint())
        if promise.course.name != "none":
            self._plan_report(promise, 0)
        if promise.plan.story in ("hopeful", "claimed"):
            self.agenda.on(self.until - timedelta(days=promise.dice.randint(6, 33)), lambda: self._claim(promise))
        if promise.plan.story == "withdrawn" and promise.plan.turn:
            self.agenda.on(promise.plan.turn, lambda: self.withdraw(promise, texts.WITHDRAWN))

    def _replace(self, old: Promise, plan: Plan) -> None:
        """The old definition is withdrawn in public; a better one that names it follows within weeks."""
        assert old.plan.turn and plan.turn  # noqa: S101 - the catalogue says when
        turn = plan.turn

        def propose() -> None:
            new = self.promise(plan, old.commitment, turn, self.agenda.today, replaces=old.target)
            self.agenda.on(turn, lambda: self.publish(new))

        self.agenda.on(old.plan.turn, lambda: self.withdraw(old, texts.REPLACED))
        self.agenda.on(turn - timedelta(days=12), propose)

    def withdraw(self, promise: Promise, reason: str) -> None:
        target = promise.target
        target.withdraw(by=self.decider(promise.plan.unit, access.APPROVER), seen=target.fingerprint(), reason=reason)

    # --- Reporting -----------------------------------------------------------------------------------------

    def _plan_report(self, promise: Promise, number: int) -> None:
        start, end = promise.course.period(number)
        day = end + timedelta(days=promise.dice.randint(3, 16))
        self.agenda.on(day, lambda: self._report(promise, number, start, end))

    def _is_over(self, promise: Promise) -> bool:
        plan, today = promise.plan, self.agenda.today
        if plan.story in ("silent", "silent-flat", "replaced", "withdrawn"):
            return plan.turn is not None and today >= plan.turn
        return plan.story == "hopeful" and (self.until - today).days < HOPE_DAYS

    def _report(self, promise: Promise, number: int, start: date, end: date) -> None:
        if self._is_over(promise):
            return
        self._plan_report(promise, number + 1)
        if number and promise.dice.random() < 0.03:
            return  # missed this time
        value, cases = promise.course.value(end), promise.course.cases()
        measurement = self.send(promise, start, end, value, cases)
        self._await_decision(promise, measurement)

    def _claim(self, promise: Promise) -> None:
        """Something great, sent shortly before the end and not decided yet."""
        end = self.agenda.today.replace(day=1) - timedelta(days=1)
        gained = 1.0 if promise.dice.random() < 0.4 else promise.dice.uniform(0.6, 0.9)
        self.send(promise, end.replace(day=1), end, promise.course.told(gained), promise.course.cases())

    def send(
        self,
        promise: Promise,
        start: date,
        end: date,
        value: Decimal,
        cases: int | None,
        corrects: Measurement | None = None,
        note: str = "",
        with_file: bool = False,
    ) -> Measurement:
        """Draft by whoever writes in the unit, proof attached, submitted by its head."""
        target, dice, code = promise.target, promise.dice, self.heirs.get(promise.plan.unit, promise.plan.unit)
        measurement = Measurement.draft(
            by=self.people.writer(code),
            target=target,
            corrects=corrects,
            period_start=start,
            period_end=end,
            value=value,
            n=cases,
            method=texts.METHODS[promise.plan.family],
            note=note or (dice.choice(texts.NOTES) if dice.random() < 0.15 else ""),
        )
        promise.sent += 1
        self._prove(promise, measurement, with_file)
        measurement.submit(by=self.head(code), seen=measurement.fingerprint())
        promise.last = measurement
        return measurement

    def _prove(self, promise: Promise, measurement: Measurement, with_file: bool) -> None:
        dice = promise.dice
        if promise.plan.story == "boast":
            self._attach_file(promise, measurement, "seremoni")
            return
        attach = self._attach_file if with_file or dice.random() < FILE_SHARE else self._attach_link
        attach(promise, measurement, "hasil")
        if dice.random() < SECOND_SHARE:
            attach = self._attach_file if dice.random() < 4 * FILE_SHARE else self._attach_link
            attach(promise, measurement, dice.choice(("kegiatan", "keluaran", "seremoni")))

    def _attach_link(self, promise: Promise, measurement: Measurement, kind: str) -> None:
        address = f"https://contoh.invalid/{promise.target.reference.lower()}/{promise.sent:03d}-{kind}"
        Evidence.attach(
            measurement, kind=kind, url=address, caption=texts.caption(kind, promise.target, measurement.period_end)
        )

    def _attach_file(self, promise: Promise, measurement: Measurement, kind: str) -> None:
        """A drawn picture or a document; a boaster's second photo is one that was already used."""
        end = measurement.period_end
        ending = promise.dice.choice(("jpg", "png", "webp", "pdf") if kind == "hasil" else ("jpg", "png", "webp"))
        words = f"{self.units[promise.plan.unit].short_name}, {texts.month_of(end)}"
        if ending == "pdf":
            value, n = f"Nilai: {measurement.value} {promise.plan.measure}", f"n = {measurement.n}"
            content = pictures.document(words, end, [promise.plan.service, value, n])
        else:
            content = pictures.picture(kind, words, ending, promise.dice)
        if kind == "seremoni" and self.photo and self.agenda.dice.random() < 0.06:
            content, ending = self.photo, "jpg"
        elif kind == "seremoni" and ending == "jpg":
            self.photo = content
        file = store.receive(f"{kind}-{end:%Y-%m}.{ending}", io.BytesIO(content))
        Evidence.attach(
            measurement,
            kind=kind,
            file=file,
            captured_on=end,
            caption=texts.caption(kind, promise.target, end),
        )

    # --- Deciding ------------------------------------------------------------------------------------------

    def _await_decision(self, promise: Promise, measurement: Measurement) -> None:
        dice = promise.dice
        lag = 1 + int(min(24.0, dice.expovariate(1 / 5)))
        if DELAYED[0] <= self.agenda.today < DELAYED[1]:
            lag *= 3
        day = self.agenda.today + timedelta(days=lag)
        luck = dice.random()
        if promise.plan.story == "boast":
            self.agenda.on(day, lambda: self._return(promise, measurement, dice.choice(texts.RETURNED_BOAST)))
        elif luck < 0.015:
            self.agenda.on(self.agenda.today + timedelta(days=1), lambda: self._pull_back(promise, measurement))
        elif luck < 0.07:
            self.agenda.on(day, lambda: self._return(promise, measurement, dice.choice(texts.RETURNED)))
        elif luck < 0.075:
            self.agenda.on(day, lambda: self._reject(promise, measurement))
        else:
            self.agenda.on(day, lambda: self.verify(promise, measurement))

    def verify(self, promise: Promise, measurement: Measurement) -> None:
        shown = {
            item.uuid: item.evidence_kind == "hasil" or promise.dice.random() < PUBLIC_SHARE
            for item in measurement.evidence.all()
        }
        measurement.verify(
            by=self.decider(promise.plan.unit, access.VERIFIER), seen=measurement.fingerprint(), public=shown
        )
        promise.verified.append(measurement)

    def _return(self, promise: Promise, measurement: Measurement, note: str) -> None:
        verifier = self.decider(promise.plan.unit, access.VERIFIER)
        measurement.return_(by=verifier, seen=measurement.fingerprint(), note=note)
        if promise.plan.story == "boast" and promise.dice.random() < 0.5:
            return  # shrugs until the next period
        again = self.agenda.today + timedelta(days=promise.dice.randint(3, 14))
        self.agenda.on(again, lambda: self.correct(promise, measurement))

    def _pull_back(self, promise: Promise, measurement: Measurement) -> None:
        measurement.pull_back(by=self.head(promise.plan.unit), seen=measurement.fingerprint())
        again = self.agenda.today + timedelta(days=promise.dice.randint(1, 5))
        self.agenda.on(again, lambda: self.correct(promise, measurement))

    def _reject(self, promise: Promise, measurement: Measurement) -> None:
        verifier = self.decider(promise.plan.unit, access.VERIFIER)
        measurement.reject(by=verifier, seen=measurement.fingerprint(), note=texts.REJECTED)

    def correct(self, promise: Promise, wrong: Measurement, *, worse: bool = False) -> None:
        """A new version of what was sent, a step less good when it has to be."""
        if not self.is_live(promise) or Measurement.objects.filter(supersedes=wrong).exists():
            return
        value = wrong.value
        if worse:
            value += promise.plan.step * (1 if promise.plan.direction == "lower" else -1)
        newer = self.send(promise, wrong.period_start, wrong.period_end, value, wrong.n, corrects=wrong)
        self._await_decision(promise, newer)

    def is_live(self, promise: Promise) -> bool:
        return promise.target.is_live
