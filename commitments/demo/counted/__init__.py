"""What the demonstration counts and does not type: clocks, and invented case files, labelled like all of it."""
