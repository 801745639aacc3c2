"""The ladder: rung and flags of a target or a unit on a day (docs/aturan.md, sections 2 to 4).

Read `reference.py` first: the same rules in plain Python, which the tests compare with the SQL. The SQL stands in
the `.sql` files, facts first and rules after; `statements.py` puts them together, `kept.py` keeps what it gives for
today, and `querysets.with_rung(day)` joins it to rows. Facts are known on a day when they were recorded before its
end in Asia/Jakarta.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import models

from commitments.ladder.choices import DECIMALS as DECIMALS
from commitments.ladder.choices import LONGEST_CYCLE as LONGEST_CYCLE
from commitments.ladder.choices import PAST_CEREMONY as PAST_CEREMONY
from commitments.ladder.choices import REPORTING_CYCLE as REPORTING_CYCLE
from commitments.ladder.choices import SILENT_CYCLES as SILENT_CYCLES
from commitments.ladder.choices import SUSTAINED_CYCLE as SUSTAINED_CYCLE
from commitments.ladder.choices import SUSTAINED_DAYS as SUSTAINED_DAYS
from commitments.ladder.choices import Flag as Flag
from commitments.ladder.choices import Rung as Rung

SUPPOSED_ID = UUID(int=0)  # the identity of what is only supposed
VERDICTS = ("verified", "returned", "rejected", "revoked")
COMMITMENT_WITHDRAWN = "commitment withdrawn"  # a decision that all its live targets go with
SHORTEST_SPAN = timedelta(microseconds=1)  # the shortest span that both databases keep


@dataclass(frozen=True)
class Assumption:
    """A decision not taken yet: the ladder is worked out as if it had been taken in the last moment of the day."""

    decision: str  # one of VERDICTS; approved, of a revision; published or withdrawn, of a target; or WHOLE
    pk: int  # of the measurement, the revision, the target or the commitment


@dataclass(frozen=True)
class SupposedMeasurement:
    """A measurement that does not exist: the ladder counts it as verified, with evidence, at the very end of the day.

    A correction supposes the next version in the chain of what it corrects.
    """

    target_id: int
    value: Decimal
    period_end: date
    chain: UUID = SUPPOSED_ID
    version: int = 1


WhatIf = Assumption | SupposedMeasurement | None


class FourPlacesField(models.DecimalField):
    """A computed decimal read back with its four places, as a stored one would be."""

    def from_db_value(self, value: Decimal | None, *_: object) -> Decimal | None:
        return None if value is None else value.quantize(Decimal(1).scaleb(-DECIMALS))


TARGET_COLUMNS: dict[str, models.Field] = {
    "target_id": models.BigIntegerField(),
    "rung": models.IntegerField(),
    "rung_claimed": models.IntegerField(),
    "value": FourPlacesField(max_digits=15, decimal_places=4, null=True),
    "value_claimed": FourPlacesField(max_digits=15, decimal_places=4, null=True),
    "period_end": models.DateField(null=True),
    "latest_id": models.BigIntegerField(null=True),
    "run_start": models.DateField(null=True),
    "progress": FourPlacesField(max_digits=20, decimal_places=4, null=True),
    "baseline_now": FourPlacesField(max_digits=15, decimal_places=4),
    "target_now": FourPlacesField(max_digits=15, decimal_places=4),
    "min_change_now": FourPlacesField(max_digits=15, decimal_places=4),
    "due_on": models.DateField(),
    "slip_days": models.IntegerField(),
    "met_on": models.DateField(null=True),
    "heard_on": models.DateField(),
    "clock_days": models.IntegerField(),
    "silent_limit": models.IntegerField(),
    "waiting": models.IntegerField(),
    "waiting_would_meet": models.IntegerField(),
    **{flag.value: models.IntegerField() for flag in Flag},
}

UNIT_COLUMNS: dict[str, models.Field] = {
    "unit_id": models.BigIntegerField(),
    "rung": models.IntegerField(),
    "rung_claimed": models.IntegerField(),
    "past_ceremony": models.IntegerField(),
    "past_ceremony_claimed": models.IntegerField(),
    "live_targets": models.IntegerField(),
    "improving_targets": models.IntegerField(),
    "least_progress": FourPlacesField(max_digits=20, decimal_places=4, null=True),
    "slip_days": models.IntegerField(null=True),
    "heard_on": models.DateField(null=True),
    "waiting": models.IntegerField(),
    "quiet_days": models.IntegerField(null=True),
    **{flag.value: models.IntegerField() for flag in Flag},
}

# Of a measurement that counts on a day; one that does not has no row.
MEASUREMENT_COLUMNS: dict[str, models.Field] = {
    "measurement_id": models.BigIntegerField(),
    "counted": models.IntegerField(null=True),
}
