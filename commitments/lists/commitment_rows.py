"""Rows of the list of commitments: each public commitment with its targets, and what each column needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from commitments.formats import flags_beside_rung, spoken_target_title
from commitments.ladder import Flag, Rung
from commitments.ladder.rows import ListedTargetRow, NamedUnitRow
from commitments.models import Commitment, Direction
from commitments.models.commitment import Dimension
from commitments.models.querysets import TARGET_LIST_FIELDS
from commitments.models.values import Family, Statistic
from opd import clock
from opd.models import Unit

WITHDRAWN_CHOICE = "ditarik"
COMMITMENT_ROW_COLUMNS = (
    *("reference", "title", "dimension", "quick_win", "withdrawn_at", "owner_id", "owner_code", "owner_kind"),
    *(f"target_{name}" for name in TARGET_LIST_FIELDS),
    *("rung", "rung_claimed", "value", "progress", "baseline_now", "target_now", "due_on", "slip_days", "clock_days"),
    *("heard_on", "waiting", *Flag),
)
OWNER_COLUMNS = ("pk", "code", "unit_kind", "name", "short_name")


@dataclass(frozen=True)
class CommitmentListRow:
    """One target of a commitment, or a commitment without targets; `row` has the columns of COMMITMENT_ROW_COLUMNS.

    `row` is a plain tuple, because a model object for each row would be the slowest part of the page.
    """

    row: ListedTargetRow
    unit: NamedUnitRow | None  # that owes it on that day: `code`, `name`, `short_name`; None when no unit does
    withdrawn_on: date | None  # None when not withdrawn by that day; a commitment takes its targets along

    @property
    def commitment(self) -> str:
        """The reference of the commitment."""
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
        """The value of the rung filter: the rung, "0" for a commitment without a target, WITHDRAWN_CHOICE."""
        return WITHDRAWN_CHOICE if self.withdrawn_on else str(self.row.rung or 0)

    @property
    def is_live(self) -> bool:
        return self.row.rung is not None

    @property
    def target_title(self) -> str:
        """The service and what is measured of it, as HTML; empty for a commitment without a target."""
        row = self.row
        if not (row.target_service and row.target_family and row.target_unit_of_measure):
            return ""
        return spoken_target_title(row.target_service, row.target_family, row.target_unit_of_measure)

    @property
    def rung(self) -> Rung | None:
        """None when withdrawn; the lowest rung for a commitment without a target."""
        return None if self.withdrawn_on else Rung(self.row.rung or 0)

    @property
    def rung_claimed(self) -> Rung | None:
        return None if self.withdrawn_on else Rung(self.row.rung_claimed or 0)

    @cached_property
    def flags(self) -> list[Flag]:
        return Flag.of(self.row)

    @property
    def shown_flags(self) -> list[Flag]:
        """The flags beside the rung. A higher claim is left out: it is shown as a second rung."""
        return flags_beside_rung(self.row)

    @property
    def baseline(self) -> Decimal | None:
        """The baseline in force on that day; the original one for a withdrawn target."""
        return self.row.baseline_now if self.is_live else self.row.target_baseline_value

    @property
    def target_value(self) -> Decimal | None:
        """The target value in force on that day; the original one for a withdrawn target."""
        return self.row.target_now if self.is_live else self.row.target_target_value

    @property
    def value(self) -> Decimal | None:
        return self.row.value

    @property
    def unit_of_measure(self) -> str | None:
        return self.row.target_unit_of_measure

    @property
    def sorted_value(self) -> tuple[str, Decimal] | None:
        """The key to sort values by: first the unit of measure, because only values of one unit can be compared."""
        return None if self.value is None else (str(self.unit_of_measure).casefold(), self.value)

    @property
    def progress(self) -> Decimal | None:
        return self.row.progress

    @property
    def heard_on(self) -> date | None:
        """The day of the last news about it."""
        return self.row.heard_on

    @property
    def waiting(self) -> bool | None:
        """Whether a submission waits for the secretariat; None for a row without a live target."""
        return bool(self.row.waiting) if self.is_live else None

    @property
    def gap(self) -> Decimal | None:
        """The part of the way that is left: above 1 when worse than the baseline, below 0 beyond the target."""
        return None if self.row.progress is None else 1 - self.row.progress

    @property
    def missing(self) -> Decimal | None:
        """The gap in the unit of measure; negative when the target is exceeded."""
        if self.row.value is None:
            return None
        return Direction(self.row.target_direction).sign * (self.row.target_now - self.row.value)

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
        """Days on the clock of the ladder: days without news."""
        return self.row.clock_days

    @property
    def code(self) -> str:
        """The code of the unit that owes it."""
        return str(self.unit.code) if self.unit else ""

    @property
    def search_texts(self) -> tuple[str, ...]:
        """Texts for the search: a row is found when one of them meets every term."""
        commitment = (
            f"{self.row.reference} {self.row.target_reference or ''} {self.row.target_service or ''} {self.title}"
        )
        owner = f"{self.unit.code} {self.unit.name} {self.owner}" if self.unit else ""
        return commitment.casefold(), owner.casefold()


def published_rows(day: date) -> Any:
    """The query for all commitments published by the end of a day, withdrawn ones too, with each of their targets."""
    return Commitment.objects.published_on(day).with_targets_and_rung(day).order_by("reference", "target_reference")


def commitment_list_rows(
    day: date, shown: list[ListedTargetRow] | None = None
) -> tuple[list[CommitmentListRow], list[NamedUnitRow]]:
    """(all rows by reference, and all units); or the `shown` ones, already read, and the units that owe them."""
    owners = Unit.objects.with_names(day)
    if shown is not None:
        owners = owners.filter(pk__in={row.owner_id for row in shown if row.owner_id})
    units: dict[int, NamedUnitRow] = {unit.pk: unit for unit in owners.values_list(*OWNER_COLUMNS, named=True)}
    columns = published_rows(day).values_list(*COMMITMENT_ROW_COLUMNS, named=True) if shown is None else shown
    found = [CommitmentListRow(row, units.get(row.owner_id or 0), _withdrawn_on(row, day)) for row in columns]
    return found, list(units.values())


def _withdrawn_on(row: ListedTargetRow, day: date) -> date | None:
    """The day of the withdrawal; a target that its commitment took along has the same moment."""
    at = row.target_withdrawn_at or row.withdrawn_at
    return clock.day_of(at) if at and clock.is_known(at, day) else None
