from opd.admin import accounts, roster

__all__ = ("accounts", "roster")
