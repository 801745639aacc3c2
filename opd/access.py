"""Who may do what: roles, home units, and the sentences shown to people who may not (docs/aturan.md, section 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User

from opd import clock
from opd.errors import WrongPerson, WrongRole
from opd.register import SYSTEM_OFFICE, Office, batch

if TYPE_CHECKING:
    from opd.models import Unit

VERIFIER = "verifikator"
APPROVER = "penyetuju"
KEEPER = "pengelola-data"
LEADER = "pimpinan"
INSPECTOR = "inspektorat"
ADMINISTRATOR = "administrator"  # a superuser: hands out places at the desk, decides nothing
STAFF_ROLES = (VERIFIER, APPROVER, KEEPER, LEADER, INSPECTOR)
GIVEN_ROLES = (*STAFF_ROLES, ADMINISTRATOR)

HEAD_ROLE = "head"
OPERATOR_ROLE = "operator"

SETDA = "setda"


class System:
    """The actor that loads the sourced roster; it may never change a target or a measurement."""

    office = SYSTEM_OFFICE


SYSTEM = System()
Actor = User | System


def _numbers_of(user: User) -> dict[str, int | None]:
    """The roles that an active user holds, each with the user's number in it."""
    if not user.is_active:
        return {}

    def held() -> dict[str, int | None]:
        return dict(user.staff_roles.filter(ended_at=None).values_list("role", "number"))

    return batch.remembered("staff_role", user.pk, held)


def roles_of(user: User) -> frozenset[str]:
    """The staff roles of an active user."""
    return frozenset(_numbers_of(user).keys() - {ADMINISTRATOR})


def _desk(user: User, role: str, name: str = "") -> Office:
    """The office of a role at the secretariat that the user holds."""
    return Office.of(name or role, _numbers_of(user).get(role))


def _unit_office(user: User, unit: Unit, role: str) -> Office:
    """The office of a head or operator of a unit; the membership of that role, else the one of a head, numbers it."""
    places = sorted(_places_in(user, unit), key=lambda place: place.role != role)
    name = "kepala" if role == HEAD_ROLE else "operator"
    return Office.of(f"{name}:{unit.code}", places[0].number if places else None)


def _memberships(user: User) -> list[Any]:
    """The memberships of a user today, each with its unit and `succeeded_on`.

    Inside a batch, a tenure that was just written may change `succeeded_on`.
    """
    today = clock.today()

    def held() -> list[Any]:
        return list(user.memberships.with_successor().select_related("unit"))

    return [place for place in batch.remembered("tenure", user.pk, held) if place.holds_on(today)]


def _places_in(user: User, unit: Unit) -> list[Any]:
    return [place for place in _memberships(user) if place.unit_id == unit.pk]


def _overtaken_on(places: list[Any]) -> date | None:
    """The first day on which every head's membership in the list is older than the tenure in force, else None."""
    today = clock.today()
    days = [place.succeeded_on for place in places if place.role == HEAD_ROLE]
    return min(days) if days and all(day and day <= today for day in days) else None


def outdated_since(user: User, unit: Unit) -> date | None:
    """The day since when a head's account may only draft, because the office changed hands; None while it may act.

    Undated tenures and a Plh change nothing.
    """
    return _overtaken_on(_places_in(user, unit))


def serves_family_of(user: User, unit: Unit) -> bool:
    """Whether a user has a membership today, in any role, in this unit, its parent or its children."""
    return any(
        place.unit_id in (unit.pk, unit.parent_id) or place.unit.parent_id == unit.pk for place in _memberships(user)
    )


def roles_in(user: User, unit: Unit) -> set[str]:
    """The roles of an active user in a unit today: head, operator, staff. An outdated head counts as an operator."""
    if not user.is_active:
        return set()
    places = _places_in(user, unit)
    held = {place.role for place in places}
    return held - {HEAD_ROLE} | {OPERATOR_ROLE} if _overtaken_on(places) else held


def serves(user: User, unit: Unit, *roles: str) -> bool:
    return not roles_in(user, unit).isdisjoint(roles)


