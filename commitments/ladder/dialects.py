"""The few SQL expressions of the ladder that differ between the two databases. Days are whole numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    day: str
    moment: str
    number: str
    text: str
    greatest: str
    days_between: str
    local_day: str
    table: str  # the rows of a JSON list of lists
    cell: str  # of one of them

    def between(self, later: str, earlier: str) -> str:
        return self.days_between.format(later=later, earlier=earlier)

    def local(self, moment: str) -> str:
        """SQL for the day in Asia/Jakarta (UTC+7, no summer time) of a stored moment."""
        return self.local_day.format(moment=moment)


DIALECTS = {
    "sqlite": Dialect(
        day="%s",
        moment="%s",
        number="%s",
        text="%s",
        greatest="MAX",
        days_between="CAST(julianday({later}) - julianday({earlier}) AS integer)",
        local_day="date(substr({moment}, 1, 19), '+7 hours')",  # SQLite would round the last half millisecond up
        table="json_each(%s)",
        cell="json_extract(value, '$[{number}]')",
    ),
    "postgresql": Dialect(
        day="CAST(%s AS date)",
        moment="CAST(%s AS timestamptz)",
        number="CAST(%s AS bigint)",
        text="CAST(%s AS text)",
        greatest="GREATEST",
        days_between="({later} - {earlier})",
        local_day="CAST({moment} AT TIME ZONE 'Asia/Jakarta' AS date)",
        table="json_array_elements(CAST(%s AS json))",
        cell="CAST(value ->> {number} AS {type})",
    ),
}
