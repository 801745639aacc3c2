from commitments.models.agreement import Memorandum, PublicFact, Signature
from commitments.models.commitment import Acknowledgement, Assignment, Commitment, Dimension
from commitments.models.measurement import Decision, Evidence, Measurement, Verdict
from commitments.models.target import Direction, Family, ServiceTarget, Statistic, TargetRevision

__all__ = (
    "Acknowledgement",
    "Assignment",
    "Commitment",
    "Decision",
    "Dimension",
    "Direction",
    "Evidence",
    "Family",
    "Measurement",
    "Memorandum",
    "PublicFact",
    "ServiceTarget",
    "Signature",
    "Statistic",
    "TargetRevision",
    "Verdict",
)
