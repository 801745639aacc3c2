-- One row for each unit: where it stands, held against the day.
SELECT unit_id, rung, rung_claimed,
    CASE WHEN rung >= PAST_CEREMONY AND silent = 0 THEN 1 ELSE 0 END AS past_ceremony,
    CASE WHEN (rung >= PAST_CEREMONY OR rung_claimed >= PAST_CEREMONY) AND silent = 0 THEN 1 ELSE 0 END
        AS past_ceremony_claimed,
    live_targets, improving_targets, least_progress, slip_days, heard_on, waiting,
    CASE WHEN waiting = 1 THEN 0 ELSE DAYS(date(:day), heard_on) END AS quiet_days,
    silent,
    CASE WHEN overdue_after < date(:day) THEN 1 ELSE 0 END AS overdue,
    moved, met_late, softened, worse, contested,
    CASE WHEN rung_claimed > rung THEN 1 ELSE 0 END AS claimed_higher
FROM (SELECT s.*, CASE WHEN silent_after < date(:day) THEN 1 ELSE 0 END AS silent FROM unit_standing s) s
