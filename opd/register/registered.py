"""The base class of every public fact: a public name, a row in the register, and triggers in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opd import clock
from opd.errors import Refused, StaleScreen
from opd.register import batch
from opd.register.canonical import canonical
from opd.register.triggers import FROZEN_GUARD, Guard


class Certainty(models.TextChoices):
    DOCUMENTED = "documented", _("tercatat di sumber")
    RECONSTRUCTED = "reconstructed", _("disusun ulang")
    ASSUMED = "assumed", _("perkiraan")


def all_or_none(*moments_and_people: str, texts: tuple[str, ...] = ()) -> Q:
    """A condition: the columns of a stamp (such as when, by whom and why) are all filled or all empty."""
    missing = Q(**dict.fromkeys(moments_and_people), **dict.fromkeys(texts, ""))
    there = Q(**{f"{column}__isnull": False for column in moments_and_people})
    for column in texts:
        there &= ~Q(**{column: ""})
    return missing | there


@contextmanager
def unchanged_if_refused(subject: Registered | str) -> Iterator[None]:
    """Context around an act: when it is refused, a stored subject is read again, so that it holds no half change."""
    try:
        yield
    except Refused:
        if isinstance(subject, Registered) and subject.pk:
            subject.refresh_from_db(from_queryset=type(subject).for_register())
        raise


class Registered(models.Model):
    """Base class of a row whose every change is an entry in the register.

    `kind` names such rows there; `related` are the relations its row reads (for one query per table).
    """

    kind: ClassVar[str]
    guard: ClassVar[Guard] = FROZEN_GUARD
    related: ClassVar[tuple[str, ...]] = ()
    prefetch: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField("pengenal", unique=True, default=clock.new_uuid, editable=False)

    class Meta:
        abstract = True

    @property
    def public_name(self) -> str:
        """The public name of this row: a reference or a UUID, never a primary key."""
        return str(self.uuid)

    @property
    def object_name(self) -> str:
        return f"{self.kind}:{self.public_name}"

    @property
    def in_register(self) -> bool:
        """Whether the register holds this row; False for a draft that only its unit can see."""
        return True

    def public_row(self) -> dict[str, Any]:
        """The columns that everybody may read, as str, int, bool, None, date, datetime, Decimal or lists of them."""
        raise NotImplementedError  # abstract: Django's models take no ABC

    def private_row(self) -> dict[str, str | None]:
        """The columns that enter the register only as a salted digest."""
        return {}

    def screen(self) -> dict[str, Any]:
        """Everything that a person sees of this row when deciding about it."""
        return {"row": self.public_row(), "private": self.private_row()}

    @classmethod
    def stated(cls, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts of a new row, as its caller gives them.

        TypeError if one is a moment: only the act sets moments.
        """
        moments = {field.name for field in cls._meta.fields if isinstance(field, models.DateTimeField)}
        if stamped := sorted(moments & facts.keys()):
            raise TypeError(f"{cls.__name__}: {', '.join(stamped)} comes from the act, never from outside")
        return facts

    def add(self) -> None:
        """Inserts this row, or raises ValidationError with a sentence for each rule that it breaks.

        The database checks the constraints, so a good row costs nothing more; only a refused row is validated in
        Python.
        """
        relations = {field.name for field in self._meta.fields if field.is_relation}
        self.clean_fields(exclude={"uuid", *relations})
        self.clean()
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError:
            self.full_clean(exclude={"uuid"})
            raise
        if running := batch.current():
            running.wrote(self)

    def fingerprint(self) -> str:
        """SHA-256 (hex) of what was on the screen; every act on this row gets it back."""
        running = batch.current()
        if running is None:
            return self._print()
        version, found = self.__dict__.get("_printed", (None, ""))
        if version != running.version:  # else nothing was written since
            found = self._print()
            self.__dict__["_printed"] = (running.version, found)
        return str(found)

    def _print(self) -> str:
        return hashlib.sha256(canonical(self.screen()).encode()).hexdigest()

    def must_match(self, seen: str) -> None:
        """Compare-and-set: refuses when the row is no longer what the person saw."""
        if seen != self.fingerprint():
            raise StaleScreen

    @classmethod
    def for_register(cls) -> models.QuerySet[Self]:
        return cls._default_manager.select_related(*cls.related).prefetch_related(*cls.prefetch).order_by("pk")
