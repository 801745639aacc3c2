-- One row for each measurement that counts on the day.
SELECT id AS measurement_id, 1 AS counted FROM counted WHERE claimed = 0
