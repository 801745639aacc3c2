"""What happens to promises when units merge, split or end? The successor owes what is open from that day."""

from collections.abc import Mapping
from datetime import date

from commitments.models import Assignment, Commitment
from commitments.models.proposal import account
from opd import access, register
from opd.errors import BadFact, WrongState
from opd.models import Unit, UnitChange


def open_commitments(units: list[Unit], day: date) -> list[Commitment]:
    """What these units still owe on a day: live or waiting for an approver."""
    return [
        commitment for unit in units for commitment in Commitment.objects.owed_by(unit, day).filter(withdrawn_at=None)
    ]


def confirm(
    change: UnitChange, *, by: access.Actor, seen: str, heirs: Mapping[str, Unit] | None = None
) -> UnitChange:
    """An approver carries out a proposed merger, split or end: predecessors end, open promises move.

    heirs: commitment reference -> successor; with a single successor it may be left out.
    """
    with register.act("unit_change.confirmed", change) as act:
        before, after = list(change.predecessors.all()), list(change.successors.all())
        act.office = access.require_decider(by, access.APPROVER, *before, *after)
        access.require_other(by, change.proposed_by, what="Anda yang mengusulkan perubahan ini")
        change.must_match(seen)
        if change.confirmed_at:
            raise WrongState("Perubahan unit ini sudah disahkan.")
        if ended := [unit for unit in after if unit.has_ended_by(change.on)]:
            raise WrongState(f"{ended[0]} sudah berakhir sejak {ended[0].valid_until}; tidak dapat meneruskan.")
        for commitment in open_commitments(before, change.on):
            heir = (heirs or {}).get(commitment.reference) or (after[0] if len(after) == 1 else None)
            if heir is None or heir not in after:
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


def _hand_over(act: register.Act, commitment: Commitment, heir: Unit, change: UnitChange) -> None:
    held = commitment.assignments.get(until_on=None)
    if held.from_on > change.on:
        raise BadFact(f"{commitment.reference} baru ditugaskan {held.from_on}, sesudah perubahan ini berlaku.")
    held.until_on = change.on
    held.save(update_fields=["until_on"])
    act.touch(held, Assignment.objects.create(commitment=commitment, unit=heir, from_on=change.on, change=change))
