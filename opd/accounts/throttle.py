"""Limits on how often an address, a browser or an account may do something; all workers count together."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from opd import clock

ADDRESS = "seremoni.address"  # where a reader comes from: said by the page cache, which takes all headers away
IPV6_NETWORK = 64  # bits: whatever is behind them is one household or one office

View = Callable[..., HttpResponseBase]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """A limit of `most` times in `seconds`.

    The counter's name holds its time window, so it never outlives the window.
    """

    name: str
    most: int
    seconds: int

    def take(self, who: str) -> bool:
        """Counts one more; False when that is too many. When the cache cannot count, nobody is refused."""
        key = self._key(who)
        try:
            cache.add(key, 0, 2 * self.seconds)
            return cache.incr(key) <= self.most
        except Exception:  # a full disk, a server that is away: every backend fails in its own words
            logger.exception("the limit %s could not be counted", self.name)
            return True

    @property
    def until(self) -> datetime:
        """The moment from which it counts anew."""
        return datetime.fromtimestamp((int(time.time() // self.seconds) + 1) * self.seconds, clock.JAKARTA)

    def give_back(self, who: str) -> None:
        try:
            cache.decr(self._key(who))
        except Exception:
            logger.warning("the limit %s stays counted", self.name, exc_info=True)

    def _key(self, who: str) -> str:
        window = int(time.time() // self.seconds)
        return f"limit-{self.name}-{window}-{sha256(who.encode()).hexdigest()}"


# Answers that cost much to make, to one address; those that the page cache keeps cost nothing and are not counted.
DOWNLOADS = Limit("downloads", 30, 60)
API = Limit("api", 600, 60)  # at least 300 are promised to each address


def client_address(request: HttpRequest) -> str:
    """The address that a request came from, behind our own proxies; for IPv6 its network."""
    known: str | None = request.META.get(ADDRESS)
    if known is not None:
        return known
    address = get_adapter().get_client_ip(request)
    if ":" in address:
        return str(ipaddress.ip_network(f"{address}/{IPV6_NETWORK}", strict=False))
    return address


def limited(limit: Limit, *, as_json: bool = False) -> Callable[[View], View]:
    """Decorator for a view that one address may ask for only so often."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if limit.take(client_address(request)):
                return view(request, *args, **kwargs)
            return too_many(request, limit, as_json=as_json)

        return counted

    return decorate


def too_many(request: HttpRequest, limit: Limit, *, as_json: bool = False) -> HttpResponseBase:
    status = HTTPStatus.TOO_MANY_REQUESTS
    if as_json:
        sentence = f"Paling banyak {limit.most} permintaan tiap {limit.seconds} detik; coba lagi sebentar lagi."
        response: HttpResponseBase = JsonResponse({"error": sentence}, status=status)
    else:
        response = render(request, "429.html", {"until": limit.until}, status=status)
    response["Retry-After"] = str(limit.seconds)
    return response
