"""Registers the admin pages of this app: Django looks for them here."""

from commitments.secretariat import (
    agreement,
    chasing,
    evidence,
    measurements,
    proposals,
    rechecks,
    revisions,
    unit_changes,
)
from commitments.secretariat.printing import views

__all__ = (
    "agreement",
    "chasing",
    "evidence",
    "measurements",
    "proposals",
    "rechecks",
    "revisions",
    "unit_changes",
    "views",
)
