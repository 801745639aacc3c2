"""Share images: the picture that a chat shows for a page, a PNG of 1200 × 630 with its main facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from commitments.formats import (
    days,
    days_since,
    measured,
    number,
    plain_date,
    plain_name,
    remarks,
    rung_name,
    short_date,
    step_name,
    title,
)
from commitments.ladder.answers import Answer
from commitments.public.unit_page import UnitPage
from commitments.reports.home_page import HomePage, joining
from commitments.typst.typst_runner import png_of
from opd import register

SHARE_IMAGE_TEMPLATE = "kartu.typ"


def home(page: HomePage, day: date) -> bytes:
    """The image of the home page: the question, the answer, and the number of units on each step."""
    return png_of(SHARE_IMAGE_TEMPLATE, home_words(page, day))


def home_words(page: HomePage, day: date) -> dict[str, Any]:
    """All that the image of the home page shows."""
    first, *others = page.headline.parts
    return {
        **_frame(day),
        "title": gettext("Siapa yang sudah melewati seremoni?"),
        "figure": number(first.count),
        "answer": first.words,
        "others": [*(f"{number(part.count)} {part.words}" for part in others), *_joining(page, day)],
        "stairs": [
            {
                "step": step.code,
                "name": step_name(step.code),
                "count": number(step.count),
                "is_first_past": step.is_first_past,
            }
            for step in page.steps
        ],
    }


def _joining(page: HomePage, day: date) -> list[str]:
    sentence = joining(page.headline.signed, day).sentence
    return [sentence.rstrip(".")] if sentence else []


def unit(page: UnitPage, day: date) -> bytes:
    """The image of a unit: its answer, its verified and its claimed rung, and its best target."""
    return png_of(SHARE_IMAGE_TEMPLATE, unit_words(page, day))


def unit_words(page: UnitPage, day: date) -> dict[str, Any]:
    """All that the image of a unit shows."""
    row = page.row
    claimed = rung_name(row.rung_claimed) if row.claimed_higher else ""
    return {
        **_frame(day),
        "title": plain_name(row.name),
        "rung": row.rung,
        "lapsed": page.answer is Answer.LAPSED,
        "proven": _proven(page),
        "rung_claimed": row.rung_claimed,
        "remarks": ", ".join(remarks(row, day, claim=False)),
        "claimed": claimed and gettext("Mengaku: %(rung)s") % {"rung": claimed},
        **_best(page, day),
    }


def _proven(page: UnitPage) -> str:
    """The rung; "Terbukti" is said only of a unit past the ceremony."""
    rung = rung_name(page.row.rung)
    return gettext("Terbukti: %(rung)s") % {"rung": rung} if page.answer is Answer.PAST else rung


def _frame(day: date) -> dict[str, str]:
    demo = gettext("Data contoh: angkanya dibuat untuk peragaan") if register.is_demo() else ""
    return {"lang": get_language() or settings.LANGUAGE_CODE, "day": plain_date(day), "demo": demo}


def _best(page: UnitPage, day: date) -> dict[str, str]:
    """The best target with its values before and after, or a sentence when there is none."""
    if page.best:
        target = page.best.target
        words = [measured(value, target.unit_of_measure) for value in (target.baseline_now, target.value)]
        until = gettext("sampai %(day)s") % {"day": short_date(target.period_end)}
        return {"what": f"{title(target)}, {until}", "before": words[0], "after": words[1]}
    if page.live:
        return {"what": _without_a_best(page), "before": "", "after": ""}
    if page.signature and not page.is_invited:
        return {"what": gettext("Belum diundang ke register ini."), "before": "", "after": ""}
    if page.signature:
        waited = days(days_since(page.signature.memorandum.signed_on, day))
        return {
            "what": gettext("Target belum ditetapkan, %(days)s sejak tanda tangan.") % {"days": waited},
            "before": "",
            "after": "",
        }
    return {"what": gettext("Target belum ditetapkan."), "before": "", "after": ""}


def _without_a_best(page: UnitPage) -> str:
    """The sentence about a unit with targets of which none can be shown: none improved, or it is silent."""
    row, count = page.row, len(page.live)
    if row.improving_targets:
        words = gettext("%(improving)s dari %(live)s target membaik, tetapi tidak ada kabar %(days)s.")
        figures = {"improving": number(row.improving_targets), "live": number(count), "days": days(row.quiet_days)}
        return words % figures
    sentence = ngettext(
        "%(n)s target, belum ada yang terverifikasi membaik.",
        "%(n)s target, belum ada yang terverifikasi membaik.",
        count,
    )
    return sentence % {"n": number(count)}
