"""Unit changes: a unit was renamed, merged, split or ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opd import access, register, texts
from opd.errors import BadFact, WrongState
from opd.models.unit import Unit
from opd.register.registered import Registered, all_or_none
from opd.register.triggers import Guard, only_with

# What hangs on a change elsewhere, and is on the screen where it is confirmed; `opd` does not know commitments.
ALSO_SHOWN: list[Callable[[UnitChange], dict[str, Any]]] = []


class UnitChangeQuerySet(models.QuerySet["UnitChange"]):
    def waiting(self) -> Self:
        """Proposed, neither confirmed nor refused, and not given back to whoever proposed it."""
        returned: dict[str, str] = {"steps__step": "returned"}
        return self.undecided().exclude(**returned)

    def returned(self) -> Self:
        """Given back to whoever proposed it: an amended one is another row."""
        given_back: dict[str, str] = {"steps__step": "returned"}
        return self.undecided().filter(**given_back)

    def undecided(self) -> Self:
        """Proposed, and neither confirmed nor refused."""
        return self.filter(confirmed_at=None, refused_at=None)

    def carried_out(self) -> Self:
        """Confirmed mergers, splits and ends: after one of these a unit is another. A renaming is none."""
        return self.exclude(change=UnitChange.Change.RENAMED).exclude(confirmed_at=None)


class UnitChange(Registered):
    """A renaming, merger, split or end, with the units before it and the units after it. No unit is ever deleted."""

    class Change(models.TextChoices):
        RENAMED = "renamed", _("berganti nama")
        MERGED = "merged", _("digabung")
        SPLIT = "split", _("dipecah")
        DISSOLVED = "dissolved", _("dibubarkan")

    kind = "unit_change"
    guard = Guard(stamps=("confirmed_at", "confirmed_by_id", "refused_at", "refused_by_id", "refusal_reason"))
    guard_of_links = Guard(inserts=(only_with("opd_unitchange", "proposed_at", "unitchange_id"),))
    prefetch = ("predecessors", "successors")
    related = ("proposed_by", "confirmed_by", "refused_by", "amends")

    change = models.CharField("perubahan", max_length=20, choices=Change)
    on = models.DateField("berlaku sejak")
    legal_basis = texts.CharField("dasar hukum", max_length=300, help_text="Tampil untuk publik.")
    predecessors = models.ManyToManyField(Unit, related_name="changes_from", verbose_name="unit asal")
    successors = models.ManyToManyField(Unit, related_name="changes_into", verbose_name="unit penerus", blank=True)
    proposed_at = models.DateTimeField("diusulkan")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="pengusul")
    confirmed_at = models.DateTimeField("disahkan", null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="pengesah")
    refused_at = models.DateTimeField("ditolak", null=True)
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="penolak")
    refusal_reason = texts.TextField("alasan penolakan", blank=True, help_text="Tampil untuk publik.")
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="amendments", verbose_name="memperbaiki"
    )

    objects = UnitChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        verbose_name = "perubahan unit"
        verbose_name_plural = "perubahan unit"
        constraints = (
            models.CheckConstraint(
                condition=Q(change="renamed")
                | (all_or_none("confirmed_at", "confirmed_by") & ~Q(confirmed_by=F("proposed_by"))),
                name="unit_change_confirmed_by_someone_else",
                violation_error_message="Perubahan unit disahkan oleh orang lain, bukan pengusulnya.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(refused_at=None), name="unit_change_not_both_confirmed_and_refused"
            ),
            models.CheckConstraint(
                condition=all_or_none("refused_at", "refused_by", texts=("refusal_reason",)),
                name="unit_change_refused_by_someone_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.on}"

    @property
    def is_undecided(self) -> bool:
        return self.confirmed_at is None and self.refused_at is None

    def public_row(self) -> dict[str, Any]:
        refusal = {"refused_at": self.refused_at, "refusal_reason": self.refusal_reason}
        return {
            "change": self.change,
            "on": self.on,
            "legal_basis": self.legal_basis,
            "predecessors": sorted(unit.code for unit in self.predecessors.all()),
            "successors": sorted(unit.code for unit in self.successors.all()),
            "proposed_at": self.proposed_at,
            "confirmed_at": self.confirmed_at,
            **(refusal if self.refused_at else {}),
            **({"amends": str(self.amends.uuid)} if self.amends else {}),
        }

    def private_row(self) -> dict[str, str | None]:
        return {
            "proposed_by": self.proposed_by.get_username() if self.proposed_by else None,
            "confirmed_by": self.confirmed_by.get_username() if self.confirmed_by else None,
            **({"refused_by": self.refused_by.get_username()} if self.refused_by else {}),
        }

    def screen(self) -> dict[str, Any]:
        """The row as shown for a decision, with the commitments that move when it is confirmed."""
        shown = super().screen()
        for also in ALSO_SHOWN:
            shown |= also(self)
        return shown

    @classmethod
    def propose(
        cls,
        *,
        by: access.Actor,
        change: str,
        on: date,
        legal_basis: str,
        predecessors: list[Unit],
        successors: list[Unit],
    ) -> UnitChange:
        """Proposes a merger, split or end, which waits for an approver.

        `commitments.models.transfer.confirm` carries it out.
        """
        with register.act("unit_change.proposed", "unit_change") as act:
            return cls.insert(
                act,
                by=by,
                change=change,
                on=on,
                legal_basis=legal_basis,
                predecessors=predecessors,
                successors=successors,
            )

    @classmethod
    def insert(
        cls,
        act: register.RunningAct,
        *,
        by: access.Actor,
        change: str,
        on: date,
        legal_basis: str,
        predecessors: list[Unit],
        successors: list[Unit],
        amends: UnitChange | None = None,
    ) -> UnitChange:
        """Inserts the proposal: part of the act here, or of the one that also names the heirs of open commitments."""
        act.office = access.require_keeper(by)
        wants_heirs = change != cls.Change.DISSOLVED
        if change == cls.Change.RENAMED or not predecessors or bool(successors) != wants_heirs:
            raise BadFact("Sebutkan unit asal dan unit penerusnya; pembubaran tanpa penerus.")
        if set(predecessors) & set(successors):
            raise BadFact("Unit penerus tidak boleh sama dengan unit asal.")
        gone = [unit for unit in predecessors if unit.valid_until]
        if ended := gone + [unit for unit in successors if unit.has_ended_by(on)]:
            raise WrongState(f"{ended[0]} sudah berakhir sejak {ended[0].valid_until}.")
        row = cls.objects.create(
            change=change,
            on=on,
            legal_basis=legal_basis,
            proposed_at=act.at,
            proposed_by=by if isinstance(by, User) else None,
            amends=amends,
        )
        row.predecessors.set(predecessors)
        row.successors.set(successors)
        act.subject = row.object_name
        act.touch(row)
        return row
