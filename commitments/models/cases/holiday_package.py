"""What the `holidays` package knows of a year: a proposal for the keeper, never an estimated day."""

from __future__ import annotations

from typing import NamedTuple

import holidays

from commitments.models.cases.calendar import DayOff

ESTIMATED_WORDS = ("perkiraan", "estimated")


class ProposedYear(NamedTuple):
    """The days of a year that are certain, those that are only estimated, and the source of both."""

    days: tuple[DayOff, ...]
    estimated: tuple[DayOff, ...]
    source: str


def proposed_year(year: int) -> ProposedYear:
    found = holidays.country_holidays("ID", years=year, categories=("public", "government"), language="id")
    known = [DayOff(day, str(name)) for day, name in sorted(found.items()) if day.year == year]
    guessed = {one for one in known if any(word in one.name.casefold() for word in ESTIMATED_WORDS)}
    return ProposedYear(
        tuple(one for one in known if one not in guessed),
        tuple(one for one in known if one in guessed),
        f"Paket holidays {holidays.__version__} (Indonesia, libur nasional dan cuti bersama)",
    )
