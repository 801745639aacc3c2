"""Template filters of `commitments.formats`, and the tags that draw a rung or a flag."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language

from commitments import formats
from commitments.as_of import AsOf
from commitments.ladder import Flag
from commitments.reports.target_standing import TargetStanding
from opd.accounts.correspondence import mail_leaves
from opd.models import Entry

register = template.Library()

PLAIN = (
    formats.number,
    formats.short_number,
    formats.measured,
    formats.measure,
    formats.percent,
    formats.long_date,
    formats.plain_date,
    formats.short_date,
    formats.days,
    formats.days_since,
    formats.rung_name,
    formats.rung_ground,
    formats.rung_ink,
    formats.rung_meaning,
    formats.step_name,
    formats.step_meaning,
    formats.answer_name,
    formats.rule_text,
    formats.light_colour,
    formats.proves,
    formats.flag_name,
    formats.flags_of,
    formats.flags_beside_rung,
    formats.remarks,
    formats.standing,
    formats.plain_name,
    formats.title,
    formats.spoken_title,
    formats.size_of_promise,
    formats.number_of_data,
    formats.addressee,
    formats.short_name_in_brackets,
    formats.tile_name,
    formats.of_key,
    formats.short_hash,
)
LOCAL_TIME = (formats.clock_time, formats.long_moment)

register.simple_tag(mail_leaves)
for as_text in PLAIN:
    register.filter(as_text)
for as_local_time in LOCAL_TIME:
    register.filter(as_local_time, expects_localtime=True)


@register.simple_block_tag
def kept(content: str) -> str:
    """`{% kept as page_title %}…{% endkept %}`: keeps a text in a variable, to print it in several places."""
    return content


@register.simple_tag
def rung(value: int | None, *, claimed: bool = False) -> str:
    """`{% rung target.rung %}`: the symbol and the name of a rung, the same on every page."""
    return _drawn("parts/_rung.html", get_language(), rung=value, claimed=claimed)


@register.simple_tag
def picture_version(asof: AsOf, head: Entry | None) -> str:
    """The query of a share image: what its page shows and which register it was drawn from.

    The view reads `per` only, so an address without the rest gives the same picture.
    """
    return f"?v={asof.day:%Y%m%d}-{head.hash[:8]}{asof.more}" if head else asof.query


@register.simple_tag
def bars(value: int | None) -> str:
    """`{% bars unit.rung %}`: five bars, as many full as the rung; without a style sheet too."""
    return _drawn("parts/_bars.html", None, rung=value or 0)


@register.simple_tag
def kinds_named(*, counts: bool) -> str:
    """`{% kinds_named counts=True as counted %}`: the evidence kinds that the ladder counts, or does not."""
    return formats.kinds_named(counts)


@register.filter
def figure_of(row: TargetStanding, name: Flag) -> str:
    """`{{ row|figure_of:flag }}`: the figure beside a flag of a target."""
    return row.figure_of(name)


@register.simple_tag
def unknown_member(value: object) -> str:
    """The last branch over a table of choices: a member that the page has no words for is an error."""
    raise LookupError(f"this page has no words for {value!r}")


@register.simple_tag
def flag(name: str) -> str:
    return _drawn("parts/_flag.html", get_language(), flag=Flag(name))


@cache  # a list draws dozens of the same few marks
def _drawn(part: str, language: str | None, **facts: Any) -> str:
    return render_to_string(part, facts)
