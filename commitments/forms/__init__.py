from commitments.forms.plan import CommitmentForm, ReasonForm, RevisionForm, TargetForm
from commitments.forms.report import EvidenceForm, EvidenceRows, ReportForm

__all__ = (
    "CommitmentForm",
    "EvidenceForm",
    "EvidenceRows",
    "ReasonForm",
    "ReportForm",
    "RevisionForm",
    "TargetForm",
)
