"""Numbers, dates, rungs and names as text, in the language in force. Templates use these functions as filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Protocol

from django.template.defaultfilters import date as as_date
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, ngettext_lazy

from commitments import ladder
from commitments.ladder import Flag, Rung
from commitments.ladder.answers import LAPSED_STEP, STEP_LABELS, Answer
from commitments.ladder.evidence_kinds import EvidenceKind
from commitments.ladder.rows import TargetOnLadder, UnitOnLadder
from commitments.models.values import Family, Statistic
from opd.models import Unit
from opd.register.canonical import decimal_text

PERCENT = "%"
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
LONG_WORD = 9  # letters; such a word does not fit a tile on a phone
SYLLABLE = re.compile(r"(?:ng|ny|kh|sy|[bcdfghjklmnpqrstvwxyz])[aiueo]")  # where an Indonesian syllable begins


class NamedUnit(Protocol):
    """A unit, or a row of a list of units."""

    @property
    def name(self) -> str: ...
    @property
    def short_name(self) -> str: ...


def number(value: Decimal | int | None) -> str:
    """`1.234,5`: no trailing zeros, a real minus sign; empty for None."""
    return "" if value is None else _number_text(value, get_language())


@lru_cache(maxsize=4096)  # a list prints the same small numbers again and again
def _number_text(value: Decimal | int, language: str | None) -> str:
    text = formats.number_format(decimal_text(Decimal(value)), use_l10n=True, force_grouping=True)
    return text.replace("-", MINUS)


LONGEST_SHORT_NUMBER = 9  # letters: `1.234.567`
SHORT_SCALES: tuple[tuple[Decimal, Any], ...] = (
    (Decimal(10**9), gettext_lazy("%(value)s mlr")),
    (Decimal(10**6), gettext_lazy("%(value)s jt")),
)


def short_number(value: Decimal | int) -> str:
    """`12,5 jt`: a number where there is little room; rounded to two decimals only when the whole one is too long."""
    whole = number(value)
    if len(whole) <= LONGEST_SHORT_NUMBER:
        return whole
    for scale, words in SHORT_SCALES:
        if abs(Decimal(value)) >= scale:
            return words.replace(" ", NBSP) % {"value": number(round(Decimal(value) / scale, 2))}
    return number(round(Decimal(value), 2))


def measured(value: Decimal | int | None, unit_of_measure: str) -> str:
    """`1.234,5 hari`: a value with its unit of measure, in one line."""
    if value is None:
        return ""
    if unit_of_measure == PERCENT:
        return _percent(number(value))
    return f"{number(value)}{NBSP}{measure(unit_of_measure, value)}"


# A unit writes its unit of measure as free text. These ones are translated into English.
MEASURES = {
    "hari": ngettext_lazy("hari", "hari"),
    "hari kerja": ngettext_lazy("hari kerja", "hari kerja"),
    "jam": ngettext_lazy("jam", "jam"),
    "menit": ngettext_lazy("menit", "menit"),
    "kunjungan": ngettext_lazy("kunjungan", "kunjungan"),
    "berkas": ngettext_lazy("berkas", "berkas"),
    "langkah": ngettext_lazy("langkah", "langkah"),
    "loket": ngettext_lazy("loket", "loket"),
    "orang": ngettext_lazy("orang", "orang"),
    "nilai SKM (25–100)": ngettext_lazy("nilai SKM (25–100)", "nilai SKM (25–100)"),
}


def measure(unit_of_measure: str, value: Decimal | int = 2) -> str:
    """A unit of measure, translated when it is in MEASURES; in the plural unless `value` is 1."""
    forms = MEASURES.get(unit_of_measure)
    return unit_of_measure if forms is None else str(forms % (1 if value == 1 else 2))


def percent(share: Decimal | None) -> str:
    """`82 %` for 0.8182. Only exactly 0 and 1 become 0 % and 100 %: 0.999 is `99 %`."""
    if share is None:
        return ""
    share = Decimal(share)
    rounded = (share * 100).quantize(Decimal(1), ROUND_HALF_UP)
    for border in (Decimal(0), Decimal(100)):
        if rounded == border and share * 100 != border:
            rounded += 1 if share * 100 > border else -1
    return _percent(number(rounded))


def _percent(figure: str) -> str:
    return gettext("%(share)s %%").replace(" ", NBSP) % {"share": figure}


def long_date(day: date | None) -> str:
    """`Kamis, 2 November 2017`"""
    return as_date(day, "l, j F Y")


def plain_date(day: date | None) -> str:
    """`2 November 2017`"""
    return as_date(day, "j F Y")


def short_date(day: date | None) -> str:
    """`2 Nov 2017`"""
    return as_date(day, "j M Y")


def clock_time(moment: datetime | None) -> str:
    """`10.05 WIB`: the time in Jakarta, in every language."""
    return f"{as_date(moment, 'H.i')}{NBSP}WIB" if moment else ""


def long_moment(moment: datetime | None) -> str:
    """`Kamis, 2 November 2017, 10.05 WIB`"""
    return f"{long_date(moment)}, {clock_time(moment)}" if moment else ""


def days(count: int | None) -> str:
    """`3.308 hari`"""
    if count is None:
        return ""
    return ngettext("%(count)s hari", "%(count)s hari", count).replace(" ", NBSP) % {"count": number(count)}


def days_since(day: date, until: date) -> int:
    """`memorandum.signed_on|days_since:asof.day|days`"""
    return (until - day).days


def rung_name(rung: int | None) -> str:
    """`Membaik` for 3; `belum ada data` for None."""
    return gettext("belum ada data") if rung is None else str(Rung(rung).label)


# The light colours of static/css/tokens.css, for what is drawn without it.
LIGHT_COLOURS = {
    "brick": "#a8402a",
    "sea": "#0b5d63",
    **{f"rung-{rung.value}": rung.details.ground for rung in Rung},
}


def light_colour(token: str) -> str:
    return LIGHT_COLOURS[token]


def rung_ground(rung: int) -> str:
    """The colour of a rung."""
    return Rung(rung).details.ground


def rung_ink(rung: int) -> str:
    """The colour of what stands on the colour of a rung."""
    return Rung(rung).details.ink


def rung_meaning(rung: int) -> str:
    """What a rung means, in a few words."""
    return str(Rung(rung).details.meaning)


def rule_text(member: Rung | Flag) -> str:
    """What a rung or a flag means, as a sentence with the figures in force."""
    span = getattr(ladder, member.details.constant) if member.details.constant else None
    return str(member.details.rule) % {"days": days(span), "cycles": number(ladder.SILENT_CYCLES)}


def kinds_named(counts: bool) -> str:
    """The evidence kinds that the ladder counts, or those that it does not: `seremoni, kegiatan, keluaran`."""
    return ", ".join(str(kind.details.public) for kind in EvidenceKind if kind.details.counts == counts)


def proves(kind: str) -> str:
    """What evidence of a kind proves, for those who choose one."""
    return EvidenceKind(kind).details.proves


def step_name(step: str) -> str:
    """The name of a step of the drawn ladder: of its rung, or `Kini diam` for what lapsed."""
    return str(STEP_LABELS[step])


def step_meaning(step: str) -> str:
    """What a step of the drawn ladder means, in a few words."""
    return gettext("pernah membaik") if step == LAPSED_STEP else rung_meaning(int(step))


def answer_name(answer: str) -> str:
    return str(Answer(answer).label)


def flag_name(flag: str) -> str:
    return str(Flag(flag).label)


def flags_of(row: object) -> list[Flag]:
    """The flags that hold for a row with the ladder's columns, in the order of the table."""
    return Flag.of(row)


