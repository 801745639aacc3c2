# ruff: noqa: E501 - lines of SQL as they stand
"""Mutants that no test can notice: the reason, and each line with the turn marked."""

BY_REASON: dict[str, tuple[str, ...]] = {
    "a count that only tells runs apart: in twos it does as well": (
        "target_rules: SUM(CASE field WHEN 'baseline_value' THEN ⟦1 → 2⟧ ELSE 0 END) OVER in_order AS baselines,",
        "target_rules: SUM(CASE field WHEN 'target_value' THEN ⟦1 → 2⟧ ELSE 0 END) OVER in_order AS targets",
    ),
    "one row at most: the least of it is the greatest": (
        "target_rules: COALESCE(⟦MAX → MIN⟧(CASE field WHEN 'baseline_value' THEN new_value END)",
        "target_rules: COALESCE(⟦MAX → MIN⟧(CASE field WHEN 'target_value' THEN new_value END)",
        "target_rules: ⟦MAX → MIN⟧(CASE WHEN nth_of_field = 1 AND field = 'baseline_value' THEN new_value END) AS baseline_value,",
        "target_rules: ⟦MAX → MIN⟧(CASE WHEN nth_of_field = 1 AND field = 'target_value' THEN new_value END) AS target_value,",
        "target_rules: ⟦MAX → MIN⟧(CASE WHEN nth_of_field = 1 AND field = 'min_change' THEN new_value END) AS min_change,",
        "target_rules: ⟦MAX → MIN⟧(CASE WHEN nth_of_field = 1 AND field = 'due_on' THEN new_on END) AS due_on,",
        "unit_rules: ⟦MAX → MIN⟧(CASE WHEN o.unit_id = c.unit_id THEN o.live_targets ELSE 0 END) AS live_targets,",
        "unit_rules: ⟦MAX → MIN⟧(CASE WHEN o.unit_id = c.unit_id THEN o.improving_targets ELSE 0 END) AS improving_targets,",
        "unit_rules: ⟦MAX → MIN⟧(CASE WHEN o.unit_id = c.unit_id THEN o.least_progress END) AS least_progress,",
        "unit_rules: ⟦MAX → MIN⟧(CASE WHEN o.unit_id = c.unit_id THEN o.slip_days END) AS slip_days,",
    ),
    "every stored value has four places": (
        "target_rules: ABS(ROUND(t.target_value - t.baseline_value, ⟦DECIMALS → (DECIMALS + 1)⟧)) AS original_distance",
        "target_rules: SELECT r.*, ABS(ROUND(target_then - baseline_then, ⟦DECIMALS → (DECIMALS + 1)⟧)) AS distance_then,",
        "target_rules: LAG(ABS(ROUND(target_then - baseline_then, ⟦DECIMALS → (DECIMALS + 1)⟧)), 1, original_distance)",
        "target_rules: CASE WHEN ROUND(t.sign * s.value, ⟦DECIMALS → (DECIMALS + 1)⟧) >= ROUND(t.sign * t.target_now, DECIMALS) THEN 1 ELSE 0 END",
        "target_rules: CASE WHEN ROUND(t.sign * s.value, DECIMALS) >= ROUND(t.sign * t.target_now, ⟦DECIMALS → (DECIMALS + 1)⟧) THEN 1 ELSE 0 END",
    ),
    "any number but 0 is yes": (
        "target_rules: MAX(CASE WHEN distance_then < distance_before THEN ⟦1 → 2⟧ ELSE 0 END) AS softened",
        "measurement_day: SELECT id AS measurement_id, ⟦1 → 2⟧ AS counted FROM counted WHERE claimed = 0",
        "target_day: CASE WHEN overdue_after < date(:day) THEN ⟦1 → 2⟧ ELSE 0 END AS overdue,",
        "target_day: CASE WHEN rung_claimed > rung THEN ⟦1 → 2⟧ ELSE 0 END AS claimed_higher",
    ),
    "the claimed view is then made for everybody, and says the same as the proven one": (
        "target_rules: UNION ALL SELECT target_id, 1 FROM activity WHERE waiting ⟦> → >=⟧ 0",
    ),
    "the next line gives the same: three is the highest there is": (
        "unit_rules: WHEN r.highest ⟦>= → >⟧ IMPROVING THEN IMPROVING",
        "unit_rules: WHEN r.highest >= ⟦IMPROVING → (IMPROVING + 1)⟧ THEN IMPROVING",
        "unit_rules: WHEN r.highest_claimed ⟦>= → >⟧ IMPROVING THEN IMPROVING",
        "unit_rules: WHEN r.highest_claimed >= ⟦IMPROVING → (IMPROVING + 1)⟧ THEN IMPROVING",
    ),
    "EXISTS reads no column": ("target_facts: EXISTS (SELECT ⟦1 → 2⟧ FROM commitments_evidence e",),
}
EQUIVALENT = {place for places in BY_REASON.values() for place in places}
