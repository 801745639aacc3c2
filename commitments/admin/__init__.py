from commitments.admin import agreement, changes, measurements, paper, plans

__all__ = ("agreement", "changes", "measurements", "paper", "plans")
