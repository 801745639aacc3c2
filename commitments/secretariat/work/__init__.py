"""What waits at the desk: which rows, for whom, and how many."""
