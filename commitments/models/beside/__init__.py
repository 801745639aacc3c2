"""What stands beside the ladder: what outsiders measured, as a source says it."""
