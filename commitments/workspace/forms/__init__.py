from commitments.workspace.forms.evidence import EvidenceForm, EvidenceRows
from commitments.workspace.forms.proposal import CommitmentForm, TargetForm
from commitments.workspace.forms.report import ForesightForm, ReportForm
from commitments.workspace.forms.revision import FrequencyForm, ReasonForm, RevisionForm
from commitments.workspace.forms.wizard import Walk

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
