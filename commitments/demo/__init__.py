"""The demonstration: nine years of invented progress, labelled as such. `build.build` makes it."""
