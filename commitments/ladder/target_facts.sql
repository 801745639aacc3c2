-- The facts about targets that are known by the end of the day, and what is only supposed.
-- ASKED holds for the targets asked about: all, unless Python puts something narrower in its place.

-- Published by then and not withdrawn by then. `leaves`: it would be withdrawn in the last moment.
live_target AS (
    SELECT t.id, t.commitment_id, t.published_at, t.baseline_on, t.original_due_on, t.cycle_days,
        CASE t.direction WHEN 'higher' THEN 1 ELSE -1 END AS sign,
        t.baseline_value, t.target_value, t.min_change, t.leaves
    FROM (
        SELECT t.id, t.commitment_id, t.baseline_on, t.original_due_on, t.cycle_days, t.direction,
            t.baseline_value, t.target_value, t.min_change, t.withdrawn_at, asof.until,
            COALESCE(t.published_at, CASE WHEN asof.assumed = 'published' AND asof.assumed_id = t.id
                THEN asof.assumed_at END) AS published_at,
            COALESCE(asof.assumed = 'withdrawn' AND asof.assumed_id = t.id
                OR asof.assumed = 'commitment withdrawn' AND asof.assumed_id = t.commitment_id, FALSE) AS leaves
        FROM commitments_servicetarget t CROSS JOIN asof
        WHERE ASKED(t.id)
    ) t
    WHERE t.published_at < t.until AND (t.withdrawn_at IS NULL OR t.withdrawn_at >= t.until)
),

-- Revisions approved by then.
revision AS (
    SELECT r.target_id, r.field, r.new_value, r.new_on, r.approved_at, r.uuid
    FROM (
        SELECT r.target_id, r.field, r.new_value, r.new_on, r.uuid, asof.until,
            COALESCE(r.approved_at, CASE WHEN asof.assumed = 'approved' AND asof.assumed_id = r.id
                THEN asof.assumed_at END) AS approved_at
        FROM commitments_targetrevision r CROSS JOIN asof
        WHERE ASKED(r.target_id)
    ) r
    WHERE r.approved_at < r.until
),

-- Measurements whose number somebody contests: found otherwise by then, and not said to stand by then.
objection AS (
    SELECT i.measurement_id
    FROM commitments_recheckitem i CROSS JOIN asof
    WHERE i.outcome IN ('berbeda', 'tak-terlacak') AND i.recorded_at < asof.until
        AND (i.stands_at IS NULL OR i.stands_at >= asof.until)
    GROUP BY i.measurement_id
),

-- Submissions sent by then, each with its first decision and its revocation, if known by then. The supposed one has
-- no id.
submission AS (
    SELECT m.id, m.target_id, m.chain, m.version, m.uuid, m.period_end, m.value, m.submitted_at,
        COALESCE(d.verdict, CASE WHEN m.is_assumed THEN asof.assumed END) AS verdict,
        COALESCE(d.at, CASE WHEN m.is_assumed THEN asof.assumed_at END) AS decided_at,
        COALESCE(x.at, CASE WHEN m.is_assumed AND asof.assumed = 'revoked' THEN asof.assumed_at END) AS revoked_at,
        EXISTS (SELECT 1 FROM commitments_evidence e
            WHERE e.measurement_id = m.id AND e.evidence_kind = 'hasil') AS has_result
    FROM (
        SELECT m.id, m.target_id, m.chain, m.version, m.uuid, m.period_end, m.value, m.submitted_at,
            COALESCE(asof.assumed IN ('verified', 'returned', 'rejected', 'revoked')
                AND asof.assumed_id = m.id, FALSE) AS is_assumed
        FROM commitments_measurement m CROSS JOIN asof
        WHERE m.submitted_at < asof.until AND ASKED(m.target_id)
    ) m CROSS JOIN asof
    LEFT JOIN commitments_decision d
        ON d.measurement_id = m.id AND d.verdict <> 'revoked' AND d.at < asof.until
    LEFT JOIN commitments_decision x
        ON x.measurement_id = m.id AND x.verdict = 'revoked' AND x.at < asof.until
    UNION ALL
    SELECT NULL, :supposed_target, :supposed_chain, :supposed_version, :supposed_uuid, :supposed_on,
        CAST(:supposed_value AS numeric), asof.until, 'verified', asof.until, NULL, TRUE
    FROM asof WHERE CAST(:supposed_target AS bigint) IS NOT NULL
)