def flags_beside_rung(row: object) -> list[Flag]:
    """The same without the higher claim, where that is shown as a second rung."""
    return [flag for flag in Flag.of(row) if flag != Flag.CLAIMED_HIGHER]


def remarks(row: UnitOnLadder | TargetOnLadder, day: date | None = None, *, claim: bool = True) -> list[str]:
    """The remarks beside a rung, the most serious first: `diam`, `mengaku Tercapai`.

    day: only for a unit; with it, a unit that has ended by that day gets that remark too.
    """
    found = [flag_name(flag) for flag in flags_beside_rung(row)]
    if claim and row.claimed_higher:
        found.insert(bool(row.silent), claim_words(row))
    if day and isinstance(row, Unit) and row.has_ended_by(day):
        found.insert(0, gettext("berakhir %(day)s") % {"day": short_date(row.valid_until)})
    return found


def claim_words(row: UnitOnLadder | TargetOnLadder) -> str:
    """`mengaku Tercapai`; empty when no higher rung is claimed."""
    words = gettext("mengaku %(rung)s") % {"rung": rung_name(row.rung_claimed)}
    return words if row.claimed_higher else ""


def standing(row: UnitOnLadder | TargetOnLadder, day: date | None = None) -> str:
    """`Membaik, diam`: the proven rung with its remarks. A page never shows the rung without them."""
    return ", ".join([rung_name(row.rung), *remarks(row, day)])


