-- Where each target stands today, from the table: in the place of target_facts.sql and target_rules.sql.

target_standing AS (SELECT * FROM commitments_kepttarget),
leaving_target AS (SELECT target_id AS id, commitment_id, rung FROM commitments_kepttarget WHERE FALSE)
