from commitments.models.agreement import Memorandum, PublicFact, Signature
from commitments.models.commitment import Acknowledgement, Assignment, Commitment, Dimension
from commitments.models.decision import Decision, Verdict
from commitments.models.measurement import Measurement
from commitments.models.proof import Evidence
from commitments.models.recheck import Recheck, RecheckItem
from commitments.models.revision import TargetRevision
from commitments.models.target import Direction, Family, ServiceTarget, Statistic

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
    "Recheck",
    "RecheckItem",
    "ServiceTarget",
    "Signature",
    "Statistic",
    "TargetRevision",
    "Verdict",
)