def require_head(user: Actor, unit: Unit) -> str:
    """The office of the unit's head, or `WrongPerson`."""
    if isinstance(user, User):
        if serves(user, unit, HEAD_ROLE):
            return _unit_office(user, unit, HEAD_ROLE)
        _must_not_be_outdated(user, unit)
    raise WrongPerson(f"Hanya kepala {unit} yang dapat melakukan ini.")


def require_principal(user: Actor, unit: Unit) -> str:
    """The office of the unit's head who is nobody's deputy, or `WrongPerson`."""
    office = require_head(user, unit)
    if isinstance(user, User):
        held = [place for place in _places_in(user, unit) if place.role == HEAD_ROLE]
        if all(place.is_deputy for place in held):
            raise WrongPerson(f"Wakil tidak menunjuk wakil; itu pekerjaan kepala {unit} sendiri.")
    return office


def _must_not_be_outdated(user: User, unit: Unit) -> None:
    if user.is_active and (since := outdated_since(user, unit)):
        raise WrongPerson(
            f"Kepala {unit} berganti pada {since:%d/%m/%Y}, dan akun ini lebih lama dari itu, jadi hanya dapat "
            "menyusun konsep. Mintalah sekretariat mengundang kepala yang baru, atau memastikan akun ini miliknya."
        )


def require_voice(user: Actor, unit: Unit, *, on_behalf: bool) -> str:
    """The office that acts for a unit; `WrongPerson` for anyone else.

    It is the unit's head. For what the unit gave on paper (`on_behalf`) it is the roster keeper who imports it, and
    the office then also names the unit.
    """
    if not on_behalf:
        return require_head(user, unit)
    if isinstance(user, User) and KEEPER in roles_of(user):
        return _desk(user, KEEPER, f"{KEEPER}:{unit.code}")
    raise WrongPerson("Hanya pengelola data yang dapat mencatat atas nama unit.")


def require_member(user: Actor, unit: Unit) -> str:
    """The office of the unit's head or operator, or `WrongPerson`."""
    if isinstance(user, User):
        roles = roles_in(user, unit)
        if HEAD_ROLE in roles:
            return _unit_office(user, unit, HEAD_ROLE)
        if OPERATOR_ROLE in roles:
            return _unit_office(user, unit, OPERATOR_ROLE)
    raise WrongPerson(f"Hanya kepala atau operator {unit} yang dapat melakukan ini.")


def require_keeper(user: Actor) -> str:
    """The office of the roster keeper (or of the loader of sourced facts), or `WrongPerson`."""
    if isinstance(user, System):
        return user.office
    if KEEPER in roles_of(user):
        return _desk(user, KEEPER)
    raise WrongRole("Hanya pengelola data yang dapat mengubah daftar unit, nama, dan pejabat.")


def require_approver(user: Actor) -> str:
    """The office of an approver for what belongs to no unit, or `WrongPerson`."""
    if isinstance(user, User) and APPROVER in roles_of(user):
        return APPROVER
    raise WrongRole("Hanya penyetuju yang dapat memutuskan ini.")


def require_chaser(user: User) -> None:
    """Refuses with `WrongPerson` everybody who may not send reminders to units.

    Keepers, verifiers and approvers may; leadership and Inspektorat only read the reminders.
    """
    if roles_of(user).isdisjoint((VERIFIER, APPROVER, KEEPER)):
        raise WrongRole("Pengingat dikirim oleh sekretariat.")


def office_deciding(unit: Unit, role: str) -> str:
    """The role that decides about a unit: the Inspektorat for Setda and its bagian, else `role` (verifier or
    approver)."""
    parent = unit.parent
    of_setda = unit.code == SETDA or (parent is not None and parent.code == SETDA)
    return INSPECTOR if of_setda else role


