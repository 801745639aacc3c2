"""Offices: in the name of which somebody acts, and the number of the account that does."""

from __future__ import annotations

NUMBER_FIELD = "actor_number"  # in the data of an entry


class Office(str):
    """The office in which somebody acts, such as "verifikator", with the number of their account in that place."""

    __slots__ = ("number",)
    number: int | None

    @classmethod
    def of(cls, name: str, number: int | None) -> Office:
        office = cls(name)
        office.number = number
        return office
