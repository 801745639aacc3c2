"""The one answer of each signer on a day: has it moved past the ceremony (docs/aturan.md, section 3)?"""

from django.db.models import Case, CharField, Value, When
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.ladder import PAST_CEREMONY, Rung


class Answer(TextChoices):
    """The four answers, from the best to the one that needs the first step; they add up to the signers."""

    PAST = "past", _("sudah melewati seremoni")
    LAPSED = "lapsed", _("sudah, tetapi kini diam")
    NOT_YET = "not_yet", _("belum")
    NO_TARGET = "no_target", _("belum ada target")


def answer_of(rung: int, silent: int) -> Answer:
    """The answer of a unit with this rung; silent: 1 when the unit is silent."""
    if rung >= PAST_CEREMONY:
        return Answer.LAPSED if silent else Answer.PAST
    return Answer.NOT_YET if rung > Rung.SIGNED else Answer.NO_TARGET


LAPSED_STEP = Answer.LAPSED.value
# The ladder as it is drawn, from the top: the rungs past the ceremony, what lapsed, and the rungs before it.
STEPS = (
    *(str(rung.value) for rung in sorted(Rung, reverse=True) if rung >= PAST_CEREMONY),
    LAPSED_STEP,
    *(str(rung.value) for rung in sorted(Rung, reverse=True) if rung < PAST_CEREMONY),
)

STEP_LABELS = {step: _("Kini diam") if step == LAPSED_STEP else Rung(int(step)).label for step in STEPS}


def step_of(rung: int, silent: int) -> str:
    """Where a unit stands on the drawn ladder, one of STEPS: on its rung, unless it has lapsed."""
    return LAPSED_STEP if answer_of(rung, silent) is Answer.LAPSED else str(int(rung))


def answer_column() -> Case:
    """The same as a column, for rows that have the columns of `ladder.UNIT_COLUMNS`."""
    return Case(
        When(rung__gte=PAST_CEREMONY, silent=0, then=Value(Answer.PAST.value)),
        When(rung__gte=PAST_CEREMONY, then=Value(Answer.LAPSED.value)),
        When(rung__gt=Rung.SIGNED, then=Value(Answer.NOT_YET.value)),
        default=Value(Answer.NO_TARGET.value),
        output_field=CharField(),
    )