def require_inviter(user: Actor, unit: Unit | None, role: str) -> str:
    """The office of who may give out this membership or staff role, or `WrongPerson`.

    A head invites operators of the unit; the keeper invites anybody into any unit. Only a superuser gives a staff
    role (no unit): the person who keeps the list does not choose the people who decide.
    """
    if not isinstance(user, User) or not user.is_active:
        raise WrongPerson
    if unit and KEEPER in roles_of(user):
        return _desk(user, KEEPER)
    if user.is_superuser:
        return _desk(user, ADMINISTRATOR)
    if unit and role == OPERATOR_ROLE:
        if serves(user, unit, HEAD_ROLE):
            return _unit_office(user, unit, HEAD_ROLE)
        _must_not_be_outdated(user, unit)
    raise WrongRole("Operator diundang kepala unitnya; kepala unit dan sekretariat diundang sekretariat.")


def require_giver(user: Actor, to: User, unit: Unit | None, role: str) -> str:
    """The office of who may give this place to this account. Nobody gives a place to themselves."""
    if isinstance(user, System):
        return user.office
    if user == to:
        raise WrongPerson("Tidak ada yang memberi tempat kepada dirinya sendiri. Mintalah orang lain yang berwenang.")
    return require_inviter(user, unit, role)


def require_ender(user: Actor, unit: Unit | None, role: str) -> str:
    """The office of who may end a membership, or a role at the secretariat: whoever may invite to it."""
    return user.office if isinstance(user, System) else require_inviter(user, unit, role)


def require_switch(user: Actor, of: User) -> str:
    """The office of who may switch an account off: the keeper those of units, a superuser every one."""
    if isinstance(user, User) and not (of.is_staff or of.is_superuser) and KEEPER in roles_of(user):
        return _desk(user, KEEPER)
    return require_ender(user, None, "")


def require_administrator(user: Actor) -> str:
    """The office of an active superuser, or `WrongPerson`."""
    if isinstance(user, User) and user.is_active and user.is_superuser:
        return _desk(user, ADMINISTRATOR)
    raise WrongRole("Hanya administrator register yang dapat melakukan ini.")


def require_inspector(user: Actor, *units: Unit) -> str:
    """The Inspektorat's office, for units in which this person does not serve; else `WrongPerson`."""
    if not isinstance(user, User) or INSPECTOR not in roles_of(user):
        raise WrongRole("Uji petik hanya dilakukan oleh Inspektorat.")
    for unit in units:
        _must_be_no_home(user, unit)
    return _desk(user, INSPECTOR)


def _must_be_no_home(user: User, unit: Unit) -> None:
    if serves_family_of(user, unit):
        raise WrongPerson(
            f"Anda bertugas di {unit}, induknya, atau bagiannya, jadi orang lain yang harus memutuskan."
        )


def require_decider(user: Actor, role: str, *units: Unit) -> str:
    """The office that may decide about `units` as `role` (verifier or approver), or `WrongPerson`.

    Nobody decides for their home unit, its parent or its children. The Inspektorat, and only it,
    decides for Setda and its bagian.
    """
    if not isinstance(user, User):
        raise WrongPerson
    roles = roles_of(user)
    refusal = WrongRole if roles.isdisjoint((role, INSPECTOR)) else WrongPerson
    offices = set()
    for unit in units:
        needed = office_deciding(unit, role)
        if needed not in roles:
            raise refusal(
                f"Keputusan untuk {unit} hanya dapat diambil oleh {needed}"
                + (", karena Sekretariat Daerah tidak memutuskan perkaranya sendiri." if needed != role else ".")
            )
        _must_be_no_home(user, unit)
        offices.add(needed)
    return _desk(user, min(offices))


def allows(question: Callable[..., object], *asked: object) -> bool:
    """Whether a `require_*` lets somebody: `allows(require_chaser, user)`."""
    try:
        question(*asked)
    except WrongPerson:
        return False
    return True


def require_other(user: Actor, *others: User | None, what: str) -> None:
    """Four eyes: refuses a user who already did the earlier step, which `what` names."""
    if any(other is not None and other == user for other in others):
        raise WrongPerson(f"Empat mata: {what}, jadi orang lain yang harus memutuskan.")
