"""Which pages should a search engine know? Every public page as of today, in each language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.urls import reverse

from commitments.models import Commitment, ServiceTarget
from commitments.public_page import public_page
from opd import clock
from opd.models import Unit

PAGES = (
    "home",
    "unit-list",
    "commitment-list",
    "agreement",
    "register",
    "how-to-read",
    "about",
    "data",
    "recheck-list",
)


class InEachLanguage(Sitemap):
    i18n = alternates = x_default = True


class Pages(InEachLanguage):
    def items(self) -> Iterable[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


class Units(InEachLanguage):
    def items(self) -> Iterable[Unit]:
        return Unit.objects.order_by("code")


class Commitments(InEachLanguage):
    def items(self) -> Iterable[Commitment]:
        return Commitment.objects.published_on(clock.today()).order_by("reference")


class Targets(InEachLanguage):
    def items(self) -> Iterable[ServiceTarget]:
        return ServiceTarget.objects.published_on(clock.today()).order_by("reference")


SECTIONS: dict[str, type[Sitemap] | Sitemap] = {
    "pages": Pages,
    "units": Units,
    "commitments": Commitments,
    "targets": Targets,
}


@public_page()
def index(request: Any) -> Any:
    return sitemap(request, sitemaps=SECTIONS)
