from opd.admin import accounts, invitations, roster

__all__ = ("accounts", "invitations", "roster")
