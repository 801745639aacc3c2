"""SheetQuestions of an import: what a sheet leaves open is asked, and never guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_LINES_NAMED = 8
ANSWER_PREFIX = "jawab-"


@dataclass
class Question:
    """Something that can be read in several ways, on some lines; `answer`: the code of the option that was chosen."""

    key: str
    text: str
    options: tuple[tuple[str, str], ...]  # (code, how it reads)
    hint: str = ""
    answer: str = ""
    lines: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the answer is called in a form: a key can hold words of the sheet, which make no good name."""
        return f"{ANSWER_PREFIX}{hashlib.sha256(self.key.encode()).hexdigest()[:16]}"

    @property
    def where(self) -> str:
        """`baris 3, 4 dan 12 lainnya`"""
        return lines_named(self.lines) if self.lines else ""


class Unanswered(Exception):
    """Error: a row that cannot be read before a question is answered."""


class SheetQuestions:
    """All questions of one sheet, and what is worth saying about the row at hand. `answers`: by `Question.name`."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers, self.asked = answers, dict[str, Question]()
        self.line, self.notes = 0, list[str]()

    def begin(self, line: int) -> list[str]:
        """Starts a row; returns the list to which its notes are going to be added."""
        self.line, self.notes = line, []
        return self.notes

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def ask(self, key: str, text: str, options: tuple[tuple[str, str], ...], hint: str = "") -> str:
        """The code of the chosen option; Unanswered while nothing, or something else, was chosen."""
        question = self.asked.setdefault(key, Question(key, text, options, hint))
        if self.line and self.line not in question.lines[-1:]:
            question.lines.append(self.line)
        given = self.answers.get(question.name, "")
        if given not in dict(question.options):
            raise Unanswered(key)
        question.answer = given
        return given

    def chosen(self, key: str, text: str, options: tuple[tuple[str, str], ...], *, until: str) -> str:
        """The same, for what the reading goes on without: `until` an answer comes, it is read in this way."""
        try:
            return self.ask(key, text, options)
        except Unanswered:
            return until

    @property
    def open(self) -> list[Question]:
        return [question for question in self.asked.values() if not question.answer]


def lines_named(lines: list[int]) -> str:
    """`baris 3, 4 dan 5`; of very many, the first ones and how many more."""
    if len(lines) > MAX_LINES_NAMED:
        first = ", ".join(map(str, lines[:MAX_LINES_NAMED]))
        return f"baris {first}, dan {len(lines) - MAX_LINES_NAMED} lainnya"
    *first_ones, last = map(str, lines)
    return f"baris {', '.join(first_ones)} dan {last}" if first_ones else f"baris {last}"
