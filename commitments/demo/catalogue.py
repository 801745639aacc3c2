"""The catalogue of invented commitments and targets, read from the two CSV files beside this module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from commitments.demo.counted.invented_cases import clock_for
from commitments.models import Family, StatedClock

DEMO_FOLDER = Path(__file__).parent

# The steps to which values are rounded, by unit of measure.
ROUNDING_STEPS = {"hari kerja": "0.5", "jam": "0.5", "menit": "1", "%": "0.1"}


@dataclass(frozen=True)
class PlannedTarget:
    """A target to be proposed, and the name of the storyline that its measurements follow."""

    unit: str
    service: str
    family: str
    measure: str
    statistic: str
    direction: str
    baseline: Decimal
    target: Decimal
    min_change: Decimal
    n: int  # usual number of cases behind a value; 0: a count that has no cases
    cycle: int  # days
    due: date
    storyline: str
    turns_on: date | None  # the day on which it falls silent, starts to rise, is withdrawn or published

    @property
    def clock(self) -> StatedClock | None:
        """The clock that it says; most of the family cepat do."""
        rng = Random(f"jam/{self.unit}/{self.service}/{self.statistic}")  # noqa: S311 - repeatable on purpose
        return clock_for(self.measure, self.statistic, self.storyline, rng) if self.family == Family.FAST else None

    @property
    def step(self) -> Decimal:
        if self.statistic == "count":
            return Decimal(1)
        if self.statistic in ("mean", "score"):
            return Decimal("0.01" if self.statistic == "score" else "0.1")
        return Decimal(ROUNDING_STEPS[self.measure])

    def columns(self) -> dict[str, Any]:
        """The columns of the target, as a head would fill them in."""
        scale = {"lower_bound": Decimal(25), "upper_bound": Decimal(100)} if self.statistic == "score" else {}
        return {
            **scale,
            "service": self.service,
            "family": self.family,
            "unit_of_measure": self.measure,
            "statistic": self.statistic,
            "direction": self.direction,
            "baseline_value": self.baseline,
            "target_value": self.target,
            "min_change": self.min_change,
            "original_due_on": self.due,
            "cycle_days": self.cycle,
            **(self.clock.as_fields() if self.clock else {}),
        }


@dataclass(frozen=True)
class PlannedCommitment:
    """A commitment to be proposed, with its targets."""

    unit: str
    title: str
    benefit: str
    dimension: str
    quick_win: bool
    published: date
    targets: list[PlannedTarget] = field(default_factory=list)


def rows(name: str) -> Iterator[dict[str, str]]:
    with (DEMO_FOLDER / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _turns_on(text: str) -> date | None:
    return date.fromisoformat(text if len(text) > len("2020-01") else f"{text}-15") if text else None


def planned_commitments() -> list[PlannedCommitment]:
    """All commitments with their targets, in the order of the files."""
    found: dict[tuple[str, str], PlannedCommitment] = {}
    for row in rows("commitments.csv"):
        found[row["unit"], row["no"]] = PlannedCommitment(
            unit=row["unit"],
            title=row["title"],
            benefit=row["benefit"],
            dimension=row["dimension"],
            quick_win=row["quick_win"] == "1",
            published=date.fromisoformat(row["published"]),
        )
    for row in rows("targets.csv"):
        found[row["unit"], row["no"]].targets.append(
            PlannedTarget(
                unit=row["unit"],
                service=row["service"],
                family=row["family"],
                measure=row["measure"],
                statistic=row["statistic"],
                direction=row["direction"],
                baseline=Decimal(row["baseline"]),
                target=Decimal(row["target"]),
                min_change=Decimal(row["min_change"]),
                n=int(row["n"]),
                cycle=int(row["cycle"]),
                due=date.fromisoformat(row["due"]),
                storyline=row["story"],
                turns_on=_turns_on(row["turn"]),
            )
        )
    return list(found.values())
