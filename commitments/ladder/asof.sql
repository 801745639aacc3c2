-- The day asked about, and what is only supposed.
--
--   :day      the day asked about, such as '2026-11-30'; it ends at midnight in Semarang
--   :until    the first moment not known any more; the end of the day when left out
--
-- What if? All of these are left out when nothing is supposed:
--   :assumed, :assumed_id, :assumed_at
--                            a decision not taken yet, the row it is about, and the moment: the last one of the day
--   :supposed_target, :supposed_value, :supposed_on, :supposed_chain, :supposed_version, :supposed_uuid
--                            a measurement that does not exist, as if verified, with evidence, at the very end
--
-- END_OF and MOMENT, like DAYS, DAY_OF and DAY_AFTER in the rules, are words for what the two databases write
-- differently (dialects.py). Names in capitals, such as SUSTAINED_DAYS, are the constants of the ladder.

asof AS (
    SELECT date(:day) AS day, COALESCE(MOMENT(:until), END_OF(:day)) AS until,
        CAST(:assumed AS text) AS assumed, CAST(:assumed_id AS bigint) AS assumed_id,
        MOMENT(:assumed_at) AS assumed_at
)
