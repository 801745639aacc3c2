-- One row for each live target: where it stands, held against the day.
SELECT target_id, rung, rung_claimed, value, value_claimed, period_end, latest_id, run_start, progress,
    baseline_now, target_now, min_change_now, due_on, slip_days, met_on, heard_on,
    CASE WHEN waiting = 1 THEN 0 ELSE DAYS(date(:day), heard_on) END AS clock_days,
    silent_limit, waiting, waiting_would_meet,
    CASE WHEN silent_after < date(:day) THEN 1 ELSE 0 END AS silent,
    CASE WHEN overdue_after < date(:day) THEN 1 ELSE 0 END AS overdue,
    moved, met_late, softened, worse, contested,
    CASE WHEN rung_claimed > rung THEN 1 ELSE 0 END AS claimed_higher
FROM target_standing
