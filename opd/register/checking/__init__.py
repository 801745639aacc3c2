"""Checking the register: the chain of entries, a head kept elsewhere, and the replay against the tables."""

from opd.register.checking.plan import ALSO_CHECKED, AlsoChecked, CheckRun
from opd.register.checking.replay import check
from opd.register.checking.tables import UNREADABLE, registered_models

__all__ = ("ALSO_CHECKED", "UNREADABLE", "AlsoChecked", "CheckRun", "check", "registered_models")
