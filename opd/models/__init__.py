"""The models of units, people, memberships, staff roles and invitations, and the register's model."""

from opd.models.access_record import AccessRecord
from opd.models.invitation import Invitation
from opd.models.membership import Membership
from opd.models.operator import RegisterOperator
from opd.models.people import Person, Tenure
from opd.models.staff_role import StaffRole
from opd.models.unit import Unit, UnitKind, UnitName
from opd.models.unit_change import UnitChange
from opd.models.witness import HeadLetter, Witness
from opd.register.entry import Entry
from opd.register.registered import Certainty, Registered

__all__ = (
    "AccessRecord",
    "Certainty",
    "Entry",
    "HeadLetter",
    "Invitation",
    "Membership",
    "Person",
    "RegisterOperator",
    "Registered",
    "StaffRole",
    "Tenure",
    "Unit",
    "UnitChange",
    "UnitKind",
    "UnitName",
    "Witness",
)
