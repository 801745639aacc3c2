"""Registers the admin pages of this app: Django looks for them here."""

from commitments.secretariat import (
    agreement,
    calendar,
    case_files,
    chasing,
    evidence,
    measurements,
    proposals,
    rechecks,
    revisions,
)
from commitments.secretariat.beside import assessments, trainings
from commitments.secretariat.printing import views
from commitments.secretariat.unit_changes import admin as unit_changes
from commitments.secretariat.work import list_files

__all__ = (
    "agreement",
    "assessments",
    "calendar",
    "case_files",
    "chasing",
    "evidence",
    "list_files",
    "measurements",
    "proposals",
    "rechecks",
    "revisions",
    "trainings",
    "unit_changes",
    "views",
)
