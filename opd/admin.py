"""Registers the admin pages of this app: Django looks for them here."""

from opd.roster import accounts, invitations, memberships, units_and_people, witnesses

__all__ = ("accounts", "invitations", "memberships", "units_and_people", "witnesses")
