"""Backup and restore: the whole register with its evidence in one file, and back into an empty place."""
