"""Case files: one row a case, read and computed without settings or database, so that any process can do it."""
