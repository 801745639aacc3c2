"""What a unit has before it at a glance: all that is due in one table, all that it reported, its report card."""
