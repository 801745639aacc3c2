"""The sitemap for search engines: every public page of today, in each language."""

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

PAGE_NAMES = (
    "home",
    "unit-list",
    "commitment-list",
    "agreement",
    "register",
    "register-check-head",
    "witnesses",
    "how-to-read",
    "about",
    "data",
    "recheck-list",
    "mirror",
    "training-list",
)


class BilingualSitemap(Sitemap):
    i18n = alternates = x_default = True


class PageSitemap(BilingualSitemap):
    def items(self) -> Iterable[str]:
        return PAGE_NAMES

    def location(self, item: str) -> str:
        return reverse(item)


class UnitSitemap(BilingualSitemap):
    def items(self) -> Iterable[Unit]:
        return Unit.objects.order_by("code")


class CommitmentSitemap(BilingualSitemap):
    def items(self) -> Iterable[Commitment]:
        return Commitment.objects.published_on(clock.today()).order_by("reference")


class TargetSitemap(BilingualSitemap):
    def items(self) -> Iterable[ServiceTarget]:
        return ServiceTarget.objects.published_on(clock.today()).order_by("reference")


SECTIONS: dict[str, type[Sitemap] | Sitemap] = {
    "pages": PageSitemap,
    "units": UnitSitemap,
    "commitments": CommitmentSitemap,
    "targets": TargetSitemap,
}


@public_page()
def index(request: Any) -> Any:
    return sitemap(request, sitemaps=SECTIONS)
