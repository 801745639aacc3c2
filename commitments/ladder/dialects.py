"""The words of the ladder's SQL that the two databases write differently."""

from __future__ import annotations

import re
from collections.abc import Mapping

# DAYS: whole days from the second to the first. DAY_OF: the day in Asia/Jakarta (UTC+7, no summer time) of a stored
# moment; SQLite would round the last half millisecond up. END_OF: the moment at which a day there ends.
DIALECTS: dict[str, dict[str, str]] = {
    "sqlite": {
        "DAYS": "CAST(julianday({0}) - julianday({1}) AS integer)",
        "DAY_OF": "date(substr({0}, 1, 19), '+7 hours')",
        "DAY_AFTER": "date({0}, '+' || ({1}) || ' days')",
        "END_OF": "datetime({0}, '+1 day', '-7 hours')",
        "MOMENT": "{0}",
    },
    "postgresql": {
        "DAYS": "({0} - {1})",
        "DAY_OF": "CAST({0} AT TIME ZONE 'Asia/Jakarta' AS date)",
        "DAY_AFTER": "({0} + ({1}))",
        "END_OF": "(CAST(date({0}) + 1 AS timestamp) AT TIME ZONE 'Asia/Jakarta')",
        "MOMENT": "CAST({0} AS timestamptz)",
    },
}


def spelled(text: str, words: Mapping[str, str]) -> str:
    """The text with each word, and what stands in its parentheses, put as `words` has it."""
    call = re.compile(rf"\b({'|'.join(words)})\(((?:[^()]|\([^()]*\))*)\)")

    def put(found: re.Match[str]) -> str:
        first, _, last = found[2].rpartition(", ") if "{1}" in words[found[1]] else (found[2], "", "")
        return words[found[1]].format(first, last)

    return call.sub(put, text)
