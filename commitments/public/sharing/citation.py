"""The text by which somebody cites a page: what it says, of which day, the head of the register, the address."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from commitments.as_of import PER, AsOf
from commitments.formats import measured, plain_date, title
from commitments.ladder.rows import TargetOnLadder
from opd import register


class Citation(NamedTuple):
    """What somebody copies to cite a page: the words, then the address."""

    words: str
    address: str


def citation(request: HttpRequest, asof: AsOf, sentence: str) -> Citation | None:
    """The citation of a page whose figure the sentence tells; None while the register is empty."""
    ends = register.ends()
    if ends.head is None:
        return None
    warning = f"{gettext('Data contoh, bukan capaian sebenarnya.')} " if ends.is_demo else ""
    source = gettext("Melewati Seremoni, Kota Semarang, per %(day)s, kepala jejak %(head)s.") % {
        "day": plain_date(asof.day),
        "head": f"{ends.head.seq}:{ends.head.hash}",
    }
    address = request.build_absolute_uri(f"{request.path}?{urlencode({PER: asof.day})}")
    return Citation(f"{sentence} {warning}{source}", address)


def value_sentence(target: TargetOnLadder, unit: str) -> str:
    """The latest counted number of a target in a sentence; "" when there is none."""
    if target.value is None or target.period_end is None:
        return ""
    words = gettext("%(service)s, %(unit)s: %(value)s (%(statistic)s, periode sampai %(day)s, terverifikasi).")
    return words % {
        "service": title(target),
        "unit": unit,
        "value": measured(target.value, target.unit_of_measure),
        "statistic": target.get_statistic_display(),
        "day": plain_date(target.period_end),
    }
