-- The rules of one unit (docs/aturan.md, sections 3 and 4). They read only the facts of unit_facts.sql, and where
-- each target stands: `target_standing` and `leaving_target` of target_rules.sql.

-- Given up below rung 4 and not replaced: no rung 4 or 5 for the unit that owes it.
given_up AS (
    SELECT id, commitment_id, rung FROM withdrawn_target
    UNION ALL SELECT id, commitment_id, rung FROM leaving_target
),
barred AS (
    SELECT owed.unit_id
    FROM given_up g JOIN owed ON owed.commitment_id = g.commitment_id
    LEFT JOIN replaced_target r ON r.id = g.id
    WHERE g.rung < ACHIEVED AND r.id IS NULL
    GROUP BY owed.unit_id
),

-- Each unit by its own live targets.
rolled_up AS (
    SELECT owed.unit_id, COUNT(*) AS live_targets,
        SUM(CASE WHEN t.rung >= IMPROVING THEN 1 ELSE 0 END) AS improving_targets,
        MIN(t.rung) AS lowest, MAX(t.rung) AS highest,
        MIN(t.rung_claimed) AS lowest_claimed, MAX(t.rung_claimed) AS highest_claimed,
        MIN(t.progress) AS least_progress, MAX(t.slip_days) AS slip_days,
        MAX(t.heard_on) AS heard_on, MAX(t.waiting) AS waiting,
        CASE WHEN COUNT(t.silent_after) = COUNT(*) THEN MAX(t.silent_after) END AS silent_after,
        MIN(t.overdue_after) AS overdue_after,
        MAX(t.moved) AS moved, MAX(t.met_late) AS met_late, MAX(t.softened) AS softened, MAX(t.worse) AS worse,
        MAX(t.contested) AS contested
    FROM target_standing t JOIN owed ON owed.commitment_id = t.commitment_id
    GROUP BY owed.unit_id
),
own AS (
    SELECT u.id AS unit_id, COALESCE(r.live_targets, 0) AS live_targets,
        COALESCE(r.improving_targets, 0) AS improving_targets,
        CASE
            WHEN r.unit_id IS NULL THEN SIGNED
            WHEN r.lowest >= ACHIEVED AND b.unit_id IS NULL THEN r.lowest
            WHEN r.highest >= IMPROVING THEN IMPROVING
            ELSE r.highest
        END AS rung,
        CASE
            WHEN r.unit_id IS NULL THEN SIGNED
            WHEN r.lowest_claimed >= ACHIEVED AND b.unit_id IS NULL THEN r.lowest_claimed
            WHEN r.highest_claimed >= IMPROVING THEN IMPROVING
            ELSE r.highest_claimed
        END AS rung_claimed,
        r.least_progress, r.slip_days, r.heard_on, COALESCE(r.waiting, 0) AS waiting, r.silent_after, r.overdue_after,
        COALESCE(r.moved, 0) AS moved, COALESCE(r.met_late, 0) AS met_late,
        COALESCE(r.softened, 0) AS softened, COALESCE(r.worse, 0) AS worse,
        COALESCE(r.contested, 0) AS contested
    FROM opd_unit u
    LEFT JOIN rolled_up r ON r.unit_id = u.id
    LEFT JOIN barred b ON b.unit_id = u.id
    WHERE ASKED_UNIT(u.id)
),

-- A unit that has ended is carried by its successors, and theirs: by the lowest rung and every flag among them.
carried AS (
    SELECT id AS unit_id, id AS carrier_id FROM opd_unit WHERE ASKED_UNIT(id)
    UNION
    SELECT c.unit_id, s.successor_id FROM carried c JOIN succession s ON s.unit_id = c.carrier_id
),
ended AS (SELECT unit_id FROM succession GROUP BY unit_id),
unit_standing AS (
    SELECT c.unit_id, MIN(o.rung) AS rung, MIN(o.rung_claimed) AS rung_claimed,
        MAX(CASE WHEN o.unit_id = c.unit_id THEN o.live_targets ELSE 0 END) AS live_targets,
        MAX(CASE WHEN o.unit_id = c.unit_id THEN o.improving_targets ELSE 0 END) AS improving_targets,
        MAX(CASE WHEN o.unit_id = c.unit_id THEN o.least_progress END) AS least_progress,
        MAX(CASE WHEN o.unit_id = c.unit_id THEN o.slip_days END) AS slip_days,
        MAX(CASE WHEN o.unit_id = c.unit_id THEN o.heard_on END) AS heard_on,
        MAX(CASE WHEN o.unit_id = c.unit_id THEN o.waiting ELSE 0 END) AS waiting,
        MIN(o.silent_after) AS silent_after, MIN(o.overdue_after) AS overdue_after,
        MAX(o.moved) AS moved, MAX(o.met_late) AS met_late, MAX(o.softened) AS softened, MAX(o.worse) AS worse,
        MAX(o.contested) AS contested
    FROM carried c JOIN own o ON o.unit_id = c.carrier_id LEFT JOIN ended e ON e.unit_id = c.carrier_id
    WHERE e.unit_id IS NULL
    GROUP BY c.unit_id
)
