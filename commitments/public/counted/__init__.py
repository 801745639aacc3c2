"""Files for whoever counts again: the durations of a case file, the calendar, and a program that does it."""
