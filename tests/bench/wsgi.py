"""WSGI applications of the benchmark: the site as it is served, and a Django with one view and no middleware."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")
settings.ROOT_URLCONF = "tests.bench.urls"

from semarang_mou.wsgi import application as site  # noqa: E402 - after the addresses were chosen


def _bare() -> WSGIHandler:
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, []
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


bare = _bare()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return (bare if environ["PATH_INFO"] == "/bench/bare/" else site)(environ, start_response)
