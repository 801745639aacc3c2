from commitments.models.agreement import Memorandum, PublicFact, Signature
from commitments.models.commitment import Acknowledgement, Assignment, Commitment, Dimension
from commitments.models.decision import Decision, Verdict
from commitments.models.evidence import Evidence
from commitments.models.inheritance import Inheritance
from commitments.models.measurement import Measurement
from commitments.models.month_end import MonthEnd
from commitments.models.proposal_draft import PlanDraft
from commitments.models.recheck import Recheck, RecheckItem
from commitments.models.reminder import CalendarAddress, Frequency, Reminder, ReminderChoice
from commitments.models.revision import TargetRevision
from commitments.models.target import Direction, Family, ServiceTarget, Statistic

__all__ = (
    "Acknowledgement",
    "Assignment",
    "CalendarAddress",
    "Commitment",
    "Decision",
    "Dimension",
    "Direction",
    "Evidence",
    "Family",
    "Frequency",
    "Inheritance",
    "Measurement",
    "Memorandum",
    "MonthEnd",
    "PlanDraft",
    "PublicFact",
    "Recheck",
    "RecheckItem",
    "Reminder",
    "ReminderChoice",
    "ServiceTarget",
    "Signature",
    "Statistic",
    "TargetRevision",
    "Verdict",
)
