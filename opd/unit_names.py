"""Finds the unit that somebody means: by its code, a name it ever had, or as people shorten and spell such names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from opd import texts

SHORT_FORMS = {
    "&": "dan",
    "kec": "kecamatan",
    "bag": "bagian",
    "setda": "sekretariat daerah",
    "setwan": "sekretariat dewan perwakilan rakyat daerah",
    "dprd": "dewan perwakilan rakyat daerah",
    "smg": "semarang",
}
CITY = re.compile(r"\b(?:pemerintah |pemkot )?(?:kota|pemkot) (?:semarang|smg)\b")
KIND_WORDS = frozenset(
    {"dinas", "badan", "bagian", "kecamatan", "kantor", "uptd", "bumd", "pd", "pt", "perumda", "rsud"}
)
FILLERS = frozenset({"dan", "di", "dengan", "dgn", "kota"})
SHORTEST_ACRONYM = 5  # letters; shorter ones fit half of all names
SHORTEST_TELLING_WORD = 5
MOST_LIKELY_UNITS = 6  # a text that may mean more of them says nothing


class UnitMatch(NamedTuple):
    """The units that a text may mean. `is_sure`: the text fits in a way that leaves no doubt where it is one."""

    codes: tuple[str, ...] = ()
    is_sure: bool = False
    is_exact: bool = False  # a code, name or short name as it is on record


def words_of(text: str) -> list[str]:
    """The words of a name in small letters, short forms written out, without the name of the city."""
    plain = texts.tidy(text).casefold().replace("&", " & ")
    words = re.sub(r"[^\w&]+", " ", plain).replace("_", " ").split()
    return CITY.sub(" ", " ".join(SHORT_FORMS.get(word, word) for word in words)).split()


def squeezed(words: Iterable[str]) -> str:
    """The words as one, without those that people leave out or add: `gajah mungkur` is `gajahmungkur`."""
    return "".join(word for word in words if word not in FILLERS)


@dataclass
class UnitNames:
    """The names of all units, ready to be looked up."""

    whole: dict[str, set[str]] = field(default_factory=dict)  # a name as one word -> codes
    without_kind: dict[str, set[str]] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)  # code -> the words of all its names
    names: dict[str, set[str]] = field(default_factory=dict)  # code -> its full names as one word each

    def learn(self, code: str, *names: str) -> None:
        """Adds a unit, or more names of it; the first is its full name."""
        self.names.setdefault(code, set()).update(squeezed(words_of(name)) for name in names[:1])
        for name in (code, *names):
            words = words_of(name)
            self.words.setdefault(code, set()).update(words)
            self.whole.setdefault(squeezed(words), set()).add(code)
            bare = squeezed(word for word in words if word not in KIND_WORDS)
            self.without_kind.setdefault(bare, set()).add(code)

    def matching(self, text: str) -> UnitMatch:
        words = words_of(text)
        name = squeezed(words)
        if not name:
            return UnitMatch()
        if codes := self.whole.get(name):
            return UnitMatch(tuple(sorted(codes)), is_sure=True, is_exact=True)
        for codes in (self.without_kind.get(name), self._beginning_alike(words), self._shortened_to(words)):
            if codes:
                return UnitMatch(tuple(sorted(codes)), is_sure=True)
        likely = self._with_all(words) or self._told_by(words)
        return UnitMatch(tuple(sorted(likely)) if len(likely) <= MOST_LIKELY_UNITS else ())

    def near(self, text: str) -> str:
        """The code of the unit whose name is most like a text; "" when none is."""
        close = difflib.get_close_matches(squeezed(words_of(text)), self.whole, n=1, cutoff=0.6)
        return min(self.whole[close[0]]) if close else ""

    def _beginning_alike(self, words: list[str]) -> set[str]:
        """Units with every word of the text in their names, which begin with its first one: what is left out is
        the rest."""
        if len(words) < 2:
            return set()
        found = {
            code for code in self._with_all(words) if any(full.startswith(words[0]) for full in self.names[code])
        }
        return found if len(found) <= MOST_LIKELY_UNITS else set()

    def _with_all(self, words: list[str]) -> set[str]:
        """Units whose names hold every word of the text."""
        wanted = set(words) - FILLERS
        return {code for code, known in self.words.items() if wanted and wanted <= known}

    def _shortened_to(self, words: list[str]) -> set[str]:
        """Units of whose full name one word holds letters in order: DISPENDUKCAPIL."""
        if len(words) != 1 or len(words[0]) < SHORTEST_ACRONYM or words[0] in KIND_WORDS:
            return set()
        found = {code for code, full in self.names.items() if any(_holds(one, words[0]) for one in full)}
        return found if len(found) <= MOST_LIKELY_UNITS else set()

    def _told_by(self, words: list[str]) -> set[str]:
        """Units that alone have a word of the text: likely, not certain."""
        found = set()
        for word in words:
            codes = {code for code, known in self.words.items() if word in known}
            if len(codes) == 1 and len(word) >= SHORTEST_TELLING_WORD and word not in KIND_WORDS:
                found |= codes
        return found


def _holds(full: str, short: str) -> bool:
    """Whether the letters of a short form stand in a name in their order, and both begin alike."""
    rest = iter(full)
    return full[:1] == short[:1] and all(letter in rest for letter in short)
