from commitments.forms.evidence import EvidenceForm, EvidenceRows
from commitments.forms.plan import CommitmentForm, TargetForm
from commitments.forms.report import ForesightForm, ReportForm
from commitments.forms.revision import FrequencyForm, ReasonForm, RevisionForm
from commitments.forms.steps import Walk

__all__ = (
    "CommitmentForm",
    "EvidenceForm",
    "EvidenceRows",
    "ForesightForm",
    "FrequencyForm",
    "ReasonForm",
    "ReportForm",
    "RevisionForm",
    "TargetForm",
    "Walk",
)
