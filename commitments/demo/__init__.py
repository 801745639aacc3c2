"""Nine years of invented progress, labelled as such: `build.build(until, report)` makes them."""
