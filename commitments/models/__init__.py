"""The models of commitments: all of them can be imported from here."""

from commitments.ladder.evidence_kinds import EvidenceKind
from commitments.models.agreement import Memorandum, PublicFact, Signature
from commitments.models.beside.assessment import Assessment, AssessmentCertainty
from commitments.models.beside.training import Training
from commitments.models.cases.calendar import DayOff, Holiday, HolidayYear, calendar_on_record
from commitments.models.cases.case_file import CaseFile, CaseMapping
from commitments.models.cases.question import MeasurementQuestion
from commitments.models.cases.stated_clock import BaselineByClock, ClockStart, ClockStop, ClockUnit, StatedClock
from commitments.models.commitment import Acknowledgement, Assignment, Commitment, Dimension
from commitments.models.decision import Decision, MeasurementState, Verdict
from commitments.models.evidence import Evidence
from commitments.models.kept import KeptLadder, KeptTarget, KeptUnit, MonthEnd
from commitments.models.measurement import Measurement
from commitments.models.proposal import ProposalDraft, ProposalStep, StepKind
from commitments.models.recheck import Recheck, RecheckItem
from commitments.models.reminder import (
    CalendarAddress,
    Frequency,
    Reminder,
    ReminderChannel,
    ReminderChoice,
    ReminderKind,
)
from commitments.models.revision import RevisedField, TargetRevision
from commitments.models.target import ServiceTarget
from commitments.models.transfer import Inheritance
from commitments.models.values import Direction, Family, Origin, Statistic

__all__ = (
    "Acknowledgement",
    "Assessment",
    "AssessmentCertainty",
    "Assignment",
    "BaselineByClock",
    "CalendarAddress",
    "CaseFile",
    "CaseMapping",
    "ClockStart",
    "ClockStop",
    "ClockUnit",
    "Commitment",
    "DayOff",
    "Decision",
    "Dimension",
    "Direction",
    "Evidence",
    "EvidenceKind",
    "Family",
    "Frequency",
    "Holiday",
    "HolidayYear",
    "Inheritance",
    "KeptLadder",
    "KeptTarget",
    "KeptUnit",
    "Measurement",
    "MeasurementQuestion",
    "MeasurementState",
    "Memorandum",
    "MonthEnd",
    "Origin",
    "ProposalDraft",
    "ProposalStep",
    "PublicFact",
    "Recheck",
    "RecheckItem",
    "Reminder",
    "ReminderChannel",
    "ReminderChoice",
    "ReminderKind",
    "RevisedField",
    "ServiceTarget",
    "Signature",
    "StatedClock",
    "Statistic",
    "StepKind",
    "TargetRevision",
    "Training",
    "Verdict",
    "calendar_on_record",
)
