"""Models of what is counted and not typed: the clock of a target, the calendar, case files, questions."""
