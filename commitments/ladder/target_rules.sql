-- The rules of one target (docs/aturan.md, sections 2 and 4). They read only the facts of target_facts.sql.

-- What is in force, and whether a revision brought target and baseline closer together than just before it.
revised AS (
    SELECT r.*,
        ROW_NUMBER() OVER (PARTITION BY target_id, field ORDER BY approved_at DESC, uuid DESC) AS nth_of_field,
        SUM(CASE field WHEN 'baseline_value' THEN 1 ELSE 0 END) OVER in_order AS baselines,
        SUM(CASE field WHEN 'target_value' THEN 1 ELSE 0 END) OVER in_order AS targets
    FROM revision r
    WINDOW in_order AS (PARTITION BY target_id ORDER BY approved_at, uuid ROWS UNBOUNDED PRECEDING)
),
after_revision AS (
    SELECT r.*,
        COALESCE(MAX(CASE field WHEN 'baseline_value' THEN new_value END)
            OVER (PARTITION BY r.target_id, r.baselines), t.baseline_value) AS baseline_then,
        COALESCE(MAX(CASE field WHEN 'target_value' THEN new_value END)
            OVER (PARTITION BY r.target_id, r.targets), t.target_value) AS target_then,
        ABS(ROUND(t.target_value - t.baseline_value, DECIMALS)) AS original_distance
    FROM revised r JOIN live_target t ON t.id = r.target_id
),
distance AS (
    SELECT r.*, ABS(ROUND(target_then - baseline_then, DECIMALS)) AS distance_then,
        LAG(ABS(ROUND(target_then - baseline_then, DECIMALS)), 1, original_distance)
            OVER (PARTITION BY target_id ORDER BY approved_at, uuid) AS distance_before
    FROM after_revision r
),
terms AS (
    SELECT target_id,
        MAX(CASE WHEN nth_of_field = 1 AND field = 'baseline_value' THEN new_value END) AS baseline_value,
        MAX(CASE WHEN nth_of_field = 1 AND field = 'target_value' THEN new_value END) AS target_value,
        MAX(CASE WHEN nth_of_field = 1 AND field = 'min_change' THEN new_value END) AS min_change,
        MAX(CASE WHEN nth_of_field = 1 AND field = 'due_on' THEN new_on END) AS due_on,
        MAX(CASE WHEN distance_then < distance_before THEN 1 ELSE 0 END) AS softened
    FROM distance GROUP BY target_id
),
target AS (
    SELECT t.id, t.commitment_id, t.published_at, t.baseline_on, t.original_due_on, t.cycle_days, t.sign, t.leaves,
        COALESCE(r.baseline_value, t.baseline_value) AS baseline_now,
        COALESCE(r.target_value, t.target_value) AS target_now,
        COALESCE(r.min_change, t.min_change) AS min_change_now,
        COALESCE(r.due_on, t.original_due_on) AS due_on,
        COALESCE(r.softened, 0) AS softened
    FROM live_target t LEFT JOIN terms r ON r.target_id = t.id
),

-- When a target was last heard of, and whether it waits for the secretariat.
activity AS (
    SELECT target_id, MAX(COALESCE(revoked_at, decided_at, submitted_at)) AS heard_at,
        MAX(CASE WHEN verdict IS NULL THEN 1 ELSE 0 END) AS waiting
    FROM submission GROUP BY target_id
),

-- What counts, verified (0) and as claimed (1): there, what is undecided is taken as verified. Both views are the
-- same for a target with nothing undecided, so the second is only made for the others.
view AS (
    SELECT id AS target_id, 0 AS claimed FROM live_target
    UNION ALL SELECT target_id, 1 FROM activity WHERE waiting > 0
),
fit AS (
    SELECT s.id, s.target_id, s.uuid, s.value, s.period_end, s.verdict, s.version, view.claimed,
        COALESCE(s.decided_at, s.submitted_at) AS at,
        CASE WHEN ROUND(t.sign * s.value, DECIMALS) >= ROUND(t.sign * t.target_now, DECIMALS) THEN 1 ELSE 0 END
            AS met,
        MAX(s.version) OVER (PARTITION BY view.claimed, s.target_id, s.chain) AS newest
    FROM submission s JOIN target t ON t.id = s.target_id JOIN view ON view.target_id = t.id
    WHERE s.revoked_at IS NULL AND s.has_result AND s.period_end > t.baseline_on
        AND (s.verdict = 'verified' OR (s.verdict IS NULL AND view.claimed = 1))
),
counted AS (
    SELECT id, target_id, claimed, value, period_end, verdict, met,
        ROW_NUMBER() OVER latest_first AS nth,
        SUM(1 - met) OVER (latest_first ROWS UNBOUNDED PRECEDING) AS misses
    FROM fit WHERE version >= newest
    WINDOW latest_first AS (PARTITION BY claimed, target_id ORDER BY period_end DESC,
        CASE WHEN verdict IS NULL THEN 1 ELSE 0 END DESC, at DESC, uuid DESC)
),

