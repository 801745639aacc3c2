"""Pages of a unit that sends the cases and not the number: the file, its columns, what the register computed."""
