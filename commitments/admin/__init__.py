from commitments.admin import agreement, changes, exhibits, measurements, paper, plans, rechecks

__all__ = ("agreement", "changes", "exhibits", "measurements", "paper", "plans", "rechecks")
