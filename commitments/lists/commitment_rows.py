"""Which promises are public on a day, target by target, and how far along is each?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from commitments.ladder import Flag, Rung
from commitments.models import Commitment, Direction
from commitments.models.commitment import Dimension
from commitments.models.querysets import TARGET_LIST_FIELDS
from commitments.models.target import Family, Statistic
from opd import clock
from opd.models import Unit

WITHDRAWN_CHOICE = "ditarik"
COMMITMENT_ROW_COLUMNS = (
    *("reference", "title", "dimension", "quick_win", "withdrawn_at", "owner_id", "owner_code", "owner_kind"),
    *(f"target_{name}" for name in TARGET_LIST_FIELDS),
    *("rung", "rung_claimed", "value", "progress", "baseline_now", "target_now", "due_on", "slip_days", "clock_days"),
    *("waiting", *Flag),
)
OWNER_COLUMNS = ("pk", "code", "unit_kind", "name", "short_name")


@dataclass(frozen=True)
class CommitmentListRow:
    """One target under its commitment, or a commitment without any; `row` has the columns of TOLD.

    A row of a list is a plain tuple: a model for each of them would be the dearest part of the page.
    """

    row: Any
    unit: Any  # that owes it on that day: `code`, `name`, `short_name`; None: nobody
    withdrawn_on: date | None  # by that day; a target goes with its commitment

    @property
    def promise(self) -> str:
        return str(self.row.reference)

    @property
    def reference(self) -> str:
        return str(self.row.target_reference or self.row.reference)

    @property
    def title(self) -> str:
        return str(self.row.title)

    @property
    def service(self) -> str | None:
        return self.row.target_service

    @property
    def sorted_service(self) -> str | None:
        return self.service.casefold() if self.service else None

    @property
    def owner(self) -> str:
        return (self.unit.short_name or self.unit.code) if self.unit else ""

    @property
    def sorted_owner(self) -> str:
        return self.owner.casefold()

    @property
    def dimension(self) -> str:
        return str(Dimension(self.row.dimension).label)

    @property
    def family(self) -> str | None:
        return str(Family(self.row.target_family).label) if self.row.target_family else None

    @property
    def statistic(self) -> str:
        return str(Statistic(self.row.target_statistic).label)

    @property
    def state(self) -> str:
        """The rung, "0" for a promise without a target, or the word for one that was withdrawn."""
        return WITHDRAWN_CHOICE if self.withdrawn_on else str(self.row.rung or 0)

    @property
    def is_live(self) -> bool:
        return self.row.rung is not None

    @property
    def rung(self) -> Rung | None:
        """None for what is not on the ladder: a promise without a target is not withdrawn, but on its lowest rung."""
        return None if self.withdrawn_on else Rung(self.row.rung or 0)

    @property
    def rung_claimed(self) -> Rung | None:
        return None if self.withdrawn_on else Rung(self.row.rung_claimed or 0)

    @cached_property
    def flags(self) -> list[Flag]:
        return [flag for flag in Flag if getattr(self.row, flag)]

    @property
    def marks(self) -> list[Flag]:
        """The flags beside the rung; a higher claim is shown as a rung of its own."""
        return [flag for flag in self.flags if flag != Flag.CLAIMED_HIGHER]

    @property
    def baseline(self) -> Decimal | None:
        """In force on that day; the original of a target that was withdrawn."""
        return self.row.baseline_now if self.is_live else self.row.target_baseline_value

    @property
    def goal(self) -> Decimal | None:
        return self.row.target_now if self.is_live else self.row.target_target_value

    @property
    def value(self) -> Decimal | None:
        return self.row.value

    @property
    def unit_of_measure(self) -> str | None:
        return self.row.target_unit_of_measure

    @property
    def value_among_its_like(self) -> tuple[str, Decimal] | None:
        """To sort by: days stand beside days, for a number says nothing beside one of another measure."""
        return None if self.value is None else (str(self.unit_of_measure).casefold(), self.value)

    @property
    def gap(self) -> Decimal | None:
        """The share of the way still to go: above 1 when it got worse, negative when the target is exceeded."""
        return None if self.row.progress is None else 1 - self.row.progress

    @property
    def short(self) -> Decimal | None:
        """The same in its unit of measure; negative when it does more than the target."""
        if self.row.value is None:
            return None
        missing = self.row.target_now - self.row.value
        return missing if self.row.target_direction == Direction.HIGHER else -missing

    @property
    def due_on(self) -> date | None:
        return self.row.due_on or self.row.target_original_due_on

    @property
    def original_due_on(self) -> date | None:
        return self.row.target_original_due_on

    @property
    def slip_days(self) -> int | None:
        return self.row.slip_days

    @property
    def advance_days(self) -> int:
        return -(self.slip_days or 0)

    @property
    def quiet_days(self) -> int | None:
        """How long its reporting clock has run."""
        return self.row.clock_days

    @property
    def sayings(self) -> tuple[str, ...]:
        """What it answers to: a search finds its words together in one of these."""
        promise = (
            f"{self.row.reference} {self.row.target_reference or ''} {self.row.target_service or ''} {self.title}"
        )
        owner = f"{self.unit.code} {self.unit.name} {self.owner}" if self.unit else ""
        return promise.casefold(), owner.casefold()


def commitment_list_rows(day: date) -> tuple[list[CommitmentListRow], list[Any]]:
    """Every target and promise announced by the end of a day, withdrawn ones too, by reference; and every unit."""
    units: dict[int, Any] = {
        unit.pk: unit for unit in Unit.objects.with_names(day).values_list(*OWNER_COLUMNS, named=True)
    }
    rows = Commitment.objects.published_on(day).with_targets_and_rung(day).order_by("reference", "target_reference")
    told = rows.values_list(*COMMITMENT_ROW_COLUMNS, named=True)
    return [CommitmentListRow(row, units.get(row.owner_id), _withdrawn_on(row, day)) for row in told], list(
        units.values()
    )


def _withdrawn_on(row: Any, day: date) -> date | None:
    """A target that its commitment took along has the same moment."""
    at = row.target_withdrawn_at or row.withdrawn_at
    return clock.day_of(at) if at and at < clock.end_of(day) else None
