"""The figures of the page of trainings: what a source says of each, and how many units came to how many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from icalendar import Calendar

from commitments.models import Training
from commitments.reports.beside.training_event import training_event
from commitments.reports.home_page import agreement, in_order, signers
from opd import clock
from opd.models import Unit


@dataclass(frozen=True)
class TrainingOnPage:
    """A training as it is known on the day; `present` is None while nobody recorded who was there."""

    row: Training
    present: tuple[Unit, ...] | None
    is_ahead: bool


@dataclass(frozen=True)
class TrainingPage:
    trainings: tuple[TrainingOnPage, ...]  # the latest first
    withdrawn: tuple[Training, ...]
    signed: int
    came_to: tuple[tuple[int, int], ...]  # (how many trainings, how many signers came to so many)

    @property
    def next(self) -> TrainingOnPage | None:
        return next((one for one in reversed(self.trainings) if one.is_ahead), None)

    @property
    def held(self) -> int:
        return sum(not one.is_ahead for one in self.trainings)

    @property
    def with_list(self) -> int:
        return sum(one.present is not None for one in self.trainings)


def training_page(day: date) -> TrainingPage:
    end = clock.end_of(day)
    present = Prefetch("units", Unit.objects.with_names(day))
    trainings = []
    for row in Training.objects.known_on(day).prefetch_related(present).order_by("-held_on"):
        listed = bool(row.attended_at and row.attended_at < end)
        trainings.append(TrainingOnPage(row, tuple(in_order(row.units.all())) if listed else None, row.held_on > day))
    signed = set(signers(agreement()).values_list("pk", flat=True))
    times = Counter(unit.pk for one in trainings for unit in one.present or () if unit.pk in signed)
    counts = Counter(times[pk] for pk in signed)
    return TrainingPage(
        trainings=tuple(trainings),
        withdrawn=tuple(Training.objects.withdrawn_by(day).order_by("-withdrawn_at")),
        signed=len(signed),
        came_to=tuple(sorted(counts.items(), reverse=True)),
    )


def calendar_file(day: date) -> bytes | None:
    """The training of a day as a calendar of one entry, or None."""
    row = Training.objects.known_on(clock.today()).filter(held_on=day).first()
    if row is None:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//Melewati Seremoni//ID")
    calendar.add("version", "2.0")
    calendar.add_component(training_event(row))
    content: bytes = calendar.to_ical()
    return content
