from commitments.admin import agreement, changes, exhibits, measurements, paper, plans, rechecks, revisions

__all__ = ("agreement", "changes", "exhibits", "measurements", "paper", "plans", "rechecks", "revisions")
