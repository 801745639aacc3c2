"""What is new, for readers who follow? The register's entries as Atom: all of them, or those about one unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from commitments.reports import trail
from commitments.reports.trail import Line
from commitments.reports.unit import unit_row
from commitments.templatetags.seremoni import plain_name
from commitments.views.everyone import public_page
from opd import clock, register
from opd.models import Unit


class RegisterFeed(Feed):
    """The newest entries, as the register page tells them: nothing that is not on that page."""

    feed_type = Atom1Feed

    def title(self, _: object) -> str:
        return _labelled(gettext("Jejak Melewati Seremoni"))

    def subtitle(self, _: object) -> str:
        """The head: feeds kept elsewhere are what makes a rewrite detectable."""
        head = register.head()
        return gettext("Kepala jejak: %(seq)s:%(hash)s") % {"seq": head.seq, "hash": head.hash} if head else ""

    def link(self, _: object) -> str:
        return reverse("register")

    def items(self, _: object) -> tuple[Line, ...]:
        return trail.trail(clock.today()).lines

    def item_title(self, line: Line) -> str:
        about = f" {line.about}" if line.about else ""
        detail = f": {line.detail}" if line.detail else ""
        return f"{line.office[:1].upper()}{line.office[1:]} {line.act}{about}{detail}"

    def item_description(self, line: Line) -> str:
        return gettext("Catatan ke-%(seq)s, sidik %(hash)s") % {"seq": line.entry.seq, "hash": line.entry.hash}

    def item_link(self, line: Line) -> str:
        return line.href or f"{reverse('register')}#catatan-{line.entry.seq}"

    def item_guid(self, line: Line) -> str:
        return f"tag:melewati-seremoni,2017-11-02:{line.entry.hash}"

    def item_pubdate(self, line: Line) -> datetime:
        return line.entry.at

    item_updateddate = item_pubdate


class UnitFeed(RegisterFeed):
    """The newest entries about a unit: its people, its promises, what it sent and what was decided."""

    def get_object(self, request: HttpRequest, code: str) -> Unit:
        found = unit_row(code, clock.today())
        if found is None:
            raise Http404
        return found

    def title(self, unit: Any) -> str:
        return _labelled(plain_name(unit.name))

    def link(self, unit: Any) -> str:
        return str(unit.get_absolute_url())

    def items(self, unit: Any) -> tuple[Line, ...]:
        return trail.of_unit(unit, clock.today())


def _labelled(title: str) -> str:
    return gettext("DATA CONTOH: %(title)s") % {"title": title} if register.is_demo() else title


everything = public_page()(RegisterFeed())
unit = public_page()(UnitFeed())
