"""What is new, for readers who follow? The register's entries as Atom: all of them, or those about one unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from commitments.exports import INVENTED
from commitments.reports import trail
from commitments.reports.trail import Line
from commitments.reports.unit import unit_row
from commitments.templatetags.seremoni import plain_name
from commitments.views.everyone import public_page
from opd import clock, register
from opd.models import Unit


@dataclass(frozen=True)
class News:
    """A line of the register in a feed, where each may be read alone."""

    line: Line
    is_invented: bool


class RegisterFeed(Feed):
    """The newest entries, as the register page tells them: nothing that is not on that page."""

    feed_type = Atom1Feed

    def title(self, _: object) -> str:
        return _labelled(gettext("Jejak Melewati Seremoni"), register.is_demo())

    def subtitle(self, _: object) -> str:
        """The head: feeds kept elsewhere are what makes a rewrite detectable."""
        head = register.head()
        said = gettext("Kepala jejak: %(seq)s:%(hash)s") % {"seq": head.seq, "hash": head.hash} if head else ""
        return f"{INVENTED} {said}" if register.is_demo() else said

    def link(self, _: object) -> str:
        return reverse("register")

    def items(self, _: object) -> tuple[News, ...]:
        return _news(trail.trail(clock.today()).lines)

    def item_title(self, news: News) -> str:
        line = news.line
        about = f" {line.about}" if line.about else ""
        told = ". ".join(filter(None, (line.detail, line.words)))
        detail = f": {told}" if told else ""
        return _labelled(f"{line.office[:1].upper()}{line.office[1:]} {line.act}{about}{detail}", news.is_invented)

    def item_description(self, news: News) -> str:
        entry = news.line.entry
        return gettext("Catatan ke-%(seq)s, sidik %(hash)s") % {"seq": entry.seq, "hash": entry.hash}

    def item_link(self, news: News) -> str:
        return news.line.href or f"{reverse('register')}#catatan-{news.line.entry.seq}"

    def item_guid(self, news: News) -> str:
        return f"tag:melewati-seremoni,2017-11-02:{news.line.entry.hash}"

    def item_pubdate(self, news: News) -> datetime:
        return news.line.entry.at

    item_updateddate = item_pubdate


class UnitFeed(RegisterFeed):
    """The newest entries about a unit: its people, its promises, what it sent and what was decided."""

    def get_object(self, request: HttpRequest, code: str) -> Unit:
        found = unit_row(code, clock.today())
        if found is None:
            raise Http404
        return found

    def title(self, unit: Any) -> str:
        return _labelled(plain_name(unit.name), register.is_demo())

    def link(self, unit: Any) -> str:
        return str(unit.get_absolute_url())

    def items(self, unit: Any) -> tuple[News, ...]:
        return _news(trail.of_unit(unit, clock.today()))


def _news(lines: Iterable[Line]) -> tuple[News, ...]:
    invented = register.is_demo()
    return tuple(News(line, invented) for line in lines)


def _labelled(title: str, invented: bool) -> str:
    return gettext("DATA CONTOH: %(title)s") % {"title": title} if invented else title


everything = public_page()(RegisterFeed())
unit = public_page()(UnitFeed())
