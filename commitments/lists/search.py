"""The search of the lists: what a reader typed, as terms that a row must meet, and the units that it names.

A term is met by a text with its words, or by a unit that its words name: `fixtures/search_words.csv` says who
handles what citizens call KTP or bansos, `fixtures/kelurahan.csv` in which kecamatan a kelurahan lies, and
`opd/unit_names.py` how people write the names of units. A word that nothing in the register has is also looked for as
the ones most like it. Everything is decided here, before a database is asked: every database finds the same rows.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import CharField, Q, Value

from commitments.models import Commitment, PublicFact, ServiceTarget
from opd.models import UnitName
from opd.register import ends
from opd.unit_names import UnitMatch, UnitNames, squeezed, words_of

WORDS_FILE = settings.BASE_DIR / "fixtures" / "search_words.csv"
KELURAHAN_FILE = settings.BASE_DIR / "fixtures" / "kelurahan.csv"
KECAMATAN_CODE_LETTERS = len("33.74.01")  # of the official code of a kelurahan
REFERENCE = re.compile(r"[a-z][a-z0-9-]*-\d+")  # of a commitment or a target
MAX_PHRASE_WORDS = 4
SHORTEST_RESPELT_WORD = 4  # letters; shorter ones are like too many others
LIKENESS, FAINT_LIKENESS = 0.8, 0.6  # how like a word must be to be looked for too, and to be suggested
MAX_SUGGESTED_UNITS = 6
ASIDE = frozenset(  # words beside what is looked for: left out where another one names a unit
    {
        *(
            "cara",
            "bikin",
            "buat",
            "membuat",
            "urus",
            "mengurus",
            "ngurus",
            "syarat",
            "daftar",
            "bayar",
            "perpanjang",
        ),
        *("hilang", "baru", "liar", "kantor", "di", "ke", "untuk", "yang"),
        *("how", "to", "pay", "get", "new", "my", "the", "of", "for", "a", "an", "office", "apply"),
    }
)


class Keyword(NamedTuple):
    """A word or a few that name units: those with these codes, of these kinds, or with this official code."""

    label: str
    units: frozenset[str]


@cache
def keywords() -> dict[str, Keyword]:
    """Each keyword by its letters, from the two files."""
    found: dict[str, Keyword] = {}
    with KELURAHAN_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key, units = _key(row["name"]), {row["code"][:KECAMATAN_CODE_LETTERS]}
            known = found.get(key)  # two kecamatan have a kelurahan of one name
            found[key] = Keyword(f"Kelurahan {row['name']}", frozenset(units | set(known.units if known else ())))
    with WORDS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            units = set(row["units"].split(";"))
            for label in f"{row['words']};{row['english']}".split(";"):
                if key := _key(label):
                    known = found.get(key)
                    found[key] = Keyword(label, frozenset(units | set(known.units if known else ())))
    return found


def _pieces(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _key(text: str) -> str:
    return squeezed(_pieces(text))


@dataclass(frozen=True)
class SearchTerm:
    """One word of a search, or a few that belong together."""

    typed: str
    options: tuple[tuple[str, ...], ...]  # a text meets it when it has every word of one of them
    codes: frozenset[str] = frozenset()  # the units that it names
    label: str = ""  # the keyword that names them
    respelt: tuple[str, ...] = ()  # words like it, where nothing has it as it was typed

    def is_met(self, text: str, code: str) -> bool:
        return code in self.codes or any(all(word in text for word in words) for words in self.options)

    def condition(self, column: str, code: str) -> Q:
        """The same for a database: `column` holds the text, `code` the code of the unit."""
        found = Q(**{f"{code}__in": self.codes}) if self.codes else Q()
        for words in self.options:
            every = Q()
            for word in words:
                every &= Q(**{f"{column}__icontains": word})
            found |= every
        return found


@dataclass(frozen=True)
class Search:
    """What a reader looks for; `codes`: the units that the whole text names."""

    terms: tuple[SearchTerm, ...] = ()
    codes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def named(self) -> frozenset[str]:
        """The units that come first when they are found."""
        return self.codes.union(*(term.codes for term in self.terms))

    @property
    def respelt(self) -> list[tuple[str, str]]:
        """(what was typed, what is looked for too)."""
        return [(term.typed, ", ".join(term.respelt)) for term in self.terms if term.respelt]

    def finds(self, texts: Iterable[str], code: str) -> bool:
        """Whether one of these texts of a unit, in lower case, meets every term."""
        return code in self.codes or any(self.is_met(text, code) for text in texts)

    def is_met(self, text: str, code: str = "") -> bool:
        return all(term.is_met(text, code) for term in self.terms)

    def condition(self, column: str, code: str) -> Q:
        found = Q()
        for term in self.terms:
            found &= term.condition(column, code)
        return found

    def labels(self, code: str) -> list[str]:
        """The keywords that name this unit."""
        return [term.label for term in self.terms if term.label and code in term.codes]


@dataclass
class KnownWords:
    """The words that the register has: names of units, keywords that name a unit that exists, services, titles."""

    units: UnitNames = field(default_factory=UnitNames)
    keywords: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)  # letters -> label, codes
    words: list[str] = field(default_factory=list)
    joined: str = ""  # the words as one text


def known_words() -> KnownWords:
    """The same for the register as it is now."""
    last = ends().head
    return _known_words(last.hash if last else "")


@lru_cache(maxsize=2)
def _known_words(version: str) -> KnownWords:
    found, texts = KnownWords(), []
    named: dict[str, set[str]] = {}
    for code, kind, official_code, text, short in _texts():
        if code:
            found.units.learn(code, text, short)
            for one in (code, kind, official_code):
                named.setdefault(one, set()).add(code)
        else:
            texts.append(text)
    for key, keyword in keywords().items():
        if codes := frozenset(code for one in keyword.units for code in named.get(one, ())):
            found.keywords[key] = keyword.label, codes
    texts += (label for label, _ in found.keywords.values())
    found.words = sorted({*chain(*found.units.words.values()), *chain(*(_pieces(text) for text in texts))})
    found.joined = " ".join(found.words)
    return found


def _texts() -> Iterable[tuple[str, ...]]:
    """(code, kind and official code, name, short name) of units, and with empty codes what else has words."""
    columns = ("unit__code", "unit__unit_kind", "unit__official_code", "name", "short_name")
    none = [Value("", CharField())] * 3
    others = (
        (ServiceTarget.objects.exclude(published_at=None), "service"),
        (Commitment.objects.exclude(published_at=None), "title"),
        (PublicFact.objects.all(), "service"),
    )
    rows: Any = UnitName.objects.order_by().values_list(*columns)
    return rows.union(*(some.order_by().values_list(*none, column, column) for some, column in others))


def search_for(text: str) -> Search:
    """What somebody looks for who typed this text."""
    tokens = text.casefold().split()
    if not tokens:
        return Search()
    known = known_words()
    terms = list(_terms(tokens, known))
    if any(term.codes for term in terms):
        terms = [term for term in terms if term.codes or term.typed not in ASIDE]
    match = UnitMatch() if any(map(REFERENCE.fullmatch, tokens)) else known.units.matching(text)
    is_named = match.is_exact or (match.is_sure and len(tokens) > 1)
    return Search(tuple(dict.fromkeys(terms)), frozenset(match.codes if is_named else ()))


def _terms(tokens: list[str], known: KnownWords) -> Iterator[SearchTerm]:
    words: list[str] = []
    for token in tokens:
        words += [token] if REFERENCE.fullmatch(token) else _pieces(token) or [token]
    place = 0
    while place < len(words):
        size = next((n for n in range(MAX_PHRASE_WORDS, 1, -1) if _is_keyword(words[place : place + n], known, n)), 1)
        yield _term(words[place : place + size], known)
        place += size


def _is_keyword(words: list[str], known: KnownWords, size: int) -> bool:
    return len(words) == size and squeezed(words) in known.keywords


def _term(words: list[str], known: KnownWords) -> SearchTerm:
    typed = " ".join(words)
    if REFERENCE.fullmatch(typed):
        return SearchTerm(typed, ((typed,),))
    options = tuple(dict.fromkeys((tuple(words), tuple(words_of(typed)) or tuple(words))))
    label, codes = known.keywords.get(squeezed(words), ("", frozenset()))
    match = known.units.matching(typed)
    if match.is_exact or squeezed(words) in known.units.without_kind:
        codes |= frozenset(match.codes)
    term = SearchTerm(typed, options, codes, label)
    if codes or len(words) > 1 or typed in ASIDE or any(word in known.joined for word in chain(*options)):
        return term
    return _respelt(term, known) or (replace(term, codes=frozenset(match.codes)) if match.is_sure else term)


def _respelt(term: SearchTerm, known: KnownWords) -> SearchTerm | None:
    """The term with the words most like it."""
    if len(term.typed) < SHORTEST_RESPELT_WORD:
        return None
    like = difflib.get_close_matches(term.typed, known.words, n=2, cutoff=LIKENESS)
    if not like:
        return None
    codes = frozenset(chain(*(_named_by(word, known) for word in like)))
    return replace(term, options=(*term.options, *((word,) for word in like)), codes=codes, respelt=tuple(like))


def _named_by(word: str, known: KnownWords) -> frozenset[str]:
    _, codes = known.keywords.get(word, ("", frozenset()))
    return codes | frozenset(known.units.without_kind.get(word, ()))


def suggested_units(search: Search) -> list[str]:
    """Codes of units to try when nothing is found: what a part of the search names, or a word faintly like it."""
    known, found = known_words(), sorted(search.named)
    for term in () if found else search.terms:
        if len(term.typed) >= SHORTEST_RESPELT_WORD:
            like = difflib.get_close_matches(term.typed, known.words, n=4, cutoff=FAINT_LIKENESS)
            for word in [word for word in known.words if term.typed in word] or like:
                found += sorted(_named_by(word, known))
    return list(dict.fromkeys(found))[:MAX_SUGGESTED_UNITS]
