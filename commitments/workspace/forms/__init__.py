"""The forms of the workspace: all of them can be imported from here."""

from commitments.workspace.forms.evidence import EvidenceForm, EvidenceRows
from commitments.workspace.forms.proposal import CommitmentForm, TargetForm
from commitments.workspace.forms.report import PreviewForm, ReportForm
from commitments.workspace.forms.revision import FrequencyForm, PublicReasonForm, RevisionForm
from commitments.workspace.forms.wizard import Wizard

__all__ = (
    "CommitmentForm",
    "EvidenceForm",
    "EvidenceRows",
    "FrequencyForm",
    "PreviewForm",
    "PublicReasonForm",
    "ReportForm",
    "RevisionForm",
    "TargetForm",
    "Wizard",
)
