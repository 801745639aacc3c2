"""The forms of the workspace: all of them can be imported from here."""

from commitments.workspace.forms.evidence import EvidenceForm, EvidenceRows
from commitments.workspace.forms.proposal import CommitmentForm, TargetForm
from commitments.workspace.forms.proposal_steps import COMMITMENT_STEPS, FOLDED_FIELDS, TARGET_STEPS, step_hint
from commitments.workspace.forms.report import PreviewForm, ReportForm
from commitments.workspace.forms.revision import FrequencyForm, PublicReasonForm, RevisionForm

__all__ = (
    "COMMITMENT_STEPS",
    "FOLDED_FIELDS",
    "TARGET_STEPS",
    "CommitmentForm",
    "EvidenceForm",
    "EvidenceRows",
    "FrequencyForm",
    "PreviewForm",
    "PublicReasonForm",
    "ReportForm",
    "RevisionForm",
    "TargetForm",
    "step_hint",
)
