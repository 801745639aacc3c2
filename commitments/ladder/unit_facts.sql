-- The facts about units: who owes what on the day, what was given up by then, and who follows whom.
-- ASKED_UNIT holds for the units asked about: all, unless Python puts something narrower in its place.

owed AS (
    SELECT a.commitment_id, a.unit_id FROM commitments_assignment a CROSS JOIN asof
    WHERE a.from_on <= asof.day AND (a.until_on IS NULL OR a.until_on > asof.day) AND ASKED_UNIT(a.unit_id)
),

-- Withdrawn by then, by the rung it left, and those that a target published by then replaces.
withdrawn_target AS (
    SELECT w.id, w.commitment_id, w.withdrawn_rung AS rung
    FROM commitments_servicetarget w CROSS JOIN asof
    WHERE w.withdrawn_at < asof.until
),
replaced_target AS (
    SELECT n.replaces_id AS id
    FROM commitments_servicetarget n CROSS JOIN asof
    WHERE n.replaces_id IS NOT NULL AND (n.published_at < asof.until
        OR COALESCE(asof.assumed = 'published' AND asof.assumed_id = n.id, FALSE))
    GROUP BY n.replaces_id
),

-- A unit that has ended by then, and each unit that followed it.
succession AS (
    SELECT u.id AS unit_id, s.unit_id AS successor_id
    FROM opd_unit u CROSS JOIN asof
    JOIN opd_unitchange_predecessors p ON p.unit_id = u.id
    JOIN opd_unitchange c ON c.id = p.unitchange_id AND c.change <> 'renamed' AND c.confirmed_at IS NOT NULL
    JOIN opd_unitchange_successors s ON s.unitchange_id = c.id
    WHERE u.valid_until <= asof.day
    GROUP BY u.id, s.unit_id
)
