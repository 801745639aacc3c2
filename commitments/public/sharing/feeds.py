"""Atom feeds: the newest entries of the register, and what rose and fell, of all or of one unit.

`?per=` gives the feed as of that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from commitments import as_of
from commitments.as_of import PER, AsOf
from commitments.formats import long_date, plain_name
from commitments.lists.exports import DEMO_NOTICE
from commitments.public.sharing import changes
from commitments.public.sharing.changes import PublicChange
from commitments.public.unit_page import unit_row
from commitments.public_page import public_page
from commitments.reports import register_entries
from commitments.reports.register_entries import EntryLine
from opd import register, texts


@dataclass(frozen=True)
class FeedItem:
    """An entry in a feed. Each item says by itself whether it is invented, because it may be read alone."""

    line: EntryLine
    is_invented: bool
    asof: AsOf  # the reader's day


@dataclass(frozen=True)
class ChangeItem:
    """A change in a feed. `register` tells the changes of one register from those of another."""

    change: PublicChange
    register: str
    is_invented: bool
    asof: AsOf  # the reader's day


@dataclass(frozen=True)
class FeedSubject:
    """What a feed is about: the whole register or one unit, as of a day."""

    asof: AsOf
    unit: Any = None


class RegisterFeed(Feed):
    """The newest entries of the register, in the words of the register page."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> FeedSubject:
        return FeedSubject(as_of.read(request))

    def title(self, _: FeedSubject) -> str:
        return _labelled(gettext("Jejak Melewati Seremoni"), register.is_demo())

    def subtitle(self, followed: FeedSubject) -> str:
        """The day, if not today, and the head of the register; copies of it show when a register is rewritten."""
        asof, head = followed.asof, register.head()
        sentences = [str(DEMO_NOTICE)] if register.is_demo() else []
        sentences += [asof.notice] if asof.notice else []
        sentences += [gettext("Keadaan per %(day)s.") % {"day": long_date(asof.day)}] if asof.is_past else []
        sentences += (
            [gettext("Kepala jejak: %(seq)s:%(hash)s") % {"seq": head.seq, "hash": head.hash}] if head else []
        )
        return " ".join(sentences)

    def link(self, followed: FeedSubject) -> str:
        return f"{reverse('register')}{followed.asof.query}"

    def feed_url(self, followed: FeedSubject) -> str:
        return f"{followed.asof.path}{followed.asof.query}"

    def items(self, followed: FeedSubject) -> tuple[FeedItem, ...]:
        return _feed_items(register_entries.entry_page(followed.asof.day).lines, followed)

    def item_title(self, news: FeedItem) -> str:
        line = news.line
        about = f" {line.about}" if line.about else ""
        details = ". ".join(filter(None, (line.detail, line.words)))
        end = f": {details}" if details else ""
        return _labelled(f"{line.office[:1].upper()}{line.office[1:]} {line.act}{about}{end}", news.is_invented)

    def item_description(self, news: FeedItem) -> str:
        entry = news.line.entry
        return gettext("Catatan ke-%(seq)s, sidik %(hash)s") % {"seq": entry.seq, "hash": entry.hash}

    def item_link(self, news: FeedItem) -> str:
        if news.line.href:
            return f"{news.line.href}{news.asof.query}"
        entry = news.line.entry  # on the page of its object, because it leaves the first page of all after 50 entries
        about = urlencode({"objek": entry.object})
        return f"{reverse('register')}?{about}{news.asof.more}#catatan-{entry.seq}"

    def item_guid(self, news: FeedItem) -> str:
        return f"tag:melewati-seremoni,2017-11-02:{news.line.entry.hash}"

    def item_pubdate(self, news: FeedItem) -> datetime:
        return news.line.entry.at

    item_updateddate = item_pubdate


class UnitFeed(RegisterFeed):
    """The newest entries about a unit: its heads, its commitments, its submissions and their decisions."""

    def get_object(self, request: HttpRequest, code: str) -> FeedSubject:  # type: ignore[override]
        asof = as_of.read(request)
        found = unit_row(code, asof.day)
        if found is None:
            raise Http404
        return FeedSubject(asof, found)

    def title(self, followed: FeedSubject) -> str:
        return _labelled(plain_name(followed.unit.name), register.is_demo())

    def link(self, followed: FeedSubject) -> str:
        return f"{followed.unit.get_absolute_url()}{followed.asof.query}"

    def items(self, followed: FeedSubject) -> tuple[FeedItem, ...]:
        return _feed_items(register_entries.of_unit(followed.unit, followed.asof.day), followed)


class ChangesFeed(RegisterFeed):
    """What rose, fell, became silent, was put off or contested; one is made for each request."""

    complete = True  # False: the next reader may get more

    def title(self, followed: FeedSubject) -> str:
        whose = plain_name(followed.unit.name) if followed.unit else "Melewati Seremoni"
        return _labelled(gettext("Naik dan turun: %(whose)s") % {"whose": whose}, register.is_demo())

    def link(self, followed: FeedSubject) -> str:
        return f"{followed.unit.get_absolute_url() if followed.unit else reverse('home')}{followed.asof.query}"

    def items(self, followed: FeedSubject) -> tuple[ChangeItem, ...]:  # type: ignore[override]
        found = changes.recent_changes(followed.asof.day, followed.unit)
        self.complete = found.complete
        began = register.ends().first
        return tuple(
            ChangeItem(change, began.hash[:12] if began else "", register.is_demo(), followed.asof)
            for change in found.items
        )

    def item_title(self, news: ChangeItem) -> str:  # type: ignore[override]
        return _labelled(news.change.title, news.is_invented)

    def item_description(self, news: ChangeItem) -> str:  # type: ignore[override]
        return texts.tidy(news.change.detail, lines=True)

    def item_link(self, news: ChangeItem) -> str:  # type: ignore[override]
        return f"{news.change.href}{news.asof.query}"

    def item_guid(self, news: ChangeItem) -> str:  # type: ignore[override]
        return f"tag:melewati-seremoni,2017-11-02:{news.register}/{news.change.key}"

    def item_pubdate(self, news: ChangeItem) -> datetime:  # type: ignore[override]
        return news.change.at

    item_updateddate = item_pubdate  # type: ignore[assignment]


class UnitChangesFeed(ChangesFeed):
    """The same about one unit."""

    get_object = UnitFeed.get_object  # type: ignore[assignment]


@public_page(PER)
def all_changes(request: HttpRequest) -> HttpResponse:
    return _of_now(ChangesFeed(), request)


@public_page(PER)
def unit_changes(request: HttpRequest, code: str) -> HttpResponse:
    return _of_now(UnitChangesFeed(), request, code=code)


def _of_now(feed: ChangesFeed, request: HttpRequest, **named: str) -> HttpResponse:
    response = feed(request, **named)
    if not feed.complete:
        response["Cache-Control"] = "no-store"
    return response


def _feed_items(lines: Iterable[EntryLine], followed: FeedSubject) -> tuple[FeedItem, ...]:
    is_invented = register.is_demo()
    return tuple(FeedItem(line, is_invented, followed.asof) for line in lines)


def _labelled(title: str, is_invented: bool) -> str:
    title = texts.tidy(title)  # the register may hold characters that XML does not allow
    return gettext("DATA CONTOH: %(title)s") % {"title": title} if is_invented else title


whole_register = public_page(PER)(RegisterFeed())
unit = public_page(PER)(UnitFeed())