-- The latest counted measurement, verified and claimed, and where its run of met targets began.
seen AS (
    SELECT target_id, MAX(claimed) AS differs,
        MAX(CASE WHEN claimed = 0 AND nth = 1 THEN id END) AS latest_id,
        MAX(CASE WHEN claimed = 0 AND nth = 1 THEN value END) AS value,
        MAX(CASE WHEN claimed = 0 AND nth = 1 THEN met END) AS met,
        MAX(CASE WHEN claimed = 0 AND nth = 1 THEN period_end END) AS period_end,
        MIN(CASE WHEN claimed = 0 AND misses = 0 THEN period_end END) AS run_start,
        MAX(CASE WHEN claimed = 1 AND nth = 1 THEN value END) AS value_claimed,
        MAX(CASE WHEN claimed = 1 AND nth = 1 THEN met END) AS met_claimed,
        MAX(CASE WHEN claimed = 1 AND nth = 1 THEN period_end END) AS period_end_claimed,
        MIN(CASE WHEN claimed = 1 AND misses = 0 THEN period_end END) AS run_start_claimed,
        MIN(CASE WHEN claimed = 0 AND met = 1 THEN period_end END) AS met_on,
        MAX(CASE WHEN verdict IS NULL THEN met ELSE 0 END) AS waiting_would_meet,
        MAX(CASE WHEN claimed = 0 AND o.measurement_id IS NOT NULL THEN 1 ELSE 0 END) AS contested
    FROM counted LEFT JOIN objection o ON o.measurement_id = counted.id
    GROUP BY target_id
),
latest AS (
    SELECT target_id, latest_id, value, met, period_end, run_start, met_on, waiting_would_meet, contested,
        CASE WHEN differs = 1 THEN value_claimed ELSE value END AS value_claimed,
        CASE WHEN differs = 1 THEN met_claimed ELSE met END AS met_claimed,
        CASE WHEN differs = 1 THEN period_end_claimed ELSE period_end END AS period_end_claimed,
        CASE WHEN differs = 1 THEN run_start_claimed ELSE run_start END AS run_start_claimed
    FROM seen
),
measured AS (
    SELECT t.*, v.value, v.value_claimed, v.latest_id, v.period_end, v.run_start, v.met_on, v.met, v.met_claimed,
        COALESCE(v.waiting_would_meet, 0) AS waiting_would_meet,
        COALESCE(v.contested, 0) AS contested,
        DAYS(v.period_end, v.run_start) AS run_days,
        DAYS(v.period_end_claimed, v.run_start_claimed) AS run_days_claimed,
        ROUND(t.sign * (v.value - t.baseline_now), DECIMALS) AS better,
        ROUND(t.sign * (v.value_claimed - t.baseline_now), DECIMALS) AS better_claimed,
        ROUND(t.min_change_now, DECIMALS) AS least,
        COALESCE(a.waiting, 0) AS waiting,
        DAY_OF(CASE WHEN a.heard_at > t.published_at THEN a.heard_at ELSE t.published_at END) AS heard_on
    FROM target t LEFT JOIN latest v ON v.target_id = t.id LEFT JOIN activity a ON a.target_id = t.id
),
climbed AS (
    SELECT m.*,
        CASE
            WHEN value IS NULL THEN MEASURABLE
            WHEN met = 1 AND run_days >= SUSTAINED_DAYS THEN SUSTAINED
            WHEN met = 1 THEN ACHIEVED
            WHEN better > 0 AND better >= least THEN IMPROVING
            ELSE MOVING
        END AS rung,
        CASE
            WHEN value_claimed IS NULL THEN MEASURABLE
            WHEN met_claimed = 1 AND run_days_claimed >= SUSTAINED_DAYS THEN SUSTAINED
            WHEN met_claimed = 1 THEN ACHIEVED
            WHEN better_claimed > 0 AND better_claimed >= least THEN IMPROVING
            ELSE MOVING
        END AS rung_claimed
    FROM measured m
),

-- Where each target stands. Time alone changes only what is held against the day: `heard_on` (the clock starts),
-- `silent_after` (the last day on which it is not silent) and `overdue_after` (the last on which it is not overdue).
limited AS (
    SELECT c.*, SILENT_CYCLES * CASE WHEN rung = SUSTAINED AND cycle_days < SUSTAINED_CYCLE
        THEN SUSTAINED_CYCLE ELSE cycle_days END AS silent_limit
    FROM climbed c
),
target_standing AS (
    SELECT id AS target_id, commitment_id, rung, rung_claimed, value, value_claimed, period_end, latest_id, run_start,
        ROUND(ROUND(value - baseline_now, DECIMALS) * 1.0 / ROUND(target_now - baseline_now, DECIMALS), DECIMALS)
            AS progress,
        baseline_now, target_now, min_change_now, due_on, DAYS(due_on, original_due_on) AS slip_days, met_on,
        heard_on, silent_limit, waiting, waiting_would_meet,
        CASE WHEN waiting = 0 THEN DAY_AFTER(heard_on, silent_limit) END AS silent_after,
        CASE WHEN COALESCE(met, 0) = 0 THEN original_due_on END AS overdue_after,
        CASE WHEN due_on <> original_due_on THEN 1 ELSE 0 END AS moved,
        CASE WHEN met_on > original_due_on THEN 1 ELSE 0 END AS met_late,
        softened,
        CASE WHEN better < 0 THEN 1 ELSE 0 END AS worse, contested
    FROM limited WHERE NOT leaves
),

-- It would be withdrawn: off the ladder, and remembered by the rung it leaves.
leaving_target AS (SELECT id, commitment_id, rung FROM limited WHERE leaves)
