from commitments.admin import agreement, changes, measurements, plans

__all__ = ("agreement", "changes", "measurements", "plans")
