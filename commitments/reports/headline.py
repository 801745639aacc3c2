"""The headline: how many signers have which answer on a day, as figures and as one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from commitments.formats import number
from commitments.ladder.answers import Answer


@dataclass(frozen=True)
class AnswerCount:
    """One part of the headline: an answer, the number of signers that have it, and the words after the number."""

    answer: Answer
    count: int
    words: str


@dataclass(frozen=True)
class Headline:
    """Counts of signers; the four answers add up to `signed`."""

    signed: int
    stated: int | None  # number of parties in the source; None when it gives none
    answers: Mapping[str, int]
    claiming: int  # of those that are not past the ceremony: would be, if all that waits were verified

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.signed

    @property
    def past(self) -> int:
        return self.answers[Answer.PAST]

    @property
    def has_no_target(self) -> bool:
        """Whether no signer has a target yet."""
        return self.answers[Answer.NO_TARGET] == self.signed

    @property
    def parts(self) -> tuple[AnswerCount, ...]:
        """Every answer that some signer has, and always the first."""
        return tuple(
            AnswerCount(answer, self.answers[answer], self._words(answer))
            for answer in Answer
            if self.answers[answer] or answer is Answer.PAST
        )

    @property
    def sentence(self) -> str:
        """`14 dari 70 unit sudah melewati seremoni · 4 sudah, tetapi kini diam · ...`, in the language in force."""
        return " · ".join(f"{number(part.count)} {part.words}" for part in self.parts)

    def _words(self, answer: Answer) -> str:
        if answer is Answer.PAST:
            return gettext("dari %(signed)s unit sudah melewati seremoni") % {"signed": number(self.signed)}
        if answer is Answer.NOT_YET and self.claiming:
            return gettext("belum, %(claiming)s di antaranya mengaku") % {"claiming": number(self.claiming)}
        return str(answer.label)


def headline(units: Iterable[Any], stated: int | None) -> Headline:
    """The headline of signers that have the ladder of a day; stated: the number of parties that the source gives."""
    units = list(units)
    counts = Counter(unit.answer for unit in units)
    return Headline(
        signed=len(units),
        stated=stated,
        answers={answer: counts[answer] for answer in Answer},
        claiming=sum(unit.past_ceremony_claimed and not unit.past_ceremony for unit in units),
    )
