"""Grants: what an account may do and since when, with the number by which the register knows that account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Max

from opd import access, register
from opd.register.entry import Entry
from opd.register.registered import Registered


class Grant(Registered):
    """Base class of a place given to an account: a membership of a unit, or a role at the secretariat.

    The register names no account. It knows each one by a number within the place, such as "verifikator no. 3": the
    same account has the same number there for ever, and every act carries the number of who acted.
    """

    related: ClassVar[tuple[str, ...]] = ("user", "given_by")
    place: ClassVar[tuple[str, ...]]  # the columns within which accounts are numbered

    number = models.PositiveIntegerField("nomor", null=True, editable=False)  # null: not recorded yet
    given_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="yang memberi"
    )

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        user: models.ForeignKey[User, User]
        user_id: int

    def private_row(self) -> dict[str, str | None]:
        return {
            "account": self.user.get_username(),
            "given_by": self.given_by.get_username() if self.given_by else None,
        }

    def numbered_within(self) -> tuple[Any, ...]:
        return tuple(getattr(self, column) for column in self.place)

    def take_number(self) -> None:
        """Gives this row its account's number in this place: the one it had there before, else the next."""
        here = type(self)._base_manager.filter(**dict(zip(self.place, self.numbered_within(), strict=True)))
        own: dict[str, Any] = {"user": self.user}
        mine = here.filter(**own).exclude(number=None).values_list("number", flat=True).first()
        self.number = mine or (here.aggregate(last=Max("number"))["last"] or 0) + 1


def giver(by: access.Actor) -> User | None:
    return by if isinstance(by, User) else None


def record_all() -> None:
    """Numbers and records every grant from before grants were recorded, in one entry by the program itself."""
    rows = [row for model in _grants() for row in model.for_register().filter(number=None)]
    if rows:
        with register.act("grants.recorded", rows[0].object_name) as act:
            act.office = register.SYSTEM_OFFICE
            for model in _grants():
                mine = [row for row in rows if isinstance(row, model)]
                _number(mine)
                model._base_manager.bulk_update(mine, ["number"])
            act.touch(*rows)


def record_existing(using: str = "default", **signal: Any) -> None:
    """After the upgrade: grants from before get their entry, once. A row that appears later behind the register's
    back stays without one, and the check names it."""
    here = connections[using]
    if here is not connections[DEFAULT_DB_ALIAS]:
        return
    tables = here.introspection.table_names()
    needed: list[type[models.Model]] = [Entry, *_grants()]
    are_there = all(model._meta.db_table in tables for model in needed)
    if are_there and not Entry.objects.filter(act="grants.recorded").exists():
        record_all()


def _grants() -> list[type[Grant]]:
    return [model for model in apps.get_models() if issubclass(model, Grant)]


def _number(rows: Iterable[Grant]) -> None:
    """Numbers rows of one table, the same account the same in each place."""
    known: dict[tuple[Any, ...], dict[int, int]] = defaultdict(dict)
    for row in rows:
        mine = known[row.numbered_within()]
        row.number = mine.setdefault(row.user_id, len(mine) + 1)
