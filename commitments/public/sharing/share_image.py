"""Share images: the picture that a chat shows for a page, a PNG of 1200 × 630 with its main facts."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from commitments.formats import days, days_since, measured, number, plain_date, plain_name, remarks, rung_name
from commitments.ladder import Rung
from commitments.public.unit_page import UnitPage
from commitments.reports.home_page import HomePage
from commitments.typst.typst_runner import png_of
from opd import register

SHARE_IMAGE_TEMPLATE = "kartu.typ"


def home(page: HomePage, day: date) -> bytes:
    """The image of the home page: the question, the answer, and the number of units on each rung."""
    headline = page.headline
    figure = number(headline.verified)  # the picture draws it large, and the rest of the sentence after it
    return png_of(
        SHARE_IMAGE_TEMPLATE,
        {
            **_frame(day),
            "title": gettext("Siapa yang sudah melewati seremoni?"),
            "figure": figure,
            "answer": headline.answer_text.removeprefix(figure).strip(),
            "stairs": [
                {"rung": step.rung, "name": str(step.rung.label), "count": number(step.count)} for step in page.steps
            ],
        },
    )


def unit(page: UnitPage, day: date) -> bytes:
    """The image of a unit: its proven and its claimed rung, and its best target."""
    row = page.row
    claimed = rung_name(row.rung_claimed) if row.claimed_higher else ""
    return png_of(
        SHARE_IMAGE_TEMPLATE,
        {
            **_frame(day),
            "title": plain_name(row.name),
            "rung": row.rung,
            "proven": rung_name(row.rung)
            if row.rung == Rung.SIGNED
            else gettext("Terbukti: %(rung)s") % {"rung": rung_name(row.rung)},
            "rung_claimed": row.rung_claimed,
            "remarks": ", ".join(remarks(row, day, claim=False)),
            "claimed": claimed and gettext("Mengaku: %(rung)s") % {"rung": claimed},
            **_best(page, day),
        },
    )


def _frame(day: date) -> dict[str, str]:
    demo = gettext("Data contoh: angkanya dibuat untuk peragaan") if register.is_demo() else ""
    return {"lang": get_language() or settings.LANGUAGE_CODE, "day": plain_date(day), "demo": demo}


def _best(page: UnitPage, day: date) -> dict[str, str]:
    """The best target with its values before and after, or a sentence when there is none."""
    if page.best:
        target = page.best.target
        words = [measured(value, target.unit_of_measure) for value in (target.baseline_now, target.value)]
        return {"what": target.service, "before": words[0], "after": words[1]}
    if page.live:
        count = len(page.live)
        sentence = ngettext(
            "%(n)s target, belum ada yang terbukti membaik.", "%(n)s target, belum ada yang terbukti membaik.", count
        )
        return {"what": sentence % {"n": number(count)}, "before": "", "after": ""}
    if page.signature:
        waited = days(days_since(page.signature.memorandum.signed_on, day))
        return {
            "what": gettext("Target belum ditetapkan, %(days)s sejak tanda tangan.") % {"days": waited},
            "before": "",
            "after": "",
        }
    return {"what": gettext("Target belum ditetapkan."), "before": "", "after": ""}
