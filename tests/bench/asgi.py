"""Applications of the benchmark: the site as it is served, and a Django with one view and no middleware."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")
settings.ROOT_URLCONF = "tests.bench.urls"

from semarang_mou.asgi import application as site  # noqa: E402 - after the addresses were chosen
from semarang_mou.server import Message, Receive, Send, Server  # noqa: E402


def _bare() -> WSGIHandler:
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, []
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


bare = Server(_bare(), None, settings.THREADS)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    await (bare if scope["path"] == "/bench/bare/" else site)(scope, receive, send)
