from commitments.admin import agreement, changes, chasing, exhibits, measurements, paper, plans, rechecks, revisions

__all__ = ("agreement", "changes", "chasing", "exhibits", "measurements", "paper", "plans", "rechecks", "revisions")
