"""The ladder: rung and flags of a target or a unit on a day, as one SQL expression (docs/aturan.md, sections 2 to 4).

`targets_sql` and `units_sql` give the SQL and its parameters; `querysets.with_rung(day)` joins them to rows.
Facts are known on a day when they were recorded before its end in Asia/Jakarta. Works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from commitments.ladder.choices import DECIMALS as DECIMALS
from commitments.ladder.choices import LONGEST_CYCLE as LONGEST_CYCLE
from commitments.ladder.choices import PAST_CEREMONY as PAST_CEREMONY
from commitments.ladder.choices import REPORTING_CYCLE as REPORTING_CYCLE
from commitments.ladder.choices import SILENT_CYCLES as SILENT_CYCLES
from commitments.ladder.choices import SUSTAINED_CYCLE as SUSTAINED_CYCLE
from commitments.ladder.choices import SUSTAINED_DAYS as SUSTAINED_DAYS
from commitments.ladder.choices import Flag as Flag
from commitments.ladder.choices import Rung as Rung
from commitments.ladder.dialects import DIALECTS, Dialect
from opd import clock

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
    "quiet_days": models.IntegerField(null=True),
    "best_target": models.BigIntegerField(null=True),
    **{flag.value: models.IntegerField() for flag in Flag},
}

# Of a measurement that counts on a day; one that does not has no row.
MEASUREMENT_COLUMNS: dict[str, models.Field] = {
    "measurement_id": models.BigIntegerField(),
    "counted": models.IntegerField(null=True),
}


def _stamp(row: str, column: str, decision: str) -> str:
    """SQL for when this row got a stamp, or would get it under the assumption."""
    assumed = f"{row}.id = asof.assumed_id AND asof.assumed = '{decision}'"
    return f"COALESCE({row}.{column}, CASE WHEN {assumed} THEN asof.assumed_at END)"


def _rounded(sql: str) -> str:
    return f"ROUND({sql}, {DECIMALS})"


def only_targets(targets: Collection[int]) -> str:
    """SQL that limits the ladder to these targets, by primary key: the others are then not worked out."""
    return f"t.id IN ({_keys(targets)})"


def ever_owed_by(units: Collection[int]) -> str:
    """SQL that limits the ladder to the targets of commitments that these units have owed on any day."""
    return f"t.commitment_id IN (SELECT commitment_id FROM commitments_assignment WHERE unit_id IN ({_keys(units)}))"


def _keys(pks: Collection[int]) -> str:
    return ", ".join(str(int(pk)) for pk in pks) or "NULL"


def _supposed(sql: Dialect) -> str:
    """One more row of `submitted`, whose parameters `_parameters` gives; it alone has no id."""
    return f"""
        UNION ALL
        SELECT NULL, %s, %s, %s, %s, {sql.day}, CAST(%s AS numeric), asof.until, 'verified', asof.until, NULL
        FROM asof"""


def _targets(sql: Dialect, narrowed: str = "", assuming: WhatIf = None) -> str:
    """Common table expressions ending in `ladder`: one row for each live target, or for some of them."""
    met = f"{_rounded('s.sign * s.value')} >= {_rounded('s.sign * s.target_now')}"
    gained = _rounded("t.sign * (v.value - t.baseline_now)")
    last_heard = f"{sql.greatest}(c.published_at, COALESCE(a.heard_at, c.published_at))"

    published = _stamp("t", "published_at", "published")
    going = f"WHEN 'withdrawn' THEN t.id WHEN '{COMMITMENT_WITHDRAWN}' THEN t.commitment_id"
    leaves = f"CASE asof.assumed {going} END = asof.assumed_id"
    decided = f"m.id = asof.assumed_id AND asof.assumed IN {VERDICTS}"

    shown = ("latest_id", "value", "met", "period_end")  # of the latest counted measurement

    def of_view(claimed: int, suffix: str) -> str:
        """SQL for the latest counted measurement, verified or claimed, and for where its run of met targets began."""
        latest = [f"MAX(CASE WHEN claimed = {claimed} AND nth = 1 THEN {one} END) AS {one}{suffix}" for one in shown]
        run = f"MIN(CASE WHEN claimed = {claimed} AND misses = 0 THEN period_end END) AS run_start{suffix}"
        return ", ".join([*latest, run])

    same_unless_differs = ", ".join(
        f"CASE WHEN differs = 1 THEN {one}_claimed ELSE {one} END AS {one}_claimed" for one in (*shown, "run_start")
    )

    def climbed(suffix: str) -> str:
        better = _rounded(f"t.sign * (v.value{suffix} - t.baseline_now)")
        return f"""CASE
                WHEN v.value{suffix} IS NULL THEN {Rung.MEASURABLE}
                WHEN v.met{suffix} = 1
                    AND {sql.between(f"v.period_end{suffix}", f"v.run_start{suffix}")} >= {SUSTAINED_DAYS}
                    THEN {Rung.SUSTAINED}
                WHEN v.met{suffix} = 1 THEN {Rung.ACHIEVED}
                WHEN {better} > 0 AND {better} >= {_rounded("t.min_change_now")} THEN {Rung.IMPROVING}
                ELSE {Rung.MOVING}
            END"""

    return f"""
    asof AS (SELECT {sql.day} AS day, {sql.moment} AS until,
        {sql.number} AS assumed_id, {sql.text} AS assumed, {sql.moment} AS assumed_at),

    -- Revisions approved by then; `was` is what the same field held before.
    revised AS (
        SELECT r.target_id, r.field, r.new_value, r.new_on, r.approved_at, r.uuid,
            LAG(r.new_value) OVER (PARTITION BY r.target_id, r.field ORDER BY r.approved_at, r.uuid) AS was,
            ROW_NUMBER() OVER (
                PARTITION BY r.target_id, r.field ORDER BY r.approved_at DESC, r.uuid DESC) AS nth
        FROM (
            SELECT r.target_id, r.field, r.new_value, r.new_on, r.uuid, asof.until,
                {_stamp("r", "approved_at", "approved")} AS approved_at
            FROM commitments_targetrevision r CROSS JOIN asof
        ) r WHERE r.approved_at < r.until
    ),
    in_force AS (
        SELECT target_id,
            MAX(CASE WHEN field = 'baseline_value' THEN new_value END) AS baseline_value,
            MAX(CASE WHEN field = 'target_value' THEN new_value END) AS target_value,
            MAX(CASE WHEN field = 'min_change' THEN new_value END) AS min_change,
            MAX(CASE WHEN field = 'due_on' THEN new_on END) AS due_on
        FROM revised WHERE nth = 1 GROUP BY target_id
    ),
    live AS (
        SELECT t.id, t.commitment_id, t.baseline_on, t.original_due_on, t.cycle_days,
            {published} AS published_at,
            CASE t.direction WHEN 'higher' THEN 1 ELSE -1 END AS sign,
            COALESCE(f.baseline_value, t.baseline_value) AS baseline_now,
            COALESCE(f.target_value, t.target_value) AS target_now,
            COALESCE(f.min_change, t.min_change) AS min_change_now,
            COALESCE(f.due_on, t.original_due_on) AS due_on,
            CASE WHEN {leaves} THEN 1 ELSE 0 END AS leaving  -- off the ladder, by the rung it leaves
        FROM commitments_servicetarget t CROSS JOIN asof LEFT JOIN in_force f ON f.target_id = t.id
        WHERE {published} < asof.until AND (t.withdrawn_at IS NULL OR t.withdrawn_at >= asof.until)
            {f"AND {narrowed}" if narrowed else ""}
    ),

    -- Softened: a revision brought target and baseline closer together than just before it.
    softening AS (
        SELECT r.target_id, MAX(CASE WHEN
            {_rounded("ABS(r.new_value - r.other)")} < {_rounded("ABS(r.before - r.other)")}
            THEN 1 ELSE 0 END) AS softened
        FROM (
            SELECT r.target_id, r.new_value,
                COALESCE(r.was, CASE r.field
                    WHEN 'target_value' THEN t.target_value ELSE t.baseline_value END) AS before,
                COALESCE(
                    (SELECT o.new_value FROM revised o
                     WHERE o.target_id = r.target_id AND o.field <> r.field
                        AND o.field IN ('target_value', 'baseline_value')
                        AND (o.approved_at < r.approved_at
                             OR (o.approved_at = r.approved_at AND o.uuid < r.uuid))
                     ORDER BY o.approved_at DESC, o.uuid DESC LIMIT 1),
                    CASE r.field WHEN 'target_value' THEN t.baseline_value ELSE t.target_value END) AS other
            FROM revised r JOIN commitments_servicetarget t ON t.id = r.target_id
            WHERE r.field IN ('target_value', 'baseline_value')
        ) r GROUP BY r.target_id
    ),

    -- Every submission known by then, with its first decision and its revocation, if known by then.
    submitted AS (
        SELECT m.id, m.target_id, m.chain, m.version, m.uuid, m.period_end, m.value, m.submitted_at,
            COALESCE(d.verdict, CASE WHEN {decided} THEN asof.assumed END) AS verdict,
            COALESCE(d.at, CASE WHEN {decided} THEN asof.assumed_at END) AS decided_at,
            COALESCE(x.at, CASE WHEN {decided} AND asof.assumed = 'revoked' THEN asof.assumed_at END) AS revoked_at
        FROM commitments_measurement m CROSS JOIN asof
        LEFT JOIN commitments_decision d
            ON d.measurement_id = m.id AND d.verdict <> 'revoked' AND d.at < asof.until
        LEFT JOIN commitments_decision x
            ON x.measurement_id = m.id AND x.verdict = 'revoked' AND x.at < asof.until
        WHERE m.submitted_at < asof.until {"AND m.target_id IN (SELECT id FROM live)" if narrowed else ""}
            {_supposed(sql) if isinstance(assuming, SupposedMeasurement) else ""}
    ),
    activity AS (
        SELECT target_id, MAX(COALESCE(revoked_at, decided_at, submitted_at)) AS heard_at,
            MAX(CASE WHEN verdict IS NULL THEN 1 ELSE 0 END) AS waiting
        FROM submitted GROUP BY target_id
    ),

    -- Counted, verified (0) and as claimed (1): there, what is undecided is taken as verified. Both views are the
    -- same for a target with nothing undecided, so the second is only made for the others.
    view AS (
        SELECT id AS target_id, 0 AS claimed FROM live
        UNION ALL SELECT target_id, 1 FROM activity WHERE waiting = 1
    ),
    proven AS (
        SELECT s.id, s.target_id, s.uuid, s.chain, s.version, s.value, s.period_end, s.verdict,
            COALESCE(s.decided_at, s.submitted_at) AS at, t.sign, t.target_now, view.claimed
        FROM submitted s JOIN live t ON t.id = s.target_id JOIN view ON view.target_id = t.id
        WHERE s.revoked_at IS NULL AND s.period_end > t.baseline_on
            AND (s.verdict = 'verified' OR (s.verdict IS NULL AND view.claimed = 1))
            AND (s.id IS NULL OR EXISTS (SELECT 1 FROM commitments_evidence e
                                         WHERE e.measurement_id = s.id AND e.evidence_kind = 'hasil'))
    ),
    -- Few chains have a second version: a window over all of them would sort every measurement once more.
    newest AS (
        SELECT claimed, chain, MAX(version) AS version FROM proven
        WHERE chain IN (SELECT chain FROM submitted WHERE version > 1) GROUP BY claimed, chain
    ),
    ranked AS (
        SELECT s.id AS latest_id, s.target_id, s.claimed, s.value, s.period_end, s.verdict,
            CASE WHEN {met} THEN 1 ELSE 0 END AS met,
            ROW_NUMBER() OVER latest_first AS nth,
            SUM(CASE WHEN {met} THEN 0 ELSE 1 END) OVER (latest_first ROWS UNBOUNDED PRECEDING) AS misses
        FROM proven s LEFT JOIN newest ON newest.chain = s.chain AND newest.claimed = s.claimed
        WHERE newest.version IS NULL OR s.version = newest.version
        WINDOW latest_first AS (PARTITION BY s.claimed, s.target_id ORDER BY s.period_end DESC,
            CASE WHEN s.verdict IS NULL THEN 1 ELSE 0 END DESC, s.at DESC, s.uuid DESC)
    ),
    seen AS (
        SELECT target_id, {of_view(0, "")}, {of_view(1, "_claimed")},
            MIN(CASE WHEN claimed = 0 AND met = 1 THEN period_end END) AS met_on,
            MAX(CASE WHEN verdict IS NULL THEN met ELSE 0 END) AS waiting_would_meet,
            MAX(claimed) AS differs
        FROM ranked GROUP BY target_id
    ),
    latest AS (
        SELECT target_id, {same_unless_differs}, latest_id, value, met, period_end, run_start,
            met_on, waiting_would_meet
        FROM seen
    ),
    climbed AS (
        SELECT t.*, v.value, v.value_claimed, v.latest_id, v.period_end, v.run_start, v.met_on,
            COALESCE(v.met, 0) AS met, COALESCE(v.waiting_would_meet, 0) AS waiting_would_meet,
            {climbed("")} AS rung,
            {climbed("_claimed")} AS rung_claimed,
            CASE WHEN {gained} < 0 THEN 1 ELSE 0 END AS worse
        FROM live t LEFT JOIN latest v ON v.target_id = t.id
    ),
    timed AS (
        SELECT c.*, COALESCE(a.waiting, 0) AS waiting, asof.day,
            CASE WHEN a.waiting = 1 THEN 0
                ELSE {sql.between("asof.day", sql.local(last_heard))} END AS clock_days,
            {SILENT_CYCLES} * CASE WHEN c.rung = {Rung.SUSTAINED} AND c.cycle_days < {SUSTAINED_CYCLE}
                THEN {SUSTAINED_CYCLE} ELSE c.cycle_days END AS silent_limit
        FROM climbed c CROSS JOIN asof LEFT JOIN activity a ON a.target_id = c.id
    ),
    ladder AS (
        SELECT t.id AS target_id, t.commitment_id, t.rung, t.rung_claimed, t.value, t.value_claimed,
            t.period_end, t.latest_id, t.run_start,
            {_rounded(f"{_rounded('t.value - t.baseline_now')} * 1.0 / {_rounded('t.target_now - t.baseline_now')}")}
                AS progress,
            t.baseline_now, t.target_now, t.min_change_now, t.due_on, t.met_on,
            {sql.between("t.due_on", "t.original_due_on")} AS slip_days,
            t.clock_days, t.silent_limit, t.waiting, t.waiting_would_meet, t.worse,
            CASE WHEN t.clock_days > t.silent_limit THEN 1 ELSE 0 END AS silent,
            CASE WHEN t.day > t.original_due_on AND t.met = 0 THEN 1 ELSE 0 END AS overdue,
            CASE WHEN t.due_on <> t.original_due_on THEN 1 ELSE 0 END AS moved,
            CASE WHEN t.met_on > t.original_due_on THEN 1 ELSE 0 END AS met_late,
            COALESCE(o.softened, 0) AS softened,
            CASE WHEN t.rung_claimed > t.rung THEN 1 ELSE 0 END AS claimed_higher
        FROM timed t LEFT JOIN softening o ON o.target_id = t.id WHERE t.leaving = 0
    )"""


def _units() -> str:
    """Further common table expressions ending in `unit_ladder`: one row for each unit."""
    any_of = ", ".join(f"MAX(COALESCE(l.{flag}, 0)) AS {flag}" for flag in Flag if flag not in UNIT_FLAGS)
    own = ", ".join(
        f"MAX(CASE WHEN o.unit_id = c.unit_id THEN o.{column} END) AS {column}"
        for column in ("least_progress", "slip_days", "quiet_days", "best_target")
    )
    all_of = ", ".join(f"MAX(o.{flag}) AS {flag}" for flag in Flag if flag != Flag.CLAIMED_HIGHER)

    def rolled_up(rung: str) -> str:
        return f"""CASE
            WHEN COUNT(l.target_id) = 0 THEN {Rung.SIGNED}
            WHEN MIN(l.{rung}) >= {Rung.ACHIEVED} AND COUNT(b.unit_id) = 0 THEN MIN(l.{rung})
            WHEN MAX(l.{rung}) >= {Rung.IMPROVING} THEN {Rung.IMPROVING}
            ELSE MAX(l.{rung})
        END"""

    return f"""
    owed AS (
        SELECT a.commitment_id, a.unit_id FROM commitments_assignment a CROSS JOIN asof
        WHERE a.from_on <= asof.day AND (a.until_on IS NULL OR a.until_on > asof.day)
    ),

    -- Withdrawn below rung 4 and not replaced: no rung 4 or 5 for the unit that owes it.
    withdrawn AS (
        SELECT w.id, w.commitment_id, w.withdrawn_rung AS rung
        FROM commitments_servicetarget w CROSS JOIN asof WHERE w.withdrawn_at < asof.until
        UNION ALL SELECT id, commitment_id, rung FROM climbed WHERE leaving = 1
    ),
    barred AS (
        SELECT DISTINCT owed.unit_id FROM withdrawn w JOIN owed ON owed.commitment_id = w.commitment_id
        CROSS JOIN asof
        WHERE w.rung < {Rung.ACHIEVED} AND NOT EXISTS (
            SELECT 1 FROM commitments_servicetarget n
            WHERE n.replaces_id = w.id AND {_stamp("n", "published_at", "published")} < asof.until)
    ),
    -- The one that went furthest among those proven better than their baseline and not silent.
    proud AS (
        SELECT owed.unit_id, l.target_id, ROW_NUMBER() OVER (
            PARTITION BY owed.unit_id ORDER BY l.rung DESC, l.progress DESC, l.target_id) AS nth
        FROM ladder l JOIN owed ON owed.commitment_id = l.commitment_id
        WHERE l.rung >= {PAST_CEREMONY} AND l.silent = 0
    ),
    own AS (
        SELECT u.id AS unit_id, COUNT(l.target_id) AS live_targets, MAX(p.target_id) AS best_target,
            COUNT(CASE WHEN l.rung >= {Rung.IMPROVING} THEN 1 END) AS improving_targets,
            {rolled_up("rung")} AS rung, {rolled_up("rung_claimed")} AS rung_claimed,
            MIN(l.progress) AS least_progress, MAX(l.slip_days) AS slip_days, MIN(l.clock_days) AS quiet_days,
            COALESCE(MIN(l.silent), 0) AS silent, {any_of}
        FROM opd_unit u
        LEFT JOIN owed ON owed.unit_id = u.id
        LEFT JOIN ladder l ON l.commitment_id = owed.commitment_id
        LEFT JOIN barred b ON b.unit_id = u.id
        LEFT JOIN proud p ON p.unit_id = u.id AND p.nth = 1
        GROUP BY u.id
    ),

    -- A unit that has ended is carried by its successors, and theirs.
    succession AS (
        SELECT u.id AS unit_id, s.unit_id AS successor_id
        FROM opd_unit u CROSS JOIN asof
        JOIN opd_unitchange_predecessors p ON p.unit_id = u.id
        JOIN opd_unitchange c ON c.id = p.unitchange_id AND c.change <> 'renamed' AND c.confirmed_at IS NOT NULL
        JOIN opd_unitchange_successors s ON s.unitchange_id = c.id
        WHERE u.valid_until <= asof.day
    ),
    carried AS (
        SELECT id AS unit_id, id AS carrier_id FROM opd_unit
        UNION
        SELECT c.unit_id, s.successor_id FROM carried c JOIN succession s ON s.unit_id = c.carrier_id
    ),
    unit_ladder AS (
        SELECT c.unit_id, MIN(o.rung) AS rung, MIN(o.rung_claimed) AS rung_claimed,
            MAX(CASE WHEN o.unit_id = c.unit_id THEN o.live_targets ELSE 0 END) AS live_targets,
            MAX(CASE WHEN o.unit_id = c.unit_id THEN o.improving_targets ELSE 0 END) AS improving_targets,
            {own}, {all_of}
        FROM carried c JOIN own o ON o.unit_id = c.carrier_id
        WHERE NOT EXISTS (SELECT 1 FROM succession s WHERE s.unit_id = c.carrier_id)
        GROUP BY c.unit_id
    )"""


UNIT_FLAGS = tuple(flag for flag in Flag if flag.details.of_unit)  # the others hold when any target has them


def _parameters(
    connection: BaseDatabaseWrapper, day: date, until: datetime | None, assuming: WhatIf = None
) -> list[Any]:
    """The parameters of the SQL; an assumed decision is taken in the last moment known."""
    ops, as_uuid, end = connection.ops, models.UUIDField().get_db_prep_value, until or clock.end_of(day)
    moment, last = (ops.adapt_datetimefield_value(one) for one in (end, end - SHORTEST_SPAN))
    known = [ops.adapt_datefield_value(day), moment]
    if isinstance(assuming, Assumption):
        return [*known, assuming.pk, assuming.decision, last]
    known += [None, None, None]
    if assuming is None:
        return known
    identity = [as_uuid(assuming.chain, connection), assuming.version, as_uuid(SUPPOSED_ID, connection)]
    value = ops.adapt_decimalfield_value(assuming.value)
    return [*known, assuming.target_id, *identity, ops.adapt_datefield_value(assuming.period_end), value]


def targets_sql(
    connection: BaseDatabaseWrapper,
    day: date,
    until: datetime | None = None,
    narrowed: str = "",
    assuming: WhatIf = None,
) -> tuple[str, list[Any]]:
    """SQL and parameters of one row per target live on `day`, with TARGET_COLUMNS.

    until: the first moment (aware) not known any more; the end of the day unless an act asks about its own moment.
    narrowed: what `only_targets` or `ever_owed_by` gives, where few targets matter; it is then much cheaper.
    """
    columns = ", ".join(TARGET_COLUMNS)
    sql = f"WITH {_targets(DIALECTS[connection.vendor], narrowed, assuming)} SELECT {columns} FROM ladder"
    return sql, _parameters(connection, day, until, assuming)


def measurements_sql(
    connection: BaseDatabaseWrapper, day: date, until: datetime | None = None
) -> tuple[str, list[Any]]:
    """SQL and parameters of one row per measurement that counts on `day`, with MEASUREMENT_COLUMNS."""
    counted = "SELECT latest_id AS measurement_id, 1 AS counted FROM ranked WHERE claimed = 0"
    sql = f"WITH {_targets(DIALECTS[connection.vendor])} {counted}"
    return sql, _parameters(connection, day, until)


def units_sql(
    connection: BaseDatabaseWrapper, day: date, assuming: Assumption | None = None
) -> tuple[str, list[Any]]:
    """SQL and parameters of one row per unit, with UNIT_COLUMNS; `past_ceremony_claimed` counts the higher rung."""
    best = f"CASE WHEN rung_claimed > rung THEN rung_claimed ELSE rung END >= {PAST_CEREMONY}"
    computed = {
        "past_ceremony": f"CASE WHEN rung >= {PAST_CEREMONY} AND silent = 0 THEN 1 ELSE 0 END",
        "past_ceremony_claimed": f"CASE WHEN {best} AND silent = 0 THEN 1 ELSE 0 END",
        "claimed_higher": "CASE WHEN rung_claimed > rung THEN 1 ELSE 0 END",
    }
    columns = ", ".join(f"{computed[name]} AS {name}" if name in computed else name for name in UNIT_COLUMNS)
    sql = f"WITH RECURSIVE {_targets(DIALECTS[connection.vendor])}, {_units()} SELECT {columns} FROM unit_ladder"
    return sql, _parameters(connection, day, None, assuming)
