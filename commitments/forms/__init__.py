from commitments.forms.plan import CommitmentForm, TargetForm
from commitments.forms.report import EvidenceForm, EvidenceRows, ReportForm
from commitments.forms.revision import FrequencyForm, ReasonForm, RevisionForm
from commitments.forms.steps import Walk

__all__ = (
    "CommitmentForm",
    "EvidenceForm",
    "EvidenceRows",
    "FrequencyForm",
    "ReasonForm",
    "ReportForm",
    "RevisionForm",
    "TargetForm",
    "Walk",
)
