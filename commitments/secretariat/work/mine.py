"""Which waiting rows a person may decide: the rule of `opd.access.require_decider`, asked of many rows at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Case, CharField, Q, QuerySet, Value, When

from commitments.models import Commitment, Measurement, ServiceTarget, TargetRevision
from opd import access, clock
from opd.models import Unit, UnitChange
from opd.models.unit import holding_on

OWN_UNIT = "unit Anda: orang lain yang memutus"
OF_SETDA = "diputus Inspektorat"
# Who had a hand in a row, by model: they do not decide about it.
HANDS: dict[type, tuple[str, ...]] = {
    Measurement: ("submitted_by", "drafted_by"),
    Commitment: ("proposed_by",),
    ServiceTarget: ("proposed_by",),
    TargetRevision: ("proposed_by",),
    UnitChange: ("proposed_by",),
}


def role_deciding(model: type) -> str:
    return access.VERIFIER if model is Measurement else access.APPROVER


def decides(user: User, model: type) -> bool:
    """Whether a person's role decides about rows of this kind at all."""
    return not access.roles_of(user).isdisjoint((role_deciding(model), access.INSPECTOR))


def _of_setda() -> QuerySet[Unit]:
    return Unit.objects.filter(Q(code=access.SETDA) | Q(parent__code=access.SETDA))


def home_family(user: User) -> QuerySet[Unit]:
    """The units in which a person serves today, their parents and their children."""
    homes = user.memberships.filter(holding_on(clock.today())).values("unit")
    return Unit.objects.filter(Q(pk__in=homes) | Q(children__in=homes) | Q(parent__in=homes))


def units_decided_by(user: User, role: str) -> QuerySet[Unit]:
    """The units about which a person may decide as `role` today."""
    held = access.roles_of(user)
    units = Unit.objects.all()
    if role not in held:
        units = units.filter(pk__in=_of_setda().values("pk")) if access.INSPECTOR in held else units.none()
    elif access.INSPECTOR not in held:
        units = units.exclude(pk__in=_of_setda().values("pk"))
    return units.exclude(pk__in=home_family(user).values("pk"))


def mine(user: User, rows: Any) -> Any:
    """Those of some rows that this person may decide about, as far as units and hands go."""
    model = rows.model
    units = units_decided_by(user, role_deciding(model)).values("pk")
    for column in HANDS[model]:
        rows = rows.exclude(**{column: user})
    if model is UnitChange:
        others = Unit.objects.exclude(pk__in=units).values("pk")
        return rows.exclude(predecessors__in=others).exclude(successors__in=others)
    return rows.with_unit(clock.today()).filter(unit_id_then__in=units)


def with_mark(user: User, rows: Any) -> Any:
    """Annotates `whose`: why somebody else decides about it, seen before it is opened; "" when nothing is in the
    way."""
    theirs = Unit.objects.none() if access.INSPECTOR in access.roles_of(user) else _of_setda()
    return rows.annotate(
        whose=Case(
            When(unit_id_then__in=home_family(user).values("pk"), then=Value(OWN_UNIT)),
            When(unit_id_then__in=theirs.values("pk"), then=Value(OF_SETDA)),
            default=Value(""),
            output_field=CharField(),
        )
    )
