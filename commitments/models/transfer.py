"""Transfer of commitments when units merge, split or end: the successor owes what is open from that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models

from commitments.models.commitment import Assignment, Commitment
from commitments.models.proposal import StepKind, account, is_returned, reason_given, record_step, steps_on_screen
from opd import access, register
from opd.errors import BadFact, WrongPerson, WrongState
from opd.models import Registered, Unit, UnitChange
from opd.register.triggers import Guard, only_with

CHANGE_TAKEN_BACK = "Ditarik pengusulnya:"  # what the public reads before the reason
Heirs = Mapping[str, Unit]  # commitment reference -> the unit that will owe it


class Inheritance(Registered):
    """The heir of one commitment in a proposed unit change. The approver confirms exactly this."""

    kind = "inheritance"
    guard = Guard(inserts=(only_with("opd_unitchange", "proposed_at", "change_id"),))
    related = ("change", "commitment", "unit")

    change = models.ForeignKey(UnitChange, models.PROTECT, related_name="inheritances", verbose_name="perubahan unit")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="inheritances", verbose_name="komitmen")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="inheritances", verbose_name="unit penerus")

    class Meta:
        verbose_name = "pewarisan komitmen"
        verbose_name_plural = "pewarisan komitmen"
        constraints = (models.UniqueConstraint(fields=("change", "commitment"), name="inheritance_once_per_change"),)

    def __str__(self) -> str:
        return f"{self.commitment.reference} → {self.unit}"

    def public_row(self) -> dict[str, Any]:
        return {"change": str(self.change.uuid), "commitment": self.commitment.reference, "unit": self.unit.code}


def open_commitments(units: list[Unit], day: date) -> list[Commitment]:
    """What these units still owe on a day, or come to owe after it: live or waiting for an approver."""
    return [commitment for unit in units for commitment in Commitment.objects.owed_by_since(unit, day).open()]


def may_inherit(unit: Unit, *, change: str, on: date, successors: list[Unit], predecessors: list[Unit]) -> bool:
    """Whether a unit may be the heir.

    A successor may; a unit that ends without one may leave its commitments to any other that exists that day.
    """
    if change == UnitChange.Change.DISSOLVED:
        return unit not in predecessors and not unit.has_ended_by(on)
    return unit in successors


def propose(
    *,
    by: access.Actor,
    change: str,
    on: date,
    predecessors: list[Unit],
    successors: list[Unit],
    heirs: Heirs,
    **facts: Any,
) -> UnitChange:
    """Proposes a merger, split or end, with who will owe each open commitment."""
    with register.act("unit_change.proposed", "unit_change") as act:
        return _proposed(
            act,
            heirs,
            by=by,
            change=change,
            on=on,
            predecessors=predecessors,
            successors=successors,
            **facts,
        )


def _proposed(
    act: register.RunningAct,
    heirs: Heirs,
    *,
    by: access.Actor,
    change: str,
    on: date,
    predecessors: list[Unit],
    successors: list[Unit],
    **facts: Any,
) -> UnitChange:
    row = UnitChange.insert(
        act, by=by, change=change, on=on, predecessors=predecessors, successors=successors, **facts
    )
    for commitment in open_commitments(predecessors, on):
        heir = heirs.get(commitment.reference)
        if heir is None or not may_inherit(
            heir, change=change, on=on, successors=successors, predecessors=predecessors
        ):
            raise BadFact(f"Tentukan unit penerus untuk {commitment.reference}.")
        act.touch(Inheritance.objects.create(change=row, commitment=commitment, unit=heir))
    return row


def amend(
    before: UnitChange,
    *,
    by: access.Actor,
    seen: str,
    change: str,
    on: date,
    predecessors: list[Unit],
    successors: list[Unit],
    heirs: Heirs,
    reply: str = "",
    **facts: Any,
) -> UnitChange:
    """The keeper proposes a change anew, improved, in one act: what was proposed before stays readable."""
    with register.act("unit_change.amended", before) as act:
        access.require_keeper(by)
        before.must_match(seen)
        _must_be_undecided(before)
        _close(act, before, by=by, reason="Diganti dengan usulan yang diperbaiki.")
        row = _proposed(
            act,
            heirs,
            by=by,
            change=change,
            on=on,
            predecessors=predecessors,
            successors=successors,
            amends=before,
            **facts,
        )
        record_step(act, row, StepKind.AMENDED, by=account(by), note=reply)
    return row


def return_(change: UnitChange, *, by: access.Actor, seen: str, note: str) -> None:
    """An approver gives a proposed change back to the keeper with a note."""
    with register.act("unit_change.returned", change) as act:
        act.office = office_to_confirm(change, by)
        change.must_match(seen)
        _must_be_undecided(change)
        if is_returned(change):
            raise WrongState("Usulan ini sudah dikembalikan; tunggu perbaikannya.")
        act.touch(change)
        record_step(act, change, StepKind.RETURNED, by=account(by), note=note)


def refuse(change: UnitChange, *, by: access.Actor, seen: str, reason: str) -> None:
    """An approver refuses a proposed change with a public reason; no unit and no commitment moves."""
    with register.act("unit_change.refused", change) as act:
        act.office = office_to_confirm(change, by)
        change.must_match(seen)
        _must_be_undecided(change)
        _close(act, change, by=by, reason=reason_given(reason, "alasan penolakan"))


def office_to_take_back(change: UnitChange, by: access.Actor) -> str:
    """The keeper who proposed it, or `WrongPerson`."""
    office = access.require_keeper(by)
    if by != change.proposed_by:
        raise WrongPerson("Hanya pengusulnya yang dapat menariknya; penyetuju dapat menolaknya.")
    return office


def take_back(change: UnitChange, *, by: access.Actor, seen: str, reason: str) -> None:
    """The keeper takes back a change that nobody has decided yet."""
    with register.act("unit_change.taken_back", change) as act:
        act.office = office_to_take_back(change, by)
        change.must_match(seen)
        _must_be_undecided(change)
        _close(act, change, by=by, reason=f"{CHANGE_TAKEN_BACK} {reason_given(reason, 'alasan penarikan')}")


def _must_be_undecided(change: UnitChange) -> None:
    if not change.is_undecided:
        raise WrongState("Perubahan unit ini sudah diputus.")


def _close(act: register.RunningAct, change: UnitChange, *, by: access.Actor, reason: str) -> None:
    change.refused_at, change.refused_by, change.refusal_reason = act.at, account(by), reason
    change.save(update_fields=["refused_at", "refused_by", "refusal_reason"])
    act.touch(change)


def proposed_heirs(change: UnitChange) -> dict[str, Unit]:
    """The heirs as they were proposed."""
    rows = change.inheritances.select_related("commitment", "unit").order_by("pk")
    return {row.commitment.reference: row.unit for row in rows}


def heirs_of_open_commitments(change: UnitChange) -> list[tuple[Commitment, Unit | None]]:
    """Every open commitment and its heir: as proposed, else the only successor, else nobody yet."""
    known, after = proposed_heirs(change), list(change.successors.all())
    alone = after[0] if len(after) == 1 else None
    owed = open_commitments(list(change.predecessors.all()), change.on)
    return [(commitment, known.get(commitment.reference, alone)) for commitment in owed]


def undecided(change: UnitChange) -> list[Commitment]:
    """Open commitments whose heir neither the proposal nor a single successor settles."""
    return [commitment for commitment, heir in heirs_of_open_commitments(change) if heir is None]


def commitments_moving(change: UnitChange) -> dict[str, Any]:
    """Part of the screen on which a change is confirmed: a commitment made meanwhile changes the screen."""
    rows = heirs_of_open_commitments(change) if change.is_undecided else []
    return {
        **steps_on_screen(change),
        "moving": {commitment.reference: heir.code if heir else "undecided" for commitment, heir in rows},
    }


def office_to_confirm(change: UnitChange, by: access.Actor, heirs: Heirs | None = None) -> str:
    """The office in which somebody may confirm it, or `WrongPerson`: nobody for a unit of their own."""
    after = {**(heirs or {}), **proposed_heirs(change)}.values()
    office = access.require_decider(by, access.APPROVER, *change.predecessors.all(), *change.successors.all(), *after)
    access.require_other(by, change.proposed_by, what="Anda yang mengusulkan perubahan ini")
    return office


def confirm(change: UnitChange, *, by: access.Actor, seen: str, heirs: Heirs | None = None) -> UnitChange:
    """An approver carries out a proposed merger, split or end: predecessors end, open commitments move.

    heirs: for what the proposal leaves `undecided`.
    """
    with register.act("unit_change.confirmed", change) as act:
        before, after = list(change.predecessors.all()), list(change.successors.all())
        known = {**(heirs or {}), **proposed_heirs(change)}
        act.office = office_to_confirm(change, by, heirs)
        change.must_match(seen)
        _must_be_undecided(change)
        if is_returned(change):
            raise WrongState("Usulan ini sedang dikembalikan; tunggu perbaikannya.")
        if ended := [unit for unit in after if unit.has_ended_by(change.on)]:
            raise WrongState(f"{ended[0]} sudah berakhir sejak {ended[0].valid_until}; tidak dapat meneruskan.")
        for commitment, planned_heir in heirs_of_open_commitments(change):
            heir = planned_heir or known.get(commitment.reference)
            if heir is None or not may_inherit(
                heir, change=change.change, on=change.on, successors=after, predecessors=before
            ):
                raise BadFact(f"Tentukan unit penerus untuk {commitment.reference}.")
            _hand_over(act, commitment, heir, change)
        for unit in before:
            if unit.valid_until:
                raise WrongState(f"{unit} sudah berakhir sejak {unit.valid_until}.")
            unit.valid_until = change.on
            unit.save(update_fields=["valid_until"])
            act.touch(unit)
        change.confirmed_at, change.confirmed_by = act.at, account(by)
        change.save()
        act.touch(change)
    return change


def _hand_over(act: register.RunningAct, commitment: Commitment, heir: Unit, change: UnitChange) -> None:
    held = commitment.assignments.get(until_on=None)
    if held.from_on > change.on:
        raise BadFact(f"{commitment.reference} baru ditugaskan {held.from_on}, sesudah perubahan ini berlaku.")
    held.until_on = change.on
    held.save(update_fields=["until_on"])
    act.touch(held, Assignment.objects.create(commitment=commitment, unit=heir, from_on=change.on, change=change))
