"""The questions that the register asks of a report, beside the answers typed so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from commitments.models import Measurement, ServiceTarget
from commitments.workspace.cases.forms import QUESTION_FIELD, CountedReportForm, answers_in
from commitments.workspace.forms.report import ReportForm
from opd import clock


@dataclass(frozen=True)
class ShownQuestion:
    """One question on the form of a report, with the name of its field."""

    code: str
    text: str
    rule: str
    answer: str

    @property
    def field(self) -> str:
        return f"{QUESTION_FIELD}{self.code}"


def shown_questions(
    form: ReportForm, target: ServiceTarget, base: Measurement | None, posted: QueryDict
) -> list[ShownQuestion]:
    """What will be asked of this report, as far as it is known; answers of the draft or of this form."""
    given = answers_in(posted)
    if base and not base.submitted_at:
        given = {one.code: one.answer for one in base.questions_asked.all()} | given
    if isinstance(form, CountedReportForm):
        put = form.case_file.put_questions()
    elif form.is_bound and form.is_valid():
        facts = form.facts()
        draft = Measurement(target=target, chain=base.chain if base else clock.new_uuid(), **facts)
        put = draft.questions_to_put()
    else:
        put = []
    return [ShownQuestion(*one, answer=given.get(one.code, "")) for one in put]
