"""Fixtures of the nightly tests: a site with the demonstration, one with the real roster, one without data."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import translation

from semarang_mou import language
from tests.server import Site

EXAMPLES = 2  # pages of each kind, in each language
LINK = re.compile(r'href="(/[^"#]*)"')


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("demo"), "demo")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("real"), "load_roster")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("empty"))
    yield site
    site.stop()


def pages(site: Site) -> list[str]:
    """Addresses of public pages that links lead to from the front page: some of each route, in both languages."""
    known, seen, waiting = Counter[str](), {"/"}, ["/"]
    found = []
    while waiting:
        address = waiting.pop(0)
        route = _route(address)
        if route is None or known[route] >= EXAMPLES:
            continue
        html = _html(site.url + address)
        if html is None:
            continue
        known[route] += 1
        found.append(address)
        links = [link.replace("&amp;", "&") for link in LINK.findall(html)]
        waiting += [link for link in dict.fromkeys(links) if link not in seen]
        seen.update(links)
    return found


def _route(address: str) -> str | None:
    path = urlsplit(address).path
    try:
        with translation.override(language.of(path)):
            match = resolve(path)
    except Resolver404:
        return None
    return match.route if hasattr(match.func, "parameters") else None


def _html(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            is_page = answer.headers.get_content_type() == "text/html"
            return answer.read().decode() if is_page else None
    except HTTPError:
        return None
