"""How does a promise come and go? Proposed, published, withdrawn, replaced."""

from __future__ import annotations

from datetime import date, timedelta

from commitments.demo import reporting, sample_texts
from commitments.demo.catalogue import PlannedCommitment, PlannedTarget
from commitments.demo.story import Story, TargetStory
from commitments.demo.value_series import ValueSeries
from commitments.models import Commitment, ServiceTarget


def pledge(stage: Story, pledge: PlannedCommitment) -> None:
    """Put a commitment on the agenda: proposed, and published a few weeks later."""
    dice = stage.dice(f"pledge/{pledge.unit}/{pledge.title}")
    proposed_on = pledge.published - timedelta(days=dice.randint(12, 35))
    stage.agenda.on(proposed_on, lambda: _propose(stage, pledge))


def _propose(stage: Story, pledge: PlannedCommitment) -> None:
    commitment = Commitment.propose(
        by=stage.head(pledge.unit),
        unit=stage.units[pledge.unit],
        memorandum=stage.memorandum,
        title=pledge.title,
        benefit=pledge.benefit,
        dimension=pledge.dimension,
        quick_win=pledge.quick_win,
    )
    stage.commitments[commitment.reference] = commitment
    first = [plan for plan in pledge.plans if plan.story != "replacement"]
    promises = [propose_target(stage, plan, commitment, pledge.published) for plan in first]
    stage.agenda.on(pledge.published, lambda: _publish_all(stage, commitment, promises))
    for plan in pledge.plans:
        if plan.story == "replacement":
            _replace(stage, promises[0], plan)


def propose_target(
    stage: Story, plan: PlannedTarget, commitment: Commitment, published: date, replaces: ServiceTarget | None = None
) -> TargetStory:
    """The unit's head proposes one target; `published` is when its first period may begin."""
    dice = stage.dice(f"target/{commitment.reference}/{plan.service}/{plan.measure}/{plan.statistic}")
    target = ServiceTarget.propose(
        by=stage.head(plan.unit),
        commitment=commitment,
        **plan.facts(),
        baseline_on=stage.today.replace(day=1) - timedelta(days=1),
        baseline_source=sample_texts.BASELINE_SOURCE,
        baseline_method=sample_texts.METHODS[plan.family],
        data_source=sample_texts.DATA_SOURCE,
        known_limits=dice.choice(sample_texts.LIMITS),
        replaces=replaces,
    )
    promise = TargetStory(plan, commitment, ValueSeries(plan, published, stage.until, dice), dice, target)
    stage.promises[target.reference] = promise
    return promise


def _publish_all(stage: Story, commitment: Commitment, promises: list[TargetStory]) -> None:
    approver = stage.approver(promises[0].plan.unit)
    commitment.publish(by=approver, seen=commitment.fingerprint())
    for promise in promises:
        _publish(stage, promise)


def _publish(stage: Story, promise: TargetStory) -> None:
    target, plan = promise.target, promise.plan
    target.publish(by=stage.approver(plan.unit), seen=target.fingerprint())
    reporting.begin(stage, promise)
    if plan.story == "withdrawn" and plan.turn:
        stage.agenda.on(plan.turn, lambda: _withdraw(stage, promise, sample_texts.WITHDRAWN))


def _withdraw(stage: Story, promise: TargetStory, reason: str) -> None:
    target = promise.target
    target.withdraw(by=stage.approver(promise.plan.unit), seen=target.fingerprint(), reason=reason)


def _replace(stage: Story, old: TargetStory, plan: PlannedTarget) -> None:
    """The old definition is withdrawn in public; a better one that names it follows within weeks."""
    if old.plan.turn is None or plan.turn is None:
        raise ValueError(f"{plan.service}: the catalogue says when a target is withdrawn and replaced")
    turn = plan.turn

    def propose() -> None:
        new = propose_target(stage, plan, old.commitment, turn, replaces=old.target)
        stage.agenda.on(turn, lambda: _publish(stage, new))

    stage.agenda.on(old.plan.turn, lambda: _withdraw(stage, old, sample_texts.REPLACED))
    stage.agenda.on(turn - timedelta(days=12), propose)
