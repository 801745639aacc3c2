"""Commitments and targets of the demonstration: proposed, published, withdrawn, replaced."""

from __future__ import annotations

from datetime import date, timedelta

from commitments.demo import reporting, sample_texts
from commitments.demo.catalogue import PlannedCommitment, PlannedTarget
from commitments.demo.story import Story, TargetStory
from commitments.demo.value_series import ValueSeries
from commitments.models import Commitment, Family, ServiceTarget


def schedule_commitment(story: Story, planned_commitment: PlannedCommitment) -> None:
    """Schedule a commitment: it is proposed, and published a few weeks later."""
    rng = story.rng(f"pledge/{planned_commitment.unit}/{planned_commitment.title}")
    proposed_on = planned_commitment.published - timedelta(days=rng.randint(12, 35))
    story.calendar.on(proposed_on, lambda: _propose(story, planned_commitment))


def _propose(story: Story, planned_commitment: PlannedCommitment) -> None:
    commitment = Commitment.propose(
        by=story.head(planned_commitment.unit),
        unit=story.units[planned_commitment.unit],
        memorandum=story.memorandum,
        title=planned_commitment.title,
        benefit=planned_commitment.benefit,
        dimension=planned_commitment.dimension,
        quick_win=planned_commitment.quick_win,
    )
    story.commitments[commitment.reference] = commitment
    first = [one for one in planned_commitment.targets if one.storyline != "replacement"]
    target_stories = [propose_target(story, one, commitment, planned_commitment.published) for one in first]
    story.calendar.on(planned_commitment.published, lambda: _publish_all(story, commitment, target_stories))
    for planned_target in planned_commitment.targets:
        if planned_target.storyline == "replacement":
            _replace(story, target_stories[0], planned_target)


def propose_target(
    story: Story,
    planned_target: PlannedTarget,
    commitment: Commitment,
    published: date,
    replaces: ServiceTarget | None = None,
) -> TargetStory:
    """The head of the unit proposes a target; published: the day from which its first period may begin."""
    rng = story.rng(
        f"target/{commitment.reference}/{planned_target.service}/{planned_target.measure}/{planned_target.statistic}"
    )
    target = ServiceTarget.propose(
        by=story.head(planned_target.unit),
        commitment=commitment,
        **planned_target.columns(),
        baseline_on=story.today.replace(day=1) - timedelta(days=1),
        baseline_source=sample_texts.BASELINE_SOURCE,
        baseline_method=sample_texts.METHODS[Family(planned_target.family)],
        data_source=sample_texts.DATA_SOURCE,
        known_limits=rng.choice(sample_texts.LIMITS),
        replaces=replaces,
    )
    target_story = TargetStory(
        planned_target, commitment, ValueSeries(planned_target, published, story.until, rng), rng, target
    )
    story.target_stories[target.reference] = target_story
    return target_story


def _publish_all(story: Story, commitment: Commitment, target_stories: list[TargetStory]) -> None:
    approver = story.approver(target_stories[0].planned.unit)
    commitment.publish(by=approver, seen=commitment.fingerprint())
    for target_story in target_stories:
        _publish(story, target_story)


def _publish(story: Story, target_story: TargetStory) -> None:
    target, planned_target = target_story.target, target_story.planned
    target.publish(by=story.approver(planned_target.unit), seen=target.fingerprint())
    reporting.schedule_reports(story, target_story)
    if planned_target.storyline == "withdrawn" and planned_target.turns_on:
        story.calendar.on(planned_target.turns_on, lambda: _withdraw(story, target_story, sample_texts.WITHDRAWN))


def _withdraw(story: Story, target_story: TargetStory, reason: str) -> None:
    target = target_story.target
    target.withdraw(by=story.approver(target_story.planned.unit), seen=target.fingerprint(), reason=reason)


def _replace(story: Story, old: TargetStory, planned_target: PlannedTarget) -> None:
    """The old target is withdrawn, and a better one that replaces it follows within weeks."""
    if old.planned.turns_on is None or planned_target.turns_on is None:
        raise ValueError(f"{planned_target.service}: the catalogue says when a target is withdrawn and replaced")
    turn = planned_target.turns_on

    def propose() -> None:
        new = propose_target(story, planned_target, old.commitment, turn, replaces=old.target)
        story.calendar.on(turn, lambda: _publish(story, new))

    story.calendar.on(old.planned.turns_on, lambda: _withdraw(story, old, sample_texts.REPLACED))
    story.calendar.on(turn - timedelta(days=12), propose)
