"""What stands beside the ladder: what outsiders measured, and trainings, as a source says it."""
