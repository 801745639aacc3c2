"""The page of one answer on a day: the signers that have it, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from commitments.formats import plain_name
from commitments.ladder.answers import Answer
from commitments.lists.unit_rows import UnitDetails, UnitListRow, unit_details, unit_list_rows
from commitments.reports.home_page import Headline, agreement, headline
from commitments.reports.month_ends import last_past_months
from commitments.reports.succession import SharedOffice, shared_offices


@dataclass(frozen=True)
class AnsweredUnit:
    """A signer on the page of its answer."""

    line: UnitListRow
    last_past_on: date | None  # the end of the last month in which it was past the ceremony, before this one
    more: UnitDetails | None


@dataclass(frozen=True)
class AnswerPage:
    """The signers with one answer, in alphabetical order, beside the headline of all."""

    answer: Answer
    headline: Headline
    units: tuple[AnsweredUnit, ...]
    shared_offices: list[SharedOffice]


def answer_page(code: str, day: date) -> AnswerPage | None:
    """The page of the answer with this code, or None for an unknown code."""
    if code not in Answer.values:
        return None
    memorandum = agreement()
    signers = [line for line in unit_list_rows(day) if line.signed] if memorandum else []
    shown = sorted((line for line in signers if line.unit.answer == code), key=lambda line: plain_name(line.name))
    more = unit_details(shown, day)
    last = {} if code == Answer.PAST else last_past_months(day)
    return AnswerPage(
        answer=Answer(code),
        headline=headline([line.unit for line in signers], memorandum.parties_stated if memorandum else None),
        units=tuple(AnsweredUnit(line, last.get(line.code), more.get(line.unit.pk)) for line in shown),
        shared_offices=shared_offices((line.unit for line in shown), day),
    )
