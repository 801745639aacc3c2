from opd.models.base import Certainty, Registered
from opd.models.change import UnitChange
from opd.models.entry import Entry
from opd.models.invitation import Invitation
from opd.models.membership import Membership
from opd.models.people import Person, Tenure
from opd.models.unit import Kind, Unit, UnitName

__all__ = (
    "Certainty",
    "Entry",
    "Invitation",
    "Kind",
    "Membership",
    "Person",
    "Registered",
    "Tenure",
    "Unit",
    "UnitChange",
    "UnitName",
)
