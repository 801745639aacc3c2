"""What is new, for readers who follow? The register's entries as Atom: all of them, or those about one unit.

`?per=` shows what was new on that day, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from commitments import as_of as asof_
from commitments.as_of import PER, AsOf
from commitments.formats import long_date, plain_name
from commitments.lists.exports import DEMO_NOTICE
from commitments.public.unit_page import unit_row
from commitments.public_page import public_page
from commitments.reports import register_entries
from commitments.reports.register_entries import EntryLine
from opd import register, texts


@dataclass(frozen=True)
class FeedItem:
    """A line of the register in a feed, where each may be read alone."""

    line: EntryLine
    is_invented: bool
    asof: AsOf  # the reader's day


@dataclass(frozen=True)
class FeedSubject:
    """Everything, or one unit, as of a day."""

    asof: AsOf
    unit: Any = None


class RegisterFeed(Feed):
    """The newest entries, as the register page tells them: nothing that is not on that page."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> FeedSubject:
        return FeedSubject(asof_.read(request))

    def title(self, _: FeedSubject) -> str:
        return _labelled(gettext("Jejak Melewati Seremoni"), register.is_demo())

    def subtitle(self, followed: FeedSubject) -> str:
        """The day, where it is not today, and the head: feeds kept elsewhere are what makes a rewrite detectable."""
        asof, head = followed.asof, register.head()
        said = [str(DEMO_NOTICE)] if register.is_demo() else []
        said += [asof.notice] if asof.notice else []
        said += [gettext("Keadaan per %(day)s.") % {"day": long_date(asof.day)}] if asof.is_past else []
        said += [gettext("Kepala jejak: %(seq)s:%(hash)s") % {"seq": head.seq, "hash": head.hash}] if head else []
        return " ".join(said)

    def link(self, followed: FeedSubject) -> str:
        return f"{reverse('register')}{followed.asof.query}"

    def feed_url(self, followed: FeedSubject) -> str:
        return f"{followed.asof.path}{followed.asof.query}"

    def items(self, followed: FeedSubject) -> tuple[FeedItem, ...]:
        return _news(register_entries.trail(followed.asof.day).lines, followed)

    def item_title(self, news: FeedItem) -> str:
        line = news.line
        about = f" {line.about}" if line.about else ""
        told = ". ".join(filter(None, (line.detail, line.words)))
        detail = f": {told}" if told else ""
        return _labelled(f"{line.office[:1].upper()}{line.office[1:]} {line.act}{about}{detail}", news.is_invented)

    def item_description(self, news: FeedItem) -> str:
        entry = news.line.entry
        return gettext("Catatan ke-%(seq)s, sidik %(hash)s") % {"seq": entry.seq, "hash": entry.hash}

    def item_link(self, news: FeedItem) -> str:
        if news.line.href:
            return f"{news.line.href}{news.asof.query}"
        entry = news.line.entry  # among those of its object: on the first page of all it stays for fifty more
        about = urlencode({"objek": entry.object})
        return f"{reverse('register')}?{about}{news.asof.more}#catatan-{entry.seq}"

    def item_guid(self, news: FeedItem) -> str:
        return f"tag:melewati-seremoni,2017-11-02:{news.line.entry.hash}"

    def item_pubdate(self, news: FeedItem) -> datetime:
        return news.line.entry.at

    item_updateddate = item_pubdate


class UnitFeed(RegisterFeed):
    """The newest entries about a unit: its people, its promises, what it sent and what was decided."""

    def get_object(self, request: HttpRequest, code: str) -> FeedSubject:  # type: ignore[override]
        asof = asof_.read(request)
        found = unit_row(code, asof.day)
        if found is None:
            raise Http404
        return FeedSubject(asof, found)

    def title(self, followed: FeedSubject) -> str:
        return _labelled(plain_name(followed.unit.name), register.is_demo())

    def link(self, followed: FeedSubject) -> str:
        return f"{followed.unit.get_absolute_url()}{followed.asof.query}"

    def items(self, followed: FeedSubject) -> tuple[FeedItem, ...]:
        return _news(register_entries.of_unit(followed.unit, followed.asof.day), followed)


def _news(lines: Iterable[EntryLine], followed: FeedSubject) -> tuple[FeedItem, ...]:
    invented = register.is_demo()
    return tuple(FeedItem(line, invented, followed.asof) for line in lines)


def _labelled(title: str, invented: bool) -> str:
    title = texts.tidy(title)  # XML takes not every letter that the register may hold
    return gettext("DATA CONTOH: %(title)s") % {"title": title} if invented else title


everything = public_page(PER)(RegisterFeed())
unit = public_page(PER)(UnitFeed())
