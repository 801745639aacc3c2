"""The page that compares a head kept by somebody with the register."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.enums import TextChoices

from opd import register
from opd.models import Entry


class HeadAnswer(TextChoices):
    """What the register says about a kept head; nothing (None) while nobody has asked."""

    CONTINUES = "continues"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True)
class HeadCheck:
    """A kept head as the reader wrote it, and the answer to it."""

    text: str
    answer: HeadAnswer | None = None
    kept: register.KeptHead | None = None
    last: Entry | None = None  # of the register now; None while it is empty

    @property
    def more(self) -> int:
        """The number of entries since the kept head."""
        return self.last.seq - self.kept.seq if self.last and self.kept else 0


def head_check(text: str) -> HeadCheck:
    """The answer to a head as somebody wrote it; at most one query beside the register's ends."""
    if not text.strip():
        return HeadCheck("")
    kept, last = register.KeptHead.read(text), register.ends().head
    if kept is None:
        return HeadCheck(text, HeadAnswer.MALFORMED, last=last)
    found = Entry.objects.filter(seq=kept.seq).values_list("hash", flat=True).first()
    if found is None:
        return HeadCheck(text, HeadAnswer.UNKNOWN, kept, last)
    return HeadCheck(text, HeadAnswer.CONTINUES if found == kept.hash else HeadAnswer.DIFFERS, kept, last)