FAMILY_MEASURES = {
    Family.FAST: gettext_lazy("lama"),
    Family.ONLINE: gettext_lazy("bisa dari rumah"),
    Family.SATISFACTION: gettext_lazy("kepuasan"),
    Family.LITERACY: gettext_lazy("literasi"),
}


def target_title(service: str, family: str, unit_of_measure: str) -> str:
    """`Akta kelahiran: lama`: what is measured of a service, because a unit promises several things of one."""
    what = _what_is_measured(service, family, unit_of_measure)
    return f"{service}: {what}" if what else service


def spoken_target_title(service: str, family: str, unit_of_measure: str) -> str:
    """The same as HTML: the service as its unit wrote it, in Indonesian, the rest in the language of the page."""
    what = _what_is_measured(service, family, unit_of_measure)
    named = format_html('<span lang="id">{}</span>', service)
    return format_html("{}: {}", named, what) if what else named


def _what_is_measured(service: str, family: str, unit_of_measure: str) -> str:
    """`lama`; empty when the service says it already."""
    measures = FAMILY_MEASURES.get(Family(family))
    what = measure(unit_of_measure) if measures is None else str(measures)
    return "" if what.casefold() in service.casefold() else what


def title(target: Any) -> str:
    """The title of a target: its service and what is measured of it."""
    return target_title(target.service, target.family, target.unit_of_measure)


def spoken_title(target: Any) -> str:
    """The title of a target as HTML, each part in its language."""
    return spoken_target_title(target.service, target.family, target.unit_of_measure)


def size_of_promise(target: Any) -> str:
    """`−79 %`: how far the promised value lies from the baseline in force; in points for percents, "" for a zero."""
    baseline, goal = target.baseline_now, target.target_now
    if target.unit_of_measure == PERCENT or target.statistic == Statistic.SHARE:
        return gettext("%(points)s poin") % {"points": _signed(goal - baseline)}
    return _percent(_signed(round((goal - baseline) / abs(baseline) * 100))) if baseline else ""


def _signed(value: Decimal | int) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def number_of_data(n: int | None) -> str:
    """`dari 212 data`; empty when the number of cases is not known."""
    return "" if n is None else gettext("dari %(n)s data") % {"n": number(n)}


def plain_name(name: str) -> str:
    """The name of a unit without the name of the city."""
    return name.removesuffix(" Kota Semarang")


def addressee(unit: Unit) -> str:
    """How a letter addresses the head of a unit: by the title on record, which names the unit unless it is bare."""
    return unit.head_title if unit.head_title not in ("", "Kepala") else f"Kepala {plain_name(unit.name)}"


def short_name_in_brackets(unit: NamedUnit) -> str:
    """The short name in brackets; empty when the name already contains it."""
    short = tile_name(unit.short_name).replace(SOFT_HYPHEN, "")
    return "" if short in unit.name else f"({unit.short_name})"


def tile_name(short_name: str) -> str:
    """The short name for a tile, without the word of its kind; long words get a soft hyphen near their middle."""
    plain = short_name.removeprefix("Kec. ").removeprefix("Bag. ")
    return " ".join(_hyphenated(word) for word in plain.split(" "))


def _hyphenated(word: str) -> str:
    if len(word) < LONG_WORD:
        return word
    starts = [found.start() for found in SYLLABLE.finditer(word, 2) if found.start() <= len(word) - 3]
    if not starts:
        return word
    at = min(starts, key=lambda start: abs(2 * start - len(word)))
    return f"{word[:at]}{SOFT_HYPHEN}{word[at:]}"


def of_key(mapping: Mapping[Any, Any], key: object) -> Any:
    """`mapping[key]`, for a key in a template variable; an empty tuple when the key is missing."""
    return mapping.get(key, ())


def short_hash(value: str) -> str:
    """`3f9a 02bc 11de`: the first 12 digits, to compare by eye."""
    return " ".join(value[at : at + 4] for at in range(0, 12, 4))
