"""A reader without an account who follows every link, form and file of the public pages."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.conf import settings
from django.test import Client

from tests.planted import Plants
from tests.surfaces import surfaces

HERE = ("http://testserver", "http://localhost", "https://testserver")
ADDRESS = re.compile(r"""(?:href|src|action|content|srcset|cite|data-[a-z-]+)=["']([^"']+)["']""")
LOCATION = re.compile(r"<(?:loc|id|uri)>([^<]+)<")
QUOTED = re.compile(r'"((?:/|https?://)[^"\\\s]*)"')
MOST_PARAMETERS = 1  # in a link that is followed: a list may be sorted within each of its filters, without end
FORM_METHOD_GET = ("", "get")


@dataclass(frozen=True)
class Leak:
    """A planted string, where it was planted, the address at which a stranger read it, and in what."""

    text: str
    place: str
    address: str
    kind: str


class Forms(HTMLParser):
    """The addresses that the forms of a page lead to: each option of each field, by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.action, self.select = page, "", ""
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_get = given.get("method", "").lower() in FORM_METHOD_GET
            self.action = urljoin(self.page, given.get("action", "")) if is_get else ""
        elif tag == "select":
            self.select = given.get("name", "")
        elif self.action and tag == "option" and self.select:
            self._choose(self.select, given.get("value", ""))
        elif self.action and tag in ("input", "button") and given.get("name"):
            self._choose(given["name"], given.get("value") or "a")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.action = ""

    def _choose(self, name: str, value: str) -> None:
        self.found.append(f"{self.action.partition('?')[0]}?{urlencode({name: value})}")


@dataclass
class Crawler:
    """Goes through every address that it learns of, once; `leaks` is what it should not have read."""

    plants: Plants
    also: tuple[str, ...] = ()  # queries that every page without one is asked with, too
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    statuses: dict[str, int] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    leaks: set[Leak] = field(default_factory=set)

    def crawl(self, seeds: Iterable[str]) -> None:
        waiting = deque(seeds)
        while waiting:
            address = waiting.popleft()
            if address not in self.statuses:
                waiting.extend(self.read(address))

    def read(self, address: str, method: str = "GET", **how: Any) -> list[str]:
        """One answer, searched; the addresses that it leads to."""
        somebody = str(
            ip_address(2**24 + len(self.statuses))
        )  # each time another one: the limits are not the question
        answer = self.client.generic(method, address, REMOTE_ADDR=somebody, **how)
        self.statuses[address] = answer.status_code
        found = [self.near(address, answer["Location"])] if answer.has_header("Location") else []
        for kind, text in surfaces(answer):
            self.kinds[kind] += 1
            self.search(text, address, kind)
            found += self.links(address, kind, text)
        if "?" not in address and answer.status_code == 200:
            found += [address + query for query in self.also]
        return [link for link in found if link]

    def search(self, text: str, address: str, kind: str) -> None:
        self.leaks |= {Leak(one, self.plants[one], address, kind) for one in self.plants.found_in(text)}

    def links(self, address: str, kind: str, text: str) -> Iterator[str]:
        if kind == "html":
            yield from (self.near(address, unescape(link)) for link in ADDRESS.findall(text))
            forms = Forms(address)
            forms.feed(text)
            yield from (self.near(address, link) for link in forms.found)
        elif "xml" in kind or kind in ("svg", "headers"):
            links = [*ADDRESS.findall(text), *LOCATION.findall(text)]
            yield from (self.near(address, unescape(link)) for link in links)
        elif kind == "json":
            yield from (self.near(address, link) for link in QUOTED.findall(text))

    def near(self, page: str, link: str) -> str:
        """The link as an address of this site, or nothing; its parameters in order, so that a page is read once."""
        for root in (*HERE, settings.SITE_URL):
            link = link.removeprefix(root) if link.startswith(f"{root}/") else link
        parts = urlsplit(urljoin(page, link.strip()))
        parameters = sorted(set(parse_qsl(parts.query, keep_blank_values=True)))
        is_page = not parts.scheme and not parts.netloc and parts.path.startswith("/")
        if not is_page or parts.path.startswith("/static/") or len(parameters) > MOST_PARAMETERS:
            return ""
        return parts.path + (f"?{urlencode(parameters)}" if parameters else "")
